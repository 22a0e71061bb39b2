"""A body as it comes off the wire, inflated piece by piece under a cap.

httpx inflates whole chunks: 199 bytes of brotli became 200 MB before any cap in a loop could act. Only gzip and
deflate are asked for and taken, as zlib can stop after a given number of bytes.
"""

import zlib

_PIECE = 64 * 1024


class TooLarge(ValueError):
    """The body is over the cap."""


class UnknownCoding(ValueError):
    """A content coding that was not asked for and cannot be bounded."""


class Damaged(ValueError):
    """The compressed data are broken."""


class Inflater:
    """Takes chunks of a body under its Content-Encoding, keeps at most `limit` bytes of the inflated body.

    Raises `UnknownCoding` at once, `TooLarge` and `Damaged` from `feed`. After `Damaged`, `body` holds what was
    good.
    """

    def __init__(self, coding: str, limit: int) -> None:
        codings = [
            name for name in (part.strip().lower() for part in coding.split(",")) if name not in ("", "identity")
        ]
        if len(codings) > 1 or any(name not in ("gzip", "x-gzip", "deflate") for name in codings):
            raise UnknownCoding(coding)
        self._coding = codings[0] if codings else ""
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._zlib = zlib.decompressobj(wbits=47) if self._coding else None  # 47: zlib or gzip header
        self._fresh = True

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    @property
    def is_whole(self) -> bool:
        """False where the compressed data ended before their end mark."""
        return self._zlib is None or self._zlib.eof or self._fresh

    def feed(self, chunk: bytes) -> None:
        if self._zlib is None:
            self._keep(chunk)
            return
        while chunk:
            if self._zlib.eof:  # several gzip members in a row are one body (RFC 1952)
                if not chunk.startswith(b"\x1f\x8b"):
                    return
                self._zlib = zlib.decompressobj(wbits=47)
            chunk = self._inflate(self._zlib, chunk)

    def _inflate(self, decoder: "zlib._Decompress", chunk: bytes) -> bytes:
        try:
            piece = decoder.decompress(chunk, _PIECE)
        except zlib.error as why:
            if self._fresh and self._coding == "deflate":  # raw deflate, as some servers send it
                self._zlib = zlib.decompressobj(wbits=-15)
                self._fresh = False
                return chunk
            raise Damaged(str(why)) from why
        self._fresh = False
        self._keep(piece)
        return decoder.unconsumed_tail or decoder.unused_data

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(f"over {self._limit} bytes")
        self._parts.append(piece)
