"""A program that fills the disk, as far as it is allowed to, then gets more: `python -m tests.stream.filling FILE`.

The limit is RLIMIT_FSIZE, which any user may set; it stops a write in the middle of a file, as a full disk does.
"""

import asyncio
import io
import resource
import sys
from contextlib import aclosing
from pathlib import Path

from monitor import logs
from monitor.errors import Unavailable
from monitor.message.step import ALERTS, REPORTS, Output
from monitor.stream import sqlite
from monitor.stream.contract import CORRELATE

LIMIT = 3_000_000  # bytes a file


async def fill(path: Path) -> None:
    logs.configure(stream=io.StringIO())
    stream = await sqlite.open_owner(path)
    await stream.append([Output(REPORTS, str(n), b"x") for n in range(200)])
    async with aclosing(stream.shares(CORRELATE)) as shares:
        share = await anext(shares)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
        done = 0
        while True:
            batch = await share.read(1, 1.0)
            outputs = [Output(ALERTS, batch.records[0].key, bytes(100_000)), Output(ALERTS, "second", b"")]
            changes = {"count": str(done + 1).encode()}
            try:
                await batch.done(outputs, changes)
            except Unavailable as why:
                sys.stdout.write(f"refused after {done}: {why}\n")
                break
            done += 1
        assert [record.key async for record in stream.read(ALERTS)].count("second") == done
        assert await stream.state("correlate") == {"count": str(done).encode()}
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await batch.done(outputs, changes)
        sys.stdout.write(f"went on to {await share.load()}\n")
    await stream.close()


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1])))
