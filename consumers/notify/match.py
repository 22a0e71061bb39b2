"""Which alerts a route, a silence or an inhibition speaks of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.errors import UserError
from monitor.message.alert import Alert, Reason
from monitor.message.kind import Level, Modality, Scope


@dataclass(frozen=True, slots=True)
class Membership:
    """A state in a body, from a day to a day; None where it was never otherwise, or still is so."""

    state: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Regions (CLDR code or English name, in lower case) and bodies, as data."""

    regions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bodies: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)

    def is_in(self, state: str, body: str, day: date) -> bool:
        return any(
            one.state == state and (one.since is None or one.since <= day) and (one.until is None or day < one.until)
            for one in self.bodies.get(body, ())
        )


@dataclass(frozen=True, slots=True)
class Watch:
    """A state that is watched, in which roles, and through which bodies too."""

    state: str
    roles: Sequence[str] = ("source", "target")
    via: Sequence[str] = ()

    def concerns(self, alert: Alert, world: World) -> str | None:
        """ "" where the state itself acts or is acted upon, the body through which it is, or None."""
        actors = [alert.source if role == "source" else alert.target for role in self.roles]
        if self.state in actors:
            return ""
        day = alert.at.date()
        return next((one for one in actors if one and one in self.via and world.is_in(self.state, one, day)), None)


@dataclass(frozen=True, slots=True)
class Match:
    """All that is given must hold; of several values one. Nothing given matches all. `level` is the lowest."""

    kind: frozenset[str] = frozenset()
    scope: frozenset[Scope] = frozenset()
    level: Level | None = None
    source: frozenset[str] = frozenset()
    target: frozenset[str] = frozenset()
    pair: frozenset[frozenset[str]] = frozenset()
    region: frozenset[str] = frozenset()  # of source or target
    language: frozenset[str] = frozenset()  # of any item
    outlet: frozenset[str] = frozenset()  # of any item
    incident: frozenset[str] = frozenset()
    confirmed: bool | None = None
    modality: frozenset[Modality] = frozenset()
    reason: frozenset[Reason] = frozenset()
    watch: Watch | None = None

    def matches(self, alert: Alert, world: World) -> bool:
        """Whether the alert is one of these."""
        pair = frozenset(code for code in (alert.source, alert.target) if code)
        return (
            (not self.kind or bool(self.kind & set(alert.kinds)) or alert.kind in self.kind)
            and (not self.scope or alert.scope in self.scope)
            and (self.level is None or alert.level.rank >= self.level.rank)
            and (not self.source or alert.source in self.source)
            and (not self.target or alert.target in self.target)
            and (not self.pair or pair in self.pair)
            and (not self.region or self._is_of_region(pair, world))
            and (not self.language or any(one.lang in self.language for one in alert.tellings))
            and (not self.outlet or any(one.outlet.casefold() in self.outlet for one in alert.tellings))
            and (not self.incident or alert.incident in self.incident)
            and (self.confirmed is None or alert.confirmed is self.confirmed)
            and (not self.modality or alert.modality in self.modality)
            and (not self.reason or alert.reason in self.reason)
            and (self.watch is None or self.watch.concerns(alert, world) is not None)
        )

    def _is_of_region(self, pair: Collection[str], world: World) -> bool:
        return any(world.regions.get(region, frozenset()) & set(pair) for region in self.region)

    def via(self, alert: Alert, world: World) -> str:
        """The body through which the alert concerns the watched state, or ""."""
        return (self.watch.concerns(alert, world) if self.watch else "") or ""


KEYS = (
    "kind",
    "scope",
    "level",
    "source",
    "target",
    "pair",
    "region",
    "language",
    "outlet",
    "incident",
    "confirmed",
    "modality",
    "reason",
)


def parse_match(words: Mapping[str, str]) -> Match:
    """A match from words, several values parted by commas. Raises `UserError` that names what is wrong."""
    unknown = sorted(set(words) - set(KEYS))
    if unknown:
        raise UserError(f"no such matcher: {', '.join(unknown)}; there are {', '.join(KEYS)}")
    many = {key: [part.strip() for part in value.split(",") if part.strip()] for key, value in words.items()}
    try:
        return Match(
            kind=frozenset(many.get("kind", ())),
            scope=frozenset(Scope(one) for one in many.get("scope", ())),
            level=Level(many["level"][0]) if many.get("level") else None,
            source=frozenset(one.upper() for one in many.get("source", ())),
            target=frozenset(one.upper() for one in many.get("target", ())),
            pair=frozenset(pair_of(one) for one in many.get("pair", ())),
            region=frozenset(one.casefold() for one in many.get("region", ())),
            language=frozenset(one.casefold() for one in many.get("language", ())),
            outlet=frozenset(one.casefold() for one in many.get("outlet", ())),
            incident=frozenset(many.get("incident", ())),
            confirmed=_yes(words["confirmed"]) if "confirmed" in words else None,
            modality=frozenset(Modality(one) for one in many.get("modality", ())),
            reason=frozenset(Reason(one) for one in many.get("reason", ())),
        )
    except ValueError as why:
        raise UserError(str(why)) from None


def pair_of(text: str) -> frozenset[str]:
    """The two actors of `KOR-RUS`. Raises `ValueError`."""
    codes = frozenset(part.strip().upper() for part in text.split("-"))
    if len(codes) != 2 or not all(codes):
        raise ValueError(f"a pair is two codes, as in KOR-RUS, not {text!r}")
    return codes


def _yes(word: str) -> bool:
    if word.lower() not in ("true", "false", "yes", "no"):
        raise ValueError(f"confirmed is true or false, not {word!r}")
    return word.lower() in ("true", "yes")
