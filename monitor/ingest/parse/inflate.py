"""Compressed bodies, inflated under a cap: what is over it is never held."""

import zlib
from typing import Final

GZIP: Final = b"\x1f\x8b"
_STEP: Final = 64 * 1024


class TooLarge(ValueError):
    """More came out than is allowed."""


class Broken(ValueError):
    """No such compression."""


def gunzip(body: bytes, limit: int) -> bytes:
    """The inflated body; of one that was cut short, what there is.

    Raises `TooLarge` where it is over `limit` bytes (checked every 64 KB), `Broken` where it is no gzip.
    """
    decoder = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    size = 0
    rest = body
    while rest and not decoder.eof:
        try:
            piece = decoder.decompress(rest, _STEP)
        except zlib.error as fault:
            if not pieces:
                raise Broken(str(fault)) from fault
            break
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise TooLarge(f"inflates to more than {limit} bytes")
        if not piece and decoder.unconsumed_tail == rest:
            break
        rest = decoder.unconsumed_tail
    return b"".join(pieces)
