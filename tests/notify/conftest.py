"""What the tests of notify share: a server on loopback and a client."""

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.notify.server import Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Reading the certificates takes longer than most tests here."""
    return ssl.create_default_context()


@pytest.fixture
async def http(trust: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=trust, trust_env=False) as client:
        yield client
