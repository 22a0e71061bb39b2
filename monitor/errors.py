"""The tree of errors, each of which knows its fate.

MonitorError
├── UserError            a fault in what a person wrote or asked for: one clear message, exit status 1
│   └── Faults           several of them, each with its place
├── StreamError          the stream or the network; retriable where it says so
│   ├── Busy             another process owns the file
│   ├── Unavailable      no broker, disk full: try again later
│   └── Lost             this share has another owner now: drop its state and all work on it
└── PoisonRecord         a record that no retry can mend: set aside, go on
"""

from collections.abc import Sequence
from dataclasses import dataclass


class MonitorError(Exception):
    """Everything that the product raises on purpose."""

    retriable = False


class UserError(MonitorError):
    """A fault of the user's, said in one sentence with a remedy."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a file that a person wrote; `line` counts from 1, 0 where there is none.

    `code` names its sort, for those of the rules: each has its page in `rules/README.md`.
    """

    path: str
    line: int
    text: str
    column: int = 0
    code: str = ""

    def __str__(self) -> str:
        place = self.path + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        return f"{place}: {self.text}" if place else self.text


class Faults(UserError):
    """All faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class StreamError(MonitorError):
    """The stream, or what lies below it, failed."""


class Busy(StreamError):
    """Another process owns this file."""


class Unavailable(StreamError):
    """The broker is away, the disk is full: it may pass."""

    retriable = True


class Lost(StreamError):
    """This share has another owner now."""


class PoisonRecord(MonitorError):
    """A record that cannot be read or that breaks a step."""
