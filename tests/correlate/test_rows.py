"""A row keeps repeats from the channel; what changes the quarrel breaks through."""

import pytest

from monitor.message.report import Evidence
from tests.correlate.desk import Desk, at, report, said, told


def in_a_row() -> Desk:
    """Four posts within a day, one of them a threat."""
    desk = Desk()
    desk.hear(
        report("a", at(1, 1), "wire", "Ankara summons Greek envoy over islets", "TUR>GRC envoy-summoned"),
        report("b", at(1, 5), "daily", "Ankara threatens Athens over drilling", "TUR>GRC threat"),
        report("c", at(1, 9), "post", "Athens lodges protest over radar lock", "GRC>TUR formal-protest"),
        report("d", at(1, 14), "wire", "Athens calls off visit over ferry", "GRC>TUR contact-suspended"),
    )
    assert [alert.row_opens for alert in desk.alerts] == [False, False, False, True]
    return desk


def test_a_repeat_stays_in_the_row_and_makes_it_last() -> None:
    desk = in_a_row()
    before = desk.alerts[-1].row_until
    (alert,) = desk.hear(report("e", at(6), "daily", "Ankara warns Athens over flights", "TUR>GRC threat"))
    assert (alert.held, before, alert.row_until) == ("in_row", at(8, 14), at(13))
    (later,) = desk.hear(report("f", at(12), "post", "Ankara warns Athens over gas", "TUR>GRC threat"))
    assert later.row == alert.row


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Ankara gives Athens 48 hours to leave islets", ""),
        ("Ankara issues ultimatum to Athens over islets", ""),
        ("Ankara warns Athens over islets", "Turkey will act unless Greece withdraws within three days."),
    ],
)
def test_a_stated_deadline_breaks_through_a_row(title: str, sentence: str) -> None:
    desk = in_a_row()
    threat = said("TUR>GRC threat", evidence=Evidence(sentence, part="title"))
    other = said("GRC>TUR condemnation", part="title")
    alerts = desk.hear(report("e", at(6), "daily", title, threat, other))
    assert [(alert.kind, alert.held) for alert in alerts] == [("threat", "")]


@pytest.mark.parametrize(
    "title", ["Ankara warns Athens for third time in two days", "Ankara warns of 48 hours of drills"]
)
def test_a_count_of_days_is_no_deadline(title: str) -> None:
    (alert,) = in_a_row().hear(report("e", at(6), "daily", title, "TUR>GRC threat"))
    assert alert.held == "in_row"


def test_what_eases_a_row_is_told_and_outside_a_row_it_is_not() -> None:
    desk = in_a_row()
    talks = report("t", at(4), "wire", "Greek and Turkish ministers meet on Crete", "GRC>TUR talks-held")
    (alert,) = desk.hear(talks)
    assert told([alert]) == ["GRC>TUR talks-held de_escalated medium"]
    assert (alert.changed, alert.message) == (("eased",), alert.incident)
    assert desk.hear(report("u", at(4, 3), "daily", "Ministers meet on Crete", "GRC>TUR talks-held")) == []
    assert Desk().hear(talks) == []


def test_talks_after_the_row_is_over_are_not_told() -> None:
    desk = in_a_row()
    assert desk.hear(report("t", at(12), "wire", "Greek and Turkish ministers meet", "GRC>TUR talks-held")) == []
