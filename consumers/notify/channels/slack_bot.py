"""Slack, through a bot: messages that are edited as a story grows, with what is new in their threads."""

from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlencode

import msgspec
from pydantic import Field, StringConstraints

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.exchange import Outcome, Ref, Reply, Request, Verdict
from consumers.notify.judge import answer, by_status
from consumers.notify.letter import Form, Letter
from consumers.notify.secret import Secret
from consumers.notify.slack_blocks import LIMITS, MENTION, body, sizes
from monitor.message.kind import Level

TRAITS = Traits(Tells.EDITS, rate=1.0, burst=1, concurrency=1)
_BROADCAST = Level.HIGH  # from this level on, a withdrawal or a turn shows in the channel too
_LOOK_BACK = 900  # seconds before an attempt where an earlier one may stand
_RETRY = {
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "service_unavailable",
    "internal_error",
    "fatal_error",
    "request_timeout",
    "team_added_to_org",
}
_AMBIGUOUS = {"internal_error", "fatal_error", "request_timeout"}  # may have half succeeded
_NO_PARENT = {
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "is_inactive",
    "cannot_reply_to_message",
    "restricted_action_thread_locked",
    "thread_not_found",
}
_PAYLOAD = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "metadata_too_large",
    "invalid_metadata_format",
}
_GONE = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "no_permission",
    "ekm_access_denied",
}
__all__ = ["EXAMPLE", "LIMITS", "TAKES", "TRAITS", "Options", "found", "judge", "look", "render", "used"]
EXAMPLE = {"type": "slack_bot", "token": "xoxb-made-up-token", "channel": "C0DIPLO01"}
TAKES = Reply(200, b'{"ok":true,"channel":"C0DIPLO01","ts":"1772625600.000100"}')


class Options(shared.Options):
    """`token` needs `chat:write`, and `channels:history` for looking before sending again; `channel` is an id."""

    can_mention = True

    type: Literal["slack_bot"] = "slack_bot"
    token: Secret | None = None
    token_file: Path | None = None
    channel: Annotated[str, StringConstraints(pattern=r"^[CDG][A-Z0-9]{2,}$")] = Field(
        description="The channel's id, not its name."
    )
    api: str = Field("https://slack.com/api", description="Root of the Web API.")
    mention: Annotated[str, StringConstraints(pattern=MENTION)] = ""

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("token",)


def render(letter: Letter, options: shared.Options) -> Sendable:
    to, ref = cast(Options, options), letter.ref
    edits = letter.form is Form.UPDATE and ref is not None
    more: dict[str, Any] = {"channel": ref.channel if ref and ref.channel else to.channel}
    if ref is not None and edits:
        more["ts"] = ref.id
    elif ref is not None:
        loud = letter.form is Form.CORRECTION and letter.level.rank >= _BROADCAST.rank
        more |= {"thread_ts": ref.id, "reply_broadcast": loud}
    if letter.plain and edits:
        more["blocks"] = []  # chat.update keeps the old blocks where none are given
    more["metadata"] = _metadata(letter)
    method = "chat.update" if edits else "chat.postMessage"
    return Request(Secret(f"{to.api}/{method}"), body(letter, options, **more), _headers(to))


def judge(reply: Reply) -> Outcome:
    """The Web API answers 200 with `ok` false and an error in one word; other statuses are of what lies between."""
    if reply.status != 200:
        return by_status(reply)
    said = _decoded(reply)
    if said is None:
        return Outcome(Verdict.RETRY, "200 without JSON", answer(reply), ambiguous=True)
    if said.get("ok") is True:
        return Outcome(Verdict.ACCEPTED, "ok", ref=_ref(said))
    error = str(said.get("error", "unknown_error"))
    detail = "; ".join([error, *map(str, said.get("errors") or ())])[:300]  # names the block by a JSON pointer
    return Outcome(_verdict(error), error, detail, retry_after=_seconds(said), ambiguous=error in _AMBIGUOUS)


def look(letter: Letter, options: shared.Options) -> Request:
    """A request that finds an earlier attempt of this letter in the channel, or in the thread."""
    to, at = cast(Options, options), letter.at
    asked = {
        "channel": to.channel,
        "include_all_metadata": "true",
        "limit": "100",
        "oldest": f"{(at.timestamp() if at else 0) - _LOOK_BACK:.6f}",
    }
    method = "conversations.history"
    if letter.ref is not None:
        method, asked = "conversations.replies", {**asked, "ts": letter.ref.id}
    return Request(Secret(f"{to.api}/{method}?{urlencode(asked)}"), b"", _headers(to), method="GET")


def found(reply: Reply, letter: Letter) -> Outcome | None:
    """An outcome where the letter stands there already."""
    said = _decoded(reply) if reply.status == 200 else None
    for message in (said or {}).get("messages") or ():
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("delivery_id") == letter.key and message.get("ts"):
            channel = letter.ref.channel if letter.ref else ""
            return Outcome(Verdict.ACCEPTED, "found in the channel", ref=Ref(message["ts"], channel))
    return None


def used(sendable: Sendable) -> dict[str, int]:
    return sizes(sendable)


def _headers(to: Options) -> dict[str, str]:
    token = to.token.text if to.token else ""
    return {"content-type": "application/json; charset=utf-8", "authorization": f"Bearer {token}"}


def _metadata(letter: Letter) -> dict[str, Any]:
    payload: dict[str, Any] = {"delivery_id": letter.key, "form": str(letter.form)}
    if letter.alerts:
        alert = letter.alert
        payload |= {"incident": alert.incident, "revision": alert.revision, "kind": alert.kind}
    return {"event_type": "diplomatic_signal", "event_payload": payload}


def _decoded(reply: Reply) -> dict[str, Any] | None:
    try:
        said = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return None
    return said if isinstance(said, dict) else None


def _ref(said: dict[str, Any]) -> Ref | None:
    return Ref(str(said["ts"]), str(said.get("channel", ""))) if said.get("ts") else None


def _verdict(error: str) -> Verdict:
    if error in ("ratelimited", "rate_limited"):
        return Verdict.THROTTLED
    for errors, verdict in (
        (_RETRY, Verdict.RETRY),
        (_NO_PARENT, Verdict.NO_PARENT),
        (_PAYLOAD, Verdict.PAYLOAD),
        (_GONE, Verdict.GONE),
    ):
        if error in errors:
            return verdict
    return Verdict.REFUSED


def _seconds(said: dict[str, Any]) -> float | None:
    asked = said.get("retry_after")
    return float(asked) if isinstance(asked, int | float) else None
