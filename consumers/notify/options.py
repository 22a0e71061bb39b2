"""What every destination can be told in the settings, whatever its type. A channel adds its own keys to these."""

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from consumers.notify.secret import Origin, Secret, read_secret
from consumers.notify.template import fault_of
from monitor.message.kind import Level

FILE = "_file"


class Options(BaseModel):
    """One destination. A secret `x` may be given as `x_file`, which is read anew for each sending."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    can_mention: ClassVar[bool] = False
    has_words: ClassVar[bool] = True  # of its own, which a template may replace

    type: str
    detail: Literal["short", "full"] = "short"
    minimum_level: Level | None = Field(None, description="Only for this destination; else the common one.")
    rate: float | Literal["off"] | None = Field(None, description="Messages a second; off: no limit.")
    burst: int | None = Field(None, ge=1)
    concurrency: int | None = Field(None, ge=1, le=64)
    timeout: float = Field(20.0, gt=0, le=120, description="Seconds for one attempt, the whole of it.")
    storm: Literal["on", "off"] | None = None
    daily_cap: int | Literal["off"] | None = None
    mention: str = Field("", description="Whom to ping at level high and above; nobody where empty.")
    mention_level: Level = Level.HIGH
    template: str = Field("", description="jinja2, in place of the built-in text.")
    allow_private: bool = Field(False, description="Private addresses, also for a URL that stands outside this file.")

    @field_validator("template")
    @classmethod
    def _renders(cls, value: str) -> str:
        """It was tried on a sample of every reason to tell something."""
        if value and (fault := fault_of(value)):
            raise ValueError(fault)
        return value

    @model_validator(mode="after")
    def _one_of_each_secret(self) -> Self:
        for name in secret_names(type(self)):
            if getattr(self, name) is not None and getattr(self, name + FILE) is not None:
                raise ValueError(f"give {name} or {name}{FILE}, not both")
        for name in self.needed():
            if getattr(self, name) is None and getattr(self, name + FILE, None) is None:
                raise ValueError(f"missing; give {name} or {name}{FILE}")
        return self

    @model_validator(mode="after")
    def _of_this_type(self) -> Self:
        if self.mention and not self.can_mention:
            raise ValueError(f"mention: a destination of type {self.type} pings nobody")
        if self.template and not self.has_words:
            raise ValueError(f"template: a destination of type {self.type} gets data, and no words")
        return self

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """Secrets without which this type cannot work."""
        return ()

    def opened(self) -> Self:
        """These options with every secret file read. Raises `OSError`, `UnicodeDecodeError`."""
        read: dict[str, Secret] = {}
        for name in secret_names(type(self)):
            path: Path | None = getattr(self, name + FILE)
            if path is not None:
                read[name] = read_secret(path)
        return self.model_copy(update=read) if read else self

    def placed(self, folder: Path) -> Self:
        """These options with relative paths taken from `folder`."""
        paths = {name: value for name in type(self).model_fields if isinstance(value := getattr(self, name), Path)}
        return self.model_copy(update={name: folder / path.expanduser() for name, path in paths.items()})

    def secrets(self) -> list[Secret]:
        """All secrets that are at hand."""
        values = [getattr(self, name) for name in type(self).model_fields]
        flat = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
        return [value for value in flat if isinstance(value, Secret)]

    def guards(self, secret: Secret) -> bool:
        """Whether this URL must not lead into private networks."""
        return secret.origin is not Origin.SETTINGS and not self.allow_private


def secret_names(options: type[Options]) -> list[str]:
    """The keys of `options` that may also be given as a file."""
    fields: dict[str, Any] = options.model_fields
    return [name.removesuffix(FILE) for name in fields if name.endswith(FILE) and name.removesuffix(FILE) in fields]
