"""What an alert says beside its incident: the chain, the tension, who is behind it, and what expires."""

from monitor.message.alert import Alert
from monitor.message.incident import decode_trace
from monitor.message.kind import Level
from tests.correlate.desk import Desk, at, report, told


def row_of_summonses(desk: Desk) -> list[Alert]:
    return desk.hear(
        report("a", at(1, 9), "wire/KOR", "Seoul summons envoy over radars", "KOR>RUS envoy-summoned"),
        report("b", at(4, 9), "wire/KOR", "Moscow summons envoy over leaflets", "RUS>KOR envoy-summoned"),
        report("c", at(9, 9), "wire/KOR", "Seoul recalls its ambassador", "KOR>RUS envoy-recalled"),
    )


def test_a_climb_shows_the_chain_that_led_to_it() -> None:
    *_, climb = row_of_summonses(Desk())
    assert (climb.ladder_before, climb.ladder_after) == (Level.MEDIUM, Level.HIGH)
    assert [step.sentence for step in climb.chain] == [
        "South Korea summons Russia's ambassador",
        "Russia summons South Korea's ambassador",
    ]


def test_an_answer_names_what_it_answers() -> None:
    first, second, third = row_of_summonses(Desk())
    assert (first.answers, second.answers, third.answers) == ("", first.incident, second.incident)


def test_tension_is_told_once_the_pair_has_been_watched_for_a_month() -> None:
    desk = Desk()
    early = row_of_summonses(desk)[-1]
    (late,) = desk.hear(report("d", at(38, 9), "wire", "Seoul expels consuls", "KOR>RUS diplomats-expelled"))
    assert (early.tension, early.watching_since) == (None, at(1, 9))
    assert late.watching_since is None
    assert late.tension is not None
    assert late.tension <= -8
    assert late.usual is not None
    assert -8 < late.usual < -4  # three acts of -4 to -6 in two days, five weeks before
    desk.restart()
    (later,) = desk.hear(report("e", at(55, 9), "wire", "Seoul recalls ambassador", "KOR>RUS envoy-recalled"))
    assert later.usual is not None
    assert later.usual > late.usual - 4
    assert (late.quiet_days, early.quiet_days) == (None, None)


def test_a_quiet_pair_is_usually_at_nought() -> None:
    desk = Desk()
    desk.hear(report("x", at(1), "wire", "Lima condemns La Paz", "PER>BOL condemnation"))
    (alert,) = desk.hear(report("a", at(40), "wire", "Seoul summons Russian envoy", "KOR>RUS envoy-summoned"))
    assert (alert.tension, alert.usual, alert.watching_since) == (-4.0, 0.0, None)


def test_wire_copies_count_once() -> None:
    desk = Desk()
    sketch = tuple(range(16))
    for number, outlet in enumerate(["wire/KOR", "daily/USA", "post/FRA", "star/JPN"]):
        desk.hear(report(f"i{number}", at(1, number), outlet, "Same text", "KOR>RUS envoy-summoned", sketch=sketch))
    assert told(desk.alerts) == ["KOR>RUS envoy-summoned first medium"]
    (alert,) = desk.hear(report("m", at(1, 9), "ministry/KOR", "Summons", "KOR>RUS envoy-summoned", official=True))
    assert (alert.reason, alert.outlets, alert.confirmed) == ("corroborated", 2, True)


def test_the_fourth_post_in_a_week_opens_a_row_that_keeps_words_in_its_thread() -> None:
    desk = Desk()
    desk.hear(
        report("a", at(1), "wire", "Threat one", "PRK>USA threat"),
        report("b", at(2), "wire", "Envoys answer", "USA>PRK contact-suspended"),
        report("c", at(3), "wire", "Seafood barred", "USA>PRK sanctions-imposed"),
        report("d", at(4), "wire", "Border shut", "PRK>USA movement-restricted"),
        report("e", at(5), "wire", "Words of fire again", "PRK>USA threat"),
        report("f", at(6), "wire", "Embassy shut", "USA>PRK mission-closed"),
    )
    assert told(desk.alerts)[-2:] == ["PRK>USA threat first medium (in_row)", "USA>PRK mission-closed escalated high"]
    assert [alert.row_opens for alert in desk.alerts] == [False, False, False, True, False, False]
    assert len({alert.row for alert in desk.alerts[3:]}) == 1


def test_words_stay_inside_a_grave_act_of_those_days() -> None:
    desk = Desk.with_policy(min_level=Level.LOW)
    desk.hear(
        report("a", at(1, 9), "wire", "Ottawa expels six", "CAN>IND diplomats-expelled"),
        report("b", at(2, 9), "wire", "Delhi condemns Ottawa", "IND>CAN condemnation"),
        report("c", at(9, 9), "wire", "Delhi condemns Ottawa over cows", "IND>CAN condemnation"),
    )
    assert told(desk.alerts) == ["CAN>IND diplomats-expelled first high", "IND>CAN condemnation first low"]
    assert [fact.fields["reason"] for fact in desk.facts if fact.event == "incident.held"] == ["inhibited"]


def test_what_is_long_past_is_forgotten() -> None:
    desk = Desk()
    desk.hear(report("a", at(1), "wire", "Seoul summons envoy", "KOR>RUS envoy-summoned"))
    desk.hear(report("b", at(70), "wire", "Lima calls in envoy", "PER>BOL envoy-summoned"))
    assert [key.partition(":")[0] for key in sorted(desk.state)] == ["incident", "item", "pair", "pair", "watch"]
    desk.restart()
    assert len(desk.groups()) == 1


def test_an_item_leaves_a_trace_of_why_it_was_or_was_not_told() -> None:
    desk = Desk()
    desk.hear(
        report("a", at(1, 9), "wire", "Seoul summons envoy", "KOR>RUS envoy-summoned"),
        report("b", at(1, 10), "daily", "Envoy summoned", "KOR>RUS envoy-summoned"),
        report("c", at(1, 11), "post", "Words", "RUS>KOR condemnation"),
        report("d", at(1, 12), "blog", "They should", "RUS>KOR diplomats-expelled denied"),
    )
    traces = {item: decode_trace(desk.state[f"item:{item}"]) for item in "abcd"}
    assert [traces[item].reason for item in "abcd"] == ["first", "duplicate", "below_level", "modality"]
    assert traces["a"].alert == desk.alerts[0].id
    assert traces["a"].incidents == traces["b"].incidents == (desk.alerts[0].incident,)
