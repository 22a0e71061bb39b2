"""At these times these reports, at these times these alerts and no others."""

import pytest

from monitor.message.report import Form, Report
from tests.correlate.desk import Desk, at, report, said, told

SUMMONS = "KOR>RUS envoy-summoned"
RADARS = "Seoul summons Russian ambassador over radars shipped to the North"

TIMELINES: dict[str, tuple[list[Report], list[str]]] = {
    "one act told by many is one alert, and one more when it is confirmed": (
        [
            report("a", at(1, 9), "wire/KOR", RADARS, SUMMONS),
            report("b", at(1, 10), "daily/USA", "South Korea calls in Russian envoy about radar train", SUMMONS),
            report("c", at(1, 11), "radio/JPN", "Russian ambassador called in by Seoul, radars discussed", SUMMONS),
            report("d", at(1, 12), "paper/FRA", "Ambassador in Seoul has to explain radars", SUMMONS),
            report("e", at(2, 1), "late/GBR", "A day after summons, radars still on rails", SUMMONS),
        ],
        ["KOR>RUS envoy-summoned first medium", "KOR>RUS envoy-summoned corroborated medium"],
    ),
    "what comes at once is one incident headed by its highest kind": (
        [
            report("a", at(1, 9), "wire", RADARS, SUMMONS, "KOR>RUS formal-protest", "KOR>RUS condemnation"),
        ],
        ["KOR>RUS envoy-summoned first medium"],
    ),
    "a second act days later over something else is new": (
        [
            report("a", at(1, 9), "wire", RADARS, SUMMONS),
            report("b", at(9, 9), "wire", "Seoul summons ambassador over bombers near Ulleung island", SUMMONS),
        ],
        ["KOR>RUS envoy-summoned first medium", "KOR>RUS envoy-summoned first medium"],
    ),
    "a second act on the same day is new where the headline says so": (
        [
            report("a", at(1, 9), "wire", RADARS, SUMMONS),
            report("b", at(1, 19), "wire", "Ambassador summoned again, bombers crossed Ulleung zone", SUMMONS),
            report("c", at(1, 20), "daily", "Bombers over Ulleung bring ambassador in a second time", SUMMONS),
        ],
        ["KOR>RUS envoy-summoned first medium", "KOR>RUS envoy-summoned first medium"],
    ),
    "a retelling thirteen days later is not": (
        [
            report("a", at(1, 9), "wire", RADARS, SUMMONS),
            report("b", at(14, 8), "weekly", "How radars emptied a hotline", SUMMONS, form=Form.ANALYSIS),
        ],
        ["KOR>RUS envoy-summoned first medium"],
    ),
    "the answer in kind is new, and the act that it answers is not told again": (
        [
            report("a", at(1, 9), "wire", "Ottawa expels six", "CAN>IND diplomats-expelled"),
            report(
                "b",
                at(1, 17),
                "wire",
                "Delhi answers in kind",
                "IND>CAN diplomats-expelled",
                "CAN>IND diplomats-expelled",
            ),
        ],
        ["CAN>IND diplomats-expelled first high", "IND>CAN diplomats-expelled first high"],
    ),
    "a plan that becomes a deed rises, in one incident": (
        [
            report("a", at(1, 9), "wire", "Minsk is to expel consuls", "BLR>POL diplomats-expelled planned"),
            report("b", at(2, 9), "daily", "Minsk expels three, shuts Grodno", "BLR>POL diplomats-expelled"),
        ],
        ["BLR>POL diplomats-expelled first medium", "BLR>POL diplomats-expelled escalated high"],
    ),
    "a vow is its own incident, apart from the act that follows": (
        [
            report("a", at(1, 9), "wire", "Moscow vows answer", "RUS>KOR threat", "RUS>KOR diplomats-expelled planned"),
            report("b", at(6, 9), "wire", "Moscow expels two", "RUS>KOR diplomats-expelled"),
        ],
        ["RUS>KOR threat first medium", "RUS>KOR diplomats-expelled escalated high"],
    ),
    "an act above all of the last weeks is a climb": (
        [
            report("a", at(1, 9), "wire", "Madrid summons envoy over speech", "ESP>ARG envoy-summoned"),
            report("b", at(3, 9), "wire", "Madrid recalls its ambassador", "ESP>ARG envoy-recalled"),
            report("c", at(20, 9), "wire", "Madrid downgrades ties to charge level", "ESP>ARG relations-downgraded"),
        ],
        [
            "ESP>ARG envoy-summoned first medium",
            "ESP>ARG envoy-recalled escalated high",
            "ESP>ARG relations-downgraded first high",
        ],
    ),
    "a critical act of one outlet is told as high until a second tells it": (
        [
            report("a", at(1, 9), "wire", "Khartoum cuts ties", "SDN>ARE relations-severed"),
            report("b", at(1, 10), "daily", "Sudan breaks with Emirates", "SDN>ARE relations-severed"),
        ],
        ["SDN>ARE relations-severed first high", "SDN>ARE relations-severed corroborated critical"],
    ),
    "a denial by the acting state's own press takes it back": (
        [
            report("a", at(1, 9), "daily/HUN", "Kyiv summons consul", "UKR>HUN envoy-summoned"),
            report("b", at(1, 15), "ministry/UKR", "No consul was summoned", "UKR>HUN envoy-summoned denied"),
            report("c", at(1, 16), "daily/HUN", "Court, not ministry, had summoned", "UKR>HUN envoy-summoned denied"),
        ],
        ["UKR>HUN envoy-summoned first medium", "UKR>HUN envoy-summoned corrected medium"],
    ),
    "a reversal is told where the act was told, at its level": (
        [
            report("a", at(1, 9), "wire", "Moscow leaves grain pact", "RUS>UKR agreement-suspended"),
            report("b", at(5, 9), "wire", "Moscow back in grain pact", "RUS>UKR measures-lifted"),
        ],
        ["RUS>UKR agreement-suspended first high", "RUS>UKR measures-lifted de_escalated high"],
    ),
    "talks on something else take nothing back": (
        [
            report("a", at(1, 9), "wire", "Brussels walks out over subsidy chapter", "EU>USA contact-suspended"),
            report("b", at(7, 9), "wire", "Baltic enlargement on track", "EU>USA talks-held"),
            report("c", at(12, 9), "wire", "Subsidy chapter back on the table", "EU>USA talks-held"),
        ],
        ["EU>USA contact-suspended first medium", "EU>USA talks-held de_escalated medium"],
    ),
    "talks and condemnations alone are told to nobody": (
        [
            report("a", at(1, 9), "wire", "Ministers meet", "IND>CAN talks-held"),
            report("b", at(2, 9), "wire", "Delhi condemns Ottawa", "IND>CAN condemnation"),
            report("c", at(3, 9), "wire", "Party wants envoy out", "IND>CAN diplomats-expelled urged"),
            report("d", at(4, 9), "wire", "When envoys went in 1998", "IND>CAN diplomats-expelled background"),
        ],
        [],
    ),
    "an analysis, and an act named in passing, open nothing that is told": (
        [
            report(
                "a", at(1, 9), "weekly", "What the expulsion means", "CAN>IND diplomats-expelled", form=Form.ANALYSIS
            ),
            report("b", at(2, 9), "wire", "Tokyo calls in envoy", "JPN>CHN envoy-summoned", "CHN>JPN formal-protest"),
        ],
        ["JPN>CHN envoy-summoned first medium"],
    ),
    "a headline without a source joins the act that is known": (
        [
            report("a", at(1, 9), "wire", "Managua expels Colombia's man", "NIC>COL diplomats-expelled"),
            report("b", at(1, 10), "site", "Colombian flown out", "?>COL diplomats-expelled"),
        ],
        ["NIC>COL diplomats-expelled first high"],
    ),
    "a headline without a source that came first is named by the next": (
        [
            report("a", at(1, 9), "site", "Colombian flown out", "?>COL diplomats-expelled"),
            report("b", at(1, 10), "wire", "Managua expels Colombia's man", "NIC>COL diplomats-expelled"),
        ],
        ["?>COL diplomats-expelled first high", "NIC>COL diplomats-expelled new_detail high"],
    ),
    "between states at war a threat is low": (
        [
            report("a", at(1, 9), "wire", "Moscow threatens Kyiv", "RUS>UKR military-threat"),
            report("b", at(1, 10), "daily", "Kyiv threatened by Moscow", "RUS>UKR military-threat"),
        ],
        [],
    ),
    "sanctions of a third time in a month are routine, a wider scope is not": (
        [
            report("a", at(1, 9), "wire", "Washington lists shippers of drones", "USA>IRN sanctions-imposed"),
            report("b", at(8, 9), "wire", "Washington lists hackers of hospital", "USA>IRN sanctions-imposed"),
            report("c", at(15, 9), "wire", "Washington lists judges after hangings", "USA>IRN sanctions-imposed"),
            report(
                "d", at(20, 9), "wire", "Washington bans carpets", said("USA>IRN sanctions-imposed", scope="measure")
            ),
        ],
        [
            "USA>IRN sanctions-imposed first medium",
            "USA>IRN sanctions-imposed first medium",
            "USA>IRN sanctions-imposed first medium (routine)",
            "USA>IRN sanctions-imposed escalated high",
        ],
    ),
    "a third summons in a month is not routine": (
        [
            report("a", at(1, 9), "wire", "Seoul summons envoy over radars", SUMMONS),
            report("b", at(8, 9), "wire", "Seoul summons envoy over bombers", SUMMONS),
            report("c", at(15, 9), "wire", "Seoul summons envoy over trawlers", SUMMONS),
        ],
        ["KOR>RUS envoy-summoned first medium"] * 3,
    ),
}


@pytest.mark.parametrize("name", TIMELINES)
def test_timeline(name: str) -> None:
    reports, expected = TIMELINES[name]
    desk = Desk()
    desk.hear(*reports)
    assert told(desk.alerts) == expected


def test_a_joint_act_is_one_message_of_several_incidents() -> None:
    desk = Desk()
    for hour, state in enumerate(["USA", "EU", "GBR"]):
        desk.hear(
            report(f"r{hour}", at(1, hour), f"wire{hour}", "Sanctions over dam", f"{state}>RUS sanctions-imposed")
        )
    assert len({alert.incident for alert in desk.alerts}) == 3
    assert len({alert.message for alert in desk.alerts}) == 1
    assert [alert.headline for alert in desk.alerts][1:] == [
        "USA, EU: sanctions on Russia",
        "USA, EU, UK: sanctions on Russia",
    ]


def test_the_same_act_hours_later_has_a_message_of_its_own() -> None:
    desk = Desk()
    desk.hear(report("a", at(1, 1), "wire", "Sanctions over dam", "USA>RUS sanctions-imposed"))
    desk.hear(report("b", at(1, 9), "wire", "Sanctions over dam", "EU>RUS sanctions-imposed"))
    assert len({alert.message for alert in desk.alerts}) == 2
