"""The markups of destinations, read as they read them: Markdown, Slack's mrkdwn, the HTML of mails."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from rich.text import Text

LINK = "blue"
_MARKDOWN = MarkdownIt().enable("strikethrough")
_STYLES = {"strong_open": "bold", "em_open": "italic", "s_open": "strike", "link_open": LINK}
_SLACK = re.compile(r"<(?P<url>[^|>]*)\|(?P<label>[^>]*)>|\*(?P<bold>[^*]+)\*|~(?P<struck>[^~]+)~")
_TAGS = {"b": "bold", "s": "strike", "small": "dim", "a": LINK, "blockquote": ""}


def markdown(line: str) -> Text:
    """One line of Markdown, a quote or a point of a list perhaps."""
    lead = next((sign for sign in ("> ", "- ") if line.startswith(sign)), "")
    out = Text().append("▎ " if lead == "> " else "• " if lead else "", "dim")
    styles: list[str] = []
    for token in _MARKDOWN.parseInline(line.removeprefix(lead))[0].children or ():
        if token.type in _STYLES:
            styles.append(_STYLES[token.type])
        elif token.nesting < 0:
            styles.pop()
        else:
            out.append(token.content.replace("\u200b", ""), " ".join(styles))
    return out


def slack(line: str) -> Text:
    """One line of mrkdwn."""
    quoted = line.startswith(">")
    out = Text().append("▎ " if quoted else "", "dim")
    _add_slack(out, line.removeprefix(">"), "")
    return out


def _add_slack(out: Text, line: str, style: str) -> None:
    at = 0
    for found in _SLACK.finditer(line):
        out.append(_plain(line[at : found.start()]), style)
        if found["label"] is not None:
            out.append(_plain(found["label"]), style if found["url"].startswith("!") else f"{style} {LINK}".strip())
        else:
            inner, more = (found["bold"], "bold") if found["bold"] else (found["struck"], "strike")
            _add_slack(out, inner, f"{style} {more}".strip())
        at = found.end()
    out.append(_plain(line[at:]), style)


def _plain(text: str) -> str:
    return unescape(text).replace("\u200b", "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Text] = [Text()]
        self._styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "li", "blockquote"):
            lead = {"li": "• ", "blockquote": "▎ "}.get(tag, "")
            self.lines.append(Text().append(lead, "dim"))
        if tag in _TAGS:
            self._styles.append(_TAGS[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in _TAGS:
            self._styles.pop()

    def handle_data(self, data: str) -> None:
        self.lines[-1].append(data.replace("\n", ""), " ".join(filter(None, self._styles)))


def html(text: str) -> Iterator[Text]:
    """The paragraphs of a mail."""
    reader = _Reader()
    reader.feed(text)
    return (line for line in reader.lines if line.plain.strip())
