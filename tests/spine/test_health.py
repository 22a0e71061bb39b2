"""Alive while the event loop turns, ready while every stage does; both can be asked on a port."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from monitor.health import Health, serve
from monitor.message.fact import Fact
from monitor.metrics import Metrics

START = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def served(health: Health) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    end = serve(health, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        end()


def ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_a_blocked_stage_is_alive_and_not_ready() -> None:
    clock = Clock()
    health = Health(clock, Metrics())
    health.begin(["classify", "notify"])
    health.beat()
    with served(health) as url:
        assert ask(f"{url}/readyz") == (200, "ready\n")
        health.blocked("classify", "no broker at kafka:9092")
        assert ask(f"{url}/healthz") == (200, "alive\n")
        assert ask(f"{url}/readyz") == (503, "classify: no broker at kafka:9092\n")
        health.blocked("classify", "")
        assert ask(f"{url}/readyz")[0] == 200


def test_a_loop_that_stands_still_is_not_alive_and_a_stage_without_turns_not_ready() -> None:
    clock = Clock()
    health = Health(clock, Metrics())
    health.begin(["ingest", "correlate"])
    health.beat()
    health.taken("ingest", SimpleNamespace(number=0), SimpleNamespace())  # type: ignore[arg-type]
    clock.now = START + timedelta(minutes=2)
    with served(health) as url:
        assert ask(f"{url}/healthz")[0] == 503
        assert ask(f"{url}/readyz") == (503, "ingest: no turn since 00:00:00 UTC\n"), "correlate is a standby"


def test_a_stage_whose_share_cannot_be_opened_is_not_ready() -> None:
    """With the broker away it has no share, as a standby; that is told apart."""
    clock = Clock()
    health = Health(clock, Metrics())
    health.begin(["ingest"])
    health.beat()
    with served(health) as url:
        health.fact("ingest", Fact("share.broke", {"why": "TimeoutError", "again_in": 0.0}))
        assert ask(f"{url}/readyz") == (200, "ready\n"), "once is mended at once"
        health.fact("ingest", Fact("share.broke", {"why": "no broker", "again_in": 0.5}))
        assert ask(f"{url}/readyz") == (503, "ingest: the stream does not answer: no broker\n")
        assert ask(f"{url}/healthz")[0] == 200
        health.taken("ingest", SimpleNamespace(number=0), SimpleNamespace())  # type: ignore[arg-type]
        assert ask(f"{url}/readyz")[0] == 200


def test_facts_are_counted_by_event_and_reason() -> None:
    health = Health(Clock(), Metrics())
    health.fact("correlate", Fact("alert.held", {"reason": "below_level", "incident": "i1"}))
    health.fact("correlate", Fact("report.counted", {"count": 7}, counted=True))
    with served(health) as url:
        text = ask(f"{url}/metrics")[1]
    assert 'demarche_events_total{destination="",event="alert.held",reason="below_level",stage="correlate"} 1.0' in text
    assert 'event="report.counted",reason="",stage="correlate"} 7.0' in text
    assert "i1" not in text
