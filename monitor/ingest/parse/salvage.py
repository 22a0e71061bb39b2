"""A document that was cut in the middle: its whole entries, and end tags for what was open."""

import re
from typing import Final

_LAST_ENTRY: Final = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*+>", re.IGNORECASE)
_ROOT: Final = re.compile(r"<((?:[\w.-]{1,40}:)?[\w.-]{1,40})")
_CHANNEL: Final = re.compile(r"<((?:[\w.-]{1,40}:)?channel)[\s>]", re.IGNORECASE)


def closed(text: str) -> str:
    """The document with the last `>` of its root's end tag, which some lack."""
    kept = text.rstrip()
    return f"{kept}>" if kept.lower().endswith(f"</{_root(text)}".lower()) else text


def is_cut(text: str) -> bool:
    """The root element has no end tag."""
    name = _root(text)
    end = re.compile(rf"</{re.escape(name)}\s*+>", re.IGNORECASE)
    return not end.search(text) and not re.compile(rf"<{re.escape(name)}\b[^<>]*/>").match(text)


def without_tail(text: str) -> str:
    """The document up to the end of its root: servers append counters, comments and scripts."""
    ends = list(re.finditer(rf"</{re.escape(_root(text))}\s*+>", text, re.IGNORECASE))
    return text[: ends[-1].end()] if ends else text


def whole_entries(text: str) -> str:
    """The document up to its last whole entry, closed; "" where it has none."""
    end = max((entry.end() for entry in _LAST_ENTRY.finditer(text)), default=0)
    if not end:
        return ""
    kept = text[:end]
    channel = _CHANNEL.search(kept)
    is_open = channel and not re.search(rf"</{re.escape(channel[1])}\s*+>", kept, re.IGNORECASE)
    inner = f"</{channel[1]}>" if channel and is_open else ""
    return f"{kept}{inner}</{_root(text)}>"


def _root(text: str) -> str:
    found = _ROOT.match(text)
    return found[1] if found else "rss"
