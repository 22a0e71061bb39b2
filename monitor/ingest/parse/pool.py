"""Parsing off the event loop, in processes that may hang or die without harm.

Every document goes to a worker, small ones too. Read in the loop, a feed of 30 items would hold it for 3 to 5 ms
(clean-up of text, languages and dates included); handed over, the loop spends 0.3 ms on it, and the main process
carries none of lxml, feedparser, Babel and CLD2 (figures of `python -m tests.bench.parse` on two busy cores).
"""

import asyncio
import contextlib
import os
import sys
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

import monitor
from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse import MAX_BODY
from monitor.ingest.parse.worker import LENGTH, READY, Job, Reply

_START: Final = 60.0  # seconds that a process may take to import what it needs, on a machine that is busy
_ROOT: Final = str(Path(monitor.__file__).parent.parent)


class ParserPool:
    """Worker processes, started when first needed and replaced when they overrun, grow too large or die.

    `seconds` is the time that one document may take, `megabytes` the memory of one process. `async with` ends them.
    """

    def __init__(self, workers: int = 2, *, seconds: float = 2.0, megabytes: int = 150) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._turn = asyncio.Semaphore(workers)
        self._idle: list[_Process] = []
        self._decode = msgspec.msgpack.Decoder(Reply).decode

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the processes."""
        while self._idle:
            await self._idle.pop().kill()

    async def parse(self, body: bytes, content_type: str, url: str, now: datetime) -> Document | Unreadable:
        """As `monitor.ingest.parse.parse`; a document that overruns a limit is unreadable, and says which."""
        if len(body) > MAX_BODY:
            return Unreadable(Trouble.TOO_LARGE, f"{len(body)} bytes; {MAX_BODY} are read at most")
        job = msgspec.msgpack.encode(Job(body, content_type, url, now))
        async with self._turn:
            process = self._idle.pop() if self._idle else await _Process.start(self._megabytes)
            keep = False
            try:
                async with asyncio.timeout(self._seconds):
                    reply = self._decode(await process.ask(job))
                keep = not reply.last
            except TimeoutError:
                return Unreadable(Trouble.TOO_SLOW, f"takes more than {self._seconds:g} s to read")
            except (asyncio.IncompleteReadError, ConnectionError):
                return Unreadable(Trouble.MALFORMED, "the parser died on it")
            finally:  # also where this task is cancelled: an answer to nobody would be taken for the next one's
                if keep:
                    self._idle.append(process)
                else:
                    await process.kill()
        return reply.document or reply.unreadable or Unreadable(Trouble.MALFORMED, "the parser said nothing")


class _Process:
    """One worker process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, megabytes: int) -> Self:
        """A process that is ready for work: what it takes to start counts against no document."""
        path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH", "")]))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "monitor.ingest.parse.worker", str(megabytes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START):
                await worker._read(len(READY))
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, job: bytes) -> bytes:
        """The answer to a job. Raises `IncompleteReadError` or `ConnectionError` where the process is gone."""
        stdin = self._process.stdin
        if stdin is None:
            raise ConnectionError("no pipe")
        stdin.write(LENGTH.pack(len(job)) + job)
        await stdin.drain()
        return await self._read(LENGTH.unpack(await self._read(LENGTH.size))[0])

    async def _read(self, size: int) -> bytes:
        if self._process.stdout is None:
            raise ConnectionError("no pipe")
        return await self._process.stdout.readexactly(size)

    async def kill(self) -> None:
        """End the process, whatever it does, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
