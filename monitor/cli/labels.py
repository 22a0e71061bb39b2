"""What operators decided on incidents, as labelled items: the form that `demarche rules score` reads."""

from collections.abc import Iterable

import msgspec

from consumers.correlate.live import Live
from monitor.errors import PoisonRecord
from monitor.message.codec import decode_item, decode_report
from monitor.message.incident import Claim
from monitor.message.item import Item
from monitor.message.order import Order
from monitor.message.report import Report, Signal
from monitor.message.step import ITEMS, REPORTS
from monitor.stream.contract import Stream

Act = tuple[str, str | None, str | None, str]  # kind, source, target, modality


class LabelledAct(msgspec.Struct, frozen=True, kw_only=True):
    """One signal that the item carries."""

    kind: str
    source: str | None
    target: str | None
    modality: str


class LabelledItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item whose reading a person looked at. `note` is what he said."""

    id: str
    lang: str
    published: str
    outlet: str
    country: str | None
    url: str
    title: str
    summary: str
    content: str
    signals: tuple[LabelledAct, ...]
    note: str


async def labelled(stream: Stream, lives: Iterable[Live]) -> list[LabelledItem]:
    """The items behind what was corrected or taken back, without the acts that they were read to tell of.

    An item that the stream does not hold any more is left out: without its text it teaches nothing.
    """
    wrong: dict[str, dict[Act, str]] = {}
    for live in lives:
        verdict = live.record.verdict
        for claim in live.record.claims if verdict is not None else ():
            wrong.setdefault(claim.item, {}).update(dict.fromkeys(_acts(claim), verdict.why if verdict else ""))
    found = []
    for item, acts in wrong.items():
        text, report = await _newest(stream, item)
        if text is not None:
            found.append(_labelled(text, report.signals if report else (), acts))
    return sorted(found, key=lambda one: (one.published, one.id))


def _acts(claim: Claim) -> Iterable[Act]:
    return ((said.kind, claim.source, claim.target, said.modality.value) for said in claim.said)


async def _newest(stream: Stream, item: str) -> tuple[Item | None, Report | None]:
    text: Item | None = None
    report: Report | None = None
    for record in await stream.find(ITEMS, item):
        try:
            text = decode_item(record.value)
        except PoisonRecord:
            continue
    for record in await stream.find(REPORTS, item):
        try:
            read = decode_report(record.value)
        except PoisonRecord:
            continue
        report = report if isinstance(read, Order) else read
    return text, report


def _labelled(item: Item, signals: Iterable[Signal], wrong: dict[Act, str]) -> LabelledItem:
    right = [
        LabelledAct(kind=one.kind, source=one.source, target=one.target, modality=one.modality.value)
        for one in signals
        if not one.shadow and not _is_among(one, wrong)
    ]
    at = item.published or item.first_seen
    return LabelledItem(
        id=item.id,
        lang=item.lang,
        published=at.isoformat().replace("+00:00", "Z"),
        outlet=item.outlet,
        country=item.country,
        url=item.url,
        title=item.title,
        summary=item.summary,
        content=item.content,
        signals=tuple(right),
        note="; ".join(dict.fromkeys(wrong.values())),
    )


def _is_among(signal: Signal, wrong: dict[Act, str]) -> bool:
    """Whether a signal is one of those acts; the sides of kinds without a direction may have been turned."""
    kind, modality = signal.kind, signal.modality.value
    sides = ((signal.source, signal.target), (signal.target, signal.source))
    return any((kind, *pair, modality) in wrong for pair in sides)
