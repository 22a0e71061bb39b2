"""What an item no longer says is taken back; what an operator decides stands."""

import msgspec
import pytest

from monitor.message.alert import Reason
from monitor.message.order import Order, OrderKind
from monitor.message.report import Report
from tests.correlate.desk import Desk, at, report, told

SUMMONS = "KOR>RUS envoy-summoned"


def revised(old: Report, hours: float, *acts: str, title: str = "") -> Report:
    new = report(old.item, old.event_time, old.outlet, title or old.title, *acts)
    seen = old.first_seen + (at(1, hours) - at(1))
    return msgspec.structs.replace(new, revision=f"{old.revision}+", first_seen=seen, update=True)


def test_a_revision_that_no_longer_says_it_takes_it_back() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS)
    desk.hear(first)
    assert told(desk.hear(revised(first, 2, title="Court summons shipowner"))) == [
        "KOR>RUS envoy-summoned retracted medium"
    ]


def test_it_stands_while_another_outlet_says_it() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS)
    desk.hear(first, report("b", at(1, 10), "wire", "Envoy summoned over radars", SUMMONS))
    assert desk.hear(revised(first, 2)) == []


def test_a_revision_with_one_act_more_is_a_new_detail() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS)
    desk.hear(first)
    (alert,) = desk.hear(revised(first, 2, SUMMONS, "KOR>RUS formal-protest"))
    assert (alert.reason, alert.kinds) == (Reason.NEW_DETAIL, ("envoy-summoned", "formal-protest"))
    assert alert.outlets == 1


def test_a_revision_in_other_words_says_nothing_new() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS)
    desk.hear(first)
    assert desk.hear(revised(first, 2, SUMMONS, title="UPDATED: ministry summons envoy over radars")) == []


def test_a_revision_that_turns_the_direction_round_takes_one_back_and_tells_the_other() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Envoy summoned", SUMMONS)
    desk.hear(first)
    assert sorted(told(desk.hear(revised(first, 2, "RUS>KOR envoy-summoned")))) == [
        "KOR>RUS envoy-summoned retracted medium",
        "RUS>KOR envoy-summoned first medium",
    ]


def test_an_older_revision_that_comes_late_is_dropped() -> None:
    desk = Desk()
    first = report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS)
    second = revised(first, 2, SUMMONS, "KOR>RUS formal-protest")
    desk.hear(second)
    assert desk.hear(first) == []


def test_an_item_older_than_the_window_is_not_told() -> None:
    desk = Desk()
    late = msgspec.structs.replace(report("a", at(1, 9), "daily", "Envoy summoned", SUMMONS), first_seen=at(3))
    assert desk.hear(late) == []
    assert desk.facts[-1].fields["reason"] == "stale_item"


def test_an_undated_item_of_a_new_feed_is_not_told() -> None:
    desk = Desk()
    made = report("a", at(1, 9), "daily", "Envoy summoned", SUMMONS, date_source="first_seen", first_sight=True)
    assert desk.hear(made) == []
    again = report("b", at(1, 10), "wire", "Envoy summoned over radars", SUMMONS, date_source="first_seen")
    assert told(desk.hear(again)) == ["KOR>RUS envoy-summoned first medium"]


@pytest.mark.parametrize(("kind", "reason"), [(OrderKind.CORRECT, "corrected"), (OrderKind.RETRACT, "retracted")])
def test_an_operator_takes_it_back_once_and_for_all(kind: OrderKind, reason: str) -> None:
    desk = Desk()
    (first,) = desk.hear(report("a", at(1, 9), "daily", "Ministry summons envoy", SUMMONS))
    order = Order(id="o1", kind=kind, at=at(1, 12), author="ann", why="a court did", subject=first.incident)
    (alert,) = desk.hear(order)
    assert (alert.reason, alert.why, alert.message) == (reason, "a court did", first.message)
    assert desk.hear(msgspec.structs.replace(order, id="o2")) == []
    desk.restart()
    assert desk.hear(report("b", at(1, 13), "wire", "Ministry summons envoy", SUMMONS)) == []


def test_an_order_about_nothing_known_changes_nothing() -> None:
    desk = Desk()
    assert desk.hear(Order(id="o1", kind=OrderKind.RETRACT, at=at(1), subject="inc_none")) == []
    assert desk.facts[-1].event == "order.passed"
