"""From what feeds call text to text."""

import sys
import unicodedata
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.parse import text

TITLES = {
    "plain": ("Envoy summoned over border clash", "Envoy summoned over border clash"),
    "bold": ("Envoy <b>summoned</b> over clash", "Envoy summoned over clash"),
    "escaped once": ("Talks &amp; protests", "Talks & protests"),
    "escaped twice": ("Talks &amp;amp; protests", "Talks & protests"),
    "tag escaped twice": ("&lt;b&gt;Talks&lt;/b&gt; end", "Talks end"),
    "numeric": ("Minister&#8217;s reply &#x2014; full", "Minister\u2019s reply \u2014 full"),
    "windows numeric": ("Minister&#146;s reply", "Minister\u2019s reply"),
    "numeric without end": ("A &#5 B", "A &#5 B"),
    "not an entity": ("Trade: AT&T and R&D; more", "Trade: AT&T and R&D; more"),
    "less than": ("Inflation <5% and falling", "Inflation <5% and falling"),
    "unknown tag": ("Use of List<String> explained", "Use of List<String> explained"),
    "breaks": ("One\n   line\tonly", "One line only"),
    "no-break space": ("Paris\u00a0: trois morts", "Paris : trois morts"),
    "mojibake": ("MinistÃ¨re", "Ministère"),
    "mojibake of quotes": ("the ministryâ€™s note", "the ministry\u2019s note"),
    "c1 controls": ("the ministry\x92s note", "the ministry\u2019s note"),
    "nul and bell": ("a\x00b\x07c", "abc"),
    "bidi": ("\u202eabc\u202c \u2066def\u2069 \u200fghi", "abc def ghi"),
    "zero width": ("su\u200bm\u00admoned\ufeff", "summoned"),
    "joiners stay": ("می\u200cشود", "می\u200cشود"),
    "surrogate": ("a\ud800b", "ab"),
    "decomposed": ("Espan\u0303a", "España"),
    "unclosed tag": ("Envoy <b summoned", "Envoy <b summoned"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("raw", "clean"), TITLES.values(), ids=TITLES.keys())
def test_a_title_is_one_clean_line(raw: str, clean: str) -> None:
    assert text.title(raw) == clean


BODIES = {
    "paragraphs": ("<p>One.</p>\n<p>Two<br/>three.</p>", "One.\nTwo\nthree."),
    "source breaks are blanks": ("<p>One\ntwo\n  three.</p><p>Four.</p>", "One two three.\nFour."),
    "plain text keeps its lines": ("One.\n\nTwo.", "One.\nTwo."),
    "inline tags join": ("re<em>call</em>ed", "recalled"),
    "cells part": ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    "lists": ("<ul><li>one<li>two</ul>", "one\ntwo"),
    "script and style": ("a<script>var x = '<p>no</p>';</script>b<style>p{}</style>c", "abc"),
    "comment": ("a<!-- <p>no</p> -->b", "ab"),
    "quoted bracket": ('<img alt="a > b" src="x">text', "text"),
    "quoted tag": ("<a data-x='<p>no</p>'>text</a>", "text"),
    "apostrophe in a tag": ("<p class=it's>text</p> it's", "text\nit's"),
    "cdata inside": ("<![CDATA[text]]>", "text"),
    "prefixed tags": ("<h:p>one</h:p><h:p>two</h:p>", "one\ntwo"),
    "unclosed comment": ("one <!-- two", "one two"),
    "unclosed script": ("one <script>two", "one two"),
    "unclosed quote": ('one <a href="x>two</a> three', "one two three"),
    "escaped markup": ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "One.\nTwo."),
    "unknown tags go": ("<custom-x>one</custom-x>", "one"),
    "entities": ("Fran&ccedil;ais&nbsp;: &laquo;oui&raquo;", "Français : «oui»"),
}


@pytest.mark.parametrize(("raw", "clean"), BODIES.values(), ids=BODIES.keys())
def test_a_body_is_clean_paragraphs(raw: str, clean: str) -> None:
    assert text.paragraphs(raw) == clean


def test_a_title_without_end_is_cut_at_a_word() -> None:
    cut = text.title("protest " * 300_000)
    assert len(cut) <= text.TITLE_LIMIT
    assert cut.endswith("protest…")


HOSTILE = {
    "comments": "<!--",
    "divs": "<div>",
    "open tags": "<a ",
    "quotes": '<a href="',
    "mixed quotes": "<a b=\"<c d='",
    "equals": "<a =",
    "scripts": "<script>",
    "closing": "</p",
    "closing scripts": "<script></script ",
    "cdata": "<![CDATA[",
    "declarations": "<!x ",
    "brackets": "<",
    "ampersands": "&",
    "escaped tags": "&lt;b ",
    "escaped unknown tags": "&lt;x ",
    "entities": "&#1",
    "dashes": "<!---",
    "words": "word ",
    "marks": "a" + "\u0301\u0323" * 40,
    "controls": "\x00",
    "mojibake": "Ã©",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_calls_in_proportion_and_ends(piece: str) -> None:
    """Twice the text, at most twice the calls; and half a megabyte of it, which a quadratic step would not end."""
    small, large = (_calls(lambda n=n: text.paragraphs(piece * n)) for n in (1000, 2000))
    assert large <= 2.2 * small + 100
    text.paragraphs(piece * (500_000 // len(piece)))
    text.title(piece * (500_000 // len(piece)))


def _calls(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, the work calls."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


anything = st.text(st.one_of(st.characters(), st.sampled_from("<>&;\"'=/!-[]#x pbrdiv\x00\u202e\ud800")), max_size=200)


@given(anything)
def test_clean_text_has_nothing_unseen_and_one_form(raw: str) -> None:
    for clean in (text.title(raw), text.line(raw), text.paragraphs(raw)):
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in clean if c != "\n")
        assert not any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in clean)
        assert clean == clean.strip()
        assert "  " not in clean
        clean.encode()  # raises where a lone surrogate is left
    assert "\n" not in text.title(raw)


# Letters that cannot look like UTF-8 read in another charset, which would be repaired.
letters = st.characters(categories=["L", "N"], max_codepoint=0x7F) | st.characters(
    categories=["L", "N"], min_codepoint=0x370
)


@given(st.lists(st.text(letters, min_size=1, max_size=8), min_size=1, max_size=20))
def test_words_come_through_whatever_tags_stand_between(words: list[str]) -> None:
    marked = "".join(f"<p class='x'>{word}</p>" for word in words)
    assert text.paragraphs(marked).split("\n") == [unicodedata.normalize("NFC", word) for word in words]
