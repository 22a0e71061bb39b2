"""Every rule carries its proof: texts that it must read, and near misses that it must not."""

import pytest

from consumers.classify import PackText, compile_rules
from consumers.classify.source import read_source
from consumers.classify.workbench.trial import failures, trials

FEWEST = 6


def test_every_english_proof_holds(english: tuple[PackText, ...]) -> None:
    tried = list(trials(read_source(english)))
    failed = [failure for failure in failures(tried, compile_rules(english)) if failure is not None]
    assert [(failure.trial.rule, failure.trial.told.text, failure.why) for failure in failed] == []


@pytest.mark.parametrize("sort", ["proofs", "misses"])
def test_every_english_rule_has_enough_texts(english: tuple[PackText, ...], sort: str) -> None:
    rules = read_source(english).rules.values()
    assert {rule.id: len(getattr(rule, sort)) for rule in rules if len(getattr(rule, sort)) < FEWEST} == {}
