"""Foreign text made harmless, and cut to a length, before any destination's own escaping."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
LONGEST_LINK = 1500  # beyond it the link would crowd out the message
_GAPS = re.compile(r"\s+")
# Marks that turn the direction of what follows (Unicode UAX 9): an unclosed one would turn our own words too.
_TURNING = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_KEPT = "\u200c\u200d"  # joiners, which Persian, Hindi and emoji need


def clean(text: str) -> str:
    """One line of text with no control character, no direction mark, no lone surrogate."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.translate(_TURNING)
    text = "".join(
        " " if char in "\n\r\t" else char
        for char in text
        if char in "\n\r\t" or char in _KEPT or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return _GAPS.sub(" ", text).strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, cut between words where there is a word to keep, with an ellipsis."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return ELLIPSIS[:limit]
    head = text[: limit - 1]
    space = head.rfind(" ")
    if space > limit // 2 and not text[limit - 1].isspace():
        head = head[:space]
    return head.rstrip(" ,;:-\u2013\u2014") + ELLIPSIS


def cut_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, cut between words where possible."""
    if len(text.encode()) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if len(cut(text, middle).encode()) <= limit:
            low = middle
        else:
            high = middle - 1
    return cut(text, low)


def web_link(url: str) -> str:
    """The URL where it is one of the web, with nothing in it that could end or split a link; else ""."""
    url = url.encode("utf-8", "replace").decode()
    url = "".join(char for char in url if unicodedata.category(char)[0] != "C").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return ""
    quoted = quote(url, safe="%/:?#[]@!$&'*+,;=~-._")
    return quoted if len(quoted) <= LONGEST_LINK else ""
