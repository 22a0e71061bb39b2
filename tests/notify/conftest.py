"""What the tests of notify share: a server on loopback and a client."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.notify.server import Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client
