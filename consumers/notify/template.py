"""An operator's own wording: jinja2 in a sandbox, strict, with every value escaped for the destination."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from consumers.notify.letter import Letter
from consumers.notify.phrase import sentence
from consumers.notify.sample import sample_letters
from consumers.notify.text import Text
from consumers.notify.wording import words

NAMES = "title, level, sentence, headline, url, evidence, told, why, notes, reason, alert"
_FAILS = (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError)
_DAY = datetime(2026, 1, 2, 12, tzinfo=UTC)
_MARKS = ("CORRECTED", "TAKEN BACK", "CONFIRMED", "PLANNED", "TEST")  # of titles
RESENT = "re-sent: an earlier attempt may have arrived"
_CUT_ENTITY = re.compile(r"&[a-z]{0,4}$")


def templated(source: str, letter: Letter, text: Text, escape: Callable[[str], str], limit: int) -> str | None:
    """The letter in the operator's words, at most `limit` long; None where there are none or they fail.

    A template was tried on a sample of every reason when the settings were read; should it fail on a real alert all
    the same, our own words go out rather than none.
    """
    if not source or not letter.alerts:
        return None
    try:
        said = rendered(source, letter, text, escape)
    except _FAILS:
        return None
    if not said.strip():
        return None
    said = _marked(said, letter, text, escape)
    return said if len(said) <= limit else _CUT_ENTITY.sub("", said[: limit - 1]) + "…"


def _marked(said: str, letter: Letter, text: Text, escape: Callable[[str], str]) -> str:
    """With what no reader may miss, where the template does not say it: that something is withdrawn, a sample, a
    confirmation, or that it may have come before."""
    marks = [mark for mark in _MARKS if mark in text.title]
    if not all(mark in said for mark in marks):
        said = f"{escape(text.title)}\n{said}"
    return f"{said} ({RESENT})" if letter.resent else said


def fault_of(source: str) -> str:
    """What is wrong with a template: it cannot be read, or fails on a sample of some reason; "" where nothing is."""
    for letter in sample_letters(_DAY):
        try:
            rendered(source, letter, words(letter), str)
        except _FAILS as why:
            return f"on an alert whose reason is {letter.alert.reason}: {why}; names that there are: {NAMES}"
    return ""


def rendered(source: str, letter: Letter, text: Text, escape: Callable[[str], str]) -> str:
    """The same, raising what goes wrong: `jinja2.TemplateError` and what its expressions may raise."""
    headline = text.headline
    return _compiled(source, escape).render(
        title=text.title,
        level=str(letter.level),
        sentence=sentence(letter),
        headline=headline.label if headline else "",
        url=headline.url if headline else "",
        evidence=text.quote.plain if text.quote else "",
        told=text.told,
        why=text.why,
        notes=text.notes,
        reason=str(letter.alert.reason),
        alert=letter.alert,
    )


@lru_cache(maxsize=64)
def _compiled(source: str, escape: Callable[[str], str]) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, finalize=lambda value: escape(str(value)), autoescape=False
    )
    return environment.from_string(source)
