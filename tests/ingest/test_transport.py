"""How requests travel: TLS with an authority of one's own, proxies of every sort, connections kept and lost."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from monitor.ingest.fetch import Fetcher, Limits
from monitor.ingest.reply import Failed, Fault, Fetch, Fetched, Reply
from monitor.ingest.transport import open_transport
from tests.ingest.newspaper import Given, Newspaper, always, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.proxy import proxying
from tests.ingest.rig import AGENT, START, read_here

BODY = rss([Story(guid=str(number), title=f"Story number {number}", at=START) for number in range(3)])
GOOD = always(Given(200, BODY, (("Content-Type", "application/rss+xml"),)))
LIMITS = Limits(seconds=3, allow_private=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate signed by itself, and the server that shows it."""
    folder = tmp_path_factory.mktemp("authority")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def trusting(authority: tuple[Path, ssl.SSLContext]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority[0])


@asynccontextmanager
async def asking(proxy: str | None = None, trust: ssl.SSLContext | None = None) -> AsyncIterator[Fetcher]:
    async with open_transport(allow_private=True, proxy=proxy, trust=trust or _none()) as transport:
        yield Fetcher(transport, read_here, lambda: START, LIMITS, AGENT)


def _none() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def ask(fetcher: Fetcher, url: str) -> Reply:
    return (await fetcher.fetch(Fetch("paper", url))).reply


def safe(paper: Newspaper) -> str:
    return paper.url("/feed").replace("http:", "https:")


async def test_an_authority_of_ones_own_is_trusted_and_its_connection_kept(
    authority: tuple[Path, ssl.SSLContext],
) -> None:
    async with newspaper(tls=authority[1], feed=GOOD) as paper, asking(trust=trusting(authority)) as fetcher:
        found = [await ask(fetcher, safe(paper)) for _ in range(3)]
        assert all(isinstance(one, Fetched) for one in found)
        assert len(paper.tasks) == 1


async def test_a_name_that_the_certificate_does_not_bear_is_named(authority: tuple[Path, ssl.SSLContext]) -> None:
    async with newspaper(tls=authority[1], feed=GOOD) as paper, asking(trust=trusting(authority)) as fetcher:
        found = await ask(fetcher, safe(paper).replace("127.0.0.1", "127.0.0.2"))
    assert isinstance(found, Failed)
    assert found.fault is Fault.CERTIFICATE


@pytest.mark.parametrize("login", ["", "desk:pass word"])
@pytest.mark.parametrize("form", ["http", "https", "socks5"])
@pytest.mark.parametrize("target", ["http", "https"])
async def test_every_proxy_carries_every_feed(
    authority: tuple[Path, ssl.SSLContext], login: str, form: str, target: str
) -> None:
    tls = authority[1]
    async with (
        newspaper(tls=tls if target == "https" else None, feed=GOOD) as paper,
        proxying(login, tls if form == "https" else None) as proxy,
        asking(f"{form}://{login.replace(' ', '%20')}{'@' * bool(login)}127.0.0.1:{proxy.port}", trusting(authority))
        as fetcher,
    ):  # fmt: skip
        found = await ask(fetcher, safe(paper) if target == "https" else paper.url("/feed"))
    assert isinstance(found, Fetched), found
    assert len(proxy.passed) == 1
    assert "authorization" not in paper.asked[0].headers
    assert "proxy-authorization" not in paper.asked[0].headers or target == "http"


async def test_a_proxy_that_refuses_is_no_traceback() -> None:
    async with proxying("desk:secret") as proxy, asking(f"http://desk:wrong@127.0.0.1:{proxy.port}") as fetcher:
        found = await ask(fetcher, "http://paper.example/feed")
    assert "wrong" not in repr(found)
    assert not isinstance(found, Fetched)


async def test_a_connection_that_the_server_closed_meanwhile_is_made_again() -> None:
    async with newspaper(feed=GOOD) as paper, asking() as fetcher:
        first = await ask(fetcher, paper.url("/feed"))
        for task in list(paper.tasks):
            task.cancel()
        await asyncio.gather(*paper.tasks, return_exceptions=True)
        second = await ask(fetcher, paper.url("/feed"))
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)


async def test_transport_is_what_httpx_calls_one() -> None:
    client = httpx.AsyncClient(transport=open_transport(allow_private=True, trust=_none()))
    async with newspaper(feed=GOOD) as paper, client:
        answer = await client.get(paper.url("/feed"))
    assert answer.content == BODY
