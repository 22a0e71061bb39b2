"""A story told by many over five days: one post, one confirming edit, and the return."""

from monitor.message.alert import Reason
from monitor.message.report import Form, Report
from tests.correlate.desk import Desk, at, report

LEFT = "RUS>UKR agreement-suspended"
URGED = "RUS>UKR measures-lifted urged"

STORY: list[Report] = [
    report("g01", at(1, 16.8), "paper/GBR", "Moscow walks out of grain corridor after harbour raid", LEFT),
    report("g02", at(1, 17.4), "channel/USA", "Russia suspends grain pact, blames drones in the bay", LEFT),
    report("g03", at(1, 22.2), "daily/USA", "Grain corridor shut by Kremlin", "RUS>? agreement-suspended"),
    report("g04", at(2, 0.4), "paper/GBR", "At a glance: day 249", LEFT, form=Form.ROUND_UP),
    report("g05", at(2, 8.1), "paper/GBR", "Live: hunger as a weapon, says Washington", LEFT, form=Form.ROUND_UP),
    report("g06", at(2, 9.0), "courier/FRA", "La Russie suspend l'accord sur les céréales", LEFT, lang="fr"),
    report("g07", at(2, 19.5), "channel/USA", "Return to the grain corridor, capitals urge Moscow", URGED, LEFT),
    report("g08", at(3, 0.1), "paper/GBR", "At a glance: day 250", LEFT, form=Form.ROUND_UP),
    report("g09", at(3, 6.4), "market/GBR", "Wheat jumps as Russia leaves grain corridor", "RUS>? agreement-suspended"),
    report("g10", at(3, 10.2), "channel/USA", "Corn dearer after corridor shut", LEFT),
    report("g11", at(3, 13.3), "courier/FRA", "Ships sail on though Moscow left the grain corridor", LEFT),
    report("g12", at(3, 14.4), "paper/GBR", "Record day for grain ships in spite of Moscow", LEFT),
    report("g13", at(3, 20.8), "daily/USA", "Wheat dearer after grain corridor shut", "RUS>? agreement-suspended"),
    report("g14", at(4, 0.2), "paper/GBR", "At a glance: day 251", LEFT, form=Form.ROUND_UP),
    report("g15", at(4, 5.0), "radio/GBR", "What the grain corridor was for", LEFT, form=Form.ANALYSIS),
    report("g16", at(5, 10.5), "agency/TUR", "Moscow rejoins grain corridor, Ankara says", "RUS>UKR measures-lifted"),
    report("g17", at(5, 10.9), "paper/GBR", "Russia back in grain corridor after four days", "RUS>UKR measures-lifted"),
    report("g18", at(5, 12.0), "channel/USA", "Grain corridor open again", "RUS>UKR measures-lifted"),
]


def test_one_post_one_confirming_edit_and_the_return() -> None:
    desk = Desk()
    desk.hear(*STORY)
    assert [(alert.reason, alert.tellings[-1].item) for alert in desk.alerts] == [
        (Reason.FIRST, "g01"),
        (Reason.CORROBORATED, "g03"),
        (Reason.DE_ESCALATED, "g16"),
    ]


def test_the_return_is_told_where_the_leaving_was_at_its_level() -> None:
    desk = Desk()
    desk.hear(*STORY)
    left, _, returned = desk.alerts
    assert returned.message == left.message
    assert returned.level == left.level
    assert returned.sentence == "Russia lifts measures against Ukraine"


def test_a_round_up_gives_way_to_the_first_headline() -> None:
    desk = Desk()
    first, second = desk.hear(
        report("a", at(1, 1), "paper", "At a glance: day 249", LEFT, form=Form.ROUND_UP),
        report("b", at(1, 2), "radio/GBR", "Moscow walks out of grain corridor", LEFT),
        report("c", at(1, 3), "courier/FRA", "Grain corridor: Moscow is out", LEFT),
    )
    assert (first.best, second.best) == ("a", "b")
