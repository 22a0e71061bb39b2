"""A file of JSON lines: each event as the webhook would get it, with the key by which a reader drops repeats."""

from pathlib import Path
from typing import Literal, cast

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.event import event
from consumers.notify.exchange import Lines, Outcome, Reply, Verdict
from consumers.notify.letter import Letter

TRAITS = Traits(Tells.EVENTS, rate=None, concurrency=1, people=False, page=30)
LIMITS: tuple[tuple[str, int], ...] = ()
EXAMPLE = {"type": "file", "path": "alerts.jsonl"}
TAKES = Reply(200)


class Options(shared.Options):
    """`path` is made where it is not there, and only ever added to."""

    has_words = False

    type: Literal["file"] = "file"
    path: Path


def render(letter: Letter, options: shared.Options) -> Sendable:
    line = b'{"id":"' + letter.key.encode() + b'",' + event(letter)[1:]
    return Lines(line.decode() + "\n", path=str(cast(Options, options).path))


def judge(reply: Reply) -> Outcome:
    if reply.status == 200:
        return Outcome(Verdict.ACCEPTED, "written")
    return Outcome(Verdict.RETRY, reply.text or "not written")


def used(sendable: Sendable) -> dict[str, int]:
    return {}
