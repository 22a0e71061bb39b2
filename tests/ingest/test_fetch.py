"""One poll against a server that may do anything: what is taken, and what is refused with which name."""

import gzip
import socket
import ssl
import subprocess
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from monitor.ingest.address import is_private_by_name, is_public
from monitor.ingest.body import Inflater
from monitor.ingest.document import Document, Unreadable
from monitor.ingest.fetch import Fetcher, Limits
from monitor.ingest.reply import Failed, Fault, Fetch, Fetched, Polled, Refused, Reply, Unchanged, Validators
from tests.ingest.newspaper import Given, Newspaper, Script, always, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.rig import AGENT, START, Rig, rig

BODY = rss([Story(guid=str(number), title=f"Story number {number}") for number in range(20)])
KIND = ("Content-Type", "application/rss+xml; charset=utf-8")
LIMITS = Limits(body=200_000, seconds=1.0, allow_private=True)


@asynccontextmanager
async def served(script: Script, limits: Limits = LIMITS, **more: Script) -> AsyncIterator[tuple[Newspaper, Rig]]:
    async with newspaper(feed=script, **more) as paper, rig([], limits=limits) as desk:
        yield paper, desk


async def reply(script: Script, limits: Limits = LIMITS) -> Reply:
    async with served(script, limits) as (paper, desk):
        return await ask(desk, paper.url("/feed"))


async def ask(desk: Rig, url: str, **more: object) -> Reply:
    polled: Polled = await desk.fetcher.fetch(Fetch("paper", url, **more))  # type: ignore[arg-type]
    return polled.reply


def entries(found: Reply) -> int:
    assert isinstance(found, Fetched)
    assert isinstance(found.document, Document)
    return len(found.document.entries)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        pytest.param(gzip.compress(BODY), "gzip", id="gzip"),
        pytest.param(gzip.compress(BODY), "x-gzip", id="x-gzip"),
        pytest.param(gzip.compress(BODY[:900]) + gzip.compress(BODY[900:]), "gzip", id="gzip in two members"),
        pytest.param(gzip.compress(BODY) + b"\0\0\0", "gzip", id="gzip with padding"),
        pytest.param(zlib.compress(BODY), "deflate", id="deflate"),
        pytest.param(raw_deflate(BODY), "deflate", id="raw deflate"),
        pytest.param(BODY, "identity", id="identity"),
        pytest.param(BODY, "UTF-8", id="a charset for a coding"),
        pytest.param(BODY, "none", id="a word for a coding"),
        pytest.param(BODY, "gzip", id="plain under gzip"),
        pytest.param(gzip.compress(b"") * 300 + gzip.compress(BODY), "gzip", id="gzip in many members"),
        pytest.param(gzip.compress(BODY), "", id="gzip that nobody announced"),
    ],
)
async def test_every_coding_that_was_asked_for_is_read(body: bytes, coding: str) -> None:
    given = Given(200, body, (KIND, *((("Content-Encoding", coding),) if coding else ())))
    assert entries(await reply(always(given))) == 20


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param(Given(200, b"x", (("Content-Encoding", "br"),)), Fault.UNSUPPORTED_ENCODING, id="brotli"),
        pytest.param(Given(200, b"x", (("Content-Encoding", "gzip, gzip"),)), Fault.UNSUPPORTED_ENCODING, id="twice"),
        pytest.param(Given(200, b"no gzip", (("Content-Encoding", "gzip"),)), Fault.BAD_ANSWER, id="no gzip at all"),
        pytest.param(
            Given(200, gzip.compress(b"") * 5000, (("Content-Encoding", "gzip"),)),
            Fault.BAD_ANSWER,
            id="gzip of nothing, again and again",
        ),
        pytest.param(
            Given(200, gzip.compress(b"") * 15_000, (("Content-Encoding", "gzip"),)), Fault.TOO_LARGE, id="and for ever"
        ),
        pytest.param(Given(200, b"x" * 300_000), Fault.TOO_LARGE, id="too large"),
        pytest.param(Given(200, b"x", length=10**10, stall=True), Fault.TOO_LARGE, id="10 GB announced"),
        pytest.param(
            Given(200, gzip.compress(b"\0" * 50_000_000), (("Content-Encoding", "gzip"),)),
            Fault.TOO_LARGE,
            id="gzip bomb",
        ),
        pytest.param(Given(200, b"", stall=True, length=500), Fault.TIMEOUT, id="a body that never comes"),
        pytest.param(Given(200, b"", (("X", "y" * 200_000),)), Fault.BAD_ANSWER, id="endless headers"),
        pytest.param(Given(304), Fault.BAD_ANSWER, id="304 to no condition"),
        pytest.param(Given(302, b"", (("Location", "/feed"),)), Fault.REDIRECTS, id="round in a circle"),
        pytest.param(Given(302, b"", (("Location", "file:///etc/passwd"),)), Fault.FORBIDDEN, id="to a file"),
        pytest.param(Given(302, b"", (("Location", "http://[::1"),)), Fault.REDIRECTS, id="to no address"),
    ],
)
async def test_what_is_refused_has_a_name(given: Given, fault: Fault) -> None:
    found = await reply(always(given))
    assert isinstance(found, Failed)
    assert found.fault is fault


async def test_a_bomb_is_never_held() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)
    given = Given(200, bomb, (("Content-Encoding", "gzip"),))
    async with served(always(given), replace(LIMITS, body=10 * 2**20)) as (paper, desk):
        tracemalloc.start()
        found = await ask(desk, paper.url("/feed"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert isinstance(found, Failed)
    assert peak < 30 * 2**20


@pytest.mark.parametrize("cut", [pytest.param(len(BODY) // 2, id="plain"), pytest.param(-1, id="gzip")])
async def test_a_body_cut_short_gives_its_whole_items_and_nothing_to_compare_with(cut: int) -> None:
    if cut > 0:
        given = Given(200, BODY, (KIND, ("ETag", '"x"')), cut=cut)
    else:
        packed = gzip.compress(BODY, 0)
        given = Given(200, packed[: len(packed) // 2], (KIND, ("ETag", '"x"'), ("Content-Encoding", "gzip")))
    found = await reply(always(given))
    assert 0 < entries(found) < 20
    assert isinstance(found, Fetched)
    assert isinstance(found.document, Document)
    assert found.document.partial
    assert found.digest == b""


async def test_nobody_there_is_said_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with rig([], limits=LIMITS) as desk:
            gone = await ask(desk, f"http://127.0.0.1:{free.getsockname()[1]}/feed")
            lost = await ask(desk, "http://no-such-host.invalid/feed")
            wrong = await ask(desk, "http://example.org:port/feed")
    assert isinstance(gone, Failed)
    assert isinstance(lost, Failed)
    assert isinstance(wrong, Failed)
    assert (gone.fault, lost.fault, wrong.fault) == (Fault.UNREACHED, Fault.UNRESOLVED, Fault.BAD_ANSWER)


async def test_private_addresses_are_refused_by_number_and_by_name() -> None:
    closed = replace(LIMITS, allow_private=False)
    async with newspaper(feed=always(Given(200, BODY, (KIND,)))) as paper, rig([], limits=closed) as desk:
        by_number = await ask(desk, paper.url("/feed"))
        by_name = await ask(desk, paper.url("/feed").replace("127.0.0.1", "localhost"))
    for found in (by_number, by_name):
        assert isinstance(found, Failed)
        assert found.fault is Fault.FORBIDDEN
    assert paper.asked == []


async def test_private_addresses_are_refused_behind_a_redirect() -> None:
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/latest/meta-data"})

    async with httpx.MockTransport(server) as transport:
        fetcher = Fetcher(transport, no_parser, lambda: START, replace(LIMITS, allow_private=False), AGENT)
        found = (await fetcher.fetch(Fetch("paper", "http://93.184.215.14/feed"))).reply
    assert isinstance(found, Failed)
    assert found.fault is Fault.FORBIDDEN
    assert asked == ["93.184.215.14"]


async def no_parser(body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable:
    raise AssertionError("nothing to parse")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1", "2002:7f00:1::", "no address",
    ],
)  # fmt: skip
def test_these_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "db.internal", "printer.local", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "::1",
     "169.254.169.254", "fe80::1%eth0"],
)  # fmt: skip
def test_a_private_host_is_seen_without_a_resolver(host: str) -> None:
    assert is_private_by_name(host)


@pytest.mark.parametrize(
    "host", ["paper.example", "1.1.1.1", "134744072", "3com.example", "local.example", "0x.example"]
)
def test_a_public_host_is_not_taken_for_private(host: str) -> None:
    assert not is_private_by_name(host)


@pytest.mark.parametrize("border", range(18, 24))
def test_a_member_of_gzip_may_begin_anywhere_in_a_piece(border: int) -> None:
    inflater, packed = Inflater("gzip", 10_000), gzip.compress(b"") + gzip.compress(b"<rss/>")
    inflater.feed(packed[:border])
    inflater.feed(packed[border:])
    assert inflater.body == b"<rss/>"
    assert inflater.is_whole


async def test_an_answer_that_a_proxy_changed_is_read_and_an_endless_etag_is_not_sent_back() -> None:
    given = Given(203, BODY, (KIND, ("ETag", f'"{"x" * 9000}"')))
    found = await reply(always(given))
    assert entries(found) == 20
    assert isinstance(found, Fetched)
    assert found.answer.validators.etag == b""


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


async def test_validators_go_only_where_they_came_from() -> None:
    on = Given(302, b"", (("Location", "/there"),))
    there = Given(200, BODY, (KIND, ("ETag", '"there"')))
    async with served(always(on), there=always(there)) as (paper, desk):
        found = await ask(desk, paper.url("/feed"))
        assert isinstance(found, Fetched)
        assert found.answer.validators == Validators(paper.url("/there"), b'"there"')
        await ask(desk, paper.url("/feed"), validators=found.answer.validators, known=(found.digest,))
    assert "if-none-match" not in paper.to("/feed")[1].headers
    assert paper.to("/there")[1].headers["if-none-match"] == '"there"'


async def test_only_permanent_redirects_all_the_way_are_a_move() -> None:
    def to(path: str, status: int) -> Script:
        return always(Given(status, b"", (("Location", path),)))

    end = always(Given(200, BODY, (KIND,)))
    async with served(to("/a", 301), a=to("/end", 308), b=to("/end", 302), c=to("/b", 301), end=end) as (paper, desk):
        moved = [await ask(desk, paper.url(path)) for path in ("/feed", "/b", "/c", "/end")]
    assert [found.answer.moved_to for found in moved if isinstance(found, Fetched)] == [paper.url("/end"), "", "", ""]


async def test_a_feed_in_the_body_of_a_redirect_to_a_page_is_read() -> None:
    page = always(Given(200, b"<!doctype html><html><body>Moved</body></html>", (("Content-Type", "text/html"),)))
    carried = Given(301, BODY, (KIND, ("Location", "/page")))
    async with served(always(carried), page=page) as (paper, desk):
        found = await ask(desk, paper.url("/feed"))
    assert entries(found) == 20
    assert isinstance(found, Fetched)
    assert found.answer.moved_to == ""


async def test_walls_are_told_from_errors() -> None:
    walled = await reply(always(Given(403, b"", (("CF-Mitigated", "challenge"),))))
    plain = await reply(always(Given(403, b"no")))
    assert walled == Refused(403, None, bot_wall=True)
    assert plain == Refused(403, None, bot_wall=False)


async def test_what_servers_say_in_a_304_is_kept() -> None:
    sent = Validators("", b'"old"', b"then")
    given = Given(304, headers=(("ETag", '"newer"'), ("Cache-Control", "max-age=60")))
    async with served(always(given)) as (paper, desk):
        url = paper.url("/feed")
        found = await ask(desk, url, validators=replace(sent, url=url), known=(b"x",))
    assert isinstance(found, Unchanged)
    assert found.answer.validators == Validators(url, b'"newer"', b"then")
    assert found.answer.fresh_for == 60


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Signed by itself alone."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
         "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_named(certificate: ssl.SSLContext) -> None:
    script = always(Given(200, BODY, (KIND,)))
    async with newspaper(tls=certificate, feed=script) as paper, rig([], limits=LIMITS) as desk:
        found = await ask(desk, paper.url("/feed").replace("http:", "https:"))
    assert isinstance(found, Failed)
    assert found.fault is Fault.CERTIFICATE
