"""A feed that somebody wants to be read: where it is, whose it is, how much it matters."""

import hashlib
import re
import zlib
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec


class Priority(StrEnum):
    """How soon news of a feed is wanted."""

    WIRE = "wire"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Basis(StrEnum):
    """What tells the stories of a feed apart."""

    GUID = "guid"
    LINK = "link"
    TEXT = "text"


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of the list. `id` keys all that is remembered of it; two feeds never share one."""

    id: str
    url: str  # may hold a name and password: show `shown_url` instead
    outlet: str
    country: str | None = None  # ISO 3166-1 alpha-3
    lang: str = ""
    priority: Priority = Priority.NORMAL
    official: bool = False  # a government's own
    folder: tuple[str, ...] = ()
    basis: Basis | None = None  # forced by the operator

    @property
    def host(self) -> str:
        return host_of(self.url)


def host_of(url: str) -> str:
    """The host in lower case, without port; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def share_of(host: str, count: int) -> int:
    """The share, of `count`, that reads the feeds of a host; the same in every process and release."""
    return zlib.crc32(host.encode()) % count


def fraction(text: str) -> float:
    """A number in [0, 1) that is always the same for a text: spread without dice."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32


def feed_id(url: str) -> str:
    """A readable id for a URL without one: host, end of the path, and a hash that keeps it unique."""
    parts = urlsplit(url)
    words = re.findall(r"[a-z0-9]+", f"{(parts.hostname or '').removeprefix('www.')} {parts.path}".lower())
    plain = [
        word for word in words if word not in {"com", "org", "net", "rss", "xml", "feed", "feeds", "index", "atom"}
    ]
    digest = hashlib.blake2b(url.encode(), digest_size=3).hexdigest()
    return "-".join([*plain[:4], digest])


def shown_url(url: str) -> str:
    """The URL without name, password and the values of what may be keys: for logs and tables."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(no URL)"
    query = re.sub(r"(?i)((?:^|&)[^=&]*(?:key|token|auth|secret|pass|sig)[^=&]*=)[^&]*", r"\1***", parts.query)
    return parts._replace(netloc=netloc, query=query, fragment="").geturl()
