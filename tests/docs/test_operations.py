"""The manual of operations names every event, variable and key of the settings, and none that is not there."""

import re

from monitor.settings import VARIABLES, Settings
from tests.docs.test_manuals import ROOT

MANUAL = (ROOT / "monitor/README.md").read_text(encoding="utf-8")
EVENT = r"\"([a-z]+\.[a-z_]+)\""
CALL = r"(?:\bFact\(\s*|\bfact\(\s*|log\.(?:info|warning|error|exception|debug)\(\s*|_tell\([^\n]*?, )"
SAID = re.compile(rf"{CALL}{EVENT}(?:\s+if\s+[\w. ]+\s+else\s+{EVENT})?")
CODE = [path for name in ("monitor", "consumers") for path in sorted((ROOT / name).rglob("*.py"))]


def events_in_code() -> set[str]:
    matches = [match for path in CODE for match in SAID.finditer(path.read_text(encoding="utf-8"))]
    return {name for match in matches for name in match.groups() if name}


def events_in_manual() -> set[str]:
    table = MANUAL[MANUAL.index("| event | when |") : MANUAL.index("Secrets are in no line")]
    return set(re.findall(r"`([a-z]+\.[a-z_]+)`", table))


def test_every_event_is_in_the_manual() -> None:
    assert events_in_code() - events_in_manual() == set()


def test_the_manual_names_no_event_that_is_not_there() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in CODE)
    ends = {name: f".{name.partition('.')[2]}" for name in events_in_manual()}  # some are put together
    assert {name for name, end in ends.items() if f'"{name}"' not in text and end not in text} == set()


def test_every_variable_and_key_is_in_the_manual() -> None:
    assert [name for name in VARIABLES if f"`{name}`" not in MANUAL] == []
    assert [name for name in Settings.model_fields if f"`{name}`" not in MANUAL] == []
