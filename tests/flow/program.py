"""The program as a process of its own, in a folder of its own, with feeds and hooks on a loopback server."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0  # seconds until something that must come is missed


@dataclass(frozen=True)
class Story:
    """One item of a feed."""

    guid: str
    title: str
    summary: str = ""
    content: str = ""
    hours_ago: float = 1.0


def rss(stories: Sequence[Story], now: datetime | None = None) -> str:
    """A feed of these stories."""
    at = now or datetime.now(UTC)
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(story.guid)}</guid><link>https://news.example/{escape(story.guid)}</link>"
        f"<title>{escape(story.title)}</title><description>{escape(story.summary)}</description>"
        + (f"<content:encoded>{escape(story.content)}</content:encoded>" if story.content else "")
        + f"<pubDate>{format_datetime(at - timedelta(hours=story.hours_ago))}</pubDate></item>"
        for story in stories
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?>"
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Paper</title><link>https://news.example/</link><description>d</description>{items}</channel></rss>"
    )


@dataclass
class Desk:
    """A folder with settings and feeds, where commands are run."""

    folder: Path
    stream: str = "sqlite:///demarche.db"
    feeds: Mapping[str, str] = field(default_factory=dict)  # id -> URL
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self) -> None:
        listed = [{"id": name, "url": url, "outlet": name, "country": "GBR"} for name, url in self.feeds.items()]
        (self.folder / "feeds.yaml").write_text(json.dumps({"feeds": listed}))
        ingest = {"allow_private": True, "host_spacing": 0, "paces": {"normal": {"floor": 10, "ceiling": 10}}}
        whole = {"stream": {"url": self.stream}, "ingest": ingest, **self.settings}
        (self.folder / "monitor.yaml").write_text(json.dumps(whole))

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DEMARCHE_")}
        return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **self.environment}

    async def start(self, *words: str) -> "Process":
        """The command, begun."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", *words),
            cwd=self.folder,
            env=self.environ(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return Process(process)

    async def run(self, *words: str) -> "Ended":
        """The command, to its end."""
        return await (await self.start(*words)).ended()


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit status, standard output and error."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log, or any output of JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("event") == name]


class Process:
    """A command that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log: list[dict[str, Any]] = []

    async def until(self, event: str) -> dict[str, Any]:
        """Read the log until an event comes."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                self.log.append(json.loads(line))
                if self.log[-1].get("event") == event:
                    return self.log[-1]
        err = (await self.process.communicate())[1].decode()
        raise AssertionError(f"ended before {event}: {err[-2000:]}")

    async def stop(self) -> Ended:
        """SIGTERM, and what it left."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """kill -9."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def ended(self) -> Ended:
        async with asyncio.timeout(PATIENCE):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Ended(self.process.returncode, out.decode(), err.decode())
