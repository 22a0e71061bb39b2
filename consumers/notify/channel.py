"""A channel: one module for each type of destination, found by its name in `channels/`."""

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

import consumers.notify.channels
from consumers.notify.exchange import Lines, Mail, Outcome, Reply, Request
from consumers.notify.letter import Letter
from consumers.notify.options import Options as Shared

Sendable = Request | Lines | Mail


class Tells(StrEnum):
    """What becomes of the news about an act that was told already."""

    EDITS = "edits"  # the message is edited, and replied to
    EVENTS = "events"  # each is an event of its own, as for machines
    ONCE = "once"  # nothing but a confirmation and a withdrawal


@dataclass(frozen=True, slots=True)
class Traits:
    """How a type of destination behaves where its settings say nothing else."""

    tells: Tells
    rate: float | None = None  # messages a second
    burst: int = 1
    concurrency: int = 1
    people: bool = True  # it is read by people: storms, caps and digests apply
    page: int = 40  # lines of a digest in one message


class Channel(Protocol):
    """What a module in `channels/` holds. Functions are pure; `options` have their secrets read."""

    Options: type[Shared]
    TRAITS: Traits
    LIMITS: Sequence[tuple[str, int]]  # name of a limit of the destination, and its size
    EXAMPLE: Mapping[str, Any]  # settings as a person writes them, with made-up secrets; the manual shows them
    TAKES: Reply  # how the destination says that it took a message

    def render(self, letter: Letter, options: Shared) -> Sendable:
        """The letter in the destination's form. `letter.plain` asks for text alone, `letter.at` is the time."""
        ...

    def judge(self, reply: Reply) -> Outcome:
        """What the reply means. `Retry-After` in its headers is read by the caller."""
        ...

    def used(self, sendable: Sendable) -> dict[str, int]:
        """How much of each of `LIMITS` this takes."""
        ...


class Looks(Protocol):
    """What a channel holds besides, where it can find out whether an attempt without an answer arrived."""

    def look(self, letter: Letter, options: Shared) -> Request: ...

    def found(self, reply: Reply, letter: Letter) -> Outcome | None: ...


@cache
def channel_names() -> tuple[str, ...]:
    """The types of destination that there are."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(consumers.notify.channels.__path__)))


@cache
def channel(name: str) -> Channel:
    """The channel of this type, one of `channel_names()`."""
    return cast(Channel, import_module(f"consumers.notify.channels.{name}"))


def looks(found: Channel) -> Looks | None:
    """The channel as one that can look before it sends again, where it can."""
    return cast(Looks, found) if hasattr(found, "look") else None
