"""A generic webhook: Standard Webhooks (signed, one event each), or the same body as a CloudEvent."""

from dataclasses import replace
from pathlib import Path
from typing import Literal, Self, cast

from pydantic import model_validator

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.event import cloud_event, event
from consumers.notify.exchange import Outcome, Reply, Request, Verdict
from consumers.notify.hook import HookOptions, posted
from consumers.notify.judge import by_status
from consumers.notify.letter import Letter
from consumers.notify.secret import Secret
from consumers.notify.signing import key_bytes, signed_headers

TRAITS = Traits(Tells.EVENTS, rate=None, burst=20, concurrency=8, people=False, page=30)
LIMITS = (("body", 20_000),)
EXAMPLE = {
    "type": "webhook",
    "url": "https://receiver.example/hooks/made-up",
    "secret": "whsec_bWFkZS11cC1zZWNyZXQtb2YtMzItYnl0ZXMtMDAwMDE=",
}
TAKES = Reply(204)


class Options(HookOptions):
    """`secret` and, while keys are changed, `previous_secret` sign each attempt."""

    has_words = False

    type: Literal["webhook"] = "webhook"
    secret: Secret | None = None
    secret_file: Path | None = None
    previous_secret: Secret | None = None
    previous_secret_file: Path | None = None
    token: Secret | None = None  # sent as a bearer token
    token_file: Path | None = None
    format: Literal["standard", "cloudevents"] = "standard"

    @model_validator(mode="after")
    def _keys(self) -> Self:
        for secret in (self.secret, self.previous_secret):
            if secret is not None:
                key_bytes(secret)
        return self


def render(letter: Letter, options: shared.Options) -> Sendable:
    to = cast(Options, options)
    cloud = to.format == "cloudevents"
    content = cloud_event(letter) if cloud else event(letter)
    kind = "application/cloudevents+json" if cloud else "application/json"
    headers = {"content-type": f"{kind}; charset=utf-8", "user-agent": "demarche"}
    if letter.at is not None:
        keys = [one for one in (to.secret, to.previous_secret) if one is not None]
        headers |= signed_headers(letter.key, letter.at, content, keys)
    if letter.resent:
        headers["demarche-resent"] = "true"
    if to.token:
        headers["authorization"] = f"Bearer {to.token.text}"
    return posted(content, to, headers=headers)


def judge(reply: Reply) -> Outcome:
    """By status; only a body that is too large may pass in a shorter form."""
    outcome = by_status(reply)
    if outcome.verdict is Verdict.PAYLOAD and reply.status != 413:
        return replace(outcome, verdict=Verdict.REFUSED)
    return outcome


def used(sendable: Sendable) -> dict[str, int]:
    return {"body": len(sendable.content)} if isinstance(sendable, Request) else {}
