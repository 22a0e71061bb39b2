"""Whether a claim and an incident speak of the same thing, by their words."""

from enum import IntEnum

from consumers.correlate.live import Live
from monitor.message.incident import Claim

_ENOUGH = 3  # words on either side before their difference says anything
_SAME = 2  # words in common


class Likeness(IntEnum):
    DIFFERENT = 0
    UNKNOWN = 1
    SAME = 2


def likeness(claim: Claim, live: Live) -> Likeness:
    """How alike they are. Words of two languages say nothing; nor does silence."""
    known = live.words.get(claim.lang)
    if not known:
        return Likeness.UNKNOWN
    shared = sum(word in known for word in claim.terms)
    if shared >= _SAME:
        return Likeness.SAME
    if shared or len(claim.terms) < _ENOUGH or len(known) < _ENOUGH:
        return Likeness.UNKNOWN
    return Likeness.DIFFERENT
