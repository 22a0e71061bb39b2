"""Microsoft Teams, through a workflow that posts an adaptive card. It says "accepted" before the card is posted."""

from typing import Any, Literal

import msgspec

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.clean import cut
from consumers.notify.exchange import Outcome, Reply, Request, Verdict
from consumers.notify.hook import HookOptions, by_hook_status, posted
from consumers.notify.judge import answer
from consumers.notify.letter import Letter
from consumers.notify.markdown import Dialect, backslashed, lines
from consumers.notify.template import templated
from consumers.notify.text import ICONS, Text
from consumers.notify.wording import words
from monitor.message.kind import Level

# Published once: 4 in a second, 60 in 30 s, 100 in an hour, 150 in two. One in 50 s keeps the long ones.
TRAITS = Traits(Tells.ONCE, rate=0.02, burst=4, concurrency=1, page=25)
SIZE = 18_000  # bytes; 28 KB is the limit after the flow has grown the message, about 21 KB were seen to pass
LIMITS = (("body", SIZE),)
_DIALECT = Dialect(backslashed("\\[]()*_#`~<>"))
_COLOURS = {Level.HIGH: "Attention", Level.CRITICAL: "Attention", Level.MEDIUM: "Warning", Level.LOW: "Accent"}
_encode = msgspec.json.Encoder().encode
EXAMPLE = {"type": "teams", "url": "https://flow.example/triggers/manual/run?sig=made-up"}
TAKES = Reply(202)


class Options(HookOptions):
    """`url` is the workflow's trigger. Its owner's account must stay alive."""

    type: Literal["teams"] = "teams"


def render(letter: Letter, options: shared.Options) -> Sendable:
    text = words(letter, full=options.detail == "full")
    own = templated(options.template, letter, text, _DIALECT.escape, 3000)
    body = [_block(own)] if own else _plain(text) if letter.plain else _blocks(text, row_links=True)
    content = _encode(_message(body))
    if len(content) > SIZE:
        body = _plain(text) if letter.plain else _blocks(text, row_links=False)
        content = _encode(_message(body))
    while len(content) > SIZE and len(body) > 2:
        body.pop(-2)
        content = _encode(_message(body))
    return posted(content, options)


def judge(reply: Reply) -> Outcome:
    """A workflow answers 202 and no more; a connector answered 200 with `1`, or with the error in words."""
    if reply.status == 202:
        return Outcome(Verdict.ACCEPTED, "accepted by the workflow")
    if reply.status == 200:
        said = answer(reply)
        if said in ("1", ""):
            return Outcome(Verdict.ACCEPTED, "ok")
        if "429" in said:
            return Outcome(Verdict.THROTTLED, "throttled, in the body", said)
        if "413" in said:
            return Outcome(Verdict.PAYLOAD, "too large, in the body", said)
        return Outcome(Verdict.RETRY, "200 with an error", said, ambiguous=True)
    return by_hook_status(reply)


def used(sendable: Sendable) -> dict[str, int]:
    return {"body": len(sendable.content)} if isinstance(sendable, Request) else {}


def _message(body: list[dict[str, Any]]) -> dict[str, Any]:
    """The envelope that the trigger asks for: without `attachments` the flow fails on its own."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _plain(text: Text) -> list[dict[str, Any]]:
    return [_block(_DIALECT.escape(cut(" · ".join(text.lines()), 3000)))]


def _blocks(text: Text, *, row_links: bool) -> list[dict[str, Any]]:
    colour = _COLOURS.get(text.level, "Default")
    head = _block(_DIALECT.escape(f"{ICONS[text.level]} {text.title}"), weight="Bolder", size="Medium", color=colour)
    below = [line.removeprefix("> ") for line in lines(text, _DIALECT, row_links=row_links)]
    return [head, *(_block(line) for line in below)]


def _block(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}
