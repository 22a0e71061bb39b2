"""Settings and tables make the policy; what is wrong in them is told."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.errors import Faults
from monitor.rules_folder import rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.tables import read_tables
from tests.correlate.desk import Desk, at, report, tables, told


def test_settings_make_the_policy() -> None:
    made = CorrelateSettings.model_validate(
        {
            "alert_window_hours": 6,
            "routine": {"count": 3, "days": 14},
            "wars": [{"sides": ["PER", "BOL"], "since": "2031-01-01"}],
        }
    ).policy(tables())
    assert (made.alert_window, made.routine_count, made.routine_span) == (timedelta(hours=6), 3, timedelta(days=14))
    assert any(war.covers("BOL", "PER", date(2031, 5, 1)) for war in made.wars)
    assert not any(war.covers("BOL", "PER", date(2030, 5, 1)) for war in made.wars)


def test_an_operators_war_makes_threats_low() -> None:
    wars = CorrelateSettings.model_validate({"wars": [{"sides": ["PER", "BOL"], "since": "2031-01-01"}]})
    desk = Desk(wars.policy(tables()))
    desk.hear(
        report("a", at(1), "wire", "Lima threatens La Paz", "PER>BOL threat"),
        report("b", at(2), "wire", "Lima expels consul", "PER>BOL diplomats-expelled"),
    )
    assert told(desk.alerts) == ["PER>BOL diplomats-expelled first high"]


def test_a_lower_minimum_level_tells_more() -> None:
    desk = Desk(CorrelateSettings.model_validate({"min_level": "low"}).policy(tables()))
    desk.hear(report("a", at(1), "wire", "Lima condemns La Paz", "PER>BOL condemnation"))
    assert told(desk.alerts) == ["PER>BOL condemnation first low"]


def test_faults_of_the_tables_come_all_at_once(tmp_path: Path) -> None:
    for file in rules_folder().glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "wars.yaml").write_text("wars: [{sides: [RUS, UKR], since: soon}]", encoding="utf-8")
    (tmp_path / "names.yaml").unlink()
    with pytest.raises(Faults) as caught:
        read_tables(tmp_path)
    assert {Path(fault.path).name for fault in caught.value.faults} == {"wars.yaml", "names.yaml"}


def test_every_kind_and_every_war_is_of_known_codes() -> None:
    known = tables()
    assert all(side in known.names for war in known.wars for side in war.sides)
    reversible = {kind for entry in known.kinds.by_id.values() for kind in (*entry.reverses, *entry.includes)}
    assert reversible <= known.kinds.by_id.keys()
