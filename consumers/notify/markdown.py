"""A message as Markdown, for the destinations that speak a dialect of it."""

from collections.abc import Callable
from dataclasses import dataclass

from consumers.notify.text import DOT, ICONS, Link, Quote, Row, Text


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a destination escapes foreign text, and what it makes bold with."""

    escape: Callable[[str], str]
    bold: str = "**"

    def link(self, one: Link) -> str:
        """`[label](url)`; the label alone where there is no URL."""
        label = self.escape(one.label)
        return f"[{label}]({address(one.url)})" if one.url and label else label


def address(url: str) -> str:
    """A URL that no bracket, blank or sign of styling in it can end."""
    signs = {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "|": "%7C", "[": "%5B", "]": "%5D", "@": "%40"}
    return "".join(signs.get(char, char) for char in url)


def backslashed(signs: str) -> Callable[[str], str]:
    """An escape that sets a backslash before each of these signs."""
    table = str.maketrans({sign: f"\\{sign}" for sign in signs})
    return lambda text: text.translate(table)


def lines(text: Text, dialect: Dialect, *, row_links: bool = True) -> list[str]:
    """The message below its title, one line for each thing."""
    out = [f"~~{dialect.escape(text.struck)}~~"] if text.struck else []
    if text.headline and text.headline.label:
        out.append(f"{dialect.bold}{dialect.link(text.headline)}{dialect.bold}")
    out += [_quote(text.quote, text.headline, dialect)] if text.quote else []
    out += [_row(row, dialect, row_links) for row in text.rows]
    out += [dialect.escape(line) for line in (text.told, *text.notes) if line]
    if text.details:
        out.append(dialect.escape(DOT.join(f"{name}: {value}" for name, value in text.details)))
    why = f"Why: {dialect.escape(text.why)}" if text.why else ""
    last = DOT.join(part for part in (why, *map(dialect.link, text.links), dialect.escape(text.footer)) if part)
    return [*out, last] if last else out


def title(text: Text, dialect: Dialect) -> str:
    return f"{ICONS[text.level]} {dialect.escape(text.title)}"


def _quote(quote: Quote, headline: Link | None, dialect: Dialect) -> str:
    """The evidence with the act in bold; where the evidence is the headline, all of it is a link."""
    mark = f"{dialect.bold}{dialect.escape(quote.mark)}{dialect.bold}" if quote.mark else ""
    inner = f"“{dialect.escape(quote.before)}{mark}{dialect.escape(quote.after)}”"
    if headline and headline.url and not headline.label:
        return f"[{inner}]({address(headline.url)})"
    return f"> {inner}"


def _row(row: Row, dialect: Dialect, with_link: bool) -> str:
    link = DOT + dialect.link(row.link) if row.link and with_link else ""
    return f"- {ICONS[row.level]} {dialect.escape(row.text)}{DOT}{dialect.escape(row.note)}{link}"


def fitting(text: Text, dialect: Dialect, limit: int) -> str:
    """The lines within a limit. Links of a digest's lines give way first, then whole lines before the last, which is
    the way on: a cut within one could cut a link or an escape."""
    kept = lines(text, dialect)
    if len("\n".join(kept)) > limit:
        kept = lines(text, dialect, row_links=False)
    while len(kept) > 1 and len("\n".join(kept)) > limit:
        kept.pop(-2 if len(kept) > 2 else -1)
    whole = "\n".join(kept)
    return whole if len(whole) <= limit else ""
