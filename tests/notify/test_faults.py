"""The faults that a delivery must survive, one test each: requests seen, what is pending, and the facts."""

import datetime as dt
import io
import ssl
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from consumers.notify.dispatch import Attempted
from consumers.notify.exchange import Outcome, Verdict
from consumers.notify.secret import Secret
from monitor.logs import configure
from monitor.message.alert import Notice, Reason
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level
from monitor.message.order import Order, OrderKind
from monitor.message.step import Broken
from monitor.settings import load_settings
from monitor.wiring import settings_shelf
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert, later
from tests.notify.server import Answer, Server, serving

DONE, RETRY, DEAD, HELD, DROPPED = (
    DeliveryState.DELIVERED,
    DeliveryState.RETRYING,
    DeliveryState.DEAD,
    DeliveryState.HELD,
    DeliveryState.DROPPED,
)
EXPIRED = Path(__file__).parent / "data" / "expired"  # of our own making, for loopback, valid in January 2020
KEY = "whsec_bWFkZS11cC1zZWNyZXQtb2YtMzItYnl0ZXMtMDAwMDE="


def hook(server: Server, *answers: Answer, path: str = "/hook", **more: Any) -> dict[str, Any]:
    return {"type": "webhook", "url": server.script(path, *answers), **more}


def slack(server: Server, *answers: Answer, path: str = "/slack", **more: Any) -> dict[str, Any]:
    return {"type": "slack", "url": server.script(path, *answers), **more}


def bot(server: Server, **more: Any) -> dict[str, Any]:
    fields = {"token": "xoxb-made-up", "channel": "C0DIPLO01", "api": server.root + "/api", "rate": "off"}
    return {"type": "slack_bot", **fields, **more}


def posted(ts: str = "1772625600.000100") -> Answer:
    return Answer(200, f'{{"ok":true,"channel":"C0DIPLO01","ts":"{ts}"}}')


async def test_01_an_error_then_well(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(500), Answer(200))}), http)
    await desk.tell(alert())
    assert (len(server.asked), len(desk.pending()), desk.states()) == (1, 1, [RETRY])
    await desk.run(timedelta(seconds=6))
    assert (len(server.asked), len(desk.pending()), desk.states()) == (2, 0, [RETRY, DONE])
    assert desk.events("delivery.") == ["delivery.queued", "delivery.retrying", "delivery.delivered"]


async def test_02_down_for_two_hours_with_a_restart_in_the_middle(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of({"d": hook(server, Answer(503)), "ops": hook(server, path="/ops")}, operator="ops")
    desk = Desk(settings, http)
    begun, seen = desk.now, []
    await desk.tell(alert())
    for _ in range(12):
        await desk.run(timedelta(minutes=10))
        seen.append(len(server.at("/hook")))
        desk.restart()
    waits = [one.next_try - one.at for one in desk.deliveries if one.state is RETRY and one.next_try]
    wanted = [5, 30, 120, 600, 1800, 7200]
    assert [round(wait.total_seconds() / want, 1) for wait, want in zip(waits, wanted, strict=True)] == pytest.approx(
        [1.0] * 6, abs=0.11
    )
    assert seen == sorted(seen)
    server.script("/hook", Answer(200))
    await desk.run(timedelta(hours=1))
    assert desk.states("d")[-1] is DONE
    assert desk.now - begun < timedelta(hours=4)
    assert {one.headers["webhook-id"] for one in server.at("/hook")} == {"a1"}
    told = [one.json["data"]["event"] for one in server.at("/ops")]
    assert told == ["destination.circuit_opened", "destination.recovered"]


RETRY_AFTER = {
    "03-seconds": ({"retry-after": "3"}, 3.0, 4.0),
    "04-date": ({"retry-after": "Wed, 04 Mar 2026 12:00:30 GMT"}, 30.0, 31.0),
    "05-none": ({}, 5.0, 5.6),
    "06-decimal": ({"retry-after": "0.376"}, 1.0, 2.0),
    "07-endless": ({"retry-after": "999999"}, 3600.0, 3601.0),
}


@pytest.mark.parametrize("case", RETRY_AFTER)
async def test_03_to_07_too_many_requests(case: str, server: Server, http: httpx.AsyncClient) -> None:
    headers, least, most = RETRY_AFTER[case]
    desk = Desk(settings_of({"d": hook(server, Answer(429, "", headers), Answer(200))}), http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2"))
    assert len(server.asked) == 1, "the whole destination waits, not the one message"
    (one,) = [delivery for delivery in desk.deliveries if delivery.state is RETRY]
    assert one.next_try is not None
    assert least <= (one.next_try - NOON).total_seconds() <= most
    await desk.run(timedelta(hours=1, seconds=2))
    assert desk.states() == [RETRY, DONE, DONE]
    throttled = next(fact for fact in desk.facts if fact.event == "destination.throttled")
    assert throttled.fields["waits"] >= least


async def test_08_slack_says_ratelimited_with_status_200(server: Server, http: httpx.AsyncClient) -> None:
    server.script("/api/chat.postMessage", Answer(200, '{"ok":false,"error":"ratelimited","retry_after":7}'), posted())
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    assert desk.states() == [RETRY]
    await desk.run(timedelta(seconds=9))
    assert desk.states() == [RETRY, DONE]


async def test_09_refused_blocks_are_sent_as_plain_text_once(server: Server, http: httpx.AsyncClient) -> None:
    refused = Answer(400, "invalid_blocks")
    desk = Desk(settings_of({"d": slack(server, refused, Answer())}), http)
    await desk.tell(alert())
    await desk.run(timedelta(seconds=3))
    first, second = (one.json for one in server.asked)
    assert "blocks" in first
    assert "blocks" not in second
    assert "South Korea summons Russia's ambassador" in second["text"]
    assert desk.states() == [RETRY, DONE]
    server.script("/slack", refused)
    await desk.tell(alert("a2"))
    await desk.run(timedelta(seconds=9))
    assert len(server.asked) == 4
    assert desk.states()[-1] is DEAD


async def test_10_no_such_webhook(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of(
        {"d": slack(server, Answer(404, "no_service")), "good": hook(server), "ops": hook(server, path="/ops")},
        operator="ops",
    )
    desk = Desk(settings, http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2"))
    await desk.run(timedelta(minutes=5))
    assert len(server.at("/slack")) == 1
    assert desk.states("d") == [DEAD]
    assert desk.states("good") == [DONE, DONE]
    assert [one.json["data"]["event"] for one in server.at("/ops")] == ["destination.disabled"]
    (dead,) = desk.notifier._ledger.dead.values()
    assert dead.reason == "no_service"


async def test_11_gone_disables_and_resume_takes_back(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(410), Answer(200))}), http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2"))
    await desk.run(timedelta(hours=1))
    assert len(server.asked) == 1
    assert "destination.disabled" in desk.events()
    await desk.tell(Order(id="o1", kind=OrderKind.RESUME, at=desk.now, subject="d"))
    assert desk.states() == [DEAD, DONE]
    await desk.tell(Order(id="o2", kind=OrderKind.RETRY, at=desk.now, subject="a1@d"))
    assert desk.states() == [DEAD, DONE, DONE]


async def test_11_gone_is_taken_back_when_it_is_set_up_anew(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(410))}), http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2"))
    desk.restart(settings_of({"d": hook(server, path="/new")}))
    await desk.tell()
    assert desk.states() == [DEAD, DONE]
    assert len(server.at("/new")) == 1


async def test_12_redirects_are_not_followed(server: Server, http: httpx.AsyncClient) -> None:
    aim = server.script("/inside")
    desk = Desk(settings_of({"d": hook(server, Answer(302, "", {"location": aim}))}), http)
    await desk.tell(alert())
    assert not server.at("/inside")
    assert desk.states() == [DEAD]


@pytest.mark.parametrize(
    ("url", "why"),
    [("http://127.0.0.1:1/x", "connection refused"), ("http://nowhere.invalid/x", "name not resolved")],
)
async def test_13_no_connection(url: str, why: str, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": {"type": "webhook", "url": url}}), http)
    await desk.tell(alert())
    (pending,) = desk.pending()
    assert (pending.answer, pending.resent) == (why, False)


async def test_14_an_expired_certificate_is_refused() -> None:
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(EXPIRED.with_suffix(".crt"), EXPIRED.with_suffix(".key"))
    trust = ssl.create_default_context(cafile=str(EXPIRED.with_suffix(".crt")))
    async with serving(mine) as server, httpx.AsyncClient(verify=trust, trust_env=False) as http:
        desk = Desk(settings_of({"d": hook(server)}), http)
        await desk.tell(alert())
        assert not server.asked
    (pending,) = desk.pending()
    assert "certificate has expired" in pending.answer


async def test_15_cut_off_after_it_was_sent(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(fault="reset"), Answer(200))}), http)
    await desk.tell(alert())
    await desk.run(timedelta(seconds=6))
    first, second = server.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.json["resent"], second.json["resent"]) == (False, True)
    assert desk.deliveries[-1].resent


async def test_16_the_answer_comes_too_late(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, Answer(fault="hang"), Answer(), timeout=0.1)}), http)
    await desk.tell(alert())
    await desk.run(timedelta(seconds=7))
    assert "re-sent" not in server.asked[0].body.decode()
    assert "re-sent" in server.asked[1].body.decode()
    assert desk.states() == [RETRY, DONE]


async def test_17_a_body_that_drips(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(200, "ok" * 9, fault="drip"), Answer(), timeout=0.1)}), http)
    await desk.tell(alert())
    assert desk.states() == [RETRY]
    assert desk.pending()[0].resent


async def test_18_a_page_of_a_proxy_is_no_success(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, Answer(200, "<html>hello</html>"), Answer())}), http)
    await desk.tell(alert())
    assert desk.states() == [RETRY]
    await desk.run(timedelta(seconds=7))
    assert desk.states() == [RETRY, DONE]


async def test_19_of_two_destinations_one_is_down(server: Server, http: httpx.AsyncClient) -> None:
    two = {"bad": hook(server, Answer(503), path="/bad"), "good": hook(server)}
    desk = Desk(settings_of(two), http)
    await desk.tell(*(alert(f"a{number}") for number in range(20)))
    await desk.run(timedelta(minutes=30))
    assert sorted(one.headers["webhook-id"] for one in server.at("/hook")) == sorted(f"a{n}" for n in range(20))
    assert len(desk.pending()) == 20
    assert len(server.at("/bad")) < 40, "the circuit spares a destination that is down"


async def test_20_one_poisoned_message_blocks_nobody(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(500), Answer(200))}), http)
    (action,) = desk.step(alert("poison"))
    broken = Broken(action, f"TypeError: no such thing as {server.root}/hook")
    desk.results = [broken]  # type: ignore[list-item]  # what the loop hands over for an action that raised
    await desk.tell(alert("a2"))
    await desk.run(timedelta(seconds=40))
    assert {one.headers["webhook-id"] for one in server.asked} == {"poison", "a2"}
    assert "no such thing as ***" in repr(desk.deliveries)
    assert not desk.pending()


async def test_20_a_message_that_always_fails_does_not_open_the_circuit(
    server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    (action,) = desk.step(alert("poison"))
    for number in range(12):
        desk.results = [Attempted(action, Outcome(Verdict.RETRY, "http 500"))]
        await desk.tell(alert(f"good-{number}"))
        desk.now += timedelta(hours=3)
        started = [one for one in desk.step() if one.key == action.key]
        action = started[0] if started else action
    assert len(server.asked) == 12
    assert "destination.circuit_opened" not in desk.events()


async def test_21_killed_before_it_is_sent(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    assert desk.step(alert()), "attempting is committed, the process dies"
    desk.restart()
    await desk.tell()
    (asked,) = server.asked
    assert asked.json["resent"], "nobody knows whether it went out"
    assert desk.events("delivery.")[1] == "delivery.interrupted"
    assert desk.states() == [DONE]


async def test_21_killed_after_it_was_sent_and_before_the_commit(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    (action,) = desk.step(alert())
    await desk.notifier.perform(action)
    desk.restart()
    await desk.tell()
    assert [one.json["resent"] for one in server.asked] == [False, True]
    assert len({one.headers["webhook-id"] for one in server.asked}) == 1


async def test_21_killed_after_the_commit(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    await desk.tell(alert())
    desk.restart()
    await desk.tell()
    await desk.run(timedelta(days=1))
    assert len(server.asked) == 1


async def test_21_a_bot_looks_before_it_sends_again(server: Server, http: httpx.AsyncClient) -> None:
    server.script("/api/chat.postMessage", posted())
    desk = Desk(settings_of({"d": bot(server)}), http)
    (action,) = [*desk.step(alert()), *_later(desk)]
    await desk.notifier.perform(action)
    there = '{"ok":true,"messages":[{"ts":"17.5","metadata":{"event_payload":{"delivery_id":"a1"}}}]}'
    server.script("/api/conversations.history", Answer(200, there))
    desk.restart()
    await desk.tell()
    assert len(server.at("/api/chat.postMessage")) == 1
    assert desk.states() == [DONE]
    await desk.tell(later(alert(), "a9", Reason.CORROBORATED, confirmed=True, outlets=5))
    assert server.at("/api/chat.update")[0].json["ts"] == "17.5"


def _later(desk: Desk) -> list[Any]:
    """The actions once the wait for those that join is over."""
    desk.now += timedelta(seconds=1)
    return desk.step()


async def test_22_a_step_that_was_not_committed_is_made_again(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    lost = desk.notifier.step([alert()], [], desk.now)
    assert lost.actions, "the disk was full: nothing of this is written or done"
    desk.restart()
    await desk.tell(alert())
    assert [one.json["resent"] for one in server.asked] == [False]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)], ids=["back", "forward"])
async def test_23_the_clock_is_set(jump: timedelta, server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(500), Answer(200), rate=1.0)}), http)
    await desk.tell(alert("a1"))
    desk.now += jump
    await desk.tell(alert("a2", at=desk.now))
    await desk.run(timedelta(seconds=10))
    assert sorted(desk.states()) == sorted([RETRY, DONE, DONE])


RELOADED = """\
destinations:
  d: {{type: webhook, url: "{root}/{path}"}}
  words: {{type: terminal, template: "{template}"}}
"""


async def test_24_a_reload_with_a_bad_template_keeps_the_old(
    server: Server, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    file, log = tmp_path / "monitor.yaml", io.StringIO()
    configure("info", log, "json")

    def write(path: str, template: str) -> None:
        file.write_text(RELOADED.format(root=server.root, path=path, template=template))

    write("old", "{{ sentence }}")
    shelf = settings_shelf(file, load_settings(file, {}))
    desk = Desk(shelf(), http)
    desk.told = shelf
    write("new", "{{ sentense }}")
    shelf.look()
    await desk.tell(alert("a1"))
    assert (len(server.at("/old")), len(server.at("/new"))) == (1, 0)
    assert "settings.refused" in log.getvalue()
    assert "destinations.words.template" in log.getvalue()
    write("new", "{{ level }}: {{ sentence }}")
    shelf.look()
    await desk.tell(alert("a2", source="POL"))
    assert (len(server.at("/old")), len(server.at("/new"))) == (1, 1)
    assert desk.terminal.getvalue().strip().splitlines()[-1].startswith("medium: ")
    assert '"destinations": ["d", "words"]' in log.getvalue()


async def test_24_a_destination_that_is_taken_out_gives_up_what_waits(server: Server, http: httpx.AsyncClient) -> None:
    two = settings_of({"d": hook(server), "gone": hook(server, Answer(503), path="/gone")})
    desk = Desk(two, http)
    under_way = [action for action in desk.step(alert("a1")) if action.destination == "gone"]
    await desk.tell(alert("a2", source="POL"))
    desk.settings = settings_of({"d": hook(server)})
    desk.results += [await desk.notifier.perform(action) for action in under_way]
    await desk.tell(alert("a3", source="FRA"))
    assert not [pending for pending in desk.pending() if pending.destination == "gone"]
    assert "delivery.dead" in desk.events()
    assert set(desk.states("d")) == {DONE}
    assert DeliveryState.DEAD in desk.states("gone")


async def test_24_a_destination_that_was_disabled_is_taken_back_with_its_new_url(
    server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(410))}), http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2", source="POL"))
    assert len(server.asked) == 1
    desk.settings = settings_of({"d": hook(server, path="/anew")})
    await desk.tell()
    await desk.run(timedelta(seconds=2))
    assert len(server.at("/anew")) == 1
    assert "destination.resumed" in desk.events()


async def test_25_the_message_to_edit_is_gone(server: Server, http: httpx.AsyncClient) -> None:
    server.script("/api/chat.postMessage", posted("1.1"), posted("2.2"))
    server.script("/api/chat.update", Answer(200, '{"ok":false,"error":"message_not_found"}'), posted("2.2"))
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    await desk.tell(later(alert(), "a2", Reason.CORROBORATED, confirmed=True, outlets=3, countries=2))
    assert [one.path for one in server.asked] == ["/api/chat.postMessage", "/api/chat.update", "/api/chat.postMessage"]
    desk.now += timedelta(minutes=5)
    await desk.tell(later(alert(), "a3", Reason.CORROBORATED, confirmed=True, outlets=5, countries=2))
    assert server.asked[-1].json["ts"] == "2.2", "the new message is edited from now on"


async def test_26_an_update_waits_for_its_message(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(500), Answer(500), Answer(200))}), http)
    await desk.tell(alert("a1"))
    await desk.tell(later(alert("a1"), "a2", Reason.CORROBORATED, outlets=3))
    await desk.tell(alert("b1"))
    await desk.run(timedelta(minutes=2))
    sent = [one.headers["webhook-id"] for one in server.asked]
    assert sent.count("a2") == 1
    assert sent.index("a2") > max(place for place, name in enumerate(sent) if name == "a1")
    assert sent.index("b1") < sent.index("a2"), "another incident does not wait for it"


async def test_26_once_ends_though_an_update_stands_behind_a_retry(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(503))}, once=True), http)
    await desk.tell(alert("a1"))
    await desk.tell(later(alert("a1"), "a2", Reason.CORROBORATED))
    assert len(desk.pending()) == 2
    assert desk.notifier.settled(desk.now)


async def test_27_a_thousand_alerts_in_ten_seconds(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    for second in range(10):
        desk.now = NOON + timedelta(seconds=second)
        await desk.tell(*(alert(f"a{second}-{number}") for number in range(100)))
    counts = Counter(one.headers["webhook-id"] for one in server.asked)
    assert len(counts) == 1000
    assert set(counts.values()) == {1}


async def test_28_the_outcome_of_another_owner_is_dropped(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(503), Answer(200))}), http)
    (action,) = desk.step(alert())
    late = await desk.notifier.perform(action)
    desk.restart()
    (again,) = desk.step()
    desk.results = [late]
    desk.step()
    assert len(desk.pending()) == 1
    assert desk.pending()[0].attempting, "the attempt of the one who owns it now goes on"
    assert "delivery.outdated" in desk.events()
    desk.results = [await desk.notifier.perform(again)]
    desk.step()
    assert desk.states() == [DONE]


async def test_29_old_alerts_that_come_again_are_not_told(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    old = [alert(f"a{number}", at=NOON - timedelta(days=2, seconds=number)) for number in range(200)]
    await desk.tell(*old)
    assert not server.asked
    assert Counter(one.reason for one in desk.deliveries) == {"stale_item": 200}


async def test_29_what_was_told_is_not_told_again(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server)}), http)
    for _ in range(3):
        await desk.tell(alert("a1"), alert("a2"))
        desk.restart()
    assert len(server.asked) == 2


async def test_31_a_silence_holds_what_has_not_gone_out(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, Answer(429, "", {"retry-after": "60"}), Answer())}), http)
    await desk.tell(alert("a1"))
    await desk.tell(alert("a2"), alert("b1", source="POL", message="m-b1"))
    order = Order(id="s1", kind=OrderKind.SILENCE, at=desk.now, author="kim", match={"pair": "KOR-RUS"})
    await desk.tell(order)
    await desk.run(timedelta(minutes=3))
    told = [one.body.decode() for one in server.asked]
    assert len(told) == 3, "the first, tried before the silence, is told all the same; and the one of Poland"
    assert [one.alert for one in desk.deliveries if one.state is HELD] == ["a2"]
    assert desk.notifier._ledger.silences["s1"].held == 1


@pytest.mark.parametrize("reason", [Reason.RETRACTED, Reason.CORRECTED])
async def test_32_withdrawn_while_it_waits(reason: Reason, server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, Answer(429, "", {"retry-after": "60"}), Answer())}), http)
    await desk.tell(alert("a1"))
    assert len(server.asked) == 1
    await desk.tell(later(alert("a1"), "a2", reason))
    await desk.run(timedelta(minutes=5))
    assert len(server.asked) == 1, "a refused message is not told, only to be withdrawn"
    assert desk.states() == [RETRY, DROPPED, HELD]


async def test_32_withdrawn_while_nobody_knows_whether_it_arrived(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, Answer(fault="reset"), Answer())}), http)
    await desk.tell(alert("a1"))
    await desk.tell(later(alert("a1"), "a2", Reason.RETRACTED))
    await desk.run(timedelta(minutes=5))
    texts = [one.json["text"] for one in server.asked]
    assert texts[-1].startswith("CORRECTED: retracted: South Korea summons Russia's ambassador")
    assert desk.states() == [RETRY, DONE, DONE]


async def test_33_the_secret_changes_between_two_tries(server: Server, http: httpx.AsyncClient, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(KEY + "\n")
    at = hook(server, Answer(503), Answer(200), secret_file=str(file))
    desk = Desk(settings_of({"d": at}), http)
    await desk.tell(alert())
    other = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMzItYnl0ZXMtMDAwMDI="
    file.write_text(other)
    desk.now = dt.datetime.now(dt.UTC)  # the verifier reads the clock
    await desk.tell()
    first, second = server.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    Webhook(other).verify(second.body, dict(second.headers))


async def test_33_a_secret_file_that_is_away_is_waited_for(
    server: Server, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "url"
    desk = Desk(settings_of({"d": {"type": "slack", "url_file": str(file)}}), http)
    await desk.tell(alert())
    assert desk.states() == [RETRY]
    file.write_text(server.script("/slack") + "\n")
    await desk.run(timedelta(seconds=8))
    assert desk.states() == [RETRY, DONE]


@pytest.mark.parametrize("address", ["10.0.0.8", "192.168.1.1", "169.254.169.254", "[fd00::1]", "[::ffff:10.0.0.1]"])
async def test_private_addresses_from_outside_the_settings_are_refused(address: str, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of(environ={"DEMARCHE_SLACK_WEBHOOK_URL": f"http://{address}/hook"}), http)
    await desk.tell(alert())
    assert desk.states() == [DEAD]
    assert "private" in desk.deliveries[-1].reason


async def test_a_guarded_address_is_the_one_that_was_looked_at(server: Server, http: httpx.AsyncClient) -> None:
    url = server.script("/hook").replace("127.0.0.1", "localhost")
    desk = Desk(settings_of(environ={"DEMARCHE_SLACK_WEBHOOK_URL": url}), http)
    await desk.tell(alert())
    assert desk.states() == [DONE]
    assert server.asked[0].headers["host"].startswith("localhost:")


async def test_the_operator_hears_of_trouble_apart_from_alerts(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of({"d": hook(server), "ops": hook(server, path="/ops")}, operator="ops")
    desk = Desk(settings, http)
    await desk.tell(alert())
    notice = Notice(id="n1", key="feed/x", at=desk.now, trouble=True, event="feed.dead", text="the feed x is dead")
    await desk.tell(notice)
    assert [one.json["type"] for one in server.at("/hook")] == ["incident.opened"]
    assert [one.json["type"] for one in server.at("/ops")] == ["operator.notice"]


async def test_a_letter_that_grows_too_old_is_given_up(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(503))}), http)
    await desk.tell(alert(level=Level.MEDIUM))
    await desk.run(timedelta(days=3))
    assert not desk.pending()
    assert desk.states()[-1] is DEAD
    assert desk.deliveries[-1].reason.startswith("too_old")
    assert desk.deliveries[-1].at - NOON <= timedelta(hours=24)


async def test_the_own_secret_never_stands_in_the_state(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": hook(server, Answer(500, KEY), secret=KEY)}), http)
    await desk.tell(alert())
    assert KEY not in repr(desk.state)
    assert str(Secret(KEY)) == "***"
