"""What an HTTP status means where a destination has no words of its own."""

from consumers.notify.exchange import Outcome, Reply, Verdict

ANSWER_LENGTH = 300
_TRANSIENT = {408, 421, 423, 424, 425, 500, 502, 503, 504}


def answer(reply: Reply) -> str:
    """The body as one short line."""
    return " ".join(reply.text.split())[:ANSWER_LENGTH]


def by_status(reply: Reply) -> Outcome:
    """The verdict by status alone. A redirect is never followed (Standard Webhooks, CloudEvents): it is a refusal."""
    status, said = reply.status, answer(reply)
    reason = f"http {status}"
    if 200 <= status < 300:
        return Outcome(Verdict.ACCEPTED, reason, said)
    if 300 <= status < 400:
        return Outcome(Verdict.REFUSED, f"{reason}: a redirect, not followed", said)
    if status == 429:
        return Outcome(Verdict.THROTTLED, reason, said)
    if status == 410:
        return Outcome(Verdict.GONE, reason, said)
    if status in (400, 413, 422):
        return Outcome(Verdict.PAYLOAD, reason, said)
    if status >= 500 or status in _TRANSIENT:
        return Outcome(Verdict.RETRY, reason, said, ambiguous=status in (500, 502, 504))
    return Outcome(Verdict.REFUSED, reason, said)
