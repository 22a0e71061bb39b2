"""The tree of routes: which destinations an alert goes to, from which level on, and in which way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from consumers.notify.match import Match, World
from monitor.message.alert import Alert
from monitor.message.kind import Level


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which what is below `breaks` waits for one message at their end."""

    start: time
    end: time
    zone: str = "UTC"
    breaks: Level = Level.HIGH

    def ends(self, now: datetime) -> datetime | None:
        """When the quiet that holds now ends, or None where none holds."""
        local = now.astimezone(ZoneInfo(self.zone))
        begun, over = local.time() >= self.start, local.time() < self.end
        if not ((begun and over) if self.start <= self.end else (begun or over)):
            return None
        end = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if end <= local:
            end = datetime.combine(end.date().fromordinal(end.date().toordinal() + 1), self.end, end.tzinfo)
        return end.astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree. What is None comes from the node above it."""

    match: Match
    to: Sequence[str] | None = None
    minimum_level: Level | None = None
    digest: bool | None = None
    quiet: Quiet | None = None
    go_on: bool = False  # look at the nodes beside it too
    routes: Sequence["Route"] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an alert goes, and by which way down the tree."""

    destination: str
    minimum_level: Level | None
    digest: bool
    quiet: Quiet | None
    via: str
    path: tuple[str, ...]


def places(root: Route, alert: Alert, world: World) -> list[Placed]:
    """Every destination for the alert, once each: the first way that leads there counts."""
    found: dict[str, Placed] = {}
    for placed in _walk(root, alert, world, Placed("", None, False, None, "", ()), ()):
        found.setdefault(placed.destination, placed)
    return list(found.values())


def _walk(node: Route, alert: Alert, world: World, above: Placed, to: Sequence[str]) -> Iterator[Placed]:
    """The leaves that the alert reaches below a node that matches. `above` holds what is passed down."""
    here = Placed(
        "",
        node.minimum_level or above.minimum_level,
        above.digest if node.digest is None else node.digest,
        node.quiet or above.quiet,
        node.match.via(alert, world) or above.via,
        (*above.path, node.name),
    )
    to = node.to if node.to is not None else to
    went = False
    for child in node.routes:
        if child.match.matches(alert, world):
            went = True
            yield from _walk(child, alert, world, here, to)
            if not child.go_on:
                return
    if not went:
        for name in to:
            yield Placed(name, here.minimum_level, here.digest, here.quiet, here.via, here.path)
