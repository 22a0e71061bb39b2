"""What items say, through the front: item in, report out."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from consumers.classify import Rules, classify, explain
from consumers.classify.text import LIMIT
from consumers.classify.worker import Classifier
from monitor.message.kind import Scope
from tests.classify.conftest import MakeItem


def said(report: object) -> set[tuple[str, str | None, str | None, str]]:
    return {(s.kind, s.source, s.target, s.modality.value) for s in report.signals}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Oslo summons Russian ambassador over drone", ("envoy-summoned", "NOR", "RUS", "occurred")),
        ("Russian ambassador to Oslo summoned over drone", ("envoy-summoned", "NOR", "RUS", "occurred")),
        ("Peru to expel two Cuban diplomats", ("diplomats-expelled", "PER", "CUB", "planned")),
        ("Peru denies expelling Cuban diplomats", ("diplomats-expelled", "PER", "CUB", "denied")),
        ("Senator urges Canada to expel Iranian diplomats", ("diplomats-expelled", "CAN", "IRN", "urged")),
        ("Ghana recalls its ambassador to Togo", ("envoy-recalled", "GHA", "TGO", "occurred")),
    ],
)
def test_a_headline_is_read_by_voice_and_modality(
    rules: Rules, item: MakeItem, title: str, expected: tuple[str, str, str, str]
) -> None:
    assert expected in said(classify(item(title), rules))


@pytest.mark.parametrize(
    ("title", "content", "expected"),
    [
        ("Oslo shows two Togolese diplomats the door", "", ("diplomats-expelled", "NOR", "TGO", "occurred")),
        ("Iveagh House orders one Cuban diplomat home", "", ("diplomats-expelled", "IRL", "CUB", "occurred")),
        ("Baltic trio carpet Peruvian envoys", "", ("envoy-summoned", "EST", "PER", "occurred")),
        ("Lima hauls Chilean ambassador over the coals", "", ("envoy-summoned", "PER", "CHL", "occurred")),
        ("Ghana says border raid will not go unanswered by it", "Togo was silent.", None),
        (
            "Two embassy staff told to pack their bags",
            "MANILA - A third secretary at the Peruvian mission has been given two days to leave the Philippines.",
            ("diplomats-expelled", "PHL", "PER", "occurred"),
        ),
        (
            "Peruvian frigate passes close to reef",
            "A deputy foreign minister of Chile called in Ambassador Jane Doe on Friday.",
            ("envoy-summoned", "CHL", "PER", "occurred"),
        ),
        (
            "Lima sends six Chilean attachés packing",
            "The ambassadors of Chile and Ghana were summoned at noon.",
            ("envoy-summoned", "PER", "GHA", "occurred"),
        ),
    ],
)
def test_an_actor_that_a_sentence_lacks_is_found_in_the_item(
    rules: Rules, item: MakeItem, title: str, content: str, expected: tuple[str, str, str, str] | None
) -> None:
    found = said(classify(item(title, content=content), rules))
    assert expected in found if expected is not None else not found


def test_an_item_with_no_act_has_a_report_without_signals(rules: Rules, item: MakeItem) -> None:
    assert classify(item("Rain in Bergen for the fortieth day"), rules).signals == ()


def test_explain_names_the_part_that_failed_first(rules: Rules, item: MakeItem) -> None:
    trace = explain(item("A court summons the Russian ambassador"), rules)
    assert trace.signals == ()
    assert any(attempt.failed == "unless" and "courts" in attempt.why for attempt in trace.attempts)


def test_what_stands_behind_the_limit_is_not_read(rules: Rules, item: MakeItem) -> None:
    long = "Nothing happened here. " * (LIMIT // 20)
    report = classify(item("Quiet day", content=long + "Norway summoned the Russian ambassador."), rules)
    assert report.signals == ()


@pytest.mark.parametrize(
    ("title", "day", "grounds"),
    [
        ("Peru summoned Cuban ambassador on Monday over fishing rights", date(2026, 3, 2), "fishing rights"),
        ("Ghana expels two Togolese diplomats in response to border closure", None, "border closure"),
        ("Peru summons Cuban ambassador", None, ""),
    ],
)
def test_the_day_and_the_reason_of_an_act_are_read(
    rules: Rules, item: MakeItem, title: str, day: date | None, grounds: str
) -> None:
    dated = msgspec.structs.replace(item(title), published=datetime(2026, 3, 4, tzinfo=UTC))
    (signal,) = classify(dated, rules).signals
    assert (signal.stated_day, signal.grounds) == (day, grounds)


@pytest.mark.parametrize(
    ("title", "variant"),
    [
        ("Oslo summons Russian ambassador over drone", ""),
        ("Oslo summons Russian consul over drone", "consul"),
        ("Peruvian chargé d'affaires summoned in Quito", "charge"),
        ("Chad gives Malian ambassador 72 hours to leave", "ambassador"),
        ("Ghana calls off visit to Togo over remarks", "visit"),
        ("Ghana calls off talks with Togo over remarks", "talks"),
    ],
)
def test_the_words_say_to_whom_an_act_is_done(rules: Rules, item: MakeItem, title: str, variant: str) -> None:
    assert [signal.variant for signal in classify(item(title), rules).signals] == [variant]


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("Canada sanctions two Iranian generals", Scope.LISTING),
        ("Canada sanctions Iran's foreign minister", Scope.MEASURE),
        ("Canada sanctions former foreign minister of Iran", Scope.LISTING),
        ("Canada sanctions Iranian bank over oil sector deals", Scope.LISTING),
        ("Japan imposes sanctions on Russia's central bank", Scope.MEASURE),
        ("Japan imposes sanctions on Russia", None),
        ("Australia bans import of Russian coal", Scope.MEASURE),
        ("UK sanctions Lukashenko", Scope.MEASURE),
        ("UK sanctions Lukashenko's sons", Scope.LISTING),
    ],
)
def test_a_sanction_is_a_measure_by_what_it_hits(rules: Rules, item: MakeItem, title: str, scope: Scope | None) -> None:
    assert [signal.scope for signal in classify(item(title), rules).signals] == [scope]


def test_an_exception_that_stops_an_act_is_named_in_the_report_and_counted(rules: Rules, item: MakeItem) -> None:
    courts = [item("A court summons the Russian ambassador"), item("Court in Peru summons Chilean ambassador")]
    step = Classifier(lambda: rules).step([*courts, item("Rain in Bergen")], [], courts[0].first_seen)
    facts = [fact.fields for fact in step.facts if fact.event == "act.excepted"]
    assert facts == [{"reason": "courts", "count": 2}]
    assert classify(courts[0], rules).excepted == ("courts",)
    assert classify(item("Oslo summons Russian ambassador"), rules).excepted == ()
