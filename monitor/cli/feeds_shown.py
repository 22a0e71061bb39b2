"""Feeds as people read them: the table of `feeds list`, the lines of `feeds check`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TextIO

from rich.console import Console
from rich.table import Table

from monitor.feed_lists import Tried
from monitor.ingest.document import Document
from monitor.ingest.feed import shown_url
from monitor.ingest.identity import Distrust
from monitor.ingest.overview import Row, well
from monitor.ingest.reply import Fetched


def table(rows: Sequence[Row], now: datetime, out: TextIO) -> None:
    """The feeds, trouble first, and a line that counts them."""
    console = Console(file=out, width=None if out.isatty() else 200, highlight=False)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("feed", "state", "last item", "next poll", "why then", "read", "new", "upd.", "dropped", "delay"):
        shown.add_column(name, overflow="fold", justify="right" if name in ("read", "new", "upd.") else "left")
    for row in rows:
        style = "" if row.well else "red"
        state = f"{row.state}: {row.detail}" if row.detail else row.state
        shown.add_row(
            row.id,
            state,
            _ago(row.last_item, now),
            _ahead(row.next_poll, now),
            row.why if row.polls else "",
            str(row.read),
            str(row.new),
            str(row.updated),
            _dropped(row),
            _delay(row),
            style=style,
        )
    console.print(shown)
    counted = ", ".join(f"{count} {state}" for state, count in well(rows).most_common())
    console.print(f"\n{sum(row.well and row.polls > 0 for row in rows)} of {len(rows)} feeds well: {counted}")


def checked_lines(tried: Tried) -> Iterator[str]:
    """All that one try brought."""
    state, reply = tried.state, tried.polled.reply
    yield f"{shown_url(tried.feed.url)}: {state.health}" + (f" ({state.detail})" if state.detail else "")
    if isinstance(reply, Fetched) and isinstance(reply.document, Document):
        yield from _document(tried, reply, reply.document)
    yield f"  next poll      in {state.wait} s: {state.why}"
    yield f"  took           {tried.polled.took:.2f} s"


def _document(tried: Tried, reply: Fetched, document: Document) -> Iterator[str]:
    entries, state = document.entries, tried.state
    dates = sorted(item.published for item in tried.items if item.published)
    yield f"  title          {document.title or '(none)'}"
    yield (
        f"  form           {document.format}, {document.encoding or 'no encoding named'}, {reply.size} bytes, read "
        + (f"by the {document.parser} parser" if document.parser == "fast" else f"by {document.parser}")
    )
    if reply.answer.url != tried.feed.url:
        lasting = "for good" if reply.answer.moved_to else "for now"
        yield f"  redirected     {lasting}, to {shown_url(reply.answer.url)}"
    yield f"  entries        {len(entries)}, {len(dates)} dated" + (
        f", {dates[0]:%Y-%m-%d %H:%M} to {dates[-1]:%Y-%m-%d %H:%M}" if dates else ""
    )
    yield f"  told apart by  {Distrust(state.distrust).basis}"
    yield f"  languages      {', '.join(sorted({item.lang for item in tried.items if item.lang})) or 'unknown'}"
    given = [name for name, value in (("ETag", state.etag), ("Last-Modified", state.modified)) if value]
    yield f"  validators     {', '.join(given) or 'none: each poll will carry the whole document'}"
    hints = state.hints
    said = [f"ttl {hints.ttl} s"] if hints.ttl else []
    said += [f"sy: {hints.update_period} s"] if hints.update_period else []
    said += [f"max-age {state.fresh_for} s"] if state.fresh_for else []
    yield f"  asks for       {', '.join(said) or 'nothing'}"
    for item in list(reversed(tried.items))[:3]:
        yield f"  - {_time(item.published) or 'undated'}  {item.title[:100]}"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{_span((now - at).total_seconds())} ago" if at else ""


def _ahead(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "at start"
    return f"in {_span((at - now).total_seconds())}" if at > now else "due"


def _span(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {name}"
    return f"{max(int(seconds), 0)} s"


def _dropped(row: Row) -> str:
    found = [f"{count} {reason}" for reason, count in sorted(row.dropped.items())]
    found += [f"{row.undated} undated at first sight"] if row.undated else []
    found += [f"turned over {row.turned_over} times"] if row.turned_over else []
    return ", ".join(found)


def _delay(row: Row) -> str:
    if row.delay_p50 is None or row.delay_p95 is None:
        return ""
    return f"{_span(row.delay_p50)} / {_span(row.delay_p95)}"
