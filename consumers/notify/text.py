"""What a message says, clean, cut and not yet escaped; a channel only escapes it and lays it out."""

from dataclasses import dataclass
from datetime import datetime

from monitor.message.kind import Level

ICONS = {Level.INFO: "⚪", Level.LOW: "🔵", Level.MEDIUM: "🟠", Level.HIGH: "🔴", Level.CRITICAL: "🚨"}

DOT = " · "


@dataclass(frozen=True, slots=True)
class Quote:
    """The evidence with the act in it marked: what stands before, the mark, what stands after."""

    before: str
    mark: str
    after: str

    @property
    def plain(self) -> str:
        return self.before + self.mark + self.after


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One act in a digest."""

    level: Level
    text: str
    link: Link | None
    note: str


@dataclass(frozen=True, slots=True)
class Text:
    """All that a message says, clean, cut and not yet escaped. Empty fields are left out by the channels."""

    title: str  # level in words and the act: header, fallback text and subject
    level: Level
    struck: str = ""  # what is withdrawn
    headline: Link | None = None
    quote: Quote | None = None
    told: str = ""  # outlet, time, delay
    at: datetime | None = None  # the time in `told`, for destinations that localise it
    told_before: str = ""  # `told` is told_before + time + told_after
    told_after: str = ""
    notes: tuple[str, ...] = ()  # lines of their own
    details: tuple[tuple[str, str], ...] = ()  # name and value, of the full form
    rows: tuple[Row, ...] = ()  # of a digest or a joint act
    why: str = ""
    links: tuple[Link, ...] = ()
    footer: str = ""
    mention: bool = False

    def lines(self) -> list[str]:
        """As plain text, one line for each thing."""
        out = [self.title]
        if self.struck:
            out.append(f"Told before: {self.struck}")
        out += [_row_line(row) for row in self.rows]
        if self.headline and not self.quote:
            out.append(f"{self.headline.label} {self.headline.url}".strip())
        if self.quote:
            out.append(f"“{self.quote.plain}”")
        if self.headline and self.quote:
            out.append(f"{self.headline.label} {self.headline.url}".strip())
        out += [line for line in (self.told, *self.notes) if line]
        out += [f"{name}: {value}" for name, value in self.details]
        out += [f"Why: {self.why}"] if self.why else []
        out += [f"{link.label}: {link.url}" for link in self.links]
        return out + ([self.footer] if self.footer else [])


def _row_line(row: Row) -> str:
    link = f"{DOT}{row.link.label} {row.link.url}" if row.link else ""
    return f"- {row.text}{DOT}{row.note}{link}"
