"""A program that works on a SQLite stream until it is killed: `python -m tests.stream.working FILE`.

It writes numbered reports, makes an alert of each and counts them in its state. After each commit it prints how many
alerts are acknowledged.
"""

import asyncio
import io
import sys
from contextlib import aclosing
from pathlib import Path

from monitor import logs
from monitor.message.step import ALERTS, REPORTS, Output
from monitor.stream import sqlite
from monitor.stream.contract import CORRELATE

TEXT = b"x" * 700


async def work(path: Path) -> None:
    logs.configure(stream=io.StringIO())
    stream = await sqlite.open_owner(path)
    async with aclosing(stream.shares(CORRELATE)) as shares:
        share = await anext(shares)
        count = int((await share.load()).get("count", b"0"))
        number = (await share.lag()) + count
        while True:
            more = range(number, number + 1 + number % 7)
            number = more.stop
            await stream.append([Output(REPORTS, str(n), b"%d %s" % (n, TEXT)) for n in more])
            batch = await share.read(5, 1.0)
            count += len(batch.records)
            outputs = [Output(ALERTS, record.key, record.value) for record in batch.records]
            await batch.done(outputs, {"count": str(count).encode()})
            sys.stdout.write(f"{count}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
