"""What notify is constructed with: frozen, checked before, and the same for the life of the process."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from consumers.notify.bucket import Rate
from consumers.notify.channel import Channel, Tells, Traits, channel
from consumers.notify.match import Match, World
from consumers.notify.options import Options
from consumers.notify.retry import AGE_LIMITS, SCHEDULE
from consumers.notify.route import Route
from monitor.message.kind import Level

ENVOY_ACTS = (
    "envoy-summoned",
    "formal-protest",
    "envoy-recalled",
    "diplomats-expelled",
    "mission-closed",
    "relations-downgraded",
    "relations-severed",
)


@dataclass(frozen=True, slots=True)
class Storm:
    """More than `posts` in `span` fold into one digest."""

    posts: int = 8
    span: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DigestHours:
    """When a digest goes out."""

    hours: Sequence[time] = (time(8),)
    zone: str = "UTC"

    def after(self, now: datetime) -> datetime:
        """The first of these hours that is later than `now`."""
        local = now.astimezone(ZoneInfo(self.zone))
        days = (local.date(), (local + timedelta(days=1)).date())
        times = [datetime.combine(day, hour, ZoneInfo(self.zone)) for day in days for hour in self.hours]
        return min(at for at in times if at > local).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an act that matches `live` was told of a pair, what matches `inside` stays inside its message."""

    live: Match
    inside: Match
    span: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Pace:
    """Times that rule when things go out."""

    schedule: Sequence[float] = SCHEDULE  # seconds between tries
    age_limits: Mapping[Level, timedelta] = field(default_factory=lambda: AGE_LIMITS)
    stale: timedelta = timedelta(hours=36)  # an alert of something older is not told: the stream was replayed
    gather: timedelta = timedelta(seconds=0.15)  # a new message waits so long for those that belong in it
    edit_gap: timedelta = timedelta(seconds=60)
    first_quiet: timedelta = timedelta(seconds=20)
    first_longest: timedelta = timedelta(seconds=90)
    memory: timedelta = timedelta(days=90)  # what was told is known so long


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Destinations by name, and what goes where."""

    destinations: Mapping[str, Options]
    root: Route
    operator: Sequence[str] = ()
    minimum_level: Level = Level.MEDIUM
    storm: Storm | None = Storm()
    daily_cap: int | None = 10
    never_capped: frozenset[str] = frozenset(ENVOY_ACTS)
    digest: DigestHours | None = DigestHours()
    inhibitions: Sequence[Inhibition] = ()
    world: World = field(default_factory=World)
    public_url: str = ""
    pace: Pace = Pace()
    once: bool = False  # wait for nothing that could still come

    def all_routes(self) -> list[Route]:
        """The root and every node below it."""
        found, todo = [], [self.root]
        while todo:
            node = todo.pop()
            found.append(node)
            todo += node.routes
        return found

    def channel(self, name: str) -> Channel:
        return channel(self.destinations[name].type)

    def traits(self, name: str) -> Traits:
        return self.channel(name).TRAITS

    def tells(self, name: str) -> Tells:
        return self.traits(name).tells

    def can_edit(self, name: str) -> bool:
        return self.tells(name) is Tells.EDITS

    def rate(self, name: str) -> Rate | None:
        """The bucket of a destination, None for no limit."""
        options, traits = self.destinations[name], self.traits(name)
        a_second = options.rate if options.rate is not None else traits.rate
        if a_second is None or a_second == "off":
            return None
        return Rate(float(a_second), options.burst or traits.burst)

    def concurrency(self, name: str) -> int:
        return self.destinations[name].concurrency or self.traits(name).concurrency

    def storm_at(self, name: str) -> Storm | None:
        """The storm rule of a destination: by default, of those that people read."""
        given = self.destinations[name].storm
        wanted = self.traits(name).people if given is None else given == "on"
        return (self.storm or Storm()) if wanted and (self.storm or given == "on") else None

    def cap_at(self, name: str) -> int | None:
        given = self.destinations[name].daily_cap
        if given is not None:
            return None if given == "off" else int(given)
        return self.daily_cap if self.traits(name).people else None

    def fingerprint(self, name: str) -> str:
        """A hash of a destination's settings, secrets written in them included; no secret can be read from it."""
        return fingerprint(self.destinations[name])


def changes_between(old: NotifySettings, new: NotifySettings) -> dict[str, object]:
    """What is different, by name, for the log; nothing where nothing is."""
    changed = [one.name for one in fields(NotifySettings) if getattr(old, one.name) != getattr(new, one.name)]
    names = sorted({*old.destinations, *new.destinations})
    others = [name for name in names if old.destinations.get(name) != new.destinations.get(name)]
    return {"changed": changed, "destinations": others} if changed else {}


def fingerprint(options: Options) -> str:
    shown = options.model_dump_json() + "".join(sorted(secret.text for secret in options.secrets()))
    return hashlib.sha256(shown.encode()).hexdigest()[:16]
