"""A pack costs nothing until an item in its language comes; every file of it is checked at once all the same."""

import pytest

from consumers.classify import PackText, classify, compile_rules
from monitor.errors import Faults
from monitor.rules_folder import read_packs
from tests.classify.conftest import MakeItem


def test_a_pack_is_compiled_when_the_first_item_in_its_language_comes(item: MakeItem) -> None:
    rules = compile_rules(read_packs())
    assert not rules.packs.compiled
    classify(item("Oslo ruft Botschafter zurück", lang="xx"), rules)
    assert not rules.packs.compiled
    assert classify(item("Norway summons Russian ambassador"), rules).signals
    assert rules.packs.compiled == {"en"}


def test_a_fault_in_a_language_that_nobody_reads_is_told_at_once() -> None:
    broken = PackText("fr/nouns.yaml", "lang: fr\nnouns: {envoy: [ambassadeur]}\nnuons: {}\n", "own/fr/nouns.yaml", 1)
    with pytest.raises(Faults, match=r"own/fr/nouns.yaml:3.*unknown key"):
        compile_rules([*read_packs(), broken])


def test_the_hash_is_of_every_file_whatever_is_compiled() -> None:
    whole = compile_rules(read_packs())
    assert compile_rules(read_packs(), {"en"}).hash == whole.hash
    more = PackText("fr/nouns.yaml", "lang: fr\nnouns: {envoy: [envoyé des airs]}\n", layer=1)
    assert compile_rules([*read_packs(), more], {"en"}).hash != whole.hash
