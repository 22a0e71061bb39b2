"""What a poll asks for and what came of it, as values."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.ingest.document import Document, Unreadable


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified as the server at `url` wrote them: opaque, sent back byte for byte, only there."""

    url: str = ""
    etag: bytes = b""
    modified: bytes = b""


@dataclass(frozen=True, slots=True)
class Fetch:
    """The order to ask for a feed. `known` are digests of bodies that need no parsing."""

    feed: str
    url: str
    validators: Validators = Validators()
    known: tuple[bytes, ...] = ()


class Fault(StrEnum):
    """Why there was no answer that could be used."""

    UNRESOLVED = "unresolved"  # its name
    UNREACHED = "unreached"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    BAD_ANSWER = "bad-answer"  # no HTTP
    REDIRECTS = "redirects"  # too many, or to nowhere
    FORBIDDEN = "forbidden-address"
    TOO_LARGE = "too-large"
    UNSUPPORTED_ENCODING = "unsupported-encoding"
    OURS = "our-fault"


OF_THE_NETWORK = frozenset({Fault.UNRESOLVED, Fault.UNREACHED, Fault.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came with a good status."""

    url: str  # that answered in the end
    validators: Validators = Validators()
    fresh_for: int = 0  # seconds
    moved_to: str = ""  # where permanent redirects alone lead


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body that was not known, read. `digest` is empty where the body was cut short on the way."""

    answer: Answer
    document: Document | Unreadable
    digest: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The body is one that is known: the server said so (`digest` empty), or it is the same."""

    answer: Answer
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server answered with an error."""

    status: int
    retry_after: int | None = None  # seconds
    bot_wall: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer that could be used."""

    fault: Fault
    detail: str = ""


Reply = Fetched | Unchanged | Refused | Failed


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of one order; `took` seconds, parsing included."""

    fetch: Fetch
    reply: Reply
    took: float = 0.0
