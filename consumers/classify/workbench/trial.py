"""The proofs of the rules, each tried as an item of its own: what it must give, and what it gave."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from consumers.classify.format import Addition, Miss, Proof, RuleFile, Told
from consumers.classify.report import classify, explain
from consumers.classify.rules import Rules
from consumers.classify.source import ReadFile, Source
from consumers.classify.trace import Trace
from consumers.classify.workbench.near import nearest
from monitor.message.item import Item
from monitor.message.kind import Modality
from monitor.message.report import Signal
from monitor.yaml_file import place_of

_DAY = date(2024, 3, 5)  # of a text that tells none: any day will do, as long as it is always the same

Triple = tuple[str | None, str | None, Modality]


@dataclass(frozen=True, slots=True)
class Trial:
    """One text of one file, `place` in its document; `gives` is empty for a near miss."""

    written: ReadFile
    rule: str
    kind: str
    lang: str
    place: tuple[str, int]
    told: Told
    gives: frozenset[Triple]

    @property
    def is_miss(self) -> bool:
        return self.place[0] == "misses"

    @property
    def line(self) -> int:
        return place_of(self.written.data, self.place)[0]

    @property
    def item(self) -> Item:
        return item_of(self.told.text, self.lang, self.told.published or _DAY, self.told.country)


@dataclass(frozen=True, slots=True)
class Failure:
    """A trial that went wrong: what was found of the kind instead, and why."""

    trial: Trial
    got: tuple[Signal, ...]
    why: str


def item_of(text: str, lang: str, day: date, country: str | None = None) -> Item:
    """A text as an item: its first line is the headline, the rest the summary."""
    title, _, summary = text.strip().partition("\n")
    at = datetime.combine(day, time(12), UTC)
    return Item(
        id="text", revision="1", feed="", outlet="", lang=lang, country=country, published=at, first_seen=at,
        title=title, summary=summary.strip(),
    )  # fmt: skip


def trials(source: Source, layer: int | None = None) -> Iterator[Trial]:
    """The proofs and near misses of all rules in force; of one layer where it is given."""
    for written in source.written:
        if layer is not None and written.pack.layer != layer:
            continue
        match written.model:
            case RuleFile() as rule if source.places[rule.id] is written:
                yield from _of(written, rule, rule.proofs, rule.misses)
            case Addition() as added if added.adds_to in source.rules:
                yield from _of(written, source.rules[added.adds_to], added.proofs, added.misses)


def _of(written: ReadFile, rule: RuleFile, proofs: Sequence[Proof], misses: Sequence[Miss]) -> Iterator[Trial]:
    for number, proof in enumerate(proofs):
        gives = frozenset((one.source, one.target, one.modality) for one in proof.gives)
        yield Trial(written, rule.id, rule.kind, rule.lang, ("proofs", number), proof, gives)
    for number, miss in enumerate(misses):
        yield Trial(written, rule.id, rule.kind, rule.lang, ("misses", number), miss, frozenset())


def failures(tried: Iterable[Trial], rules: Rules) -> Iterator[Failure | None]:
    """One answer for each trial: None where it gave what it must."""
    for trial in tried:
        got = tuple(signal for signal in classify(trial.item, rules).signals if signal.kind == trial.kind)
        if {(one.source, one.target, one.modality) for one in got} == trial.gives:
            yield None
        else:
            yield Failure(trial, got, _why(trial, got, explain(trial.item, rules), rules))


def _why(trial: Trial, got: Sequence[Signal], trace: Trace, rules: Rules) -> str:
    if got:
        return "by " + ", ".join(dict.fromkeys(signal.rule for signal in got))
    if any(attempt.kind == trial.kind and not attempt.failed for attempt in trace.attempts):
        return trace.gate or "what matched was covered by a fuller signal"
    near = nearest(trace, rules.packs[trial.lang].acts, trial.kind)
    return f"{near[0].act} failed at {near[0].failed}: {near[0].why}" if near else trace.gate or _untried(trace)


def _untried(trace: Trace) -> str:
    tried = {attempt.act for attempt in trace.attempts}
    return "no verb and no noun of the rule was found in it" + (f" ({len(tried)} other acts were tried)" * bool(tried))
