"""Every kind has its sentences, and they read as a desk would write them."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitor.message.kind import Kinds, Modality, kinds_from
from monitor.message.wording import joint_sentence, sentence, wording_faults

RULES = Path(__file__).parents[2] / "rules"
NAMES = {
    "KOR": "South Korea",
    "RUS": "Russia",
    "GBR": "the UK",
    "PHL": "the Philippines",
    "USA": "the USA",
    "EU": "the EU",
}
OCCURRED, PLANNED = Modality.OCCURRED, Modality.PLANNED


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return kinds_from(YAML(typ="safe").load(RULES / "kinds.yaml"))


def test_every_kind_has_all_its_sentences(kinds: Kinds) -> None:
    assert len(kinds.by_id) == 22
    assert [fault for kind in kinds.by_id.values() for fault in wording_faults(kind)] == []


def test_an_unknown_placeholder_is_a_fault(kinds: Kinds) -> None:
    kind = kinds_from(
        {"kinds": [{"id": "x", "title": "x", "level": "low", "weight": 1, "sentences": {"occurred": "{who}"}}]}
    )
    assert "x: sentence 'occurred' has an unknown placeholder '{who}'" in wording_faults(kind.by_id["x"])


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (("envoy-summoned", "KOR", "RUS", OCCURRED), "South Korea summons Russia's ambassador"),
        (
            ("envoy-summoned", "KOR", "PHL", OCCURRED, "charge"),
            "South Korea summons the Philippines' chargé d'affaires",
        ),
        (("mission-attacked", "GBR", "RUS", OCCURRED, "embassy"), "Russia's embassy in the UK attacked"),
        (("diplomats-expelled", "GBR", "RUS", PLANNED), "The UK plans to expel Russia's diplomats"),
        (("diplomats-expelled", "GBR", "RUS", OCCURRED, "", 23), "The UK expels 23 of Russia's diplomats"),
        (("diplomats-expelled", None, "RUS", OCCURRED), "Russia's diplomats expelled"),
        (("envoy-recalled", "KOR", None, OCCURRED), "South Korea recalls its ambassador from another state"),
        (("talks-held", "ZZZ", "RUS", OCCURRED), "ZZZ and Russia hold talks"),
        (("threat", "KOR", "RUS", OCCURRED, "never-heard-of"), "South Korea threatens Russia"),
    ],
)
def test_an_act_in_words(kinds: Kinds, act: tuple[str, str | None, str | None, Modality], expected: str) -> None:
    assert sentence(kinds, NAMES, *act) == expected


def test_a_joint_act_in_words(kinds: Kinds) -> None:
    assert joint_sentence(kinds, NAMES, "sanctions-imposed", ["USA", "EU", "GBR"], ["RUS"], OCCURRED) == (
        "USA, EU, UK: sanctions on Russia"
    )
    assert joint_sentence(kinds, NAMES, "diplomats-expelled", ["KOR"], ["RUS", "PHL"], PLANNED) == (
        "South Korea: expulsion of diplomats of Russia and the Philippines planned"
    )
