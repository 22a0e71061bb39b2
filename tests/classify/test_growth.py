"""Work grows no faster than the text, whatever the text."""

import sys
from collections.abc import Callable

import pytest

from consumers.classify import Rules, explain
from tests.classify.conftest import MakeItem

HOSTILE = {
    "one sentence without an end": "Norway and Peru summoned the Russian ambassador, and the envoy said that ",
    "names alone": "Russia, China, Iran, Norway and ",
    "verbs alone": "says that warns that threatens to expel ",
    "signs": "((((---'''\"\"\"",
    "one long word": "ambassador",
    "prepositions": "of to on against with ",
}


def calls(work: Callable[[], object]) -> int:
    """Function calls, of Python and of C, while `work` runs: a count that no load on the machine changes."""
    count = 0

    def profile(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_calls_grow_no_faster_than_the_text(rules: Rules, item: MakeItem, text: str) -> None:
    size = max(600 // len(text), 1)
    small, large = (item("A day", content=text * size * times) for times in (4, 32))
    grown = calls(lambda: explain(large, rules)) / calls(lambda: explain(small, rules))
    assert grown < 8 * 1.25
