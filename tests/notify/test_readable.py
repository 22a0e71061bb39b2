"""What keeps a destination readable: levels, routes, silences, inhibition, quiet hours, caps, storms, digests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from monitor.message.alert import Reason
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level, Modality
from monitor.message.order import Order, OrderKind
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert, later
from tests.notify.server import Server
from tests.notify.test_messages import bot, calls

DONE, HELD = DeliveryState.DELIVERED, DeliveryState.HELD


def slack(server: Server, path: str = "/slack", **more: Any) -> dict[str, Any]:
    return {"type": "slack", "url": server.script(path), "rate": "off", **more}


def texts(server: Server, path: str = "/slack") -> list[str]:
    return [one.json["text"] for one in server.at(path)]


def reasons(desk: Desk) -> list[str]:
    return [one.reason for one in desk.deliveries if one.state is HELD]


def condemnation(id_: str, **more: Any) -> Any:
    fields: dict[str, Any] = {"kind": "condemnation", "kinds": ("condemnation",), "level": Level.MEDIUM}
    return alert(id_, **fields | more)


NOT_TOLD = {
    "below_level": {"level": Level.LOW},
    "modality": {"modality": Modality.URGED},
    "stale_item": {"at": NOON - timedelta(hours=40)},
}


@pytest.mark.parametrize("reason", NOT_TOLD)
async def test_what_is_not_told_says_why(reason: str, server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(alert(**NOT_TOLD[reason]))
    assert reasons(desk) == [reason]
    assert not server.asked


async def test_what_was_too_low_is_told_when_it_rises(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    low = alert(level=Level.LOW)
    await desk.tell(low, later(low, "a2", Reason.CORROBORATED, level=Level.MEDIUM))
    assert len(server.asked) == 1


async def test_a_route_on_confirmed_tells_when_it_is_confirmed(server: Server, http: httpx.AsyncClient) -> None:
    routes = [{"match": {"confirmed": True}, "to": ["d"]}, {"to": []}]
    desk = Desk(settings_of({"d": slack(server)}, routes=routes), http)
    await desk.tell(alert())
    assert reasons(desk) == ["no_route"]
    await desk.tell(later(alert(), "a2", Reason.CORROBORATED, confirmed=True))
    assert len(server.asked) == 1


FIRST_RUN = {"first_sight": True, "at": NOON - timedelta(hours=5)}


async def test_the_first_run_gives_one_digest_and_no_flood(server: Server, http: httpx.AsyncClient) -> None:
    hook = {"type": "webhook", "url": server.script("/hook")}
    desk = Desk(settings_of({"d": slack(server), "hook": hook, "t": {"type": "terminal"}}), http)
    for number in range(12):
        await desk.tell(alert(f"a{number}", **FIRST_RUN))
        desk.now += timedelta(seconds=3)
    assert not server.asked
    await desk.run(timedelta(seconds=60))
    assert texts(server) == ["The last 24 hours · 12 acts · highest MEDIUM"]
    assert [one.json["type"] for one in server.at("/hook")] == ["digest"]
    assert desk.terminal.getvalue().count("South Korea summons") == 12
    assert {one.state for one in desk.deliveries} == {DONE}
    await desk.run(timedelta(days=2))
    assert len(server.at("/slack")) == 1


async def test_the_first_digest_waits_at_most_ninety_seconds(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    for number in range(40):
        await desk.tell(alert(f"a{number}", **FIRST_RUN))
        await desk.run(timedelta(seconds=5))
        if server.asked:
            break
    assert desk.now - NOON <= timedelta(seconds=96)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_that_is_set_back_holds_up_no_digest(
    restarted: bool, server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(*(alert(f"a{number}", **FIRST_RUN) for number in range(3)))
    desk.now -= timedelta(hours=1)
    if restarted:
        desk.restart()
    await desk.tell()
    await desk.run(timedelta(minutes=2))
    assert len(server.asked) == 1


async def test_once_tells_the_first_digest_at_the_end(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}, once=True), http)
    actions = desk.step(*(alert(f"a{number}", **FIRST_RUN) for number in range(3)))
    assert not actions
    assert not desk.notifier.settled(desk.now)
    await desk.tell()
    assert len(server.asked) == 1
    assert desk.notifier.settled(desk.now)


async def test_what_is_older_than_a_day_is_not_in_the_first_digest(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(alert(first_sight=True, at=NOON - timedelta(hours=25)))
    assert reasons(desk) == ["stale_item"]


async def test_a_line_that_is_withdrawn_before_the_digest_is_not_told(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(*(alert(name, **FIRST_RUN) for name in ("a1", "b1", "c1")))
    await desk.tell(later(alert("a1", **FIRST_RUN), "a2", Reason.RETRACTED))
    await desk.run(timedelta(minutes=2))
    assert texts(server) == ["The last 24 hours · 2 acts · highest MEDIUM"]


async def test_what_stood_in_a_digest_is_corrected_too(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(alert("a1", **FIRST_RUN), alert("b1", **FIRST_RUN))
    await desk.run(timedelta(minutes=2))
    await desk.tell(later(alert("a1"), "a2", Reason.RETRACTED))
    assert texts(server)[1].startswith("CORRECTED: retracted: South Korea summons")


async def test_a_storm_folds_into_a_digest_and_loses_nothing(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, rate=1)}, daily_cap="off"), http)
    acts = [alert(f"a{number}", sentence=f"State {number} summons the envoy") for number in range(200)]
    begun = desk.now
    for start in range(0, 200, 20):
        await desk.tell(*acts[start : start + 20])
    await desk.run(timedelta(minutes=30))
    seconds = (desk.now - begun).total_seconds()
    assert len(server.asked) <= seconds
    said = "\n".join(one.body.decode() for one in server.asked)
    assert all(f"State {number} summons the envoy" in said for number in range(200))
    assert len(server.asked) == 8 + 5
    assert {one.alert for one in desk.deliveries if one.state is DONE} == {f"a{n}" for n in range(200)}
    assert [event for event in desk.events("storm.")] == ["storm.began", "storm.ended"]
    await desk.tell(alert("calm", at=desk.now))
    assert "South Korea summons" in texts(server)[-1]


async def test_a_bot_edits_the_storm_while_it_lasts(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}, daily_cap="off", storm={"posts": 2, "minutes": 10}), http)
    for number in range(30):
        await desk.tell(alert(f"a{number}", sentence=f"State {number} summons the envoy"))
        desk.now += timedelta(seconds=10)
    await desk.run(timedelta(minutes=30))
    methods = [method for method, _ in calls(server)]
    roots = [said for method, said in calls(server) if method == "postMessage" and "thread_ts" not in said]
    assert len(roots) == 3, "two acts, and one message for the storm"
    assert methods.count("update") >= 3
    assert "Many acts at once · 28 acts" in calls(server)[-1][1]["text"] or any(
        "28 acts" in said["text"] for _, said in calls(server)
    )


async def test_the_cap_of_a_day_never_holds_an_envoy_act(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of({"d": slack(server)}, daily_cap=3, storm="off", digest={"at": "08:00"})
    desk = Desk(settings, http)
    threats = [alert(f"t{n}", kind="threat", kinds=("threat",), sentence=f"Threat number {n}") for n in range(6)]
    await desk.tell(*threats)
    assert len(server.asked) == 3
    await desk.tell(alert("envoy"))
    assert "summons" in texts(server)[-1]
    await desk.run(timedelta(hours=21))
    assert texts(server)[-1].startswith("Digest · 3 acts")
    desk.now += timedelta(hours=1)
    await desk.tell(alert("next", kind="threat", kinds=("threat",), at=desk.now, sentence="A new day"))
    assert "A new day" in texts(server)[-1]


async def test_a_silence_holds_until_it_ends_or_the_level_rises(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    match = {"pair": "RUS-KOR", "kind": "envoy-summoned,threat"}
    order = Order(id="s1", kind=OrderKind.SILENCE, at=NOON, author="kim", match=match, until=NOON + timedelta(hours=2))
    await desk.tell(order)
    desk.restart()
    await desk.tell(alert("a1"), alert("b1", target="CHN"), alert("c1", level=Level.HIGH))
    assert len(server.asked) == 2
    assert reasons(desk) == ["silenced"]
    desk.now += timedelta(hours=3)
    await desk.tell(alert("d1", at=desk.now))
    assert len(server.asked) == 3
    assert not desk.notifier._ledger.silences


async def test_a_silence_can_be_ended(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(Order(id="s1", kind=OrderKind.SILENCE, at=NOON, match={"source": "KOR"}))
    await desk.tell(Order(id="o2", kind=OrderKind.UNSILENCE, at=NOON, subject="s1"))
    await desk.tell(alert())
    assert len(server.asked) == 1
    await desk.tell(Order(id="o3", kind=OrderKind.SILENCE, at=NOON, match={"colour": "red"}))
    assert "order.useless" in desk.events()


async def test_a_condemnation_stays_inside_a_live_expulsion(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server), "b": bot(server)}, digest={"at": "20:00"}), http)
    await desk.tell(alert("x1", kind="diplomats-expelled", kinds=("diplomats-expelled",), level=Level.HIGH))
    await desk.tell(condemnation("c1", source="RUS", target="KOR", sentence="Russia condemns South Korea"))
    assert len(server.at("/slack")) == 1
    assert server.at("/api/chat.postMessage")[-1].json["thread_ts"] == "1.5"
    await desk.tell(condemnation("c2", source="POL", target="KOR"))
    assert len(server.at("/slack")) == 2
    await desk.run(timedelta(hours=9))
    assert "Russia condemns South Korea" in server.at("/slack")[-1].body.decode()


async def test_routine_is_a_line_of_the_daily_digest(server: Server, http: httpx.AsyncClient) -> None:
    hook = {"type": "webhook", "url": server.script("/hook")}
    desk = Desk(settings_of({"d": slack(server), "hook": hook}, digest={"at": "18:00"}), http)
    await desk.tell(alert("r1", held="routine", kind="sanctions-imposed"))
    await desk.tell(alert("low", level=Level.LOW))
    assert not server.at("/slack")
    assert len(server.at("/hook")) == 1
    await desk.run(timedelta(hours=7))
    (digest,) = server.at("/slack")
    assert "routine" in digest.body.decode()
    assert "1 below level" in digest.body.decode()


async def test_a_row_is_told_in_the_thread_of_the_message_that_opened_it(
    server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"b": bot(server)}), http)
    await desk.tell(alert("r1", row="row_1", row_opens=True))
    await desk.tell(alert("r2", row="row_1", held="in_row", kind="threat"))
    first, second = (one.json for one in server.asked)
    assert "A row: " in str(first["blocks"])
    assert second["thread_ts"] == "1.5"


async def test_a_rows_thread_gets_a_summary_every_twelve_hours_and_an_end(
    server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"b": bot(server)}), http)
    until = NOON + timedelta(days=7)
    repeat: dict[str, Any] = {"row": "row_1", "held": "in_row", "kind": "threat", "row_until": until}
    await desk.tell(alert("r1", row="row_1", row_opens=True, row_until=until))
    await desk.tell(alert("r2", **repeat))
    await desk.run(timedelta(hours=3))
    await desk.tell(alert("r3", **repeat))
    assert len(server.asked) == 3
    await desk.run(timedelta(hours=10))
    summary = server.asked[3].json
    assert summary["thread_ts"] == "1.5"
    assert summary["text"].startswith("The row between Russia and South Korea · since the last summary · 2 acts")
    await desk.tell(alert("r4", **repeat))
    await desk.run(timedelta(hours=13))
    assert len(server.asked) == 5  # one repeat needs no summary
    await desk.run(timedelta(days=7))
    end = server.asked[5].json
    assert end["thread_ts"] == "1.5"
    assert end["text"].startswith("The row between Russia and South Korea is over · quiet since 4 March")
    await desk.run(timedelta(days=7))
    assert len(server.asked) == 6
    assert not [key for key in desk.state if key.startswith("row/")]


async def test_where_there_are_no_threads_the_end_of_a_row_is_a_line_of_the_digest(
    server: Server, http: httpx.AsyncClient
) -> None:
    desk = Desk(settings_of({"d": slack(server)}, digest={"at": "18:00"}), http)
    until = NOON + timedelta(days=2)
    await desk.tell(alert("r1", row="row_1", row_opens=True, row_until=until))
    await desk.tell(alert("r2", row="row_1", held="in_row", kind="threat", row_until=until))
    desk.restart()
    await desk.run(timedelta(days=1))
    assert len(server.asked) == 2
    assert "part of a row" in server.asked[1].body.decode()
    await desk.run(timedelta(days=2))
    assert "the last act of a row that is over" in server.asked[2].body.decode()


async def test_what_eases_a_row_is_a_message_of_its_own(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server), "b": bot(server)}), http)
    talks = {"reason": Reason.DE_ESCALATED, "changed": ("eased",), "kind": "talks-held", "kinds": ("talks-held",)}
    await desk.tell(alert("t1", **talks, sentence="Russia and South Korea hold talks"))
    assert len(server.asked) == 2
    assert all("MEDIUM · EASING · Russia and South Korea hold talks" in one.json["text"] for one in server.asked)


async def test_quiet_hours_end_with_one_message(server: Server, http: httpx.AsyncClient) -> None:
    routes = [{"quiet": {"from": "22:00", "to": "07:00", "zone": "Europe/Berlin"}}]
    now = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)  # half past eleven in Berlin
    desk = Desk(settings_of({"d": slack(server)}, routes=routes, digest="off"), http, now)
    await desk.tell(*(alert(f"a{n}", at=now) for n in range(3)), alert("high", level=Level.HIGH, at=now))
    assert [text.partition(" ")[0] for text in texts(server)] == ["HIGH"]
    await desk.run(timedelta(hours=7, minutes=25))
    assert len(server.asked) == 1
    await desk.run(timedelta(minutes=10))
    assert texts(server)[1].startswith("While it was quiet · 3 acts")


ROUTES: Mapping[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "kind": ({"kind": "envoy-summoned"}, {"kind": "threat", "kinds": ("threat",)}, True),
    "pair": ({"pair": "RUS-KOR"}, {"source": "POL"}, True),
    "source": ({"source": ["KOR", "JPN"]}, {"source": "POL"}, True),
    "target": ({"target": "RUS"}, {"target": "CHN"}, True),
    "level": ({"level": "medium"}, {"level": Level.LOW}, True),
    "region": ({"region": "Eastern Asia"}, {"source": "POL", "target": "RUS"}, True),
    "region-code": ({"region": "150"}, {"source": "KOR", "target": "JPN"}, True),
    "language": ({"language": "en"}, {"tellings": ()}, True),
    "outlet": ({"outlet": "outlet 1"}, {"tellings": ()}, True),
    "confirmed": ({"confirmed": False}, {"confirmed": True}, True),
    "modality": ({"modality": "occurred"}, {"modality": Modality.PLANNED}, True),
    "reason": ({"reason": "first"}, {"reason": Reason.ESCALATED}, True),
    "watch": ({"watch": {"state": "KOR", "as": "source"}}, {"source": "RUS", "target": "KOR"}, True),
}


@pytest.mark.parametrize("case", ROUTES)
async def test_a_route_takes_what_matches(case: str, server: Server, http: httpx.AsyncClient) -> None:
    match, other, _ = ROUTES[case]
    settings = settings_of(
        {"mine": slack(server, "/mine"), "rest": slack(server, "/rest")},
        routes=[{"match": match, "to": "mine"}, {"to": "rest"}],
        minimum_level="info",
    )
    desk = Desk(settings, http)
    await desk.tell(alert("a1"), alert("b1", **other))
    assert len(server.at("/mine")) == 1
    assert len(server.at("/rest")) == 1


async def test_a_watched_state_is_told_of_through_its_bodies(server: Server, http: httpx.AsyncClient) -> None:
    watch = {"state": "DEU", "via": ["EU", "NATO"]}
    settings = settings_of({"d": slack(server)}, routes=[{"match": {"watch": watch}, "to": "d"}, {"to": []}])
    desk = Desk(settings, http)
    await desk.tell(alert("a1", source="EU"), alert("a2", source="POL"), alert("a3", source="DEU"))
    first, second = (one.body.decode() for one in server.asked)
    assert "via EU" in first
    assert "via" not in second.replace("privia", "")
    assert reasons(desk) == ["no_route"]


async def test_memberships_have_dates(server: Server, http: httpx.AsyncClient) -> None:
    watch = {"state": "GBR", "via": "EU"}
    now = datetime(2019, 6, 1, 12, tzinfo=UTC)
    settings = settings_of({"d": slack(server)}, routes=[{"match": {"watch": watch}, "to": "d"}, {"to": []}])
    then, today = Desk(settings, http, now), Desk(settings, http)
    await then.tell(alert("a1", source="EU", at=now))
    await today.tell(alert("a2", source="EU"))
    assert (then.states(), today.states()) == ([DONE], [HELD])


async def test_routes_are_a_tree(server: Server, http: httpx.AsyncClient) -> None:
    routes = [
        {
            "match": {"region": "Europe"},
            "to": "europe",
            "minimum_level": "high",
            "continue": True,
            "routes": [{"match": {"source": "POL"}, "minimum_level": "low"}],
        },
        {"match": {"target": "RUS"}, "to": "russia"},
    ]
    places = {name: slack(server, f"/{name}") for name in ("europe", "russia")}
    desk = Desk(settings_of(places, routes=routes), http)
    await desk.tell(
        alert("a1", source="POL", level=Level.LOW), alert("a2", source="FRA"), alert("a3", source="JPN", target="CHN")
    )
    assert len(server.at("/europe")) == 2, "the one of Poland, and the one that no route takes"
    assert len(server.at("/russia")) == 2
    assert reasons(desk) == ["below_level", "below_level"]


async def test_a_paused_destination_gets_it_later(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(Order(id="p1", kind=OrderKind.PAUSE, at=NOON, subject="d"))
    await desk.tell(alert())
    assert not server.asked
    assert desk.notifier.settled(desk.now)
    await desk.tell(Order(id="p2", kind=OrderKind.RESUME, at=NOON, subject="d"))
    await desk.run(timedelta(seconds=2))
    assert len(server.asked) == 1


async def test_a_letter_can_be_dropped(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(Order(id="p1", kind=OrderKind.PAUSE, at=NOON, subject="d"))
    await desk.tell(alert())
    await desk.tell(Order(id="p2", kind=OrderKind.DROP, at=NOON, subject="a1@d", why="a test"))
    assert not desk.pending()
    assert desk.deliveries[-1].state is DeliveryState.DROPPED
