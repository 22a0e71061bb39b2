"""The socket beside the file, over which other commands hand records to the owner.

One request for each connection: four bytes of length, then a list of (topic, key, value) in MessagePack; the answer
is one of `Answer` in the same form.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from monitor.errors import MonitorError, PoisonRecord, StreamError, Unavailable, UserError
from monitor.message.step import Output

LIMIT = 64 * 1024 * 1024  # bytes of a request
PATIENCE = 30.0  # seconds for one request
SHORT = 100  # bytes; a socket's path may have 107 (unix(7))

Append = Callable[[Sequence[Output]], Awaitable[None]]
_Wire = list[tuple[str, str, bytes]]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the owner says: `error` names the class, and is empty where all was written."""

    error: str = ""
    text: str = ""


_ERRORS: dict[str, type[MonitorError]] = {kind.__name__: kind for kind in (PoisonRecord, UserError, Unavailable)}


def socket_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sock")


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for the path that fits in a socket's address."""
    if len(os.fsencode(path)) <= SHORT:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"  # Linux; elsewhere a long path is an error of its own
    finally:
        os.close(folder)


async def serve(path: Path, append: Append) -> asyncio.Server:
    """Take requests until the server is closed. The caller owns the file, so an old socket is a dead one."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await _send(writer, await _answer(await _receive(reader), append))
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    beside = socket_path(path)
    beside.unlink(missing_ok=True)
    with _short(beside) as name:
        server = await asyncio.start_unix_server(handle, name)
    beside.chmod(0o600)
    return server


async def _answer(request: bytes, append: Append) -> bytes:
    try:
        rows = msgspec.msgpack.decode(request, type=_Wire)
        await append([Output(*row) for row in rows])
    except msgspec.MsgspecError as fault:
        answer = Answer("UserError", f"not a request: {fault}")
    except MonitorError as fault:
        answer = Answer(type(fault).__name__, str(fault))
    else:
        answer = Answer()
    return msgspec.msgpack.encode(answer)


async def order(path: Path, outputs: Sequence[Output]) -> None:
    """Have the owner of the file write records.

    Raises `OSError` where no owner answers, else what the owner raised.
    """
    with _short(socket_path(path)) as name:
        reader, writer = await asyncio.open_unix_connection(name)
    try:
        async with asyncio.timeout(PATIENCE):
            rows = [(output.topic, output.key, output.value) for output in outputs]
            await _send(writer, msgspec.msgpack.encode(rows))
            answer = msgspec.msgpack.decode(await _receive(reader), type=Answer)
    except (TimeoutError, asyncio.IncompleteReadError) as fault:
        raise ConnectionAbortedError("the owner of the stream went away while it was asked") from fault
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    if answer.error:
        raise _ERRORS.get(answer.error, StreamError)(answer.text)


async def _receive(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > LIMIT:
        raise ConnectionAbortedError(f"a request of {size:,} bytes")
    return await reader.readexactly(size)


async def _send(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(len(message).to_bytes(4, "big") + message)
    await writer.drain()
