"""Asking a server for a feed: as politely as it can be done, and with a cap on everything that may come back."""

import asyncio
import base64
import hashlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from monitor.ingest.address import ForbiddenAddress, is_private_by_name
from monitor.ingest.body import Damaged, Inflater, TooLarge, UnknownCoding
from monitor.ingest.caching import fresh_for, retry_after
from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.feed import shown_url
from monitor.ingest.reply import (
    Answer,
    Failed,
    Fault,
    Fetch,
    Fetched,
    Polled,
    Refused,
    Reply,
    Unchanged,
    Validators,
)

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0  # between two pieces of an answer

_GOOD = frozenset({200, 203})  # 203: a proxy on the way changed something
_VALIDATOR = 4096  # bytes; a longer one would not pass most servers' limits on its way back
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ERROR_BODY = 64 * 1024  # bytes of an error page that are looked at
# Said by the walls themselves: Cloudflare, AWS WAF, DataDome, PerimeterX.
_WALL_HEADERS = ("cf-mitigated", "x-amzn-waf-action", "x-datadome", "x-px-block")


class Parse(Protocol):
    """The parser, off the event loop."""

    async def __call__(self, body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one poll; headers are capped by h11 at 100 KB."""

    body: int = 10 * 2**20
    redirects: int = 5
    seconds: float = 30.0  # for the whole of it, parsing aside
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class _Landed:
    """The last answer of a chain of redirects, with its body."""

    url: str
    response: httpx.Response
    body: bytes
    cut: bool
    moved_to: str
    on_the_way: tuple[str, str, bytes] | None  # URL, type and body of a redirect that carried something


class Fetcher:
    """Does one poll. `clock` dates what servers say of time; `agent` names us and whom to write to."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        parse: Parse,
        clock: Callable[[], datetime],
        limits: Limits,
        agent: str,
    ) -> None:
        self._transport, self._parse, self._clock, self._limits = transport, parse, clock, limits
        self._timeout = httpx.Timeout(min(limits.seconds, READ_SECONDS), connect=CONNECT_SECONDS).as_dict()
        self._headers = [
            (b"User-Agent", agent.encode("ascii", "replace")),
            (b"Accept", b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
                        b"text/xml;q=0.9, */*;q=0.5"),
            (b"Accept-Encoding", b"gzip, deflate"),
            (b"Connection", b"keep-alive"),
        ]  # fmt: skip

    async def fetch(self, order: Fetch) -> Polled:
        """Ask once, following redirects; every failure is a value."""
        started = time.perf_counter()
        reply = await self._reply(order)
        return Polled(order, reply, time.perf_counter() - started)

    async def look(self, url: str) -> tuple[str, bytes] | Failed | Refused:
        """What lies at a URL, unread: where it was found in the end, and its body."""
        landed = await self._landed(Fetch("", url))
        if not isinstance(landed, _Landed):
            return landed
        status = landed.response.status_code
        return (landed.url, landed.body) if status in _GOOD else Refused(status)

    async def _reply(self, order: Fetch) -> Reply:
        landed = await self._landed(order)
        return await self._judge(order, landed) if isinstance(landed, _Landed) else landed

    async def _landed(self, order: Fetch) -> "_Landed | Failed":
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(order)
        except _Stopped as why:
            return why.reply
        except TimeoutError:
            return Failed(Fault.TIMEOUT, f"no whole answer within {self._limits.seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, ForbiddenAddress, ValueError) as why:
            return _failure(why)

    async def _follow(self, order: Fetch) -> _Landed:
        url, permanent, on_the_way = order.url, True, None
        for _ in range(self._limits.redirects + 1):
            self._check(url)
            async with self._ask(url, order.validators) as response:
                target = _target(url, response)
                if target is None:
                    body, cut = await self._body(response)
                    moved = url if permanent and url != order.url else ""
                    return _Landed(url, response, body, cut, moved, on_the_way)
                permanent = permanent and response.status_code in _PERMANENT
                on_the_way = await self._carried(url, response) or on_the_way
                url = target
        raise _Stopped(Failed(Fault.REDIRECTS, f"more than {self._limits.redirects} redirects"))

    @asynccontextmanager
    async def _ask(self, url: str, validators: Validators) -> AsyncIterator[httpx.Response]:
        headers = list(self._headers)
        if validators.url == url:
            if validators.etag:
                headers.append((b"If-None-Match", validators.etag))
            if validators.modified:
                headers.append((b"If-Modified-Since", validators.modified))
        if "@" in url and (credentials := _credentials(url)):
            headers.append((b"Authorization", credentials))
        request = httpx.Request("GET", _parsed(url), headers=headers, extensions={"timeout": self._timeout})
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            yield response
        finally:
            await response.aclose()

    def _check(self, url: str) -> None:
        """Only the web, and no private address written as a number; names are looked at when they are resolved."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _Stopped(Failed(Fault.FORBIDDEN, f"no address of the web: {shown_url(url)[:100]}"))
        if self._limits.allow_private:
            return
        if is_private_by_name(parts.hostname):
            raise ForbiddenAddress(f"{parts.hostname} is not public; see ingest.allow_private")

    async def _body(self, response: httpx.Response) -> tuple[bytes, bool]:
        """The inflated body, and whether it was cut short."""
        if response.status_code not in _GOOD:
            return await self._some_of(response, _ERROR_BODY), False
        if (length := response.headers.get("content-length", "")).isdigit() and int(length[:15]) > self._limits.body:
            raise _Stopped(Failed(Fault.TOO_LARGE, f"{length} bytes announced"))
        try:
            inflater = Inflater(response.headers.get("content-encoding", ""), self._limits.body)
        except UnknownCoding as why:
            raise _Stopped(Failed(Fault.UNSUPPORTED_ENCODING, f"Content-Encoding {why}")) from why
        try:
            async for chunk in response.aiter_raw():
                inflater.feed(chunk)
        except TooLarge as why:
            raise _Stopped(Failed(Fault.TOO_LARGE, str(why))) from why
        except (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout, Damaged) as why:
            if not inflater.body:  # nothing to salvage
                raise _Stopped(_failure(why)) from why
            return inflater.body, True
        return inflater.body, not inflater.is_whole

    async def _some_of(self, response: httpx.Response, limit: int) -> bytes:
        try:
            inflater = Inflater(response.headers.get("content-encoding", ""), limit)
            async for chunk in response.aiter_raw():
                inflater.feed(chunk)
        except (UnknownCoding, TooLarge, Damaged, httpx.HTTPError):
            return b""
        return inflater.body

    async def _carried(self, url: str, response: httpx.Response) -> tuple[str, str, bytes] | None:
        # The AP answered 301 with a feed in the body and a target that was a page (miniflux 2783).
        kind = response.headers.get("content-type", "")
        if "xml" not in kind or "html" in kind:
            return None
        body = await self._some_of(response, self._limits.body)
        return (url, kind, body) if body else None

    async def _judge(self, order: Fetch, landed: _Landed) -> Reply:
        response, now = landed.response, self._clock()
        headers = _headers(response)
        if response.status_code == 304:
            sent = order.validators
            if sent.url != landed.url or not (sent.etag or sent.modified):
                return Failed(Fault.BAD_ANSWER, "304 to a request without condition")
            etag = _first(response, b"etag") or sent.etag
            validators = Validators(landed.url, etag, _first(response, b"last-modified") or sent.modified)
            return Unchanged(Answer(landed.url, validators, fresh_for(headers, now), landed.moved_to))
        if response.status_code not in _GOOD:
            wall = await self._is_wall(landed, now)
            return Refused(response.status_code, retry_after(headers, now), wall)
        etag, modified = _first(response, b"etag"), _first(response, b"last-modified")
        validators = Validators(landed.url, etag if len(etag) <= _VALIDATOR else b"", modified[:_VALIDATOR])
        answer = Answer(landed.url, validators, fresh_for(headers, now), landed.moved_to)
        digest = hashlib.blake2b(landed.body, digest_size=8).digest()
        if digest in order.known and not landed.cut:
            return Unchanged(answer, digest)
        document = await self._parse(landed.body, content_type=headers.get("content-type", ""), url=landed.url, now=now)
        if isinstance(document, Unreadable) and landed.on_the_way:
            document, answer = await self._read_on_the_way(landed.on_the_way, document, answer, now)
        return Fetched(answer, document, b"" if landed.cut else digest, len(landed.body))

    async def _read_on_the_way(
        self, carried: tuple[str, str, bytes], failed: Unreadable, answer: Answer, now: datetime
    ) -> tuple[Document | Unreadable, Answer]:
        url, kind, body = carried
        document = await self._parse(body, content_type=kind, url=url, now=now)
        if isinstance(document, Unreadable):
            return failed, answer
        return document, Answer(url, fresh_for=answer.fresh_for)

    async def _is_wall(self, landed: _Landed, now: datetime) -> bool:
        headers = _headers(landed.response)
        if any(name in headers for name in _WALL_HEADERS):
            return True
        if landed.response.status_code not in (403, 429, 503) or not landed.body:
            return False
        read = await self._parse(landed.body, content_type=headers.get("content-type", ""), url=landed.url, now=now)
        return isinstance(read, Unreadable) and read.trouble is Trouble.BOT_WALL


class _Stopped(Exception):  # no error: a way out of a chain with its result
    """The poll ends here with this reply."""

    def __init__(self, reply: Failed) -> None:
        super().__init__(reply)
        self.reply = reply


def _target(url: str, response: httpx.Response) -> str | None:
    """Where a redirect leads; None for an answer that is none."""
    location = str(response.headers.get("location", "")).strip()
    if response.status_code not in _REDIRECTS or not location:
        return None
    try:
        parts = urlsplit(urljoin(url, location))
        _ = parts.port
    except ValueError as why:
        raise _Stopped(Failed(Fault.REDIRECTS, "a redirect to no address")) from why
    return parts._replace(fragment="").geturl()


def _credentials(url: str) -> bytes | None:
    """Basic authorization with the name and password of the URL."""
    parts = urlsplit(url)
    if parts.username is None and parts.password is None:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return b"Basic " + base64.b64encode(pair.encode())


@lru_cache(maxsize=4096)
def _parsed(url: str) -> httpx.URL:
    """The same few URLs are asked for again and again, and httpx takes 50 microseconds to read one."""
    return httpx.URL(url)


def _headers(response: httpx.Response) -> dict[str, str]:
    """By name in lower case; of those that are there twice the first."""
    found: dict[str, str] = {}
    for name, value in response.headers.raw:
        found.setdefault(name.lower().decode("latin-1"), value.decode("latin-1"))
    return found


def _first(response: httpx.Response, name: bytes) -> bytes:
    return next((value for key, value in response.headers.raw if key.lower() == name), b"")


def _failure(why: BaseException) -> Failed:
    """The failure behind an exception; its text never holds the URL."""
    cause: BaseException | None = why
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Failed(Fault.CERTIFICATE, getattr(cause, "verify_message", "") or cause.reason or "TLS failed")
        if isinstance(cause, ForbiddenAddress):
            return Failed(Fault.FORBIDDEN, str(cause))
        cause = cause.__cause__ or cause.__context__
    said = str(why).partition("\n")[0][:200]
    match why:
        case httpx.TimeoutException():
            return Failed(Fault.TIMEOUT, type(why).__name__)
        case httpx.ConnectError() if "resolve" in said:
            return Failed(Fault.UNRESOLVED, said)
        case httpx.ConnectError() | httpx.ReadError() | httpx.WriteError() | httpx.ProxyError():
            return Failed(Fault.UNREACHED, said or type(why).__name__)
        case Damaged():
            return Failed(Fault.BAD_ANSWER, f"compressed data that are broken: {said}")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | ValueError():
            return Failed(Fault.BAD_ANSWER, "no valid URL")
    return Failed(Fault.BAD_ANSWER, said or type(why).__name__)
