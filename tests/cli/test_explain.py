"""`demarche explain`: what is drawn under a text, and what is said of what did not match."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of
from monitor.cli.drawing import Span, drawn
from monitor.message.codec import encode
from monitor.message.item import Item
from monitor.message.step import ITEMS, Output
from monitor.stream.sqlite import open_owner


def explain(*words: str | Path) -> Result:
    return CliRunner().invoke(program_of([HOMES["explain"]]), ["explain", *map(str, words)])


def test_the_words_of_each_part_are_marked_below_the_text() -> None:
    shown = explain("Peru plans to expel two Cuban diplomats").output
    assert shown.startswith("diplomats-expelled  PER > CUB  planned  (medium: Peru plans to expel")
    lines = shown.splitlines()
    text, marks = next((text, marks) for text, marks in pairwise(lines) if "Peru plans to expel two" in text)
    marked = {marks[text.index(word)]: word for word in ("Peru", "plans", "expel")}
    assert marked == {"~": "Peru", "=": "plans", "^": "expel"}
    assert marks[text.index("diplomats")] == "~"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "A court summons the Russian ambassador", "failed at unless: stopped by the exception courts: 'court'",
            id="the exception that stopped it, and its word",
        ),
        pytest.param("Norway summons the Russian tenor", "failed at object: ", id="the part that failed first"),
        pytest.param("Rain in Bergen", "no word by which envoy-summoned is found stands in it: ", id="no word"),
    ],
)  # fmt: skip
def test_for_what_did_not_match_the_reason_is_told(text: str, said: str) -> None:
    shown = explain(text, "--kind", "envoy-summoned").output
    assert "nothing was found of envoy-summoned" in shown
    assert said in shown


def test_a_kind_that_is_none_is_refused_with_the_nearest() -> None:
    result = explain("Oslo summons Russian envoy", "--kind", "envoy-sumoned")
    assert result.exit_code == 1
    assert "did you mean 'envoy-summoned'?" in str(result.exception)


def test_an_item_of_the_stream_is_explained_by_its_id(tmp_path: Path) -> None:
    settings = tmp_path / "monitor.yaml"
    settings.write_text(f"stream: {{url: 'sqlite:///{tmp_path / 'd.db'}'}}\n", encoding="utf-8")
    at = datetime(2024, 3, 5, tzinfo=UTC)
    item = Item(
        id="0123456789abcdef", revision="1", feed="f", outlet="o", lang="en", published=at, first_seen=at,
        title="Ghana recalls its ambassador to Togo", summary="",
    )  # fmt: skip
    asyncio.run(_put(tmp_path / "d.db", item))
    shown = explain(item.id, "--settings", settings).output
    assert shown.startswith("envoy-recalled  GHA > TGO  occurred")
    missing = explain("f" * 16, "--settings", settings)
    assert missing.exit_code == 1
    assert "the stream has no item" in str(missing.exception)


async def _put(file: Path, item: Item) -> None:
    stream = await open_owner(file)
    await stream.append([Output(ITEMS, item.id, encode(item))])
    await stream.close()


def test_a_sentence_is_broken_between_words_and_its_marks_with_it() -> None:
    lines = list(drawn("one two three four", [Span(4, 13, "target"), Span(14, 18, "act", "^")], 9))
    assert lines == ["one two", "    ~~~", "    target", "three", "~~~~~", "four", "^^^^", "act"]


def test_marks_stand_below_characters_that_are_two_columns_wide() -> None:
    assert list(drawn("韓国が大使を召還", [Span(3, 5, "target")], 40))[1:] == ["      ~~~~", "      target"]
