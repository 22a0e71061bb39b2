"""Every channel against every status and every fault. A new channel proves itself here without an edit:
its module says how it is set up and how it says that it took a message."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from consumers.notify.channel import Tells, channel, channel_names
from consumers.notify.exchange import Reply, Request, Verdict
from consumers.notify.letter import Form, Letter
from consumers.notify.options import Options
from monitor.message.delivery import DeliveryState
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert
from tests.notify.server import Answer, Server

OK, RETRY, DEAD = DeliveryState.DELIVERED, DeliveryState.RETRYING, DeliveryState.DEAD
SECRET = "s3cret-of-this-destination"


def example(name: str) -> Options:
    return channel(name).Options.model_validate(channel(name).EXAMPLE)


HTTP = [
    name
    for name in channel_names()
    if isinstance(
        channel(name).render(Letter(key="k", form=Form.POST, alerts=(alert(),), at=NOON), example(name)), Request
    )
]


@dataclass(frozen=True)
class Fault:
    """What the destination does, and what must become of the delivery at once."""

    answer: Answer
    state: DeliveryState
    resent: bool = False  # the next attempt says that this one may have arrived
    disabled: bool = False
    waits: float | None = None  # seconds that the whole destination waits
    tells: Mapping[Tells, DeliveryState] = field(default_factory=dict)


PAGE = "<html><body>Please log in to the network</body></html>"
FAULTS = {
    "redirect": Fault(Answer(302, "", {"location": "http://127.0.0.1:9/stolen"}), DEAD),
    "moved": Fault(Answer(301, "", {"location": "/elsewhere"}), DEAD),
    "see-other": Fault(Answer(307, "", {"location": "/elsewhere"}), DEAD),
    "bad-request": Fault(Answer(400, "no"), DEAD),
    "unauthorised": Fault(Answer(401, "no"), DEAD),
    "forbidden": Fault(Answer(403, "no"), DEAD),
    "not-found": Fault(Answer(404, "no"), DEAD),
    "not-allowed": Fault(Answer(405, "no"), DEAD),
    "gone": Fault(Answer(410, "gone"), DEAD, disabled=True),
    "too-large": Fault(Answer(413, "too large"), DEAD),
    "timed-out": Fault(Answer(408, ""), RETRY),
    "too-early": Fault(Answer(425, ""), RETRY),
    "throttled": Fault(Answer(429, "", {"retry-after": "3"}), RETRY, waits=3),
    "throttled-decimal": Fault(Answer(429, "", {"retry-after": "0.376"}), RETRY, waits=1),
    "throttled-long": Fault(Answer(429, "", {"retry-after": "999999"}), RETRY, waits=3600),
    "throttled-date": Fault(
        Answer(429, "", {"date": "Wed, 04 Mar 2026 09:00:00 GMT", "retry-after": "Wed, 04 Mar 2026 09:02:00 GMT"}),
        RETRY,
        waits=120,
    ),
    "throttled-past": Fault(Answer(429, "", {"retry-after": "Wed, 04 Mar 2020 09:02:00 GMT"}), RETRY, waits=5),
    "throttled-garbage": Fault(Answer(429, "", {"retry-after": "soon"}), RETRY, waits=5),
    "throttled-bare": Fault(Answer(429, ""), RETRY, waits=5),
    "broken": Fault(Answer(500, "oops"), RETRY, resent=True),
    "bad-gateway": Fault(Answer(502, PAGE), RETRY, resent=True),
    "unavailable": Fault(Answer(503, "", {"retry-after": "120"}), RETRY, waits=120),
    "gateway-timeout": Fault(Answer(504, PAGE), RETRY, resent=True),
    "cloudflare": Fault(Answer(520, PAGE), RETRY),
    "login-page": Fault(Answer(200, PAGE), RETRY, resent=True, tells={Tells.EVENTS: OK}),
    "reset": Fault(Answer(fault="reset"), RETRY, resent=True),
    "closed": Fault(Answer(fault="close"), RETRY, resent=True),
    "silent": Fault(Answer(fault="hang"), RETRY, resent=True),
    "drip": Fault(Answer(200, "ok" * 50, fault="drip"), RETRY, resent=True),
}


def settings(name: str, server: Server, *answers: Answer, **more: Any) -> dict[str, Any]:
    """The channel's example, pointed at the scripted server."""
    url = server.script(f"/{SECRET}", *answers)
    timeout = 0.1 if any(answer.fault in ("hang", "drip") for answer in answers) else 20
    more = {"timeout": timeout, "rate": "off", **more}
    if "url" in channel(name).EXAMPLE:
        return {**channel(name).EXAMPLE, "url": url, **more}
    for method in ("chat.postMessage", "chat.update"):
        server.script(f"/api/{method}", *answers)
    return {**channel(name).EXAMPLE, "api": f"{server.root}/api", **more}


def takes(name: str) -> Answer:
    said = channel(name).TAKES
    return Answer(said.status, said.body.decode(), said.headers)


def posts(server: Server) -> int:
    return len([one for one in server.asked if "conversations" not in one.path])


@pytest.mark.parametrize("name", HTTP)
async def test_what_it_takes_is_delivered(name: str, server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": settings(name, server, takes(name))}), http)
    await desk.tell(alert())
    assert desk.states() == [OK]
    assert posts(server) == 1
    assert not desk.pending()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", HTTP)
async def test_a_fault_has_its_fate(name: str, fault: str, server: Server, http: httpx.AsyncClient) -> None:
    expected = FAULTS[fault]
    state = expected.tells.get(channel(name).TRAITS.tells, expected.state)
    desk = Desk(settings_of({"d": settings(name, server, expected.answer)}), http)
    await desk.tell(alert())
    assert desk.states()[-1] is state
    record = desk.notifier._ledger.desks["d"]
    assert bool(record.disabled) >= expected.disabled
    if state is RETRY:
        (pending,) = desk.pending()
        assert pending.resent is expected.resent
        assert pending.due > desk.now
        assert desk.events("delivery.") == ["delivery.queued", "delivery.retrying"]
    else:
        assert not desk.pending()
    if expected.waits is not None:
        assert record.wait_until is not None
        waited = (record.wait_until - desk.now).total_seconds()
        assert expected.waits <= waited <= expected.waits * 1.1 + 1
    assert all("127.0.0.1:9" not in one.path for one in server.asked)
    assert posts(server) <= 2


@pytest.mark.parametrize("name", HTTP)
async def test_it_is_told_after_a_fault_that_passed(name: str, server: Server, http: httpx.AsyncClient) -> None:
    broken = Answer(503, "not now")
    desk = Desk(settings_of({"d": settings(name, server, broken, takes(name))}), http)
    await desk.tell(alert())
    desk.restart()
    await desk.run(timedelta(seconds=10))
    assert desk.states() == [RETRY, OK]
    assert posts(server) == 2
    first, second = (one for one in server.asked if "conversations" not in one.path)
    assert first.path == second.path


@pytest.mark.parametrize("name", HTTP)
async def test_nobody_listens(name: str, server: Server, http: httpx.AsyncClient) -> None:
    at = settings(name, server)
    for key in ("url", "api"):
        if key in at:
            at[key] = "http://127.0.0.1:1/" + SECRET
    desk = Desk(settings_of({"d": at}), http)
    await desk.tell(alert())
    (pending,) = desk.pending()
    assert pending.resent is False
    assert "connection refused" in pending.answer


@pytest.mark.parametrize("name", HTTP)
def test_each_status_has_a_verdict(name: str) -> None:
    judge = channel(name).judge
    for status in range(200, 600):
        for body in (b"", b"ok", b"{}", b"null", b"[1]", PAGE.encode(), b"\xff\xfe"):
            verdict = judge(Reply(status, body)).verdict
            if status == 429:
                assert verdict is Verdict.THROTTLED
            elif status >= 500:
                assert verdict is Verdict.RETRY
            elif status >= 400:
                assert verdict is not Verdict.ACCEPTED
            elif status >= 300:
                assert verdict is Verdict.REFUSED


def _secrets(options: Options) -> Iterator[str]:
    for secret in options.secrets():
        yield secret.text.rpartition("/")[2]


@pytest.mark.parametrize("fault", ["broken", "bad-request", "not-found", "reset", "silent", "throttled", "login-page"])
@pytest.mark.parametrize("name", HTTP)
async def test_no_secret_is_told_to_anybody_else(
    name: str, fault: str, server: Server, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    at = settings(name, server)
    options = channel(name).Options.model_validate(at)
    told = " ".join(secret.text for secret in options.secrets())
    answer = FAULTS[fault].answer
    echo = Answer(answer.status, f"{answer.body} {told}", answer.headers, answer.fault)
    desk = Desk(settings_of({"d": settings(name, server, echo)}), http)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    await desk.tell(alert())
    shown = [repr(desk.facts), repr(desk.deliveries), repr(desk.state), caplog.text, repr(desk.settings)]
    shown += [repr(desk.steps), options.model_dump_json(), str(options)]
    for secret in _secrets(options):
        assert secret
        assert not [text for text in shown if secret in text]


async def test_a_file_gets_a_line_for_each_event(tmp_path: Path, http: httpx.AsyncClient) -> None:
    path = tmp_path / "alerts.jsonl"
    desk = Desk(settings_of({"f": {"type": "file", "path": str(path)}}), http)
    await desk.tell(alert("a1"), alert("a2"))
    path.write_text(path.read_text() + '{"id":"a3","cut sho')
    await desk.tell(alert("a3"))
    lines = path.read_text().splitlines()
    assert [line[:10] for line in lines] == ['{"id":"a1"', '{"id":"a2"', '{"id":"a3"', '{"id":"a3"']


async def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"f": {"type": "file", "path": str(tmp_path / "missing" / "alerts.jsonl")}}), http)
    await desk.tell(alert())
    assert desk.states() == [RETRY]
    (tmp_path / "missing").mkdir()
    await desk.run(timedelta(seconds=10))
    assert desk.states() == [RETRY, OK]


async def test_one_slow_destination_delays_nobody(server: Server, http: httpx.AsyncClient) -> None:
    slow = {"type": "webhook", "url": server.script("/slow", Answer(fault="hang")), "timeout": 30}
    good = {"type": "webhook", "url": server.script("/good")}
    desk = Desk(settings_of({"slow": slow, "good": good}), http)
    actions = desk.step(alert())
    waiting = [asyncio.ensure_future(desk.notifier.perform(action)) for action in actions]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    desk.results += [task.result() for task in done]
    desk.step(alert("a2"))
    assert desk.states("good") == [OK]
    assert not desk.states("slow")
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
