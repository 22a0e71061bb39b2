"""Of all acts that were tried and failed, those that came nearest."""

from collections.abc import Iterable

from consumers.classify.rules import CompiledAct
from consumers.classify.trace import Attempt, Trace


def nearest(trace: Trace, acts: Iterable[CompiledAct], kind: str = "") -> list[Attempt]:
    """The failed attempts, that which came furthest first: one for each act and sentence."""
    by_id = {act.id: act for act in acts}
    best: dict[tuple[str, str], tuple[int, int, Attempt]] = {}
    for number, attempt in enumerate(trace.attempts):
        if not attempt.failed or (kind and attempt.kind != kind):
            continue
        rank = (reached(attempt, by_id.get(attempt.act)), -number, attempt)
        key = (attempt.act, attempt.sentence)
        if key not in best or rank[:2] > best[key][:2]:
            best[key] = rank
    return [attempt for _, _, attempt in sorted(best.values(), key=lambda one: one[:2], reverse=True)]


def reached(attempt: Attempt, act: CompiledAct | None) -> int:
    """How many of the parts of an act were in order before one failed, in the order in which `match` asks for them."""
    if act is None:
        return 0
    order = ["under"] * bool(act.under) + [place for place, _ in act.where] + ["anywhere"] * bool(act.anywhere)
    order += ["unless", "source", "target", "when"]
    return order.index(attempt.failed) if attempt.failed in order else 0
