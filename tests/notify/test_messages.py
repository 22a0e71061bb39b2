"""What a destination is told over the life of an incident: edits, replies, withdrawals, joint acts."""

from datetime import timedelta
from typing import Any

import httpx

from monitor.message.alert import Reason, Step
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level, Modality
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert, later
from tests.notify.server import Answer, Server

DONE, HELD = DeliveryState.DELIVERED, DeliveryState.HELD


def bot(server: Server, **more: Any) -> Desk | dict[str, Any]:
    stamps = (Answer(200, f'{{"ok":true,"channel":"C0DIPLO01","ts":"{number}.5"}}') for number in range(1, 40))
    server.script("/api/chat.postMessage", *stamps)
    server.script("/api/chat.update", Answer(200, '{"ok":true,"channel":"C0DIPLO01","ts":"1.5"}'))
    fields = {"type": "slack_bot", "token": "xoxb-made-up", "channel": "C0DIPLO01", "api": server.root + "/api"}
    return {**fields, "rate": "off", **more}


def slack(server: Server, **more: Any) -> dict[str, Any]:
    return {"type": "slack", "url": server.script("/slack"), "rate": "off", **more}


def calls(server: Server) -> list[tuple[str, Any]]:
    return [(one.path.rpartition(".")[2], one.json) for one in server.asked]


async def test_a_bot_edits_when_others_report_it(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    desk.restart()
    confirmed = later(alert(), "a2", Reason.CORROBORATED, confirmed=True, outlets=5, countries=4)
    await desk.tell(confirmed)
    (_, first), (method, edit) = calls(server)
    assert method == "update"
    assert edit["ts"] == "1.5"
    assert "single source" in str(first["blocks"])
    assert "confirmed: 5 outlets, 4 countries" in str(edit["blocks"])
    assert edit["metadata"]["event_payload"]["delivery_id"] == "a2"


async def test_edits_come_once_a_minute_with_the_newest_state(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    for number in range(2, 8):
        await desk.tell(later(alert(), f"a{number}", Reason.CORROBORATED, outlets=number))
        desk.now += timedelta(seconds=5)
    assert [method for method, _ in calls(server)] == ["postMessage", "update"]
    await desk.run(timedelta(minutes=2))
    assert [method for method, _ in calls(server)] == ["postMessage", "update", "update"]
    assert "7 outlets" in str(calls(server)[-1][1])
    assert {one.alert for one in desk.deliveries if one.state is DONE} == {f"a{n}" for n in range(1, 8)}


async def test_a_new_fact_edits_and_replies(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    await desk.tell(later(alert(), "a2", Reason.NEW_DETAIL, changed=("formal-protest",)))
    methods = [method for method, _ in calls(server)]
    assert methods == ["postMessage", "update", "postMessage"]
    reply = calls(server)[-1][1]
    assert (reply["thread_ts"], reply["reply_broadcast"]) == ("1.5", False)
    assert "formal-protest" in str(reply["blocks"])


async def test_a_climb_is_a_new_message_and_a_line_in_the_old_thread(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert())
    climb = later(alert(), "a2", Reason.ESCALATED, level=Level.HIGH, ladder_before=Level.MEDIUM)
    await desk.tell(climb)
    posts = [said for method, said in calls(server) if method == "postMessage"]
    assert len(posts) == 3
    assert "thread_ts" not in posts[1] or "thread_ts" not in posts[2]
    new = next(one for one in posts[1:] if "thread_ts" not in one)
    assert "HIGH · up from MEDIUM" in new["text"]
    forward = next(one for one in posts[1:] if "thread_ts" in one)
    assert forward["thread_ts"] == "1.5"


async def test_a_bot_edits_and_replies_to_a_withdrawal(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": bot(server)}), http)
    await desk.tell(alert(level=Level.HIGH))
    await desk.tell(later(alert(level=Level.HIGH), "a2", Reason.RETRACTED))
    methods = [method for method, _ in calls(server)]
    assert methods == ["postMessage", "update", "postMessage"]
    edit, reply = calls(server)[1][1], calls(server)[2][1]
    assert "~South Korea summons Russia's ambassador~" in str(edit["blocks"][1]["text"]["text"])
    assert edit["text"].startswith("CORRECTED: retracted 12:0")
    assert (reply["thread_ts"], reply["reply_broadcast"]) == ("1.5", True)


async def test_a_webhook_of_slack_gets_a_message_that_names_the_first(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(alert())
    denied = later(alert(), "a2", Reason.CORRECTED, modality=Modality.DENIED, level=Level.INFO)
    await desk.tell(denied)
    text = server.asked[1].body.decode()
    assert server.asked[1].json["text"].startswith("CORRECTED: denied: South Korea summons Russia's ambassador")
    assert "alert a1" in text


async def test_a_withdrawal_is_held_by_nothing(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of({"d": slack(server)}, storm={"posts": 1, "minutes": 60}, daily_cap=1)
    desk = Desk(settings, http)
    await desk.tell(alert())
    desk.now += timedelta(days=40)
    gone = later(alert(), "a2", Reason.RETRACTED, level=Level.INFO, at=desk.now)
    await desk.tell(gone)
    assert len(server.asked) == 2


async def test_whoever_was_not_told_hears_of_no_withdrawal(server: Server, http: httpx.AsyncClient) -> None:
    settings = settings_of({"d": slack(server), "high": slack(server, minimum_level="high")})
    desk = Desk(settings, http)
    await desk.tell(alert())
    await desk.tell(later(alert(), "a2", Reason.RETRACTED))
    assert desk.states("d") == [DONE, DONE]
    assert [one.reason for one in desk.deliveries if one.destination == "high"] == ["below_level", "not_told"]


async def test_a_turn_is_told_where_the_act_was_told(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server), "b": bot(server)}), http)
    left = alert(kind="agreement-suspended", sentence="Russia leaves the grain deal", level=Level.HIGH)
    await desk.tell(left)
    back = alert(
        "b1",
        message=left.message,
        reason=Reason.DE_ESCALATED,
        level=Level.HIGH,
        kind="measures-lifted",
        sentence="Russia returns to the grain deal",
    )
    await desk.tell(back)
    (first, second) = server.at("/slack")
    assert second.json["text"].startswith("HIGH · TAKEN BACK · Russia returns to the grain deal")
    assert "Takes back: Russia leaves the grain deal" in second.body.decode()
    assert first.json != second.json
    reply = server.at("/api/chat.postMessage")[-1].json
    assert reply["thread_ts"]


async def test_confirmed_comes_once_where_nothing_can_be_edited(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    high, medium = alert("h1", level=Level.HIGH), alert("m1", source="POL", message="m1")
    await desk.tell(high, medium)
    assert len(server.asked) == 2
    for number, one in enumerate((high, medium, high)):
        await desk.tell(later(one, f"c{number}", Reason.CORROBORATED, confirmed=True, outlets=4, countries=3))
    assert [one.json["text"].split(" · ")[:2] for one in server.asked[2:]] == [["HIGH", "CONFIRMED"]]
    assert [one.reason for one in desk.deliveries if one.state is HELD] == ["cannot_edit", "cannot_edit"]


async def test_states_that_act_together_share_a_message(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server), "b": bot(server), "hook": _hook(server)}), http)
    names = {"POL": "Poland", "EST": "Estonia", "LVA": "Latvia"}
    acts = [
        alert(
            code,
            message="joint",
            source=code,
            source_name=name,
            sentence=f"{name} expels a diplomat of Russia",
            headline="Poland, Estonia, Latvia: diplomats of Russia expelled" if code == "LVA" else "",
        )
        for code, name in names.items()
    ]
    await desk.tell(*acts)
    (one,) = server.at("/slack")
    assert "Poland, Estonia, Latvia: diplomats of Russia expelled" in one.json["text"]
    assert all(f"{name} expels" in one.body.decode() for name in names.values())
    assert len(server.at("/hook")) == 3, "machines get an event for each incident"
    assert len([one for one in desk.deliveries if one.destination == "d" and one.state is DONE]) == 3
    late = alert("LTU", message="joint", source="LTU", source_name="Lithuania", sentence="Lithuania expels another")
    await desk.tell(late)
    assert "Lithuania expels another" in server.at("/api/chat.update")[-1].body.decode()
    await desk.run(timedelta(minutes=2))
    assert len(server.at("/slack")) == 2, "one further message"


def _hook(server: Server) -> dict[str, Any]:
    return {"type": "webhook", "url": server.script("/hook")}


async def test_machines_get_every_revision_in_order(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"hook": _hook(server)}), http)
    first = alert()
    story = [
        first,
        later(first, "a2", Reason.CORROBORATED, outlets=3),
        later(first, "a3", Reason.NEW_DETAIL),
        later(first, "a4", Reason.ESCALATED, level=Level.HIGH),
        later(first, "a5", Reason.DE_ESCALATED),
    ]
    await desk.tell(*story)
    await desk.tell(later(first, "a6", Reason.CORRECTED))
    assert [one.json["type"].partition(".")[2] for one in server.asked] == [
        "opened",
        "updated",
        "updated",
        "escalated",
        "deescalated",
        "corrected",
    ]
    assert server.asked[-1].json["data"]["corrects"]["sentence"] == first.sentence


async def test_the_ladder_shows_only_where_the_pair_was_told_of_lately(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    old = Step(incident="i0", at=NOON - timedelta(days=50), level=Level.LOW, sentence="South Korea condemns Russia")
    new = Step(incident="i1", at=NOON - timedelta(days=5), level=Level.LOW, sentence="South Korea protests to Russia")
    await desk.tell(alert("a1", chain=(old,)), alert("a2", chain=(old, new)))
    first, second = server.asked
    assert "Ladder" not in first.body.decode()
    assert "South Korea protests to Russia" in second.body.decode()


async def test_nobody_is_pinged_unless_the_settings_say_so(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server, mention="<!here>")}), http)
    await desk.tell(alert("m1"), alert("h1", level=Level.HIGH, source="POL", message="h1"))
    medium, high = (one.json for one in server.asked)
    assert "<!here>" not in str(medium)
    assert high["text"].startswith("<!here> HIGH")
    await desk.tell(later(alert("h1", level=Level.HIGH, message="h1"), "h2", Reason.RETRACTED))
    assert "<!here>" not in server.asked[-1].body.decode()


async def test_links_need_a_public_url(server: Server, http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of({"d": slack(server)}), http)
    await desk.tell(alert(incident="inc_1f2e3d"))
    assert "demarche trace inc_1f2e3d" in server.asked[0].body.decode(), "as it is to be copied"
    desk = Desk(settings_of({"d": slack(server)}, public_url="https://desk.example/"), http)
    await desk.tell(alert())
    said = server.asked[1].body.decode()
    assert "<https://desk.example/pairs/KOR-RUS|Timeline>" in said
    assert "demarche trace" not in said
