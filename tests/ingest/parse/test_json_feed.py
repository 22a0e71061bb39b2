"""JSON Feeds as servers send them: cut, with trailing commas and comments, with values of the wrong sort."""

import gzip
from datetime import UTC, datetime

import pytest

from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse import parse

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HEAD = '{"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": ['
ONE, TWO = '{"id": "1", "title": "Envoy called in"}', '{"id": "2", "title": "Envoy sent home"}'


def read(text: str) -> Document | Unreadable:
    return parse(text.encode("utf-8", "surrogatepass"), now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{HEAD}{ONE}, {TWO},]}}", id="trailing comma"),
        pytest.param(f"{HEAD}{ONE}, {TWO}]}}\n<!-- cached at 09:05 -->", id="a comment behind"),
        pytest.param(f"\n\n{HEAD}{ONE}, {TWO}]}}", id="blank lines before"),
        pytest.param(HEAD + ONE.replace('"1"', "NaN") + f", {TWO}]}}", id="NaN"),
        pytest.param(HEAD + ONE.replace("called", "\\ud83d called") + f", {TWO}]}}", id="half a surrogate pair"),
        pytest.param(HEAD + ONE.replace(" in", "\t in") + f", {TWO}]}}", id="a bare control character"),
    ],
)
def test_what_strict_json_refuses_is_read(text: str) -> None:
    found = read(text)
    assert isinstance(found, Document)
    assert [entry.title for entry in found.entries] == ["Envoy called in", "Envoy sent home"]
    assert (found.title, found.partial) == ("Gazette", False)


def test_one_that_is_cut_keeps_its_whole_items() -> None:
    found = read(f"{HEAD}{ONE}, {TWO[:-9]}")
    assert isinstance(found, Document)
    assert [entry.title for entry in found.entries] == ["Envoy called in"]
    assert found.partial


@pytest.mark.parametrize("text", [HEAD, HEAD + ONE[:-5], HEAD + "[" * 50_000])
def test_one_without_a_whole_item_is_named(text: str) -> None:
    found = read(text)
    assert isinstance(found, Unreadable)
    assert found.trouble is Trouble.MALFORMED


def test_a_value_of_the_wrong_sort_costs_no_item() -> None:
    found = read(HEAD + '{"id": 7, "title": ["a"], "content_text": "Envoy called in"}, null, "x", {"id": true}]}')
    assert isinstance(found, Document)
    assert [(entry.guid, entry.title) for entry in found.entries] == [("7", "Envoy called in")]


def test_what_was_compressed_twice_is_read() -> None:
    found = parse(gzip.compress(gzip.compress(f"{HEAD}{ONE}]}}".encode())), now=NOW)
    assert isinstance(found, Document)
    assert len(found.entries) == 1
