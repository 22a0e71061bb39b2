"""Slack, through an incoming webhook: new messages only, for a webhook gives no id to edit or reply to."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.exchange import Outcome, Reply, Verdict
from consumers.notify.hook import HookOptions, posted
from consumers.notify.judge import answer, by_status
from consumers.notify.letter import Letter
from consumers.notify.slack_blocks import LIMITS, MENTION, body, sizes

# One message a second for each channel; going on after 429 may get an app disabled (Slack, "Rate limits").
TRAITS = Traits(Tells.ONCE, rate=1.0, burst=1, concurrency=1)
_PAYLOAD = {"invalid_payload", "invalid_blocks", "invalid_blocks_format", "no_text", "too_many_attachments"}
_GONE = {"no_service", "no_team", "no_active_hooks", "invalid_token", "channel_not_found", "channel_is_archived"}
__all__ = ["EXAMPLE", "LIMITS", "TAKES", "TRAITS", "Options", "judge", "render", "used"]
EXAMPLE = {"type": "slack", "url": "https://hooks.slack.example/services/T0/B0/made-up"}
TAKES = Reply(200, b"ok")


class Options(HookOptions):
    """`url` is the incoming webhook."""

    can_mention = True

    type: Literal["slack"] = "slack"
    mention: Annotated[str, StringConstraints(pattern=MENTION)] = ""


def render(letter: Letter, options: shared.Options) -> Sendable:
    return posted(body(letter, options), options)


def judge(reply: Reply) -> Outcome:
    """A webhook answers in words: `ok`, or what is wrong; a page of a proxy with status 200 is neither."""
    said = answer(reply)
    if reply.status == 200:
        if reply.text == "ok":
            return Outcome(Verdict.ACCEPTED, "ok")
        return Outcome(Verdict.RETRY, "200 without ok", said, ambiguous=True)
    if said in _PAYLOAD or said.startswith("missing_text"):
        return Outcome(Verdict.PAYLOAD, said, said)
    if said in _GONE or reply.status == 410:
        return Outcome(Verdict.GONE, said or f"http {reply.status}", said)
    outcome = by_status(reply)
    return Outcome(outcome.verdict, said if _is_word(said) else outcome.reason, said, ambiguous=outcome.ambiguous)


def used(sendable: Sendable) -> dict[str, int]:
    return sizes(sendable)


def _is_word(said: str) -> bool:
    return 0 < len(said) < 60 and said.replace("_", "").isalnum()
