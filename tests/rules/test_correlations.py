"""Correlation rules at the command line: the manual's example is linted, tried, listed, shown and heeded."""

import json
from pathlib import Path

import pytest

from monitor.rules_folder import rules_folder
from tests.rules.conftest import Demarche, put

_PART = (rules_folder() / "README.md").read_text(encoding="utf-8").partition("## Many acts together")[2]
EXAMPLE = _PART.partition("```yaml\n")[2].partition("```")[0]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return put(tmp_path / "own", correlations__four=EXAMPLE)


def test_the_example_of_the_manual_is_sound(own: Path, demarche: Demarche) -> None:
    assert demarche("rules", "lint", own).output == "no faults\n"
    tried = demarche("rules", "test", own)
    assert (tried.exit_code, tried.output) == (0, "2 timelines: none failed\n")


def test_a_timeline_that_does_not_hold_is_shown(own: Path, demarche: Demarche) -> None:
    put(own, correlations__four=EXAMPLE.replace("alerts: [40h]", "alerts: [30h]"))
    tried = demarche("rules", "test", own)
    assert tried.exit_code == 1
    assert "the fourth within two days" in tried.output
    assert "2 timelines: 1 failed" in tried.output


def test_a_fault_is_shown_with_its_place(own: Path, demarche: Demarche) -> None:
    put(own, correlations__four=EXAMPLE.replace("type: value_count", "type: value_cuont"))
    found = demarche("rules", "lint", own)
    assert found.exit_code == 1
    assert "four.yaml:5:3: bad-value" in found.output


def test_it_is_listed_and_shown_in_words(own: Path, demarche: Demarche) -> None:
    assert "four-states-expel" in demarche("rules", "list", "--rules", own).output
    shown = demarche("rules", "show", "four-states-expel", "--rules", own).output
    assert "value_count of diplomats-expelled (source: gte 4)" in shown
    assert "the fourth within two days: speaks at 40h" in shown


def test_the_past_is_told_with_it(own: Path, tmp_path: Path, demarche: Demarche) -> None:
    items = tmp_path / "items.jsonl"
    lines = [
        {
            "id": f"item-{number}",
            "lang": "en",
            "published": f"2031-05-01T{hour:02}:00:00Z",
            "outlet": f"outlet-{number}",
            "title": f"{name} expels two Russian diplomats",
            "signals": [{"kind": "diplomats-expelled", "source": code, "target": "RUS", "modality": "occurred"}],
        }
        for number, (hour, name, code) in enumerate(
            [(1, "Poland", "POL"), (9, "Germany", "DEU"), (17, "Czechia", "CZE"), (20, "Estonia", "EST")]
        )
    ]
    items.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    told = [json.loads(line) for line in demarche("backtest", items, "--signals", "--rules", own).output.splitlines()]
    *acts, last = told
    assert [act["source"] for act in acts] == ["POL", "DEU", "CZE", "EST"]
    assert (last["incident"][:4], last["source"], last["target"], last["level"]) == ("cor_", None, "RUS", "high")
    assert last["items"] == ["item-0", "item-1", "item-2", "item-3"]
