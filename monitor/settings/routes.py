"""Routes and what they match, as people write them in monitor.yaml."""

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from consumers.notify.match import Match, Watch, pair_of
from consumers.notify.route import Quiet, Route
from monitor.message.alert import Reason
from monitor.message.kind import Level, Modality, Scope
from monitor.settings.world import read_world


def _many(value: Any) -> Any:
    """One word where several may stand."""
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_many)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WatchSection(Section):
    """A state to watch, itself and through the bodies that it is in."""

    state: str
    as_: Annotated[tuple[Literal["source", "target"], ...], BeforeValidator(_many)] = Field(
        ("source", "target"), alias="as"
    )
    via: Words = ()

    @model_validator(mode="after")
    def _bodies(self) -> Self:
        unknown = [body for body in self.via if body not in read_world().bodies]
        if unknown:
            raise ValueError(f"no members known of {', '.join(unknown)}; known: {', '.join(read_world().bodies)}")
        return self


class MatchSection(Section):
    """Which alerts; everything given must hold, and of several values one."""

    kind: Words = ()
    scope: Annotated[tuple[Scope, ...], BeforeValidator(_many)] = ()
    level: Level | None = Field(None, description="The lowest.")
    source: Words = ()
    target: Words = ()
    pair: Words = ()
    region: Words = Field((), description="CLDR code or English name, of source or target.")
    language: Words = ()
    outlet: Words = ()
    incident: Words = ()
    confirmed: bool | None = None
    modality: Annotated[tuple[Modality, ...], BeforeValidator(_many)] = ()
    reason: Annotated[tuple[Reason, ...], BeforeValidator(_many)] = ()
    watch: WatchSection | None = None

    @field_validator("pair")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            pair_of(one)
        return value

    @field_validator("region")
    @classmethod
    def _regions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [one for one in value if one.casefold() not in read_world().regions]
        if unknown:
            raise ValueError(f"no such region: {', '.join(unknown)}")
        return value

    def match(self) -> Match:
        """As a value."""
        watch = self.watch
        return Match(
            kind=frozenset(self.kind),
            scope=frozenset(self.scope),
            level=self.level,
            source=frozenset(one.upper() for one in self.source),
            target=frozenset(one.upper() for one in self.target),
            pair=frozenset(pair_of(one) for one in self.pair),
            region=frozenset(one.casefold() for one in self.region),
            language=frozenset(one.casefold() for one in self.language),
            outlet=frozenset(one.casefold() for one in self.outlet),
            incident=frozenset(self.incident),
            confirmed=self.confirmed,
            modality=frozenset(self.modality),
            reason=frozenset(self.reason),
            watch=Watch(watch.state.upper(), watch.as_, watch.via) if watch else None,
        )


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no such time zone: {value}") from None
    return value


Zone = Annotated[str, BeforeValidator(_zone)]


class QuietSection(Section):
    """Hours in which what is below `breaks` waits for one message at their end."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")
    zone: Zone = "UTC"
    breaks: Level = Level.HIGH


class RouteSection(Section):
    """A node of the tree: what it does not say comes from the node above it."""

    name: str = ""
    match: MatchSection = MatchSection()
    to: Words | None = None
    minimum_level: Level | None = None
    digest: bool | None = None
    quiet: QuietSection | None = None
    continue_: bool = Field(False, alias="continue")
    routes: tuple["RouteSection", ...] = ()

    def route(self, place: str) -> Route:
        """As a value; `place` names it where it has no name."""
        quiet = self.quiet
        return Route(
            match=self.match.match(),
            to=self.to,
            minimum_level=self.minimum_level,
            digest=self.digest,
            quiet=Quiet(quiet.start, quiet.end, quiet.zone, quiet.breaks) if quiet else None,
            go_on=self.continue_,
            routes=tuple(one.route(f"{place}.{number}") for number, one in enumerate(self.routes)),
            name=self.name or place,
        )


def _names_in(route: RouteSection, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """All names of kinds and states in a route and those inside it, each with the place where it stands."""
    for key in ("kind", "source", "target", "pair"):
        for word in getattr(route.match, key):
            yield (*place, "match", key), word
    if route.match.watch:
        yield (*place, "match", "watch", "state"), route.match.watch.state
    for number, one in enumerate(route.routes):
        yield from _names_in(one, (*place, "routes", number))


def unknown_names(
    routes: Sequence[RouteSection], kinds: Collection[str], actors: Collection[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Names in routes that nothing bears, so that the route would never be taken: where each stands, and why."""
    for number, route in enumerate(routes):
        for place, word in _names_in(route, ("routes", number)):
            if place[-1] == "kind":
                if word not in kinds:
                    yield place, f"no such kind: {word}; there are {', '.join(sorted(kinds))}"
                continue
            for code in word.split("-") if place[-1] == "pair" else [word]:
                if code.strip().upper() not in actors:
                    yield place, f"no such state or body: {code.strip()}; write its code, as KOR or EU"
