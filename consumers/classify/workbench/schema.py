"""JSON schemas of the files of rules, from the models that read them; and the line by which an editor finds them."""

import os
from pathlib import PurePosixPath
from typing import Any

import msgspec
from pydantic import BaseModel

from consumers.classify.format import Addition, HoldersFile, RuleFile
from consumers.classify.source import LANGUAGE_FILES, model_for
from monitor.message.kind import KindsFile
from monitor.yaml_file import read_yaml

FOLDER = "schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MARK = "# yaml-language-server: $schema="
_NAMES: dict[type[BaseModel], str] = {
    RuleFile: "rule",
    Addition: "addition",
    HoldersFile: "holders",
    **{model: file.removesuffix(".yaml") for file, model in LANGUAGE_FILES.items()},
}


def schemas() -> dict[str, dict[str, Any]]:
    """Each schema by the name of its file, of what JSON knows alone."""
    found: dict[str, Any] = {
        f"{name}.json": {"$schema": _DIALECT, **model.model_json_schema()} for model, name in _NAMES.items()
    }
    found["kinds.json"] = {"$schema": _DIALECT, **msgspec.json.schema(KindsFile)}
    return msgspec.json.decode(msgspec.json.encode(found), type=dict[str, dict[str, Any]])


def with_editor_line(path: str, text: str) -> str:
    """A file of rules with the line that names its schema; as it is where it has one, or is of no known sort."""
    if _MARK in text:
        return text
    name = _schema_of(path, text)
    if not name:
        return text
    up = os.path.relpath(f"{FOLDER}/{name}", PurePosixPath(path).parent)
    return f"{_MARK}{up}\n{text}"


def _schema_of(path: str, text: str) -> str:
    if path == "kinds.yaml":
        return "kinds.json"
    if "/" not in path:
        return ""  # a table of another stage
    return f"{_NAMES[model_for(path, read_yaml(path, text))]}.json"
