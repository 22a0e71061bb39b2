"""The edge: an attempt is made here, over HTTP, SMTP, on a terminal or in a file. Expected failures are values."""

import asyncio
import ipaddress
import logging
import os
import socket
import ssl
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TextIO

import httpx

from consumers.notify.channel import Channel, Looks, Sendable
from consumers.notify.exchange import Lines, Mail, Outcome, Reply, Request, Verdict
from consumers.notify.letter import Letter
from consumers.notify.mail import send_mail
from consumers.notify.options import Options
from consumers.notify.refusal import not_connected
from consumers.notify.retry import retry_after
from consumers.notify.secret import blot

BODY_LIMIT = 64 * 1024  # bytes of a reply that are read


@dataclass(frozen=True, slots=True)
class Way:
    """What attempts are made with. `trust`: the authorities for mail servers, None for the usual ones."""

    http: httpx.AsyncClient
    terminal: TextIO
    trust: ssl.SSLContext | None = None


def hush() -> None:
    """Keep httpx from logging URLs: those of webhooks are credentials."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).disabled = True
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("httpcore.")]:
        logging.getLogger(name).disabled = True


async def attempt(way: Way, channel: Channel, looks: Looks | None, letter: Letter, options: Options) -> Outcome:
    """One attempt, within the time that the options give it. What it says is free of secrets."""
    try:
        opened = options.opened()
    except (OSError, UnicodeDecodeError) as why:
        return Outcome(Verdict.RETRY, f"a secret file cannot be read: {type(why).__name__}")
    at = letter.at
    if at is None:
        raise ValueError("an attempt has a time")
    if looks is not None and letter.resent:
        reply = await _sent(way, looks.look(letter, opened), options.timeout)
        there = looks.found(reply, letter) if isinstance(reply, Reply) else None
        if there is not None:
            return _without_secrets(there, opened)
    reply = await _sent(way, channel.render(letter, opened), options.timeout)
    if isinstance(reply, Outcome):
        return _without_secrets(reply, opened)
    return _without_secrets(_with_wait(channel.judge(reply), reply, at), opened)


def _with_wait(outcome: Outcome, reply: Reply, now: datetime) -> Outcome:
    """`Retry-After` is honoured on any failure, and wins over what a body says."""
    if outcome.verdict in (Verdict.RETRY, Verdict.THROTTLED):
        asked = retry_after(reply.headers, now)
        return replace(outcome, retry_after=asked if asked is not None else outcome.retry_after)
    return outcome


def _without_secrets(outcome: Outcome, opened: Options) -> Outcome:
    secrets = opened.secrets()
    return replace(outcome, reason=blot(outcome.reason, secrets), answer=blot(outcome.answer, secrets))


async def _sent(way: Way, sendable: Sendable, seconds: float) -> Reply | Outcome:
    try:
        async with asyncio.timeout(seconds):
            match sendable:
                case Request():
                    return await _post(way.http, sendable, seconds)
                case Lines():
                    return _write(way.terminal, sendable)
                case Mail():
                    return await send_mail(sendable, way.trust)
    except TimeoutError:
        return Outcome(Verdict.RETRY, f"no whole answer within {seconds:g} s", ambiguous=True)


async def _post(http: httpx.AsyncClient, request: Request, seconds: float) -> Reply | Outcome:
    try:
        url = httpx.URL(request.url.text)
        headers, extensions = {**request.headers, "accept-encoding": "identity"}, {}
        if request.guarded:
            address = await _outside(url)
            if address is None:
                return Outcome(Verdict.REFUSED, "the address is a private one; set allow_private to permit it")
            headers["host"] = url.netloc.decode()
            extensions["sni_hostname"] = url.host
            url = url.copy_with(host=address)
        async with http.stream(
            request.method,
            url,
            content=request.content,
            headers=headers,
            extensions=extensions,
            follow_redirects=False,
            timeout=seconds,
        ) as response:
            body = await _body(response)
            names = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status_code, body, names)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Outcome(Verdict.GONE, "the URL is none")
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, socket.gaierror) as why:
        return Outcome(Verdict.RETRY, not_connected(why))
    except (httpx.HTTPError, httpx.StreamError, ssl.SSLError, OSError) as why:
        return Outcome(Verdict.RETRY, _lost(why), ambiguous=True)


async def _body(response: httpx.Response) -> bytes:
    """The first 64 KB, as they came: an inflated body could be endless."""
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) >= BODY_LIMIT:
            break
    return body[:BODY_LIMIT]


def _lost(why: Exception) -> str:
    return f"connection lost: {type(why).__name__}"


async def _outside(url: httpx.URL) -> str | None:
    """An address of this host that is not inside private networks; None where one of its addresses is.

    The connection is made to this very address, so that a second look-up cannot give another.
    """
    loop = asyncio.get_running_loop()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    return None if any(is_private(address) for address in addresses) else addresses[0]


def is_private(address: str) -> bool:
    """Whether an IP address lies inside private networks, link-local ones and their metadata service included.

    Loopback is this machine, whose operator named it; what is refused is the net around it.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return not ip.is_loopback and not ip.is_global


def _write(terminal: TextIO, lines: Lines) -> Reply:
    try:
        if lines.path:
            _append(lines.path, lines.text)
        else:
            terminal.write(lines.styled() if lines.styled and terminal.isatty() else lines.text)
            terminal.flush()
    except (OSError, ValueError) as why:
        return Reply(503, f"not written: {type(why).__name__}".encode())
    return Reply(200)


def _append(path: str, text: str) -> None:
    """Add lines to a file and see them on the disk; a line that a crash cut short is ended first."""
    with open(path, "ab+") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
