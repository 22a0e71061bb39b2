"""A report taken apart: one claim for each direction in which it tells of acts."""

from collections.abc import Callable, Iterable, Sequence

from consumers.correlate.copies import packed
from consumers.correlate.shared import share_claim
from monitor.message.incident import Claim, Said
from monitor.message.item import DateSource
from monitor.message.kind import Kinds, Level, Modality
from monitor.message.report import Form, Report, Signal
from monitor.message.terms import terms

ALERTING = frozenset({Modality.OCCURRED, Modality.PLANNED})
_KEPT = frozenset({Modality.OCCURRED, Modality.PLANNED, Modality.DENIED, Modality.BACKGROUND})

Direction = tuple[str | None, str | None]
Blank = Callable[[Direction, Sequence[str]], tuple[str, ...]]


def claims_of(report: Report, kinds: Kinds, blank: Blank) -> list[Claim]:
    """The claims of a report; none for signals that are urged, in shadow, of an unknown kind, or of nobody at all.

    `blank` leaves out the stems that tell no act of these two from another: words of the trade, and their own names.
    """
    parts: dict[Direction, list[Signal]] = {}
    for signal in report.signals:
        if signal.shadow or signal.modality not in _KEPT or signal.kind not in kinds.by_id:
            continue
        direction = direction_of(signal, kinds)
        if direction != (None, None):
            parts.setdefault(direction, []).append(signal)
    _drop_shadows(parts)
    _drop_memories(parts, kinds)
    if not parts:
        return []
    main = _main_direction(parts, kinds)
    words = report.terms or terms(report.title, *(signal.evidence.sentence for signal in report.signals))
    claims = [
        _claim(report, direction, signals, blank(direction, words), passing=not _acts_together(parts, main, direction))
        for direction, signals in parts.items()
    ]
    for claim in claims:
        share_claim(claim)
    return claims


def _drop_shadows(parts: dict[Direction, list[Signal]]) -> None:
    """Let an act of somebody unnamed go where the item itself names him elsewhere for the same kind."""
    for direction in [one for one in parts if None in one]:
        named = {
            signal.kind
            for other, signals in parts.items()
            if None not in other and (other[0] == direction[0] or other[1] == direction[1])
            for signal in signals
        }
        left = [signal for signal in parts[direction] if signal.kind not in named]
        if left:
            parts[direction] = left
        else:
            del parts[direction]


def _drop_memories(parts: dict[Direction, list[Signal]], kinds: Kinds) -> None:
    """An item with news of its own looks back in passing; one that has none is filed with what it looks back on."""
    if any(
        signal.modality in ALERTING and kinds.by_id[signal.kind].level.rank >= Level.MEDIUM.rank
        for signals in parts.values()
        for signal in signals
    ):
        for direction, signals in list(parts.items()):
            left = [signal for signal in signals if signal.modality is not Modality.BACKGROUND]
            parts[direction] = left
            if not left:
                del parts[direction]


def direction_of(signal: Signal, kinds: Kinds) -> Direction:
    """Source and target; in order of the alphabet for kinds that have no direction."""
    pair = (signal.source, signal.target)
    if kinds.by_id[signal.kind].symmetric and (pair[0] or "~") > (pair[1] or "~"):
        return (pair[1], pair[0])
    return pair


def _main_direction(parts: dict[Direction, list[Signal]], kinds: Kinds) -> Direction:
    """Whose act is the item's own news: the first in the title, one of today before one that is only looked back on.

    Talks and words of blame are the setting of an act that is told beneath them, and no news that outweighs it.
    """

    def place(direction: Direction) -> tuple[bool, bool, bool, int]:
        alerting = [signal for signal in parts[direction] if signal.modality in ALERTING]
        acts = [signal for signal in alerting if kinds.by_id[signal.kind].level.rank >= Level.MEDIUM.rank]
        first = min(acts or alerting or parts[direction], key=_place)
        return (not acts, not alerting, *_place(first))

    return min(parts, key=place)  # the first of equals


def _place(signal: Signal) -> tuple[bool, int]:
    return (signal.evidence.part != "title", signal.evidence.start)


def _acts_together(parts: dict[Direction, list[Signal]], main: Direction, other: Direction) -> bool:
    """The main act, or the same act by one more state, or against one more."""
    if main == other:
        return True
    shared = {signal.kind for signal in parts[main]} & {signal.kind for signal in parts[other]}
    return bool(shared) and (main[0] == other[0] or main[1] == other[1])


def _claim(
    report: Report,
    direction: Direction,
    signals: list[Signal],
    words: tuple[str, ...],
    *,
    passing: bool,
) -> Claim:
    return Claim(
        item=report.item,
        revision=report.revision,
        outlet=report.outlet,
        country=report.country,
        lang=report.lang,
        url=report.url,
        title=report.title,
        at=report.event_time,
        first_seen=report.first_seen,
        dated=report.date_source is not DateSource.FIRST_SEEN,
        first_sight=report.first_sight,
        form=report.form,
        official=report.official and report.country == direction[0],
        passing=passing,
        source=direction[0],
        target=direction[1],
        said=in_order(_said(signal) for signal in signals),
        sketch=packed(report.sketch),
        terms=words,
    )


def in_order(said: Iterable[Said]) -> tuple[Said, ...]:
    """Each act once, in the order of the text: a claim that was shared out among incidents is put together the same."""
    placed = sorted(said, key=lambda one: (one.evidence.part != "title", one.evidence.start, one.kind, one.modality))
    once = {(one.kind, one.modality): one for one in reversed(placed)}
    return tuple(reversed(once.values()))


def _said(signal: Signal) -> Said:
    return Said(
        kind=signal.kind,
        modality=signal.modality,
        evidence=signal.evidence,
        scope=signal.scope,
        variant=signal.variant,
        count=signal.count,
        stated_day=signal.stated_day,
        grounds=signal.grounds,
        rule=signal.rule,
        rule_version=signal.rule_version,
    )


def is_told_as_news(claim: Claim) -> bool:
    """A report whose own news this is, not an analysis or a round-up that goes through the week."""
    return claim.form is Form.REPORT and not claim.passing
