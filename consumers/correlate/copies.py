"""Whether one text is another outlet's wire story over again."""

from operator import eq
from struct import pack, unpack

from monitor.message.incident import Claim

_COPY = 0.4  # share of common shingles from which two texts are copy and rewrite
_WIDE = 4  # bytes of a min-hash

Sketch = tuple[int, ...]


def packed(sketch: Sketch) -> bytes:
    """Min-hashes below 2**32 as a claim keeps them: in a tenth of the memory of a tuple of numbers."""
    return pack(f"<{len(sketch)}I", *sketch)


def unpacked(sketch: bytes | Sketch) -> Sketch:
    """The same again as numbers."""
    if isinstance(sketch, tuple):
        return sketch
    count = len(sketch) // _WIDE
    return unpack(f"<{count}I", sketch[: count * _WIDE])


def is_copy(one: Claim, other: Claim, mine: Sketch, theirs: Sketch) -> bool:
    """One text is a copy of the other, or a rewrite: a wire story at another outlet. With either's sketch."""
    if mine and theirs:
        return resemblance(mine, theirs) >= _COPY
    return bool(one.title) and one.title == other.title


def resemblance(one: Sketch, other: Sketch) -> float:
    """Estimated share of common shingles: that of equal min-hashes, place by place."""
    equal: int = sum(map(eq, one, other))
    return equal / max(len(one), len(other), 1)
