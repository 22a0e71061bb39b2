"""A trace put in order: the signals with what made them, what was told already, and what came near."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consumers.classify.rules import CompiledAct, Pack, Rules
from consumers.classify.trace import Attempt, Trace
from consumers.classify.workbench.near import nearest
from monitor.message.report import Signal


@dataclass(frozen=True, slots=True)
class Made:
    """A signal and the match that made it (None where a later step of the engine did)."""

    signal: Signal
    by: Attempt | None


@dataclass(frozen=True, slots=True)
class Near:
    """An act that was tried and failed, and the words that stopped it, where an exception did."""

    attempt: Attempt
    stopped_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """All that there is to say of a text."""

    made: tuple[Made, ...]
    covered: tuple[Attempt, ...]  # matched, and told more fully by a signal
    near: tuple[Near, ...]
    gate: str


def account(trace: Trace, rules: Rules, lang: str, kind: str = "") -> Account:
    """The account of one item; of one kind, where it is given."""
    pack = rules.packs.get(lang)
    matched = [attempt for attempt in trace.attempts if not attempt.failed]
    made = [Made(signal, _maker(signal, matched)) for signal in trace.signals if kind in ("", signal.kind)]
    makers = [one.by for one in made]
    covered = tuple(one for one in matched if kind in ("", one.kind) and one not in makers)
    near = [] if pack is None else [_near(one, pack) for one in nearest(trace, pack.acts, kind)]
    return Account(tuple(made), covered, tuple(near), trace.gate)


def triggers(rules: Rules, lang: str, kind: str) -> list[str]:
    """The verbs and lists of nouns by which the acts of a kind are found."""
    pack = rules.packs.get(lang)
    acts: Sequence[CompiledAct] = () if pack is None else [act for act in pack.acts if act.kind == kind]
    return list(dict.fromkeys(word for act in acts for word in _triggers(act)))


def _triggers(act: CompiledAct) -> Iterator[str]:
    yield from act.lemmas
    for option in act.noun:
        yield from (f"({name})" for want, name in option if want)


def _maker(signal: Signal, matched: Sequence[Attempt]) -> Attempt | None:
    """The match behind a signal; one of another kind where a condition made a threat of it."""
    here = [one for one in matched if one.act == signal.rule and one.sentence == signal.evidence.sentence]
    return next((one for one in here if _gave(one, signal)), here[0] if here else None)


def _gave(attempt: Attempt, signal: Signal) -> bool:
    source = signal.source in attempt.source or (signal.source is None and not attempt.source)
    target = signal.target in attempt.target or (signal.target is None and not attempt.target)
    return source and target and attempt.modality in (signal.modality, None)


def _near(attempt: Attempt, pack: Pack) -> Near:
    if attempt.failed != "unless":
        return Near(attempt)
    barred = {one.noun for act in pack.acts if act.id == attempt.act for one in act.unless if one.name in attempt.why}
    words = pack.lexicon.words(pack.lexicon.scan(attempt.sentence, 0))
    return Near(attempt, tuple(word.text for word in words if word.entry is not None and word.entry.nouns & barred))
