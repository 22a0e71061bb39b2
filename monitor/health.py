"""Whether the process is alive and its stages well, and the port where that can be asked."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import make_wsgi_app

from monitor.message.fact import Fact
from monitor.metrics import Metrics
from monitor.stage import Worker
from monitor.stream.contract import Share
from monitor.tally import Tally

STUCK_AFTER = timedelta(seconds=60)  # without a turn of its loop; the loop looks at the clock every few seconds
BEAT = 1.0  # seconds
BROKEN_FOR = timedelta(seconds=45)  # a share that cannot be opened is tried again sooner than that
ALIVE_WITHIN = timedelta(seconds=30)  # the event loop's own beat


@dataclass(slots=True)
class _Stage:
    turned: datetime
    blocked: str = ""


@dataclass(slots=True)
class Health:
    """What is known of the stages of this process; tells metrics too. Keeps the protocol `Watch` of the loop."""

    clock: Callable[[], datetime]
    metrics: Metrics
    shares: dict[tuple[str, int], tuple[Share, Worker]] = field(default_factory=dict)
    _stages: dict[str, _Stage] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    _last: dict[str, dict[str, float]] = field(default_factory=dict)
    _beat: datetime | None = None
    _broken: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def begin(self, stages: Iterable[str], *, blocked: str = "") -> None:
        """Stages that must be well from now on, or that cannot begin yet."""
        for stage in stages:
            self._stages[stage] = _Stage(self.clock(), blocked)

    async def beats(self) -> None:
        """Beat with the event loop, until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT)

    def beat(self) -> None:
        """The event loop is turning."""
        self._beat = self.clock()

    def fact(self, stage: str, fact: Fact) -> None:
        if fact.event == "share.broke" and fact.fields.get("again_in"):  # not only once
            self._broken[stage] = (self.clock(), f"the stream does not answer: {fact.fields.get('why', '')}")
        self.tally.fact(fact)
        self.metrics.fact(stage, fact)

    def taken(self, stage: str, share: Share, worker: Worker) -> None:
        self.shares[stage, share.number] = (share, worker)
        self._broken.pop(stage, None)
        self._stages.setdefault(stage, _Stage(self.clock())).turned = self.clock()

    def given_back(self, stage: str, share: Share) -> None:
        gone = self.shares.pop((stage, share.number), None)
        if gone is not None:
            self._last[stage] = dict(gone[1].readings(self.clock()))

    def last_reading(self, stage: str, name: str) -> float:
        """What a stage said of itself, also after its share was given back; 0 where it never did."""
        return self.readings().get(stage, self._last.get(stage, {})).get(name, 0.0)

    def turn(self, stage: str, records: int) -> None:
        self._stages.setdefault(stage, _Stage(self.clock())).turned = self.clock()
        self.metrics.turn(stage, records)

    def readings(self) -> dict[str, dict[str, float]]:
        """What the workers here say of themselves, added up over the shares of each stage."""
        found: dict[str, dict[str, float]] = {}
        for (stage, _), (_, worker) in self.shares.items():
            sums = found.setdefault(stage, {})
            for name, value in worker.readings(self.clock()).items():
                sums[name] = (
                    max(sums[name], value) if name.startswith("oldest") and name in sums else sums.get(name, 0) + value
                )
        return found

    def blocked(self, stage: str, why: str) -> None:
        self._stages.setdefault(stage, _Stage(self.clock())).blocked = why
        self.metrics.blocked(stage, why)

    def is_alive(self) -> bool:
        """The event loop turned lately, whatever the stream or the network do."""
        return self._beat is not None and self.clock() - self._beat < ALIVE_WITHIN

    def troubles(self) -> dict[str, str]:
        """Each stage that is not well, and why; empty when all are."""
        now = self.clock()
        found = {name: stage.blocked for name, stage in self._stages.items() if stage.blocked}
        for name, (at, why) in self._broken.items():
            if now - at < BROKEN_FOR:
                found.setdefault(name, why)
        at_work = {name for name, _ in self.shares}  # a standby has no share, and no turns
        for name, stage in self._stages.items():
            if name in at_work and name not in found and now - stage.turned > STUCK_AFTER:
                found[name] = f"no turn since {stage.turned:%H:%M:%S} UTC"
        return found


def serve(health: Health, host: str, port: int) -> Callable[[], None]:
    """Answer `/healthz`, `/readyz` and `/metrics` on a port, in a thread. Returns how to end it. Raises `OSError`."""
    metrics = make_wsgi_app(health.metrics.registry)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environ, start)
            return answer
        if path == "/healthz":
            return _answer(start, health.is_alive(), "alive", "the event loop stands still")
        if path == "/readyz":
            troubles = health.troubles()
            return _answer(start, not troubles, "ready", "\n".join(f"{name}: {why}" for name, why in troubles.items()))
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/healthz, /readyz or /metrics\n"]

    server = make_server(host, port, app, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def _answer(start: Callable[..., Any], well: bool, yes: str, no: str) -> Iterable[bytes]:
    start("200 OK" if well else "503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{yes if well else no}\n".encode()]


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a probe every second is no news."""
