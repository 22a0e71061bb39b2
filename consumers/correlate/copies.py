"""Whether one text is another outlet's wire story over again."""

from operator import eq

from monitor.message.incident import Claim

_COPY = 0.4  # share of common shingles from which two texts are copy and rewrite


def is_copy(one: Claim, other: Claim) -> bool:
    """One text is a copy of the other, or a rewrite: a wire story at another outlet."""
    if one.sketch and other.sketch:
        return resemblance(one.sketch, other.sketch) >= _COPY
    return bool(one.title) and one.title == other.title


def resemblance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Estimated share of common shingles: that of equal min-hashes, place by place."""
    equal: int = sum(map(eq, one, other))
    return equal / max(len(one), len(other), 1)
