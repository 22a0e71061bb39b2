"""References in a document, made such that a parser without a DTD takes them: nothing outside is ever read."""

import re
from html.entities import name2codepoint
from typing import Final
from xml.sax.saxutils import escape

_ENTITY: Final = re.compile(
    r"<!ENTITY\s+(?P<name>[\w:][\w:.-]*+)\s+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<outside>(?:SYSTEM|PUBLIC)\b))"
)
_REFERENCE: Final = re.compile(r"&([A-Za-z_:][\w:.-]{0,80});")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBER: Final = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_LOOSE: Final = re.compile(
    r"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>|\Z)"
    r"|(?P<end>\]\]>)"
    r"|&#(?:\d{1,9}|[xX][0-9a-fA-F]{1,8});"
    r"|&(?:(?P<name>[A-Za-z_:][\w:.-]{0,80});)?+"
)
_XML_NAMES: Final = frozenset(["amp", "lt", "gt", "quot", "apos"])
_GROWTH: Final = 256 * 1024  # characters that entities may add to a document


class Bomb(ValueError):
    """Entities that grow out of all proportion when they are put in."""


def legal(text: str) -> str:
    """Without the characters that XML 1.0 section 2.2 forbids, literal or as a reference."""
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
    if "&#" in text:
        text = _NUMBER.sub(_number, text)
    return text


def _number(reference: re.Match[str]) -> str:
    """The reference as it stands if XML allows its character; nothing in place of one that it forbids."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    if number >= 0x20:
        allowed = number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number <= 0x10FFFF
    else:
        allowed = number in (0x9, 0xA, 0xD)
    return reference[0] if allowed else ""


def expand(text: str, subset: str) -> str:
    """Entities that the DOCTYPE's `subset` declares, put in; those that it takes from outside, left out.

    Raises `Bomb` before anything grows: the sizes are added up first, so a billion laughs cost what their text does.
    """
    found = {e["name"]: e for e in _ENTITY.finditer(subset)}
    if not found:
        return text
    values = {name: "" if e["outside"] else e["double"] or e["single"] or "" for name, e in found.items()}
    sizes: dict[str, int] = {}
    growth = sum(_size(name, values, sizes, frozenset()) for name in _REFERENCE.findall(text) if name in values)
    if growth > _GROWTH:
        raise Bomb(f"its entities expand to {growth:.1e} characters")
    return _put_in(text, values, 0)


def _size(name: str, values: dict[str, str], sizes: dict[str, int], above: frozenset[str]) -> int:
    """Length of an entity with all that it refers to put in; each is worked out once."""
    if name in sizes:
        return sizes[name]
    if name in above or len(above) > 50:
        raise Bomb(f"its entity {name} contains itself, or too many others")
    inner = _REFERENCE.findall(values[name])
    size = len(values[name]) + sum(_size(n, values, sizes, above | {name}) for n in inner if n in values)
    sizes[name] = size
    return size


def _put_in(text: str, values: dict[str, str], depth: int) -> str:
    def value(reference: re.Match[str]) -> str:
        name = reference[1]
        if name not in values or name in _XML_NAMES or depth > 50:
            return reference[0]
        return _put_in(values[name], values, depth + 1)

    return _REFERENCE.sub(value, text)


def mended(text: str) -> str:
    """HTML's named characters, which XML does not know, as themselves; what is no markup escaped.

    That is an `&` that starts nothing and the end of a CDATA section that did not begin. CDATA sections stay as they
    are: what is in them is HTML's business, or a link's.
    """
    return _LOOSE.sub(_mend, text)


def _mend(found: re.Match[str]) -> str:
    if found["end"]:
        return "]]&gt;"
    name = found["name"]
    if name is None:
        return "&amp;" if found[0] == "&" else found[0]
    if name in _XML_NAMES:
        return found[0]
    return escape(chr(name2codepoint[name])) if name in name2codepoint else f"&amp;{name};"
