"""The week, played: the real stages on made-up feeds, by a clock that runs faster."""

import asyncio
import json
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor import wiring
from monitor.demo.newsstand import HOURS, Week, open_newsstand, read_week
from monitor.running import Run, run
from monitor.settings import Settings


async def play(seconds: float) -> None:
    """Play the week that comes along, served on loopback, through the real stages, at a pace."""
    week = read_week()
    start = wiring.now() - timedelta(hours=HOURS)
    pace = HOURS * 3600 / seconds
    began: list[float] = []  # when all was opened: what is read at start takes none of the week

    def clock() -> datetime:
        return start + timedelta(seconds=(time.monotonic() - began[0]) * pace if began else 0.0)

    address, close = open_newsstand(week, start, clock)
    try:
        with TemporaryDirectory(prefix="demarche-demo-") as folder:
            loaded = _settings(week, address, Path(folder))
            how = Run(
                clock=clock,
                pace=pace,
                languages=("en",),  # at this pace, a second of compiling would be hours of the week
                terminal=sys.stdout,
                log_to=sys.stderr,
                opened=lambda: began.append(time.monotonic()),
            )
            async with asyncio.TaskGroup() as group:
                playing = group.create_task(run(loaded, how))
                playing.add_done_callback(lambda _: how.stop.set())
                while not how.stop.is_set() and clock() < start + timedelta(hours=HOURS):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.1):
                            await how.stop.wait()
                how.stop.set()
    finally:
        close()


def _settings(week: Week, address: str, folder: Path) -> Settings:
    listed = [
        {"id": one.id, "url": f"{address}/{one.id}", "outlet": one.name, "country": one.country, "lang": "en"}
        | ({"official": True} if one.official else {})
        for one in week.outlets
    ]
    path = folder / "feeds.yaml"
    path.write_text(json.dumps({"feeds": listed}), encoding="utf-8")
    return Settings.model_validate(
        {
            "stream": {"url": f"sqlite:///{folder / 'demo.db'}"},
            "feeds": path,
            "ingest": {
                "allow_private": True,
                "host_spacing": 0,
                "paces": {"normal": {"floor": 1800, "ceiling": 1800}},
            },
            "storm": "off",
            "digest": "off",
            "log": {"level": "error"},
        }
    )
