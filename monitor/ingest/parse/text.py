"""From what a feed calls text to text: no markup, no control characters, in time linear in its length."""

import html
import re
import unicodedata
from typing import Final

# Part of the hash of an item's revision: raise it whenever the same input gives another text, and old items are
# re-baselined silently instead of coming again as updates.
CLEANER: Final = 1

TITLE_LIMIT: Final = 1_000  # characters; a feed with a title of 2 MB was seen
TEXT_LIMIT: Final = 256 * 1024

_SIMPLE_TAG: Final = re.compile(r"<[/!?]?[A-Za-z-][^<>]*+>")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SILENT: Final = _set("script style template svg iframe noframes noembed object head math")
_BLOCK: Final = _set(
    "address article aside blockquote br center dd details dir div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody tfoot thead tr ul"
)
_CELL: Final = frozenset(["td", "th", "img", "option", "video", "audio"])
_KNOWN: Final = (
    _BLOCK
    | _CELL
    | _SILENT
    | _set(
        "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q rp rt ruby s samp small span strike "
        "strong sub sup time tt u var wbr nobr"
    )
)


def _token(name: str) -> re.Pattern[str]:
    """A comment, a CDATA section, a tag whose name matches `name`, or a declaration.

    One pass, no backtracking: each alternative takes all that it starts on, to the end of the text if need be
    (possessive quantifiers; HTML 5 section 13.2.5), so 32,000 unclosed "<!--" cost what 32,000 letters cost.
    """
    return re.compile(
        r"<!--(?P<comment>(?:[^-]++|-(?!->))*+(?:-->|\Z))"
        r"|<!\[CDATA\[(?P<cdata>(?:[^\]]++|\](?!\]>))*+(?:\]\]>|\Z))"
        rf"|<(?P<close>/?)(?:[A-Za-z][\w.-]*+:)?+(?P<name>{name})(?=[\s/>]|\Z)"
        r"(?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|))*+(?P<end>>|\Z)"
        r"|<[!?][A-Za-z][^<>]*+>",
        re.IGNORECASE,
    )


_ANY_MARKUP: Final = _token(r"[A-Za-z][^\s/>]*+")
_KNOWN_MARKUP: Final = _token("|".join(sorted(_KNOWN)))
# Windows-1252 read as Latin-1, and characters that are not seen: C0 and C1 controls, soft hyphen, zero width,
# marks of direction, interlinear and tag characters, noncharacters, lone surrogates. The two joiners stay:
# Persian, Hindi and emoji are spelt with them. Blanks of all kinds stay too, as words are split at them later.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_WINDOWS: Final = {
    chr(b): bytes([b]).decode("cp1252") for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_MARKS: Final = re.compile(r"[^\w\s!-~]{50}")  # combining marks, or 50 other signs in a row


def title(raw: str) -> str:
    """One line. Only tags that HTML knows are markup in a title: `List<String>` keeps its bracket."""
    text = _one_line(_readable(raw[: 20 * TITLE_LIMIT], known_only=True))
    return text if len(text) <= TITLE_LIMIT else cut(text, TITLE_LIMIT)


def paragraphs(raw: str) -> str:
    """Paragraphs, each on a line of its own."""
    text = _readable(raw, known_only=False).replace("\r", "\n").replace("\u2029", "\n")
    return "\n".join(line for part in text.split("\n") if (line := _one_line(part)))[:TEXT_LIMIT]


def line(raw: str) -> str:
    """One line, of any markup."""
    return _one_line(_readable(raw, known_only=False))[:TEXT_LIMIT]


def cut(text: str, limit: int) -> str:
    """`text` to at most `limit` characters, ended at a space where there is one, with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head).rstrip() + "…"


def repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1 or Windows-1252 and written again, set right; anything else as it is."""
    for _ in range(2):
        if text.isascii():
            break
        for charset in ("latin-1", "cp1252"):
            try:
                text = text.encode(charset).decode("utf-8")
                break
            except UnicodeError:
                continue
        else:
            break
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _readable(raw: str, *, known_only: bool) -> str:
    """Without markup, entities and characters that are not seen; line breaks where a reader sees them."""
    text = repaired(raw)
    if "<" in text:
        text = _without_tags(text, known_only=known_only)
    # Markup is escaped twice in many feeds, three times in none that was seen: two rounds, not a loop.
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(_character, text)
        if "<" in text:
            text = _without_tags(text, known_only=True)
    text = _UNSEEN.sub(_seen, text)
    # Sorting combining marks is quadratic in their run (CPython's unicodedata): not where a run is no word's.
    return text if text.isascii() or _MARKS.search(text) else unicodedata.normalize("NFC", text)


def _seen(character: re.Match[str]) -> str:
    return _WINDOWS.get(character[0], "")


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _without_tags(text: str, *, known_only: bool) -> str:
    """Markup gone. Where it has blocks, its own line breaks are blanks and the blocks break lines."""
    find = (_KNOWN_MARKUP if known_only else _ANY_MARKUP).search
    pieces: list[str] = []
    endless: set[str] = set()  # elements known to have no end tag in what is left: looked for once
    position = 0
    blocks = False
    while token := find(text, position):
        comment, cdata, close, name, end = token.groups()
        start = token.start()
        pieces.append(text[position:start])
        position = token.end()
        if name:
            kind = name.lower()
            if end == "":
                break
            if kind in _BLOCK:
                blocks = True
                pieces.append("\0")
            elif kind in _SILENT:
                position = position if close else _end_of(text, kind, position, endless)
            elif kind in _CELL:
                pieces.append(" ")
        elif cdata is not None:
            if not cdata.endswith("]]>"):
                break
            pieces.append(cdata[:-3])
        elif comment is not None and not comment.endswith("-->"):
            break
    else:
        start = len(text)
    if start < len(text):  # the text ended inside markup: what is left is taken by what a tag mostly looks like
        pieces.append(_SIMPLE_TAG.sub(" ", text[start:].replace("<!--", " ")))
        position = len(text)
    pieces.append(text[position:])
    whole = "".join(pieces)
    return whole.replace("\n", " ").replace("\0", "\n") if blocks else whole


def _end_of(text: str, name: str, position: int, endless: set[str]) -> int:
    """Where the element that holds no text ends: behind its end tag, or where it stands if it has none."""
    if name in endless or text[position - 2 : position] == "/>":
        return position
    if close := re.compile(rf"</(?:\w{{1,20}}:)?{name}\b[^<>]*+>", re.IGNORECASE).search(text, position):
        return close.end()
    endless.add(name)
    return position
