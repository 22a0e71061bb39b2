"""Faults that show only when the proofs are tried: acts that none reaches, proofs and rules that others answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from consumers.classify.format import RuleFile
from consumers.classify.report import explain
from consumers.classify.rules import Rules
from consumers.classify.source import Source
from consumers.classify.trace import Attempt
from consumers.classify.workbench.trial import Trial, trials
from monitor.errors import Fault
from monitor.message.kind import Kinds


@dataclass(frozen=True, slots=True)
class _Tried:
    """A proof with all acts that matched in it."""

    trial: Trial
    matched: tuple[Attempt, ...]

    @property
    def rules(self) -> frozenset[str]:
        """The rules of its kind that answer it."""
        return frozenset(_rule(one) for one in self.matched if one.kind == self.trial.kind)


def proof_faults(source: Source, rules: Rules, asked: Iterable[Trial]) -> Iterator[Fault]:
    """The faults of rules that have been checked and compiled, as these proofs show them."""
    tried = [_try(trial, rules) for trial in asked]
    yield from _unreached(source, tried)
    yield from _elsewhere(tried)
    yield from _shadowed(source, tried)
    yield from _two_kinds(source, tried, rules.kinds)


def _try(trial: Trial, rules: Rules) -> _Tried:
    trace = explain(trial.item, rules)
    return _Tried(trial, tuple(attempt for attempt in trace.attempts if not attempt.failed))


def _rule(attempt: Attempt) -> str:
    return attempt.act.rpartition("/")[0]


def _unreached(source: Source, tried: Sequence[_Tried]) -> Iterator[Fault]:
    reached = {attempt.act for one in tried for attempt in one.matched if _rule(attempt) == one.trial.rule}
    proven = {one.trial.rule for one in tried}
    for written in source.written:
        rule = written.model
        if not isinstance(rule, RuleFile) or source.places[rule.id] is not written or rule.id not in proven:
            continue
        if not rule.proofs:
            continue  # laid over by one that has some
        for number, act in enumerate(rule.acts):
            if f"{rule.id}/{act.name}" not in reached:
                text = f"no proof of this rule reaches the act '{act.name}'; write one that does"
                yield written.fault(["acts", number], text, "unreached-act")


def _elsewhere(tried: Sequence[_Tried]) -> Iterator[Fault]:
    for one in tried:
        if one.rules and one.trial.rule not in one.rules:
            others = ", ".join(sorted({a.act for a in one.matched if a.kind == one.trial.kind}))
            text = f"only {others} answers this proof, not {one.trial.rule}; move it there, or widen this rule"
            yield one.trial.written.fault(one.trial.place, text, "answered-elsewhere")


def _shadowed(source: Source, tried: Sequence[_Tried]) -> Iterator[Fault]:
    by_rule: dict[str, list[_Tried]] = defaultdict(list)
    for one in tried:
        if one.trial.rule in one.rules:
            by_rule[one.trial.rule].append(one)
    for rule, proofs in by_rule.items():
        others = frozenset.intersection(*(one.rules for one in proofs)) - {rule}
        if others:
            written = source.places[rule]
            text = f"{', '.join(sorted(others))} answers every proof of this rule too; say what it adds, or delete it"
            yield written.fault(["id"], text, "shadowed-rule")


def _two_kinds(source: Source, tried: Sequence[_Tried], kinds: Kinds) -> Iterator[Fault]:
    """Two kinds by the same words of one text, unless the text stands among the proofs of both."""
    proven: dict[str, set[str]] = defaultdict(set)
    for trial in trials(source):
        if not trial.is_miss:
            proven[trial.told.text.strip()].add(trial.kind)
    for one in tried:
        own = [attempt for attempt in one.matched if attempt.kind == one.trial.kind]
        meant = proven[one.trial.told.text.strip()]
        for other in one.matched:
            twin = next((mine for mine in own if _same_words(mine, other)), None)
            if twin is None or other.kind in meant or _belong_together(one.trial.kind, other.kind, kinds):
                continue
            text = (
                f"{twin.act} and {other.act} give these words two kinds, {one.trial.kind} and {other.kind}; "
                "narrow one, or put the text among the proofs of both"
            )
            yield one.trial.written.fault(one.trial.place, text, "two-kinds")


def _same_words(one: Attempt, other: Attempt) -> bool:
    same_act = one.words[:1] == other.words[:1] and one.sentence == other.sentence
    return same_act and one.kind != other.kind and (one.source, one.target) == (other.source, other.target)


def _belong_together(kind: str, other: str, kinds: Kinds) -> bool:
    """Whether one kind is part of the other, or both tell of one act at different depth."""
    if kind not in kinds.by_id or other not in kinds.by_id:
        return False
    part = other in kinds.by_id[kind].includes or kind in kinds.by_id[other].includes
    return part or kinds.family(kind) == kinds.family(other)
