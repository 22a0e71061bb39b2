"""Settings of polling: how often, how politely, and what is allowed."""

from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from monitor import __version__
from monitor.ingest.feed import Priority
from monitor.ingest.fetch import Limits
from monitor.ingest.poll import Policy
from monitor.ingest.schedule import PACES, Pace

PROXIES = ("http", "https", "socks5", "socks5h")


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


def _proxy(given: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(given.get_secret_value())
        usable = parts.scheme in PROXIES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"no address of a proxy; it is {', '.join(f'{name}://' for name in PROXIES)} and host:port")
    return given


def _home() -> str:
    """The page of the program, as its package tells; "" where that names none, or is not installed."""
    try:
        named = metadata("demarche").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    return next((url for name, _, url in (one.partition(", ") for one in named) if name.lower() == "homepage"), "")


class IngestSettings(BaseModel):
    """`ingest:`"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    contact: str = Field(
        "",
        max_length=200,
        pattern=r"^[\x20-\x27\x2a-\x7e]*$",  # in a header, within parentheses
        description="a URL or mail address that those who run servers may write to; none: the page of the program",
    )
    paces: dict[Priority, PaceSettings] = Field(default_factory=_paces)
    host_spacing: float = Field(1.0, ge=0, description="seconds between two requests to one host")
    in_flight: int = Field(200, ge=1, le=2000, description="requests at once, to all hosts")
    timeout: float = Field(30.0, gt=0, le=300, description="seconds for one poll")
    max_body: int = Field(10 * 2**20, ge=1024, description="bytes of one document, inflated")
    parsers: int = Field(1, ge=1, le=64, description="processes that read documents")
    allow_private: bool = Field(False, description="also feeds at loopback, private and link-local addresses")
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = Field(
        None, description="http://, https:// or socks5:// address of a proxy, with name and password where it asks"
    )
    ca_file: Path | None = Field(None, description="certificates of your own authority, trusted beside the usual ones")

    def policy(self) -> Policy:
        """What polling rests on."""
        paces = {name: Pace(one.floor, one.ceiling) for name, one in {**_paces(), **self.paces}.items()}
        return Policy(paces, self.host_spacing, self.in_flight)

    def limits(self) -> Limits:
        """The caps on one poll."""
        return Limits(body=self.max_body, seconds=self.timeout, allow_private=self.allow_private)

    def whom_to_write_to(self) -> str:
        """The contact that is named to servers; "" where there is none."""
        return self.contact or _home()

    def agent(self) -> str:
        """How we name ourselves to servers."""
        contact = self.whom_to_write_to()
        return f"Demarche/{__version__} (feed monitor" + (f"; +{contact})" if contact else ")")
