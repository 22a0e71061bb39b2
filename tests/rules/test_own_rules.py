"""Rules of one's own, from `demarche rules init` to the sentence of an alert."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consumers.classify import Rules, compile_rules
from consumers.classify.source import PackText
from consumers.correlate.worker import Correlator
from monitor.cli.labelled import read_report
from monitor.cli.past_items import PastItem
from monitor.cli.replay import replay
from monitor.message.alert import Alert
from monitor.rules_folder import read_packs, rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.tables import read_tables
from tests.rules.conftest import Demarche, put

TEXT = "Latvia strips Belarusian president of state award"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, demarche: Demarche) -> Path:
    folder = tmp_path_factory.mktemp("rules") / "own"
    assert demarche("rules", "init", folder).exit_code == 0
    return folder


def items(folder: Path, *titles: str) -> Path:
    file = folder / "items.jsonl"
    at = datetime(2024, 3, 5, tzinfo=UTC)
    lines = [
        {"id": str(n), "lang": "en", "published": (at + timedelta(hours=n)).isoformat(), "title": title, "summary": ""}
        for n, title in enumerate(titles)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def alerts(rules: Rules, title: str) -> list[Alert]:
    """What the whole way from an item to an alert makes of a headline."""
    tables = read_tables(rules_folder())
    correlator = Correlator(CorrelateSettings().policy(tables), rules.kinds, rules.names)
    past = PastItem(id="1", lang="en", published="2024-03-05T12:00:00Z", title=title, outlet="o")
    return [alert for heard in replay([read_report(past, rules)], correlator) for alert in heard.alerts]


def test_the_worked_example_proves_itself(own: Path, demarche: Demarche) -> None:
    tried, linted = demarche("rules", "test", own), demarche("rules", "lint", own)
    assert (tried.exit_code, tried.output) == (0, "6 proofs and 6 near misses: none failed\n")
    assert (linted.exit_code, linted.output) == (0, "no faults\n")


def test_the_folder_that_settings_name_changes_what_classify_says(
    own: Path, tmp_path: Path, demarche: Demarche
) -> None:
    settings = tmp_path / "monitor.yaml"
    settings.write_text(f"rules: {{folder: {own}}}\n", encoding="utf-8")
    file = items(tmp_path, TEXT)
    ours = json.loads(demarche("classify", file).output)
    theirs = json.loads(demarche("classify", file, "--settings", settings).output)
    assert ours["signals"] == []
    assert [(one["kind"], one["source"], one["target"]) for one in theirs["signals"]] == [
        ("honour-revoked", "LVA", "BLR")
    ]


def test_a_kind_of_ones_own_alerts_in_its_own_words(own: Path) -> None:
    found = alerts(compile_rules(read_packs(overlay=own), {"en"}), TEXT)
    assert [(alert.sentence, alert.level) for alert in found] == [
        ("Latvia takes an honour back from Belarus", "medium")
    ]


def test_a_level_of_ones_own_is_the_level_of_the_alert(own: Path) -> None:
    table = (own / "kinds.yaml").read_text(encoding="utf-8").replace("level: medium", "level: high")
    found = alerts(compile_rules([*read_packs(overlay=own), PackText("kinds.yaml", table)], {"en"}), TEXT)
    assert [alert.level for alert in found] == ["high"]


def test_a_rule_in_shadow_is_read_and_alerts_nobody(own: Path, tmp_path: Path, demarche: Demarche) -> None:
    rule = (own / "en/kinds/honour-revoked.yaml").read_text(encoding="utf-8").replace("acts:", "shadow: true\nacts:", 1)
    nouns, kinds = ((own / path).read_text(encoding="utf-8") for path in ("en/nouns.yaml", "kinds.yaml"))
    shadowed = put(tmp_path / "own", kinds=kinds, en__nouns=nouns, en__kinds__honour=rule)
    assert alerts(compile_rules(read_packs(overlay=shadowed), {"en"}), TEXT) == []
    assert json.loads(demarche("classify", items(tmp_path, TEXT), "--rules", shadowed).output)["signals"] == []
    shown = demarche("explain", TEXT, "--rules", shadowed).output
    assert shown.startswith("honour-revoked  LVA > BLR  occurred  (alerts nobody: in shadow)")


def test_a_broken_proof_is_shown_with_the_reason_and_status_1(own: Path, tmp_path: Path, demarche: Demarche) -> None:
    rule = (own / "en/kinds/honour-revoked.yaml").read_text(encoding="utf-8")
    nouns, kinds = ((own / path).read_text(encoding="utf-8") for path in ("en/nouns.yaml", "kinds.yaml"))
    broken = rule.replace("source: LVA, target: BLR", "source: LVA, target: RUS").replace(
        "Italian general returns his grand cross", TEXT
    )
    folder = put(tmp_path / "own", kinds=kinds, en__nouns=nouns, en__kinds__honour=broken)
    tried = demarche("rules", "test", folder)
    assert tried.exit_code == 1
    assert "6 proofs and 6 near misses: 2 failed" in tried.output
    assert "LVA > RUS occurred" in tried.output
    assert "own.honour-revoked/strip" in tried.output


def test_an_addition_makes_a_rule_fuller(tmp_path: Path, demarche: Demarche) -> None:
    folder = put(
        tmp_path,
        en__kinds__more="""\
adds_to: en.envoy-summoned
acts:
  - name: summon
    verbs: [give an earful]
proofs:
  - text: Chad gives Malian ambassador an earful
    gives: [{source: TCD, target: MLI}]
""",
    )
    rules = compile_rules(read_packs(overlay=folder), {"en"})
    act = next(act for act in rules.packs["en"].acts if act.id == "en.envoy-summoned/summon")
    assert {"summon", "give an earful"} <= set(act.lemmas)


def test_a_folder_that_is_not_empty_is_left_alone(own: Path, demarche: Demarche) -> None:
    before = (own / "kinds.yaml").read_text(encoding="utf-8")
    (own / "kinds.yaml").write_text(before + "# mine\n", encoding="utf-8")
    assert demarche("rules", "init", own).exit_code == 1
    assert (own / "kinds.yaml").read_text(encoding="utf-8") == before + "# mine\n"
