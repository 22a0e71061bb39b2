"""A sketch of a text: min-hashes of its word shingles, by which wire copies and rewrites are known."""

import re
import zlib

from monitor.message.item import Item

SIZE = 16
_SHINGLE = 3
_READ = 2_000  # characters; a copy shows in its head
_WORD = re.compile(r"\w+")


def sketch(item: Item) -> tuple[int, ...]:
    """`SIZE` numbers below 2**32; two texts share about as many of them as they share shingles."""
    words = _WORD.findall(f"{item.title} {item.summary} {item.content}"[:_READ].casefold())
    shingles = {zlib.crc32(" ".join(words[at : at + _SHINGLE]).encode()) for at in range(max(len(words) - 2, 1))}
    return tuple(min((value * factor + shift) % _PRIME for value in shingles) % 2**32 for factor, shift in _HASHES)


_PRIME = (1 << 61) - 1
_HASHES = [(0x9E3779B97F4A7C15 * (2 * n + 1) % _PRIME, 0xC2B2AE3D27D4EB4F * (n + 1) % _PRIME) for n in range(SIZE)]
