"""A secret: it prints as `***`, and where it stands in a file it is read anew for each sending."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

SHOWN = "***"
SHORTEST = 6  # a shorter string is no secret, and blotting it out would blot out words


class Origin(StrEnum):
    """Where a secret was written: a URL that does not stand in the settings file is not trusted with inner networks."""

    SETTINGS = "settings"
    ENVIRONMENT = "environment"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no log, error or metric shows. `str()` and `repr()` give `***`."""

    text: str = field(repr=False)
    origin: Origin = Origin.SETTINGS

    def __str__(self) -> str:
        return SHOWN

    def __repr__(self) -> str:
        return SHOWN

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.no_info_after_validator_function(cls, core_schema.str_schema(strip_whitespace=True))
        return core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), written]),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


def read_secret(path: Path) -> Secret:
    """The secret in a file, without the line break that editors leave. Raises `OSError`, `UnicodeDecodeError`."""
    return Secret(path.read_text(encoding="utf-8").strip(), Origin.FILE)


def blot(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with every secret in it replaced by `***`; a URL's path and query are secrets of their own."""
    found: set[str] = set()
    for secret in secrets:
        for line in secret.text.split():
            found.add(line)
            if "://" in line:
                found.add(line.partition("://")[2].partition("/")[2])
    for one in sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True):
        text = text.replace(one, SHOWN)
    return text
