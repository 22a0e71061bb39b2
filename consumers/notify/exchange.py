"""What goes to a destination and what comes back: request, reply, outcome. Values that channels share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from consumers.notify.secret import Secret


class Ref(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that a destination holds, as it names it: what an edit or a reply needs."""

    id: str
    channel: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `guarded`: an address inside private networks is refused."""

    url: Secret
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Text for a stream of this machine: a file where `path` is set, else the terminal."""

    text: str
    path: str = ""
    styled: Callable[[], str] | None = None  # makes the same with colours and links, for a terminal


@dataclass(frozen=True, slots=True)
class Mail:
    """One message over SMTP. `security`: `starttls`, `tls` or `none`."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    content: bytes = field(repr=False)
    security: str = "starttls"
    user: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a destination answered. Names of `headers` are in lower case; the body is cut at 64 KB."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace").strip()


class Verdict(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    RETRY = "retry"  # it may pass
    THROTTLED = "throttled"  # too fast: the whole destination waits
    PAYLOAD = "payload"  # refused as it is written: plain text may pass
    REFUSED = "refused"  # this message, for good
    GONE = "gone"  # the destination itself: every message, for good
    NO_PARENT = "no_parent"  # what was to be edited or replied to is not there: a new message may pass


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with its reason, in a word or two, and what the destination said, cut and without secrets.

    `ambiguous`: it may have arrived although no answer came. `retry_after` is in seconds.
    """

    verdict: Verdict
    reason: str = ""
    answer: str = ""
    retry_after: float | None = None
    ref: Ref | None = None
    ambiguous: bool = False
