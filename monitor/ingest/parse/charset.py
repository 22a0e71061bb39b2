"""Bytes to characters: what the document says, what HTTP says, and what the bytes themselves say."""

import codecs
import re
from typing import Final, NamedTuple

_BOMS: Final = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
# XML 1.0 appendix F, and documents without a declaration: where "<" is, between zeros.
_WIDE: Final = [
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
]
# The WHATWG Encoding Standard's reading of labels: the supersets that browsers use in place of what is declared.
_SUPERSETS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_OTHER_LABELS: Final = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "utf8mb4": "utf-8",
    "koi8": "koi8_r",
}
_DECLARED: Final = re.compile(rb"<\?\s*\w{1,10}[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})")
_CHARSET: Final = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_TAG: Final = re.compile(r"<[^<>]*+>")
_SAMPLE: Final = 20_000
_ENOUGH: Final = 4  # bytes over ASCII: of fewer, chardet makes anything (it found cp437 in one)
_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_LETTER: Final = re.compile(r"[^\W\d_]")


class Decoded(NamedTuple):
    """Characters, and the charset that they were read with (Python's name)."""

    text: str
    charset: str


def decode(body: bytes, content_type: str) -> Decoded:
    """The characters of a document. Nothing fails: bytes that no charset takes are read as Windows-1252.

    A byte order mark decides. Else UTF-8 does, where the bytes are valid UTF-8 and more than plain ASCII: no other
    charset gives that by chance, and feeds with a declaration left over from before the move to UTF-8 are common.
    Else what HTTP or the document declares, where the bytes agree; HTTP goes first (RFC 7303) unless it is the
    Latin-1 that servers add without looking. Else what chardet finds.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return _checked(body[len(mark) :], charset)
    head = body.lstrip()[:8]
    for start, charset in _WIDE:
        if head.startswith(start):
            wide = body.lstrip() if charset.endswith("le") else body[body.find(start) :]
            return Decoded(wide.decode(charset, "replace"), charset)
    labels = _labels(body, content_type)
    if body.isascii() and b"\x1b" not in body and b"~{" not in body:
        return Decoded(body.decode("ascii"), labels[0] if labels else "utf-8")
    return _as_utf8(body, labels) or _as_declared(body, labels) or _as_found(body, labels)


def _labels(body: bytes, content_type: str) -> list[str]:
    """Python's names for what was declared, the likeliest first; wide ones are out, as the bytes are not wide."""
    http = lookup(found[1]) if (found := _CHARSET.search(content_type)) else None
    own = lookup(declared[1].decode("ascii")) if (declared := _DECLARED.search(body, 0, 2000)) else None
    order = [own, http] if http in ("cp1252", "utf-8") and own else [http, own]
    names = [name for name in order if name and not name.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))]
    return list(dict.fromkeys(names))


def lookup(label: str) -> str | None:
    """Python's name for a label of the web; None for one that names no charset."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_OTHER_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    try:
        b"x".decode(name, "ignore")  # "base64" and "rot13" are codecs, and no charsets
    except (LookupError, UnicodeError):
        return None
    return None if name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else _SUPERSETS.get(name, name)


def _checked(body: bytes, charset: str) -> Decoded:
    """By its mark; an UTF-8 mark before another charset's bytes was seen, and is passed over."""
    if charset == "utf-8":
        return _as_utf8(body, []) or _as_found(body, [])
    return Decoded(body.decode(charset, "replace"), charset)


def _as_utf8(body: bytes, labels: list[str]) -> Decoded | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(body, labels)
    if labels and labels[0] in ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "iso2022_jp", "hz"):
        # A few words in these can be valid UTF-8 by chance; ten characters cannot.
        seen = sum(1 for _ in zip(range(10), _NON_ASCII.finditer(text), strict=False))
        if seen < 10 and (other := _strict(body, labels[0])) is not None:
            return Decoded(other, labels[0])
    return Decoded(text, "utf-8")


def _mostly_utf8(body: bytes, labels: list[str]) -> Decoded | None:
    """UTF-8 with a few stray bytes, cut characters or pasted Windows-1252: those alone are read as the latter."""
    text = body.decode("utf-8", "surrogateescape")
    bad = len(_STRAY.findall(text))
    good = len(_NON_ASCII.findall(text)) - bad
    if bad * (1 if not labels or labels[0] == "utf-8" else 5) > good:
        return None
    return Decoded(_STRAY.sub(_as_windows, text), "utf-8")


_STRAY: Final = re.compile("[\udc80-\udcff]")


def _as_windows(stray: re.Match[str]) -> str:
    return stray[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _as_declared(body: bytes, labels: list[str]) -> Decoded | None:
    for label in labels:
        if label == "utf-8":
            continue
        text = _strict(body, label)
        if text is None and label not in ("cp1252", "latin-1"):
            text = _lenient(body, label)
        if text is None and label == "cp1252":
            text = body.decode("latin-1")
        if text is not None and not _is_noise(text, label):
            return Decoded(text, label)
    return None


def _strict(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):
        return None


def _lenient(body: bytes, charset: str) -> str | None:
    """With the odd byte out of place, as in a document that was cut inside a character."""
    text = body.decode(charset, "replace")
    return text if text.count("\ufffd") * 50 <= len(_NON_ASCII.findall(text)) + 50 else None


def _is_noise(text: str, label: str) -> bool:
    """Western European text has few accents: where a third of the letters has one, the label was a default."""
    if label not in ("cp1252", "latin-1", "iso8859-15"):
        return False
    letters = _LETTER.findall(_TAG.sub("", text[:_SAMPLE]))
    accented = sum(1 for letter in letters if letter > "\x7f")
    return accented >= 10 and accented * 3 > len(letters)


def _as_found(body: bytes, labels: list[str]) -> Decoded:
    """As chardet finds it from the bytes that are not markup."""
    import chardet  # here, as its 10 MB are never needed for most documents

    sample = re.sub(rb"<[^<>]*+>", b" ", body)[:_SAMPLE]
    found = chardet.detect(sample)["encoding"] if len(_HIGH.findall(sample)) >= _ENOUGH else None
    charset = lookup(str(found or "")) or (labels[0] if labels else "cp1252")
    text = _strict(body, charset)
    if text is None:
        text = body.decode(charset if charset != "utf-8" else "cp1252", "replace")
    return Decoded(text, charset)
