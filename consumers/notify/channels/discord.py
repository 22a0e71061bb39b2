"""Discord, through a webhook: one embed for each message, and nobody is pinged by what it says."""

from typing import Any, Literal

import msgspec

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.clean import cut
from consumers.notify.exchange import Outcome, Ref, Reply, Request, Verdict
from consumers.notify.hook import HookOptions, by_hook_status, posted
from consumers.notify.judge import answer
from consumers.notify.letter import Letter
from consumers.notify.markdown import Dialect, backslashed, fitting
from consumers.notify.template import templated
from consumers.notify.text import ICONS
from consumers.notify.wording import words
from monitor.message.kind import Level

# Five posts in two seconds for each webhook; bursts above are answered 429, and 10,000 of those ban the address.
TRAITS = Traits(Tells.ONCE, rate=1.0, burst=3, concurrency=1, page=20)
TITLE, DESCRIPTION, CONTENT = 256, 4096, 2000
LIMITS = (("title", TITLE), ("description", DESCRIPTION), ("content", CONTENT), ("all embeds", 6000))
_COLOURS = {
    Level.INFO: 0x9AA0A6,
    Level.LOW: 0x1A73E8,
    Level.MEDIUM: 0xF29900,
    Level.HIGH: 0xD93025,
    Level.CRITICAL: 0x8C1D18,
}
_DIALECT = Dialect(backslashed("\\*_~`|>#[]()<@-"))
EXAMPLE = {"type": "discord", "url": "https://discord.example/api/webhooks/1/made-up"}
TAKES = Reply(200, b'{"id":"99","channel_id":"7"}')


class Options(HookOptions):
    """`url` is the webhook's."""

    type: Literal["discord"] = "discord"


def render(letter: Letter, options: shared.Options) -> Sendable:
    text = words(letter, full=options.detail == "full")
    payload: dict[str, Any] = {"allowed_mentions": {"parse": []}}
    own = templated(options.template, letter, text, _DIALECT.escape, CONTENT)
    if own is not None:
        payload["content"] = own
    elif letter.plain:
        payload["content"] = cut(_DIALECT.escape("\n".join(text.lines())), CONTENT)
    else:
        embed = {
            "title": cut(f"{ICONS[text.level]} {text.title}", TITLE),
            "description": fitting(text, _DIALECT, DESCRIPTION),
            "color": _COLOURS[text.level],
        }
        payload["embeds"] = [embed]
    # without `wait` the answer is 204 also where the message was lost
    return posted(msgspec.json.encode(payload), options, query="wait=true")


def judge(reply: Reply) -> Outcome:
    """200 with the message; after a 404 the webhook is gone, and calling it again counts against the address."""
    if reply.status == 200:
        message = _decoded(reply)
        if "id" in message:
            return Outcome(Verdict.ACCEPTED, "ok", ref=Ref(str(message["id"]), str(message.get("channel_id", ""))))
        return Outcome(Verdict.RETRY, "200 without a message", answer(reply), ambiguous=True)
    outcome = by_hook_status(reply)
    if outcome.verdict is Verdict.THROTTLED:
        asked = _decoded(reply).get("retry_after")
        return Outcome(
            outcome.verdict,
            outcome.reason,
            outcome.answer,
            retry_after=float(asked) if isinstance(asked, int | float) else None,
        )
    return outcome


def used(sendable: Sendable) -> dict[str, int]:
    if not isinstance(sendable, Request):
        return {}
    payload = msgspec.json.decode(sendable.content)
    embed = (payload.get("embeds") or [{}])[0]
    title, description = len(embed.get("title", "")), len(embed.get("description", ""))
    sizes = {"title": title, "description": description, "all embeds": title + description}
    return {**sizes, "content": len(payload.get("content", ""))}


def _decoded(reply: Reply) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return {}
    return said if isinstance(said, dict) else {}
