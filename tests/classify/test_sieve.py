"""The sieve takes work away, and no signal: what is read with it is what is read where every act is tried."""

from pathlib import Path

import pytest

from consumers.classify import Rules, classify, explain
from monitor.cli.past_items import item_of, read_past_items

GOLD = Path(__file__).parent.parent / "gold"


@pytest.mark.parametrize("lang", ["ar", "de", "en", "es", "fr", "ja", "ko", "ru", "tr", "zh"])
def test_the_sieve_loses_nothing(rules: Rules, lang: str) -> None:
    items = [item_of(past) for past in read_past_items(GOLD / f"{lang}-work.jsonl")]
    lost = [item.title for item in items if classify(item, rules).signals != explain(item, rules).signals]
    assert not lost
    assert any(classify(item, rules).signals for item in items)
