"""A body as it comes off the wire, inflated piece by piece under a cap.

httpx inflates whole chunks: 199 bytes of brotli became 200 MB before any cap in a loop could act. Only gzip and
deflate are asked for and taken, as zlib can stop after a given number of bytes.
"""

import zlib

_PIECE = 64 * 1024
_MEMBERS = 1000  # of one gzip body; each costs a copy of what is left
_GZIP = ("gzip", "x-gzip")
# Compressions that were not asked for. Whatever else stands there ("utf-8", "none", "binary") is no compression, and
# servers do write it.
_UNBOUNDED = frozenset({"br", "zstd", "compress", "x-compress", "bzip2", "xz", "lzma", "dcb", "dcz"})


class TooLarge(ValueError):
    """The body is over the cap."""


class UnknownCoding(ValueError):
    """A content coding that was not asked for and cannot be bounded."""


class Damaged(ValueError):
    """The compressed data are broken."""


class Inflater:
    """Takes chunks of a body under its Content-Encoding, keeps at most `limit` bytes of the inflated body.

    Compressed bytes count as well: a body may inflate to nothing for ever. Raises `UnknownCoding` at once, `TooLarge`
    and `Damaged` from `feed`. After `Damaged`, `body` holds what was
    good.
    """

    def __init__(self, coding: str, limit: int) -> None:
        named = (part.strip().lower() for part in coding.split(","))
        codings = [name for name in named if name in _UNBOUNDED or name in (*_GZIP, "deflate")]
        if len(codings) > 1 or any(name in _UNBOUNDED for name in codings):
            raise UnknownCoding(coding)
        self._coding = codings[0] if codings else ""
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = self._taken = self._members = 0
        self._held = b""  # the first byte of what may be another gzip member
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
        self._taken += len(chunk)
        if self._taken > self._limit:
            raise TooLarge(f"over {self._limit} bytes")
        if self._fresh and self._zlib and chunk.lstrip()[:1] in (b"<", b"{"):
            self._zlib = None  # plain text, whatever was announced
        if self._zlib is None:
            self._keep(chunk)
            return
        while chunk:
            if self._zlib.eof:  # several gzip members in a row are one body (RFC 1952)
                chunk, self._held = self._held + chunk, b""
                if chunk == b"\x1f":
                    self._held = chunk
                    return
                if not chunk.startswith(b"\x1f\x8b"):
                    return
                self._members += 1
                if self._members > _MEMBERS:
                    raise Damaged("gzip in too many members")
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
