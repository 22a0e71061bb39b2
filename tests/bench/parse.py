"""Figures of the feed parser: `python -m tests.bench.parse [FOLDER...]`.

For each folder of documents (by default our own samples): how many the fast path takes, how its time compares with
feedparser's (clean-ups off, as we use it) on those that it takes, entries, and the worst document's time and memory.
Memory is the peak of a fresh process that reads one document. `.gz` files are inflated as bodies, `.br` and `.zst`
are handed over as they are, `.tsv` and `.md` are passed over.
"""

import asyncio
import io
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from monitor.ingest.document import Document, Unreadable
from monitor.ingest.parse import parse
from monitor.ingest.parse.charset import decode
from monitor.ingest.parse.pool import ParserPool
from monitor.ingest.parse.reading import feed_of
from monitor.ingest.parse.sniff import Xml, sniff
from tests.bench._cpu import cpu_time

SAMPLES = Path(__file__).parent.parent / "ingest" / "parse" / "samples"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ROUNDS = 5


def main(folders: list[Path]) -> None:
    for folder in folders:
        _report(folder, [(file, file.read_bytes()) for file in sorted(folder.iterdir()) if _is_document(file)])


def _is_document(file: Path) -> bool:
    return file.is_file() and file.suffix not in (".tsv", ".md", ".py") and ".expected." not in file.name


def _report(folder: Path, bodies: list[tuple[Path, bytes]]) -> None:
    parse(b"<rss><channel><item><title>warm</title></item></channel></rss>", now=NOW)
    read = [(file, body, parse(body, now=NOW)) for file, body in bodies]
    documents = [(file, body, found) for file, body, found in read if isinstance(found, Document)]
    quick = [
        body
        for _, body, found in documents
        if found.parser == "fast" and found.format != "json-feed" and _feedparser(body)
    ]
    refused = [found for _, _, found in read if isinstance(found, Unreadable)]
    whole = sum(cpu_time(lambda body=body: parse(body, now=NOW), ROUNDS) for body in quick)
    form = sum(cpu_time(lambda body=body: _form(body), ROUNDS) for body in quick)
    other = sum(cpu_time(lambda body=body: _feedparser(body), ROUNDS) for body in quick)
    names = {file.name: body for file, body in bodies}
    times = {name: cpu_time(lambda body=body: parse(body, now=NOW), 1) for name, body in names.items()}
    memory = {file.name: _peak(file) for file, _ in bodies}
    slowest, largest = max(times, key=lambda n: times[n]), max(memory, key=lambda n: memory[n])
    entries = sum(len(found.entries) for _, _, found in documents)
    _say(f"{folder}: {len(read)} documents, {len(documents)} feeds, {entries} entries")
    _say(f"  fast path         {sum(d.parser == 'fast' for _, _, d in documents)} of {len(documents)} feeds")
    _say(f"  fast path, reading  {form * 1e3:.0f} ms CPU: {form / other:.2f} of feedparser's {other * 1e3:.0f} ms")
    _say(f"  fast path, all      {whole * 1e3:.0f} ms CPU: {whole / other:.2f}, with text, dates, languages, links")
    here, there = asyncio.run(_handed_over(quick))
    _say(f"  in a worker       {here * 1e3:.2f} ms CPU of the main process a document, {there * 1e3:.1f} ms in all")
    troubles = Counter(str(found.trouble) for found in refused)
    _say(f"  named refusals    {', '.join(f'{name} {n}' for name, n in troubles.items()) or 'none'}")
    _say(f"  worst time        {times[slowest]:.3f} s, {slowest}")
    _say(f"  worst memory      {memory[largest]} MB, {largest} (an empty feed: {_peak(None)} MB)")


def _form(body: bytes) -> object:
    """Our way up to where feedparser is done too: from bytes to entries as they stand."""
    found = sniff(decode(body, "").text)
    return feed_of(found) if isinstance(found, Xml) else None


def _feedparser(body: bytes) -> bool:
    """False where it falls over the document as it stands (references to half a character)."""
    try:
        feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError):
        return False
    return True


async def _handed_over(bodies: list[bytes]) -> tuple[float, float]:
    """Seconds a document, of CPU in this process and of the clock, where a pool of one reads them."""
    async with ParserPool(workers=1) as pool:
        await pool.parse(bodies[0], "", "", NOW)
        cpu, clock = time.process_time(), time.perf_counter()
        for body in bodies:
            await pool.parse(body, "", "", NOW)
        return (time.process_time() - cpu) / len(bodies), (time.perf_counter() - clock) / len(bodies)


def _peak(file: Path | None) -> int:
    """Megabytes at most in a process that reads this document."""
    command = [sys.executable, "-m", "tests.bench.parse", "--one", *([str(file)] if file else [])]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=os.environ)
    return int(done.stdout)


def _one(file: Path | None) -> None:
    body = file.read_bytes() if file else b"<rss/>"
    parse(body, now=NOW)
    # getrusage carries the peak of the process that started this one over; this does not.
    status = Path("/proc/self/status").read_text()
    _say(str(int(status.split("VmHWM:")[1].split()[0]) // 1024))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        _one(Path(arguments[1]) if len(arguments) > 1 else None)
    else:
        main([Path(name) for name in arguments] or [SAMPLES])
