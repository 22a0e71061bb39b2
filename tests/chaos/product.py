"""Processes of the product, all stages in each, with settings of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STOP_WITHIN = 15.0  # seconds; the promise is 5, and the machine is busy


def write_settings(
    folder: Path, brokers: str, name: str, partitions: int, replication: int, hook: str, feeds: list[dict[str, str]]
) -> Path:
    path = folder / "monitor.yaml"
    (folder / "feeds.yaml").write_text(json.dumps({"feeds": feeds}))
    settings = {
        "feeds": "feeds.yaml",
        "ingest": {"allow_private": True, "host_spacing": 0, "paces": {"normal": {"floor": 10, "ceiling": 10}}},
        "stream": {
            "url": f"kafka://{brokers}",
            "name": name,
            "topic_prefix": f"{name}.",
            "partitions": partitions,
            "replication": replication,
            "session_seconds": 6,
        },
        "destinations": {"hook": {"type": "webhook", "url": hook, "allow_private": True}},
        "minimum_level": "info",
        "storm": "off",
        "daily_cap": "off",
        "digest": "off",
        "retry": [0.5, 1, 2, 5],
        "log": {"format": "json"},
    }
    path.write_text(json.dumps(settings))  # JSON is YAML
    return path


@dataclass
class Process:
    """One process, started again as often as it is ended. Its log goes on in one file."""

    name: str
    settings: Path
    slow_stops: list[float] = field(default_factory=list)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        return self.settings.with_name(f"{self.name}.log")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of its log with this event."""
        lines = self.log.read_bytes().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if f'"event": "{name}"'.encode() in line]

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.victim", str(self.settings)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def signal(self, number: int) -> None:
        if self.running and self._process:
            self._process.send_signal(number)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        """SIGTERM, and the time it took. One that hangs is killed and told of."""
        if not self.running or self._process is None:
            return
        started = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
        took = time.monotonic() - started
        if took > 5:
            self.slow_stops.append(took)
