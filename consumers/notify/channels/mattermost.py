"""Mattermost, through an incoming webhook. There, `@all` in plain text pings, so that none is left whole."""

from typing import Literal, cast

import msgspec

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.clean import cut
from consumers.notify.exchange import Outcome, Reply, Request, Verdict
from consumers.notify.hook import HookOptions, by_hook_status, posted
from consumers.notify.judge import answer
from consumers.notify.letter import Form, Letter
from consumers.notify.markdown import Dialect, backslashed, fitting, title
from consumers.notify.template import templated
from consumers.notify.wording import words

TRAITS = Traits(Tells.ONCE, rate=2.0, burst=5, concurrency=1, page=40)
TEXT = 16_000
LIMITS = (("text", 16_383),)
_SIGNS = backslashed("\\*_~`|>#[]()<")
_GAP = "\u200b"


def _escape(text: str) -> str:
    """Markdown made plain, and `@` parted from what follows: `@here` in a headline would ring everywhere."""
    return _SIGNS(text).replace("@", "@" + _GAP).replace(":", ":" + _GAP)


_DIALECT = Dialect(_escape)
EXAMPLE = {"type": "mattermost", "url": "https://chat.example/hooks/made-up-hook"}
TAKES = Reply(200, b"ok")


class Options(HookOptions):
    """`url` is the incoming webhook. `mention` is text such as `@here`."""

    can_mention = True

    type: Literal["mattermost"] = "mattermost"
    channel: str = ""


def render(letter: Letter, options: shared.Options) -> Sendable:
    to = cast(Options, options)
    text = words(letter, full=options.detail == "full")
    own = templated(options.template, letter, text, _escape, TEXT)
    if own is not None:
        said = own
    elif letter.plain:
        said = cut(_escape("\n".join(text.lines())), TEXT)
    else:
        head = f"**{title(text, _DIALECT)}**\n"
        said = head + fitting(text, _DIALECT, TEXT - len(head))
    rings = letter.form in (Form.POST, Form.CONFIRMED) and letter.level.rank >= to.mention_level.rank
    if to.mention and rings and not letter.sample:
        said = f"{to.mention} {said}"
    payload = {"text": said, **({"channel": to.channel} if to.channel else {})}
    return posted(msgspec.json.encode(payload), options)


def judge(reply: Reply) -> Outcome:
    """A webhook answers `ok`; a page of a proxy with status 200 is a failure."""
    if reply.status == 200:
        if reply.text.strip('"') == "ok":
            return Outcome(Verdict.ACCEPTED, "ok")
        return Outcome(Verdict.RETRY, "200 without ok", answer(reply), ambiguous=True)
    return by_hook_status(reply)


def used(sendable: Sendable) -> dict[str, int]:
    if not isinstance(sendable, Request):
        return {}
    return {"text": len(msgspec.json.decode(sendable.content)["text"])}
