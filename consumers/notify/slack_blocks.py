"""A letter as Slack blocks: escaped, within the limits, with links in the text since buttons would call us back."""

from typing import Any

import msgspec

from consumers.notify import options as shared
from consumers.notify.channel import Sendable
from consumers.notify.clean import cut
from consumers.notify.exchange import Request
from consumers.notify.letter import Form, Letter
from consumers.notify.options import Options
from consumers.notify.phrase import when
from consumers.notify.template import templated
from consumers.notify.text import DOT, ICONS, Link, Quote, Row, Text
from consumers.notify.wording import words

HEADER, SECTION, CONTEXT, TEXT, ALL = 150, 2900, 1900, 3500, 10_000
ROWS = 8_000  # of `ALL`, for the lines of a digest
LONG_LINK = 400
LIMITS = (("header", HEADER), ("section", 3000), ("text", 4000), ("blocks", 50), ("sum of blocks", ALL))
MENTION = r"^$|^<(!here|!channel|!everyone|@[UW][A-Z0-9]+|!subteam\^[A-Z0-9]+)>$"
Block = dict[str, Any]
_GAP = "\u200b"  # keeps a mark of styling from styling, and lets a bold part stand inside a word
_STYLING = str.maketrans({char: f"{char}{_GAP}" for char in "*_~`"})
_encode = msgspec.json.Encoder().encode


def body(letter: Letter, options: Options, **more: Any) -> bytes:
    """The JSON of a message. Text alone where `letter.plain`; `more` are further keys of the payload."""
    text = words(letter, full=options.detail == "full")
    mention = _mention(letter, text, options)
    payload: dict[str, Any] = {**more, "unfurl_links": False, "unfurl_media": False}
    own = templated(options.template, letter, text, _escaped, TEXT - len(mention))
    if own is not None:
        payload["text"] = mention + own
    elif letter.plain:
        payload["text"] = mention + escape("\n".join(text.lines()), TEXT - len(mention))
    else:
        payload["text"] = mention + escape(DOT.join(part for part in (text.title, text.told) if part), 400)
        payload["blocks"] = blocks(text, mention)
    return _encode(payload)


def escape(text: str, limit: int) -> str:
    """Escaped as Slack asks (`&`, `<`, `>`, and nothing else), at most `limit` UTF-16 units, no entity cut."""
    whole = _escaped(text)
    if _units(whole) <= limit:
        return whole
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if _units(_escaped(cut(text, middle))) <= limit:
            low = middle
        else:
            high = middle - 1
    return _escaped(cut(text, low))


def blocks(text: Text, mention: str = "") -> list[Block]:
    """The blocks of a message, in the order in which a desk needs them."""
    lines = [mention.strip()] if mention else []
    lines += [_quote(text.quote, text.headline)] if text.quote else []
    if text.headline and text.headline.label:
        lines.insert(1 if mention else 0, f"*{link(text.headline)}*")
    if text.struck:
        lines.insert(0, f"~{escape(text.struck, 300).translate(_STYLING)}~")
    out = [_header(f"{ICONS[text.level]} {text.title}")]
    out += [_section("\n".join(lines))] if lines else []
    out += _rows(text.rows)
    out += [_context(line) for line in _small(text)]
    return out[:50]


def link(one: Link) -> str:
    """`<url|label>`; the label alone where there is no URL."""
    label = escape(one.label.replace("|", "¦"), 300).translate(_STYLING)
    return f"<{_address(one.url)}|{label}>" if one.url and label else label


def sizes(sendable: Sendable) -> dict[str, int]:
    """How much of each limit a message takes."""
    if not isinstance(sendable, Request):
        return {}
    payload = msgspec.json.decode(sendable.content)
    found = payload.get("blocks", [])
    sections = [len(one["text"]["text"]) for one in found if one["type"] == "section"]
    return {
        "header": max((len(one["text"]["text"]) for one in found if one["type"] == "header"), default=0),
        "section": max(sections, default=0),
        "text": len(payload.get("text", "")),
        "blocks": len(found),
        "sum of blocks": len(_encode(found).decode()),
    }


def _mention(letter: Letter, text: Text, options: shared.Options) -> str:
    if not (options.mention and text.mention and letter.form in (Form.POST, Form.CONFIRMED)):
        return ""
    return f"{options.mention} " if letter.level.rank >= options.mention_level.rank else ""


def _quote(quote: Quote, headline: Link | None) -> str:
    """The evidence with the act in bold; where the evidence is the headline, each part is a link to the story."""
    address = headline.url if headline and not headline.label else ""
    if len(address) > LONG_LINK:  # three of them would fill the section
        return f"{_quote(quote, None)} {link(Link('link', address))}"
    before, mark, after = (_part(one, address) for one in (quote.before, quote.mark, quote.after))
    inner = f"{before}{_GAP}*{mark}*{_GAP}{after}" if mark else before + after
    return inner if address else f">“{inner}”"


def _part(text: str, address: str) -> str:
    inner = escape(text, 300).translate(_STYLING)
    if not address or not inner.strip():
        return inner
    lead, last = " " * inner.startswith(" "), " " * inner.endswith(" ")
    return f"{lead}<{_address(address)}|{inner.strip().replace('|', '¦')}>{last}"


def _small(text: Text) -> list[str]:
    """The lines in small print."""
    told = escape(text.told, CONTEXT).translate(_STYLING)
    if text.at and text.told_before:
        stamp = f"<!date^{int(text.at.timestamp())}^{{date_short_pretty}} {{time}}|{when(text.at)}>"
        told = escape(text.told_before, 300).translate(_STYLING) + stamp + escape(text.told_after, 300)
    why = f"Why: {escape(text.why, 600).translate(_STYLING)}" if text.why else ""
    # the last line is ours, and holds a command to be copied: no mark may get into the id
    ends = [*(link(one) for one in text.links), escape(text.footer, 300)]
    last = DOT.join(part for part in (why, *ends) if part)
    notes = [escape(note, 600).translate(_STYLING) for note in text.notes]
    details = [escape(f"{name}: {value}", 300).translate(_STYLING) for name, value in text.details]
    return [line for line in (told, *notes, DOT.join(details), last) if line]


def _rows(rows: tuple[Row, ...]) -> list[Block]:
    """Lines of a digest in as few sections as hold them: where they are too much for one message, links give way
    first, then the length of each."""
    lines = [_row(row, 230, link_too=True) for row in rows]
    if sum(map(_units, lines)) > ROWS:
        lines = [_row(row, 230, link_too=False) for row in rows]
    if sum(map(_units, lines)) > ROWS:
        lines = [_row(row, ROWS // len(rows) - 100, link_too=False) for row in rows]
    out: list[Block] = []
    held: list[str] = []
    for line in lines:
        if sum(map(_units, held)) + len(held) + _units(line) > SECTION:
            out.append(_section("\n".join(held)))
            held = []
        held.append(line)
    return [*out, _section("\n".join(held))] if held else out


def _row(row: Row, limit: int, *, link_too: bool) -> str:
    line = f"{ICONS[row.level]} {escape(row.text, limit).translate(_STYLING)}{DOT}{escape(row.note, 90)}"
    return line + DOT + link(row.link) if row.link and link_too else line


def _header(text: str) -> Block:
    # nothing is parsed in plain_text but `:name:` where emoji is true
    shown = cut(text, HEADER)
    while _units(shown) > HEADER:
        shown = cut(text, len(shown) - 1)
    return {"type": "header", "text": {"type": "plain_text", "emoji": False, "text": shown}}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "verbatim": True, "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "verbatim": True, "text": text}]}


def _address(url: str) -> str:
    return url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _units(text: str) -> int:
    """Length as Slack may count it: an emoji is two UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
