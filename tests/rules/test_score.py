"""Figures by the definitions that the labelled sets come with."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from consumers.classify.workbench.score import (
    Act,
    Answered,
    By,
    View,
    broken_down,
    changes,
    compare,
    false_alarms,
    figures,
    stopped,
)
from consumers.classify.workbench.trial import item_of
from monitor.message.kind import Kinds, Modality, kinds_from
from monitor.message.report import Evidence, Signal
from monitor.rules_folder import rules_folder
from tests.rules.conftest import Demarche

WORDS = {name: name for name in ("occurred", "planned", "joint", "joint-planned")}


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    rows = [
        {"id": "summons", "level": "medium"},
        {"id": "talks", "level": "info", "symmetric": True},
        {"id": "blame", "level": "low"},
        {"id": "pact", "level": "high", "symmetric": True},
    ]
    return kinds_from({"kinds": [{"title": "t", "weight": 0, "sentences": WORDS, **row} for row in rows]})


def answered(labels: list[str], signals: list[str], shadow: bool = False) -> Answered:
    """Acts as "summons NOR RUS occurred"; a dash is an actor that is not told."""
    told = [_act(text) for text in signals]
    return Answered(
        item_of("a text", "en", date(2024, 3, 5)),
        tuple(_act(text) for text in labels),
        tuple(
            Signal(
                kind=act.kind, source=act.source, target=act.target, modality=Modality(act.modality),
                evidence=Evidence("a text"), rule="r/a", shadow=shadow,
            )
            for act in told
        ),
    )  # fmt: skip


def _act(text: str) -> Act:
    kind, source, target, modality = text.split()
    return Act(kind, None if source == "-" else source, None if target == "-" else target, modality)


@pytest.mark.parametrize(
    ("labels", "signals", "view", "counts"),
    [
        pytest.param(["summons A B occurred"], ["summons A B occurred"], "alert", (1, 0, 0), id="right"),
        pytest.param(["summons A B occurred"], ["summons B A occurred"], "alert", (0, 1, 1), id="wrong way round"),
        pytest.param(["summons A B occurred"], ["summons B A occurred"], "kind", (1, 0, 0), id="right kind"),
        pytest.param(["summons - B occurred"], ["summons A B occurred"], "alert", (1, 0, 0), id="label without source"),
        pytest.param(["summons A B occurred"], ["summons - B occurred"], "alert", (0, 1, 1), id="no source"),
        pytest.param(["summons A B planned"], ["summons A B occurred"], "alert", (1, 0, 0), id="planned alerts too"),
        pytest.param(["summons A B planned"], ["summons A B occurred"], "full", (0, 1, 1), id="modality in full"),
        pytest.param(["summons A B urged"], ["summons A B urged"], "alert", (0, 0, 0), id="urged alerts nobody"),
        pytest.param(["blame A B occurred"], ["blame A B occurred"], "alert", (0, 0, 0), id="low level alerts nobody"),
        pytest.param(["talks A B occurred"], ["talks B A occurred"], "full", (1, 0, 0), id="either order"),
        pytest.param(["pact B A occurred"], ["pact A B occurred"], "alert", (1, 0, 0), id="either order, alerting"),
        pytest.param(
            ["summons - B occurred", "summons A B occurred"], ["summons A B occurred"], "alert", (1, 0, 1),
            id="one signal is one hit, of the label that it fits exactly",
        ),
        pytest.param(["summons A B occurred"] * 2, ["summons A B occurred"] * 3, "alert", (1, 0, 0), id="each once"),
    ],
)  # fmt: skip
def test_what_counts(
    kinds: Kinds, labels: list[str], signals: list[str], view: str, counts: tuple[int, int, int]
) -> None:
    found = figures(compare([answered(labels, signals)], View(view), kinds))
    assert (found.hit, found.wrong, found.missed) == counts


def test_exceptions_are_counted_and_so_is_what_they_may_have_cost(kinds: Kinds) -> None:
    quiet, missed = answered([], []), answered(["summons A B occurred"], [])
    items = [replace(quiet, excepted=("courts",)), replace(missed, excepted=("courts", "sport")), quiet]
    assert stopped(compare(items, View.FULL, kinds)) == {"courts": (2, 1), "sport": (1, 1)}


def test_figures_are_shares_of_what_was_said_and_of_what_was_there(kinds: Kinds) -> None:
    items = [
        answered(["summons A B occurred"], ["summons A B occurred", "summons A C occurred"]),
        answered(["summons A B occurred"], []),
        answered([], ["pact A B planned"]),
        answered([], []),
    ]
    found = figures(compare(items, View.ALERT, kinds))
    assert (found.precision, found.recall, found.f1) == pytest.approx((1 / 3, 1 / 2, 2 / 5))
    assert false_alarms(items, kinds).share == 1 / 2
    by = broken_down(compare(items, View.FULL, kinds), By.KIND)
    assert {name: (one.hit, one.wrong, one.missed) for name, one in by.items()} == {
        "pact": (0, 1, 0),
        "summons": (1, 1, 1),
    }


def test_where_nothing_is_to_be_found_nothing_is_wrong(kinds: Kinds) -> None:
    found = figures(compare([answered([], [])], View.ALERT, kinds))
    assert (found.precision, found.recall, found.f1) == (1.0, 1.0, 1.0)


def test_a_signal_in_shadow_does_not_count(kinds: Kinds) -> None:
    found = figures(compare([answered([], ["summons A B occurred"], shadow=True)], View.FULL, kinds))
    assert found.wrong == 0


def test_a_change_is_told_item_by_item(kinds: Kinds) -> None:
    label = ["summons A B occurred"]
    before = compare([answered(label, ["summons A C occurred"]), answered(label, label)], View.ALERT, kinds)
    after = compare([answered(label, label), answered(label, ["pact A B occurred"])], View.ALERT, kinds)
    first, second = changes(before, after)
    assert (len(first.found), len(first.cured), first.gain) == (1, 1, 2)
    assert (len(second.lost), len(second.broken), second.gain) == (1, 1, -2)


def test_the_command_shows_figures_errors_and_what_a_change_did(tmp_path: Path, demarche: Demarche) -> None:
    own = tmp_path / "own"
    demarche("rules", "init", own)
    acts = [
        ("Latvia strips Belarusian president of state award", "honour-revoked", "LVA", "BLR"),
        ("Rain in Bergen and no end", "honour-revoked", "NOR", "SWE"),
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text(
        "".join(
            json.dumps(
                {
                    "id": str(n), "lang": "en", "published": "2024-03-05T00:00:00Z", "title": title, "summary": "",
                    "signals": [{"kind": kind, "source": source, "target": target}],
                }
            )
            + "\n"
            for n, (title, kind, source, target) in enumerate(acts)
        ),
        encoding="utf-8",
    )  # fmt: skip
    shown = demarche("rules", "score", file, "--rules", own, "--by", "kind", "--errors", "--against", rules_folder())
    assert shown.exit_code == 0
    assert "alert  precision 1.000  recall 0.500  F1 0.667   (hit 1, wrong 0, missed 1)" in shown.output
    assert "  honour-revoked         precision 1.000  recall 0.500" in shown.output
    assert "missed  honour-revoked NOR > SWE  the gate turns the item away" in shown.output
    assert "+ found            honour-revoked LVA > BLR" in shown.output
    assert "1 found, 0 no longer wrong; 0 lost, 0 newly wrong" in shown.output


def test_an_item_without_labels_is_refused(tmp_path: Path, demarche: Demarche) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('{"id": "1", "lang": "en", "published": "2024-03-05", "title": "t"}\n', encoding="utf-8")
    result = demarche("rules", "score", file)
    assert result.exit_code == 1
    assert "have no `signals`" in str(result.exception)
