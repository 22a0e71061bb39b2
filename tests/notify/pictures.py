"""Pictures of an alert at each type of destination, drawn from what would be sent: `python -m tests.notify.pictures`.

A destination's own fonts and frames are left out; the words, what is bold, what is a link and the breaks are its own.
"""

import io
import json
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from consumers.notify.channel import channel, channel_names
from consumers.notify.exchange import Lines, Mail, Request
from consumers.notify.letter import Form, Letter
from tests.notify.markup import html, markdown, slack
from tests.notify.samples import NOON, alert
from tests.notify.test_channels import example

FOLDER = Path(__file__).parents[2] / "consumers" / "pictures"
WIDTH = 100  # characters
BAR = "▌ "
_INK = (29, 28, 29)
_COLOURS = [
    _INK,
    (176, 32, 37),
    (30, 125, 60),
    (184, 110, 0),
    (18, 100, 163),
    (120, 50, 140),
    (0, 110, 130),
    (97, 96, 97),
]
PAPER = TerminalTheme((255, 255, 255), _INK, _COLOURS)
# As rich's own, without its window and without fonts from elsewhere.
SVG = """\
<svg viewBox="0 -10 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
<rect y="-10" width="{terminal_width}" height="{terminal_height}" rx="6" fill="#ffffff"/>
<g transform="translate(9, 0)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture(name: str) -> str:
    """The sample as it looks at a destination of this type, as SVG."""
    console = Console(file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, color_system="truecolor")
    for line in _lines(name):
        for part in line.wrap(console, WIDTH - 2):
            part.rstrip()
            console.print(part)
    console.print()  # room below
    drawn = console.export_svg(title=name, theme=PAPER, code_format=SVG, unique_id=name)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def _lines(name: str) -> Iterator[Text]:
    letter = Letter(key="a1", form=Form.POST, alerts=(alert(),), at=NOON)
    sendable = channel(name).render(letter, example(name))
    match sendable:
        case Lines(path=path, styled=styled, text=text):
            yield from Text.from_ansi(styled() if styled else text).split() if not path else [Text(text.strip())]
        case Mail():
            yield from _mail(sendable.content)
        case Request():
            yield from _chat(name, json.loads(sendable.content))


def _mail(content: bytes) -> Iterator[Text]:
    message = message_from_bytes(content, policy=default)
    for head in ("From", "To", "Subject"):
        yield Text.assemble((f"{head}: ", "dim"), (message[head], "bold" if head == "Subject" else ""))
    body = message.get_body(("html",))
    assert body is not None
    yield Text()
    yield from html(body.get_content())


def _chat(name: str, said: Any) -> Iterator[Text]:
    match said:
        case {"blocks": blocks}:
            for block in blocks:
                yield from _block(block)
        case {"attachments": [{"content": {"body": body}}]}:
            for block in body:
                line = markdown(block["text"])
                line.stylize("bold" if block.get("weight") == "Bolder" else "")
                yield line
        case {"embeds": [{"title": title, "description": description, "color": colour}]}:
            for line in (Text(title, "bold"), *map(markdown, description.splitlines())):
                yield Text.assemble((BAR, f"#{colour:06x}"), line)
        case {"text": str(text)}:
            yield from map(markdown, text.splitlines())
        case _:
            yield Text(json.dumps(said, ensure_ascii=False))


def _block(block: dict[str, Any]) -> Iterator[Text]:
    style = {"header": "bold", "context": "dim"}.get(block["type"], "")
    for element in (
        *block.get("elements", ()),
        *block.get("fields", ()),
        *([block["text"]] if "text" in block else ()),
    ):
        plain = element["type"] == "plain_text"
        for line in element["text"].splitlines():
            text = Text(line) if plain else slack(line)
            text.stylize(style)
            yield text


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in channel_names():
        drawn = picture(name)
        (FOLDER / f"{name}.svg").write_text(drawn, encoding="utf-8")
        sys.stdout.write(f"{name}.svg {len(drawn.encode()):,} bytes\n")


if __name__ == "__main__":
    main()
