"""Items of a file, as `classify` and `backtest` read them: JSON lines, plain or gzipped, unknown keys passed over."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from monitor.errors import Fault, Faults
from monitor.message.item import DateSource, Item
from monitor.message.kind import Modality, Scope


class LabelledSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that a person found."""

    kind: str
    source: str | None = None
    target: str | None = None
    modality: Modality = Modality.OCCURRED
    scope: Scope | None = None


class PastItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `signals` is None where the file has no labels."""

    id: str
    lang: str = ""
    published: str = ""
    title: str = ""
    summary: str | None = ""
    content: str | None = ""
    url: str | None = ""
    outlet: str | None = ""
    feed: str | None = ""
    country: str | None = None
    official: bool = False
    signals: tuple[LabelledSignal, ...] | None = None
    doubtful: bool = False


def read_past_items(path: Path) -> list[PastItem]:
    """The items of a file, in order of (`published`, `id`). Raises `Faults` with the line of each that is none."""
    faults: list[Fault] = []
    items: list[tuple[datetime, str, PastItem]] = []
    decode = msgspec.json.Decoder(PastItem).decode
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            item = decode(line)
            items.append((_time(item.published), item.id, item))
        except (msgspec.MsgspecError, ValueError) as why:
            faults.append(Fault(str(path), number, str(why)))
    if faults:
        raise Faults(faults)
    return [item for _, _, item in sorted(items, key=lambda entry: entry[:2])]


def item_of(past: PastItem) -> Item:
    """As the stream would carry it; first seen when it was published."""
    at = _time(past.published)
    return Item(
        id=past.id,
        revision="1",
        feed=past.feed or past.outlet or "",
        outlet=past.outlet or past.feed or past.id,
        country=past.country,
        lang=past.lang,
        published=at,
        date_source=DateSource.PUBLISHED,
        first_seen=at,
        official=past.official,
        url=past.url or "",
        title=past.title,
        summary=past.summary or "",
        content=past.content or "",
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def time_of(past: PastItem) -> datetime:
    """When it was published."""
    return _time(past.published)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
