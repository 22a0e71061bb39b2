"""Correlation rules of an operator: many acts within a time that together are worth an alert."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from consumers.correlate.pattern.file import Codes, read_patterns
from consumers.correlate.pattern.rule import Field, Group, Measure, Pattern
from consumers.correlate.pattern.trial import told as tried
from monitor.message.alert import Alert
from monitor.message.kind import Level
from monitor.message.report import Report
from tests.correlate.desk import Desk, at, default_policy, report, tables

RULE = """\
id: three-condemnations
title: "{source} condemns {target} {count} times in a week"
level: medium
correlation:
  type: event_count
  rules: [condemnation]
  group-by: [source, target]
  timespan: 7d
  condition: {gte: 3}
proofs:
  - name: three in six days
    acts: [0h USA>RUS condemnation, 60h USA>RUS condemnation, 6d USA>RUS condemnation]
    alerts: [6d]
  - name: three in two weeks
    acts: [0h USA>RUS condemnation, 5d USA>RUS condemnation, 12d USA>RUS condemnation]
    alerts: []
"""


def rule(measure: Measure, *kinds: str, group: Group = Group.DIRECTION, days: float = 7, **more: Any) -> Pattern:
    return Pattern("rule", "Much by {source}", Level.HIGH, measure, kinds, group, timedelta(days=days), **more)


def spoken(pattern: Pattern, *acts: tuple[float, str]) -> list[float]:
    """The days on which the rule speaks."""
    desk = Desk.with_policy(patterns=(pattern,))
    days = []
    for number, (day, act) in enumerate(acts):
        words = tuple(f"matter{number}{letter}" for letter in "abcd")
        alerts = desk.hear(report(f"item-{number}", at(day), f"outlet-{number}", act, act, terms=words))
        desk.restart()
        if any(alert.incident.startswith("cor_") for alert in alerts):
            days.append(day)
    return days


def test_acts_are_counted_in_a_window_that_slides() -> None:
    three = rule(Measure.EVENT_COUNT, "condemnation", bounds=(("gte", 3),))
    acts = [(day, "USA>RUS condemnation") for day in (1, 4, 7.9)]
    assert spoken(three, *acts) == [7.9]
    assert spoken(three, *acts[:2], (8.5, "USA>RUS condemnation")) == []


def test_what_was_counted_once_is_spent() -> None:
    three = rule(Measure.EVENT_COUNT, "condemnation", bounds=(("gte", 3),), days=30)
    acts = [(1 + 2 * number, "USA>RUS condemnation") for number in range(7)]
    assert spoken(three, *acts) == [5, 11]


def test_acts_of_two_groups_are_not_counted_together() -> None:
    two = rule(Measure.EVENT_COUNT, "condemnation", bounds=(("gte", 2),))
    assert spoken(two, (1, "USA>RUS condemnation"), (3, "GBR>RUS condemnation"), (5, "RUS>USA condemnation")) == []
    both_ways = rule(Measure.EVENT_COUNT, "condemnation", group=Group.PAIR, bounds=(("gte", 2),))
    assert spoken(both_ways, (1, "USA>RUS condemnation"), (3, "GBR>RUS condemnation"), (5, "RUS>USA condemnation")) == [
        5
    ]


def test_five_outlets_on_one_act_are_one_act() -> None:
    desk = Desk.with_policy(patterns=(rule(Measure.EVENT_COUNT, "envoy-summoned", bounds=(("gte", 2),)),))
    for number in range(5):
        desk.hear(report(f"i{number}", at(1, number), f"o{number}", "Radars shipped north", "KOR>RUS envoy-summoned"))
    assert not [alert for alert in desk.alerts if alert.incident.startswith("cor_")]


def test_different_values_are_counted() -> None:
    four = rule(
        Measure.VALUE_COUNT,
        "diplomats-expelled",
        group=Group.TARGET,
        days=2,
        field=Field.SOURCE,
        bounds=(("gte", 4),),
    )
    acts = [(1 + 0.4 * place, f"{state}>RUS diplomats-expelled") for place, state in enumerate(["POL", "DEU", "CZE"])]
    assert spoken(four, *acts, (2.5, "EST>RUS diplomats-expelled")) == [2.5]
    assert spoken(four, *acts, (2.9, "POL>RUS diplomats-expelled")) == []


def test_weights_are_summed() -> None:
    heavy = rule(Measure.VALUE_SUM, "threat", "envoy-summoned", field=Field.WEIGHT, bounds=(("lte", -8),))
    assert spoken(heavy, (1, "USA>RUS threat"), (3, "USA>RUS envoy-summoned")) == [3]
    assert spoken(heavy, (1, "USA>RUS threat"), (9, "USA>RUS envoy-summoned")) == []


def test_kinds_come_together_in_any_order_or_in_theirs() -> None:
    kinds = ("envoy-summoned", "envoy-recalled", "diplomats-expelled")
    acts = [(day, f"USA>RUS {kind}") for day, kind in zip((1, 2.5, 4), kinds, strict=True)]
    swapped = [(1, acts[0][1]), (2.5, acts[2][1]), (4, acts[1][1])]
    assert spoken(rule(Measure.TEMPORAL, *kinds), *swapped) == [4]
    assert spoken(rule(Measure.TEMPORAL_ORDERED, *kinds), *acts) == [4]
    assert spoken(rule(Measure.TEMPORAL_ORDERED, *kinds), *swapped) == []


def _expulsions() -> list[Report]:
    return [
        report(
            f"i{number}",
            at(1, 3 * number),
            f"o{number}",
            f"{state} sends envoys home",
            f"{state}>RUS diplomats-expelled",
        )
        for number, state in enumerate(["POL", "DEU", "CZE"])
    ]


def _correlated(desk: Desk) -> list[Alert]:
    return [alert for alert in desk.alerts if alert.incident.startswith("cor_")]


def test_an_alert_names_what_made_it() -> None:
    three = rule(Measure.EVENT_COUNT, "diplomats-expelled", group=Group.TARGET, bounds=(("gte", 3),))
    desk = Desk.with_policy(patterns=(three,))
    desk.hear(*_expulsions())
    (alert,) = _correlated(desk)
    assert (alert.source, alert.target, alert.kind, alert.level) == (None, "RUS", "diplomats-expelled", Level.HIGH)
    assert len(alert.chain) == 3
    assert alert.sentence == "Much by a government"
    assert [telling.item for telling in alert.tellings] == ["i0", "i1", "i2"]
    assert alert.why == "correlation rule: event_count is 3 within 168 h"


def test_what_does_not_hold_any_more_is_taken_back() -> None:
    three = rule(Measure.EVENT_COUNT, "diplomats-expelled", group=Group.TARGET, bounds=(("gte", 3),))
    desk = Desk.with_policy(patterns=(three,))
    reports = _expulsions()
    desk.hear(*reports)
    desk.restart()
    desk.hear(msgspec.structs.replace(reports[1], revision="2", signals=(), first_seen=at(2)))
    first, second = _correlated(desk)
    assert (second.reason, second.message) == ("retracted", first.message)


def test_a_rule_that_a_person_wrote_is_proved_by_its_timelines() -> None:
    found, faults = read_patterns([("three.yaml", RULE)], Codes(tables().kinds, tables().names))
    assert faults == []
    results = list(tried(found, default_policy(), tables().kinds, tables().names))
    assert [one.is_right for one in results] == [True, True]
    assert [one.line for one in results] == [11, 14]


def test_a_timeline_that_does_not_hold_says_when_it_spoke() -> None:
    text = RULE.replace("alerts: [6d]", "alerts: [60h]")
    found, _ = read_patterns([("three.yaml", text)], Codes(tables().kinds, tables().names))
    first, _ = tried(found, default_policy(), tables().kinds, tables().names)
    assert (first.is_right, first.got) == (False, ("6d",))


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("timespan", "timespam", 8, "unknown-key"),
        ("rules: [condemnation]", "rules: [condemnations]", 6, "unknown-kind"),
        ("  timespan: 7d\n", "  timespan: 7d\n  source: [US]\n", 9, "unknown-code"),
        ("  condition: {gte: 3}\n", "", 4, "bad-value"),
        ("{gte: 3}", "{lt: 3}", 4, "bad-value"),
        ("{source} condemns", "{sauce} condemns", 2, "bad-sentence"),
        ("event_count", "value_count", 4, "bad-value"),
        ("event_count", "temporal", 4, "bad-value"),
        ("[source, target]", "[source, pair]", 4, "bad-value"),
        ("    alerts: [6d]\n", "    alerts: []\n", 10, "too-few-proofs"),
        ("    alerts: []\n", "    alerts: [12d]\n", 10, "too-few-misses"),
        ("0h USA>RUS condemnation, 60h", "0h USA>RUS condemned, 60h", 12, "unknown-kind"),
        ("id: three", "id three", 2, "not-yaml"),
    ],
)
def test_every_fault_has_its_place(old: str, new: str, line: int, code: str) -> None:
    assert old in RULE
    _, faults = read_patterns([("three.yaml", RULE.replace(old, new, 1))], Codes(tables().kinds, tables().names))
    assert [(fault.line, fault.code) for fault in faults] == [(line, code)] or (code, len(faults)) == ("unknown-key", 2)
