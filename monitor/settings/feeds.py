"""The list of feeds: `feeds.yaml` or OPML, read with every fault at once, or the list that comes with the program."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import pycountry
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.errors import Fault, Faults, UserError
from monitor.ingest.feed import Basis, Feed, Priority, feed_id, host_of
from monitor.ingest.link import canonical
from monitor.settings.opml import read_opml
from monitor.yaml_file import line_of, read_yaml, validated

DEFAULT = "monitor/feeds.yaml"
BODIES = frozenset({"EU", "UN", "NATO", "AU", "ASEAN", "ARAB_LEAGUE", "G7", "XKX"})  # actors that are no ISO country


def _web_address(url: str) -> str:
    if not canonical(url) or not host_of(url) or re.search(r"\s", url):
        raise ValueError("no web address; it must begin with http:// or https://")
    return url


def _country(code: str) -> str:
    if code not in BODIES and pycountry.countries.get(alpha_3=code) is None:
        near = pycountry.countries.get(alpha_2=code.upper())
        raise ValueError(
            f"unknown country '{code}'; " + (f"did you mean '{near.alpha_3}'?" if near else "use ISO 3166-1 alpha-3")
        )
    return code


def _language(code: str) -> str:
    if code and pycountry.languages.get(alpha_2=code) is None:
        raise ValueError(f"unknown language '{code}'; use ISO 639-1, two letters")
    return code


class FeedSettings(BaseModel):
    """One feed of `feeds.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: Annotated[str, AfterValidator(_web_address)]
    id: str = Field("", max_length=80, pattern=r"^[a-z0-9][a-z0-9._-]*$|^$", description="default: made of the URL")
    outlet: str = Field("", max_length=120, description="whose it is; default: the host")
    country: Annotated[str, AfterValidator(_country)] | None = Field(None, description="of the outlet, alpha-3")
    lang: Annotated[str, AfterValidator(_language)] = Field("", description="ISO 639-1; default: as the feed says")
    priority: Priority = Priority.NORMAL
    official: bool = Field(False, description="a government's own")
    folder: str = Field("", description="for people; nested ones are parted by /")
    basis: Basis | None = Field(None, description="what tells its stories apart; default: found out")

    def feed(self) -> Feed:
        return Feed(
            id=self.id or feed_id(self.url),
            url=self.url,
            outlet=self.outlet or host_of(self.url).removeprefix("www."),
            country=self.country,
            lang=self.lang,
            priority=self.priority,
            official=self.official,
            folder=tuple(part for part in self.folder.split("/") if part),
            basis=self.basis,
        )


class FeedsSettings(BaseModel):
    """`feeds.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    feeds: Annotated[list[FeedSettings], BeforeValidator(lambda given: [] if given is None else given)] = []


def load_feeds(path: Path | None) -> list[Feed]:
    """The feeds of a file, or those that come along. Raises `UserError`: `Faults` where the file has any."""
    if path is None:
        text = (files("monitor") / "feeds.yaml").read_text(encoding="utf-8")
        return parse_feeds(DEFAULT, text)
    try:
        body = path.read_bytes()
    except OSError as why:
        raise UserError(f"{path}: cannot be read: {why.strerror}") from None
    if path.suffix.lower() in (".opml", ".xml"):
        return [outline.feed() for outline in read_opml(str(path), body).outlines]
    try:
        return parse_feeds(str(path), body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Faults([Fault(str(path), 0, "not UTF-8; save it as UTF-8")]) from None


def parse_feeds(path: str, text: str) -> list[Feed]:
    """The feeds that a text in the form of `feeds.yaml` lists. Raises `Faults`, all of them."""
    data = read_yaml(path, text)
    repeated = list(_repeated(path, data))
    try:
        settings = validated(FeedsSettings, path, data)
    except Faults as why:
        raise Faults(sorted([*why.faults, *repeated], key=lambda fault: fault.line)) from None
    if repeated:
        raise Faults(repeated)
    return [one.feed() for one in settings.feeds]


def _repeated(path: str, data: Any) -> Iterator[Fault]:
    """Ids and URLs that are there twice: two feeds would share one memory, or one feed would be asked twice."""
    listed = data.get("feeds") if isinstance(data, Mapping) else None
    seen: dict[str, int] = {}
    for number, one in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(one, Mapping):
            continue
        line = line_of(data, ("feeds", number))
        for name in ("url", "id"):
            value = one.get(name)
            if not isinstance(value, str) or not value:
                continue
            if name + value in seen:
                yield Fault(path, line, f"feeds.{number}.{name}: '{value}' is also on line {seen[name + value]}")
            seen.setdefault(name + value, line)
