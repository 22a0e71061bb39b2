"""The terminal: what a newcomer sees first. In a pipe it is plain text, one line for each thing."""

import io
from functools import cache
from typing import Literal

from rich.console import Console
from rich.text import Text as Rich

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.exchange import Lines, Outcome, Reply, Verdict
from consumers.notify.letter import Form, Letter
from consumers.notify.phrase import standing
from consumers.notify.template import templated
from consumers.notify.text import DOT, ICONS, Row, Text
from consumers.notify.wording import words
from monitor.message.kind import Level

TRAITS = Traits(Tells.EVENTS, rate=None, concurrency=1, people=True, page=200)
LIMITS: tuple[tuple[str, int], ...] = ()
WIDTH = 96
BAR = "▌ "
COLOURS = {
    Level.INFO: "bright_black",
    Level.LOW: "blue",
    Level.MEDIUM: "yellow",
    Level.HIGH: "red",
    Level.CRITICAL: "bold red",
}
EXAMPLE = {"type": "terminal"}
TAKES = Reply(200)


class Options(shared.Options):
    """Nothing of its own."""

    type: Literal["terminal"] = "terminal"


def render(letter: Letter, options: shared.Options) -> Sendable:
    text = words(letter, full=options.detail == "full")
    own = templated(options.template, letter, text, str, 4000)
    if own is not None:
        return Lines(own.rstrip("\n") + "\n\n")
    if letter.form in (Form.UPDATE, Form.REPLY):
        line = DOT.join(part for part in (f"↳ {text.title}", *text.notes, standing(letter.alert)) if part)
        return Lines(line + "\n", styled=lambda: _styled([Rich(line, style="dim")], text.level))
    return Lines("\n".join(text.lines()) + "\n\n", styled=lambda: _styled(_parts(text), text.level) + "\n")


def judge(reply: Reply) -> Outcome:
    if reply.status == 200:
        return Outcome(Verdict.ACCEPTED, "written")
    return Outcome(Verdict.RETRY, reply.text or "not written")


def used(sendable: Sendable) -> dict[str, int]:
    return {}


def _parts(text: Text) -> list[Rich]:
    """The lines of a message as styled text, in the order in which a desk needs them."""
    colour = COLOURS[text.level]
    out = [Rich.assemble(f"{ICONS[text.level]} ", (text.title, f"bold {colour.removeprefix('bold ')}"))]
    if text.struck:
        out.append(Rich(text.struck, style="strike dim"))
    if text.headline and text.headline.label:
        out.append(Rich(text.headline.label, style=_link("", text.headline.url)))
    if text.quote:
        link = _link("", text.headline.url) if text.headline and not text.headline.label else ""
        mark = (text.quote.mark, f"bold {link}".strip())
        out.append(Rich.assemble("“", (text.quote.before, link), mark, (text.quote.after, link), "”"))
    out += [_row(row) for row in text.rows]
    out += [Rich(line) for line in text.notes]
    out += [Rich(text.told, style="dim")] if text.told else []
    out += [Rich(f"{name}: {value}", style="dim") for name, value in text.details]
    last = DOT.join(part for part in (f"Why: {text.why}" if text.why else "", text.footer) if part)
    out += [Rich(last, style="dim")] if last else []
    return out + [Rich(link.label, style=_link("dim", link.url)) for link in text.links]


def _row(row: Row) -> Rich:
    line = Rich.assemble((f"{ICONS[row.level]} {row.text}", COLOURS[row.level]), (DOT + row.note, "dim"))
    if row.link:
        line.append(DOT, "dim").append(row.link.label, _link("dim", row.link.url))
    return line


def _styled(lines: list[Rich], level: Level) -> str:
    """The lines with a bar in the level's colour before each, as Slack shows a message set apart."""
    console = _console()
    with console.capture() as written:
        for line in lines:
            for part in line.wrap(console, WIDTH - len(BAR)):
                part.rstrip()
                console.print(Rich.assemble((BAR, COLOURS[level]), part))
    return written.get()


@cache
def _console() -> Console:
    """It only turns styles into codes: nothing is written to it."""
    return Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=WIDTH, highlight=False)


def _link(style: str, url: str) -> str:
    return f"{style} link {url}".strip() if url and " " not in url else style
