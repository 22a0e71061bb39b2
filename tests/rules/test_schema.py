"""Schemas that are those of the models, and files that keep to them; the layout of a new language."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from consumers.classify.source import read_source
from consumers.classify.workbench.schema import schemas, with_editor_line
from monitor.rules_folder import read_folder, rules_folder
from tests.rules.conftest import Demarche

OURS = rules_folder()
MARKED = [path for path in sorted(OURS.rglob("*.yaml")) if path.name == "kinds.yaml" or path.parent != OURS]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schema_of_ours_is_that_of_the_model(name: str) -> None:
    written = json.loads((OURS / "schema" / name).read_text(encoding="utf-8"))
    assert written == schemas()[name], "run `demarche rules schema`"


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.relative_to(OURS).as_posix())
def test_each_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    mark = next((line for line in text.splitlines() if line.startswith("# yaml-language-server: $schema=")), None)
    assert mark is not None, "run `demarche rules schema`"
    schema = json.loads((path.parent / mark.partition("=")[2]).read_text(encoding="utf-8"))
    dates_as_text = yaml.load(text, yaml.CBaseLoader)  # noqa: S506 makes texts alone
    if "holders" in dates_as_text:
        jsonschema.validate(dates_as_text, schema)


def test_the_editor_line_is_written_once() -> None:
    once = with_editor_line("en/kinds/x.yaml", "id: x\n")
    assert once == "# yaml-language-server: $schema=../../schema/rule.json\nid: x\n"
    assert with_editor_line("en/kinds/x.yaml", once) == once


def test_a_new_language_is_whole_and_empty(tmp_path: Path, demarche: Demarche) -> None:
    assert demarche("rules", "new-language", "pt", tmp_path).exit_code == 0
    source = read_source(read_folder(tmp_path)[0])
    assert source.faults == []
    rules = source.rules_of("pt")
    assert {rule.kind for rule in rules} == set(source.kinds.by_id)
    assert all(rule.acts == [] for rule in rules)
    text = (tmp_path / "pt/kinds/envoy-summoned.yaml").read_text(encoding="utf-8")
    assert text.count("#  - text:") >= 12
    linted = demarche("rules", "lint", tmp_path)
    assert linted.exit_code == 1
    assert "empty-rule" in linted.output


@pytest.mark.parametrize("code", ["zz", "PT", "portuguese"])
def test_what_is_no_language_is_refused(code: str, tmp_path: Path, demarche: Demarche) -> None:
    assert demarche("rules", "new-language", code, tmp_path).exit_code == 1
    assert not any(tmp_path.iterdir())
