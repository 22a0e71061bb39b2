"""One object for equal values: thousands of claims say the same outlet, kind and words."""

import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from msgspec.structs import force_setattr

from consumers.correlate.copies import packed
from monitor.message.incident import Claim, Incident, ItemTrace

T = TypeVar("T")
_intern = sys.intern


@lru_cache(maxsize=65_536)
def one(value: T) -> T:
    """The first of equal tuples."""
    return value


def words(said: Iterable[str]) -> tuple[str, ...]:
    """Stems, each held once."""
    return tuple(map(_intern, said))


def share_incident(record: Incident) -> None:
    """Share what a record that was just decoded has in common with others. Nobody else holds it yet."""
    for claim in record.claims:
        share_claim(claim)
        force_setattr(claim, "source", record.source if claim.source == record.source else claim.source)
        force_setattr(claim, "target", record.target if claim.target == record.target else claim.target)


def share_claim(claim: Claim) -> None:
    """The same for one claim that was just made or decoded."""
    for name in ("item", "revision", "outlet", "lang"):
        force_setattr(claim, name, _intern(getattr(claim, name)))
    if claim.first_seen == claim.at:
        force_setattr(claim, "first_seen", claim.at)
    if claim.country is not None:
        force_setattr(claim, "country", _intern(claim.country))
    if isinstance(claim.sketch, tuple):
        force_setattr(claim, "sketch", packed(claim.sketch))
    force_setattr(claim, "terms", words(claim.terms))
    for said in claim.said:
        for name in ("kind", "rule"):
            force_setattr(said, name, _intern(getattr(said, name)))
        force_setattr(said.evidence, "words", words(said.evidence.words))


def share_trace(trace: ItemTrace) -> None:
    """The same for a trace."""
    for name in ("item", "revision", "reason"):
        force_setattr(trace, name, _intern(getattr(trace, name)))
    if trace.first_seen == trace.at:
        force_setattr(trace, "first_seen", trace.at)
    force_setattr(trace, "directions", one(trace.directions))
    force_setattr(trace, "incidents", words(trace.incidents))
