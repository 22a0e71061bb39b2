"""The manual of rules: every fault has its page, every key its word, every example is tried."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from consumers.classify import format as written
from consumers.classify.workbench.lint import CODES
from monitor.rules_folder import rules_folder
from tests.rules.conftest import Demarche

MANUAL = (rules_folder() / "README.md").read_text(encoding="utf-8")


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name


MODELS = [
    thing
    for thing in vars(written).values()
    if isinstance(thing, type) and issubclass(thing, written.Written) and thing is not written.Written
]


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_fault_has_its_page(code: str) -> None:
    assert f"\n### {code}\n" in MANUAL


def test_no_page_is_of_a_fault_that_is_none() -> None:
    section = MANUAL.partition("## Faults")[2].partition("## Measuring")[0]
    assert set(re.findall(r"^### (\S+)$", section, re.MULTILINE)) == set(CODES)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_key_is_in_the_manual(model: type[BaseModel]) -> None:
    assert [key for key in keys(model) if f"`{key}`" not in MANUAL] == []


def test_the_examples_pass_their_proofs(tmp_path: Path, demarche: Demarche) -> None:
    examples = re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert len(examples) >= 3
    for path, text in examples:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    tried = demarche("rules", "test", tmp_path)
    assert tried.exit_code == 0, tried.output
    linted = demarche("rules", "lint", tmp_path)
    assert linted.exit_code == 0, linted.output


def test_the_first_rule_goes_as_the_manual_tells(tmp_path: Path, demarche: Demarche) -> None:
    folder = tmp_path / "my-rules"
    demarche("rules", "init", folder)
    text = "Latvia cancels Belarusian president's state award"
    assert "nothing was found" in demarche("explain", text, "--rules", folder).output
    rule = folder / "en/kinds/honour-revoked.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("verbs: [strip,", "verbs: [cancel, strip,"), "utf-8")
    assert demarche("explain", text, "--rules", folder).output.startswith("honour-revoked  LVA > BLR  occurred")
    visit = "Latvia cancels Belarusian president's visit"
    assert not demarche("explain", visit, "--rules", folder).output.startswith("honour-revoked")
