"""How well a replay told a stream whose incidents are known: the figures of `demarche backtest --score`. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from monitor.message.alert import Alert, Reason
from monitor.message.incident import Incident
from monitor.message.kind import Kinds

_NEW = (Reason.FIRST, Reason.ESCALATED)
_ENDED = (Reason.CORRECTED, Reason.RETRACTED)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as a person found it."""

    id: str
    source: str | None
    target: str | None
    kinds: tuple[str, ...]
    first: str
    items: tuple[str, ...]
    climbs_from: str | None = None
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts, each beside what it is a share of; lists name what is wrong."""

    incidents: int
    places: int  # (item, incident) pairs
    right: int  # ... that the replay has too
    strays: tuple[str, ...]  # "item -> incident" that are wrong
    told_once: int
    missed: tuple[str, ...]
    told_twice: tuple[str, ...]
    merged: tuple[str, ...]
    told: int  # incidents of the replay that were told as new
    unfounded: tuple[str, ...]  # of them, those with no incident behind
    first_from_first: int
    late: tuple[str, ...]
    climbs: int
    climbs_missed: tuple[str, ...]
    corrections: int
    corrections_missed: tuple[str, ...]

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"items in their right incident   {_share(self.right, self.places)}  {_few(self.strays)}",
            f"incidents told once as new      {_share(self.told_once, self.incidents)}  missed: {_few(self.missed)}",
            f"told twice as new               {len(self.told_twice)}  {_few(self.told_twice)}",
            f"merged                          {len(self.merged)}  {_few(self.merged)}",
            f"told with nothing behind        {_share(len(self.unfounded), self.told)}  {_few(self.unfounded)}",
            f"first from the first item       {_share(self.first_from_first, self.incidents)}  {_few(self.late)}",
            f"climbs told                     {_told(self.climbs, self.climbs_missed)}",
            f"corrections told                {_told(self.corrections, self.corrections_missed)}",
        ]


def score(known: Sequence[Known], alerts: Sequence[Alert], found: Iterable[Incident], kinds: Kinds) -> Score:
    """Compare. One of the replay is that known one with which it shares direction, family and most items."""
    found = list(found)
    items = {one.id: {claim.item for claim in one.claims} for one in found}
    for alert in alerts:  # what was told of an incident that is no more
        items.setdefault(alert.incident, set()).update(telling.item for telling in alert.tellings)
    sides = {one.id: (one.source, one.target) for one in found}
    sides |= {alert.incident: (alert.source, alert.target) for alert in alerts}
    families = {one.id: {kinds.family(said.kind) for claim in one.claims for said in claim.said} for one in found}
    for alert in alerts:
        families.setdefault(alert.incident, set()).update(kinds.family(kind) for kind in alert.kinds)
    match = {
        name: _known_of(sides[name], families[name], items[name], known, kinds)
        for name in items
        if name in sides and name in families
    }
    told = _told_as_new(alerts)
    right, strays = _places(known, match, items)
    by_known = _by_known(told, match)
    firsts = {name: _trigger(alert) for name, alert in told.items()}
    late = tuple(
        f"{one.id} from {', '.join(firsts[name] for name in by_known.get(one.id, ()))}"
        for one in known
        if by_known.get(one.id) and one.first not in {firsts[name] for name in by_known[one.id]}
    )
    climbing = [one for one in known if one.climbs_from]
    correcting = [one for one in known if one.corrected]
    return Score(
        incidents=len(known),
        places=sum(len(one.items) for one in known),
        right=right,
        strays=strays,
        told_once=sum(len(by_known.get(one.id, ())) == 1 for one in known),
        missed=tuple(one.id for one in known if not by_known.get(one.id)),
        told_twice=tuple(one.id for one in known if len(by_known.get(one.id, ())) > 1),
        merged=_merged(known, match, items, told),
        told=len(told),
        unfounded=tuple(f"{_trigger(told[name])} {told[name].sentence}" for name in told if match.get(name) is None),
        first_from_first=sum(bool(by_known.get(one.id)) for one in known) - len(late),
        late=late,
        climbs=len(climbing),
        climbs_missed=_unheard(climbing, alerts, match, (Reason.ESCALATED,)),
        corrections=len(correcting),
        corrections_missed=_unheard(correcting, alerts, match, _ENDED),
    )


def _trigger(alert: Alert) -> str:
    """The item that caused it: the one told at that time."""
    at_that_time = [telling.item for telling in alert.tellings if telling.at == alert.at]
    return at_that_time[-1] if at_that_time else alert.tellings[-1].item


def _told_as_new(alerts: Sequence[Alert]) -> dict[str, Alert]:
    """The first alert of each incident that was told as new, those held for the digest left out."""
    told: dict[str, Alert] = {}
    for alert in alerts:
        if alert.reason in _NEW and not alert.held:
            told.setdefault(alert.incident, alert)
    return told


def _known_of(
    sides: tuple[str | None, str | None],
    families: set[str],
    items: set[str],
    known: Sequence[Known],
    kinds: Kinds,
) -> Known | None:
    shared = [
        (len(items & set(one.items)), one)
        for one in known
        if families & {kinds.family(kind) for kind in one.kinds}
        and all(mine in (None, theirs) for mine, theirs in zip(sides, (one.source, one.target), strict=True))
    ]
    most, best = max(shared, key=lambda entry: entry[0], default=(0, None))
    return best if most else None


def _places(
    known: Sequence[Known], match: Mapping[str, Known | None], items: Mapping[str, set[str]]
) -> tuple[int, tuple[str, ...]]:
    """Known places that the replay has, and the wrong ones, missing or extra."""
    held: dict[str, set[str]] = {}
    sizes: Counter[str] = Counter()
    biggest: dict[str, str] = {}
    for name, one in match.items():
        if one is None:
            continue
        size = len(items[name] & set(one.items))
        if size > sizes[one.id]:
            sizes[one.id], biggest[one.id] = size, name
    for one in known:
        held[one.id] = items[biggest[one.id]] if one.id in biggest else set()
    right = sum(len(held[one.id] & set(one.items)) for one in known)
    strays = [f"{item} not in {one.id}" for one in known for item in one.items if item not in held[one.id]]
    strays += [f"{item} in {one.id}" for one in known for item in sorted(held[one.id] - set(one.items))]
    return right, tuple(strays)


def _by_known(told: Mapping[str, Alert], match: Mapping[str, Known | None]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in told:
        one = match.get(name)
        if one is not None:
            found.setdefault(one.id, []).append(name)
    return found


def _merged(
    known: Sequence[Known],
    match: Mapping[str, Known | None],
    items: Mapping[str, set[str]],
    told: Mapping[str, Alert],
) -> tuple[str, ...]:
    """Known incidents that were not told because another took their first item in."""
    heard = {one.id for name, one in match.items() if one is not None and name in told}
    taken = [
        f"{one.id} in {other.id}"
        for one in known
        if one.id not in heard
        for name in told
        for other in [match.get(name)]
        if other is not None and (other.source, other.target) == (one.source, one.target) and one.first in items[name]
    ]
    return tuple(taken)


def _unheard(
    wanted: Sequence[Known], alerts: Sequence[Alert], match: Mapping[str, Known | None], reasons: tuple[Reason, ...]
) -> tuple[str, ...]:
    heard = {one.id for alert in alerts if alert.reason in reasons and (one := match.get(alert.incident)) is not None}
    return tuple(one.id for one in wanted if one.id not in heard)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "0 of 0"


def _told(count: int, missed: Sequence[str]) -> str:
    return f"{_share(count - len(missed), count)}  missed: {_few(missed)}"


def _few(names: Sequence[str], most: int = 30) -> str:
    return "; ".join(names[:most]) + (" ..." if len(names) > most else "")
