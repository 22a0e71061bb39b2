"""Settings of polling: how often, how politely, and what is allowed."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from monitor import __version__
from monitor.ingest.feed import Priority
from monitor.ingest.fetch import Limits
from monitor.ingest.poll import Policy
from monitor.ingest.schedule import PACES, Pace


class PaceSettings(BaseModel):
    """`ingest.paces.PRIORITY:` seconds between two polls of a feed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    floor: int = Field(ge=10, description="at least")
    ceiling: int = Field(ge=10, description="at most, while its server asks for nothing longer")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.floor > self.ceiling:
            raise ValueError(f"floor ({self.floor}) is above ceiling ({self.ceiling}); swap them")
        return self


def _paces() -> dict[Priority, PaceSettings]:
    return {name: PaceSettings(floor=pace.floor, ceiling=pace.ceiling) for name, pace in PACES.items()}


class IngestSettings(BaseModel):
    """`ingest:`"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    contact: str = Field(
        "", max_length=200, pattern=r"^[\x20-\x7e]*$", description="a URL or address that servers may write to"
    )
    paces: dict[Priority, PaceSettings] = Field(default_factory=_paces)
    host_spacing: float = Field(1.0, ge=0, description="seconds between two requests to one host")
    in_flight: int = Field(200, ge=1, le=2000, description="requests at once, to all hosts")
    timeout: float = Field(30.0, gt=0, le=300, description="seconds for one poll")
    max_body: int = Field(10 * 2**20, ge=1024, description="bytes of one document, inflated")
    parsers: int = Field(1, ge=1, le=64, description="processes that read documents")
    allow_private: bool = Field(False, description="also feeds at loopback, private and link-local addresses")
    proxy: SecretStr | None = Field(None, description="http://, https:// or socks5:// address of a proxy")

    def policy(self) -> Policy:
        """What polling rests on."""
        paces = {name: Pace(one.floor, one.ceiling) for name, one in {**_paces(), **self.paces}.items()}
        return Policy(paces, self.host_spacing, self.in_flight)

    def limits(self) -> Limits:
        """The caps on one poll."""
        return Limits(body=self.max_body, seconds=self.timeout, allow_private=self.allow_private)

    def agent(self) -> str:
        """How we name ourselves to servers."""
        return f"Demarche/{__version__} (feed monitor; {self.contact or 'no contact given'})"
