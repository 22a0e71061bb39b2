"""The part of monitor.yaml that says whom to tell what: destinations, routes, and what keeps them readable."""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from consumers.notify.channel import channel, channel_names
from consumers.notify.channels import slack, terminal
from consumers.notify.hook import is_web_url
from consumers.notify.match import Match, World
from consumers.notify.options import Options
from consumers.notify.retry import AGE_LIMITS, SCHEDULE
from consumers.notify.route import Route
from consumers.notify.secret import Origin, Secret
from consumers.notify.settings import DigestHours, Inhibition, NotifySettings, Pace, Storm
from monitor.errors import Fault, Faults
from monitor.message.kind import Level
from monitor.settings.routes import MatchSection, RouteSection, Section, Words, Zone
from monitor.settings.world import read_world

SLACK_VARIABLE = "DEMARCHE_SLACK_WEBHOOK_URL"
SLACK_NAME, TERMINAL_NAME = "slack", "terminal"
ANY_DESTINATION: Any = reduce(or_, (channel(name).Options for name in channel_names()))


class StormSection(Section):
    posts: int = Field(8, ge=1)
    minutes: float = Field(10, gt=0)


class DigestSection(Section):
    at: Annotated[tuple[time, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [value])] = (
        time(8),
    )
    zone: Zone = "UTC"


class InhibitSection(Section):
    """While `while` was told of a pair, `inside` stays in its message."""

    while_: MatchSection = Field(alias="while")
    inside: MatchSection
    hours: float = 72


class NotifySection(Section):
    """Whom to tell what. With nothing given: the terminal, from level medium on, storms folded."""

    destinations: Mapping[str, Annotated[ANY_DESTINATION, Field(discriminator="type")]] = {}
    routes: tuple[RouteSection, ...] = ()
    operator: Words = Field((), description="Destinations that are told of trouble, apart from alerts.")
    minimum_level: Level = Level.MEDIUM
    storm: StormSection | Literal["off"] = StormSection()
    daily_cap: int | Literal["off"] = Field(10)
    digest: DigestSection | Literal["off"] = DigestSection()
    inhibit: tuple[InhibitSection, ...] = (
        InhibitSection.model_validate(
            {"while": {"kind": "diplomats-expelled"}, "inside": {"kind": "condemnation"}, "hours": 72}
        ),
    )
    public_url: str = ""
    ca_file: Path | None = Field(None, description="Certificates of your own authority, trusted beside the usual ones.")
    retry: tuple[float, ...] = Field(SCHEDULE, min_length=1, description="Seconds between tries; the last goes on.")
    give_up_after_hours: Mapping[Level, float] = {}

    @field_validator("public_url")
    @classmethod
    def _of_the_web(cls, value: str) -> str:
        if value and not is_web_url(value):
            raise ValueError("is no http or https URL")
        return value

    @model_validator(mode="after")
    def _names(self) -> Self:
        known = {*self.destinations, SLACK_NAME, TERMINAL_NAME}
        used = {*self.operator, *(name for route in self.routes for name in _named(route))}
        unknown = sorted(used - known)
        if unknown:
            raise ValueError(f"no such destination: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        bad = [name for name in self.destinations if not name.replace("-", "").replace("_", "").isalnum()]
        if bad:
            raise ValueError(f"a destination's name is letters, digits, - and _: {', '.join(bad)}")
        if self.digest == "off" and any(_wants_digest(route) for route in self.routes):
            raise ValueError("a route asks for a digest, and digest is off")
        return self


def _wants_digest(route: RouteSection) -> bool:
    return bool(route.digest) or any(_wants_digest(one) for one in route.routes)


def _named(route: RouteSection) -> list[str]:
    return [*(route.to or ()), *(name for one in route.routes for name in _named(one))]


def notify_settings(section: NotifySection, environ: Mapping[str, str], *, once: bool = False) -> NotifySettings:
    """The frozen settings of notify. Raises `Faults` for what stands in the environment and is of no use.

    `DEMARCHE_SLACK_WEBHOOK_URL`, or `..._FILE` with a path that is read anew for each sending, adds a destination
    `slack`. Where none is given at all, the terminal is the one destination.
    """
    destinations: dict[str, Options] = {**_from_environment(environ), **section.destinations}
    named = {*section.operator, *(name for route in section.routes for name in _named(route))}
    if not destinations or TERMINAL_NAME in named:
        destinations.setdefault(TERMINAL_NAME, terminal.Options())
    if SLACK_NAME in named and SLACK_NAME not in destinations:
        raise Faults([Fault("environment", 0, f"{SLACK_VARIABLE} is not set, and a route leads to {SLACK_NAME}")])
    everywhere = [name for name in destinations if name not in section.operator] or list(destinations)
    routes = tuple(route.route(f"routes.{number}") for number, route in enumerate(section.routes))
    return NotifySettings(
        destinations=destinations,
        root=Route(Match(), to=everywhere, routes=routes, name="default"),
        operator=section.operator,
        minimum_level=section.minimum_level,
        storm=None if section.storm == "off" else _storm(section.storm),
        daily_cap=None if section.daily_cap == "off" else section.daily_cap,
        digest=None if section.digest == "off" else DigestHours(section.digest.at, section.digest.zone),
        inhibitions=tuple(
            Inhibition(one.while_.match(), one.inside.match(), timedelta(hours=one.hours)) for one in section.inhibit
        ),
        world=world(),
        public_url=section.public_url,
        pace=_pace(section, once=once),
        once=once,
    )


def world() -> World:
    """Regions and memberships, from the rules that are shipped."""
    return read_world()


def _storm(section: StormSection) -> Storm:
    return Storm(section.posts, timedelta(minutes=section.minutes))


def _pace(section: NotifySection, *, once: bool) -> Pace:
    limits = {level: timedelta(hours=hours) for level, hours in section.give_up_after_hours.items()}
    pace = Pace(schedule=section.retry, age_limits={**AGE_LIMITS, **limits})
    # with `--once` nobody is there later: what would wait to be joined goes at once
    return pace if not once else Pace(pace.schedule, pace.age_limits, edit_gap=timedelta(0))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Options]:
    url, path = environ.get(SLACK_VARIABLE, "").strip(), environ.get(f"{SLACK_VARIABLE}_FILE", "").strip()
    if url and path:
        raise Faults([Fault("environment", 0, f"set {SLACK_VARIABLE} or {SLACK_VARIABLE}_FILE, not both")])
    if url and not is_web_url(url):
        raise Faults([Fault("environment", 0, f"{SLACK_VARIABLE} is no http or https URL")])
    allow = environ.get("DEMARCHE_ALLOW_PRIVATE", "").lower() in ("1", "true", "yes")
    if url:
        return {SLACK_NAME: slack.Options(url=Secret(url, Origin.ENVIRONMENT), allow_private=allow)}
    if path:
        return {SLACK_NAME: slack.Options.model_validate({"url_file": path, "allow_private": allow})}
    return {}
