"""A correlation rule as a person writes it: the YAML, every fault at once, and the timelines that prove it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from consumers.correlate.pattern.rule import Field as Looked
from consumers.correlate.pattern.rule import Group, Measure, Pattern
from monitor.errors import Fault, Faults
from monitor.message.kind import Kinds, Level, Modality
from monitor.message.wording import unknown_slots
from monitor.yaml_file import Place, place_of, read_yaml, validated

Span = Annotated[str, Field(pattern=r"^\d{1,4}[hmd]$")]
Act = Annotated[str, Field(pattern=r"^(\d{1,4}[hmd]) ([A-Z_]{2,12}|\?)>([A-Z_]{2,12}|\?) [a-z-]+( planned| denied)?$")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_TEMPORAL = (Measure.TEMPORAL, Measure.TEMPORAL_ORDERED)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ConditionText(_Section):
    """Bounds of the number; several must all hold. `field`: of which the values are counted or summed."""

    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None
    eq: float | None = None
    neq: float | None = None
    field: Looked | None = None

    def bounds(self) -> tuple[tuple[str, float], ...]:
        given = {name: getattr(self, name) for name in ("gt", "gte", "lt", "lte", "eq", "neq")}
        return tuple((name, bound) for name, bound in given.items() if bound is not None)


class CorrelationText(_Section):
    """What must come together."""

    type: Measure
    rules: list[str] = Field(min_length=1)  # kinds of act
    group_by: list[Literal["source", "target", "pair"]] = Field(alias="group-by", min_length=1, max_length=2)
    timespan: Span
    condition: ConditionText | None = None
    modality: list[Literal[Modality.OCCURRED, Modality.PLANNED]] = Field(default=[Modality.OCCURRED], min_length=1)
    source: list[str] = Field(default_factory=list)  # only acts of these
    target: list[str] = Field(default_factory=list)  # only acts against these

    @model_validator(mode="after")
    def _fits(self) -> "CorrelationText":
        if sorted(self.group_by) not in (["source"], ["target"], ["source", "target"], ["pair"]):
            raise ValueError("group-by is [source], [target], [source, target] or [pair]")
        condition = self.condition or ConditionText()
        bounds, looked = condition.bounds(), condition.field
        if self.type in _TEMPORAL:
            if bounds or looked:
                raise ValueError(f"{self.type} has no condition: all of its rules must come")
            if len(set(self.rules)) < 2 and self.type is Measure.TEMPORAL:
                raise ValueError("temporal needs two different rules or more")
        elif not bounds:
            raise ValueError(f"{self.type} needs a condition such as {{gte: 3}}")
        elif self.type is not Measure.VALUE_SUM and not {"gt", "gte", "eq"} & {name for name, _ in bounds}:
            raise ValueError("condition needs gt, gte or eq: nothing comes when nothing happens")
        if self.type is Measure.VALUE_SUM and looked is not Looked.WEIGHT:
            raise ValueError("value_sum needs a condition with field: weight")
        if self.type is Measure.VALUE_COUNT and looked in (None, Looked.WEIGHT):
            raise ValueError("value_count needs a condition with a field, such as {field: source, gte: 4}")
        return self


class TimelineText(_Section):
    """A proof: these acts, and when the rule speaks, and at no other time."""

    name: str
    acts: list[Act] = Field(min_length=1)  # "54h USA>RUS condemnation"
    alerts: list[Span]  # [] for a near miss


class PatternText(_Section):
    """One file of `correlations/`."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    level: Level
    correlation: CorrelationText
    proofs: list[TimelineText] = Field(default_factory=list)
    description: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A rule, and where it was written: the file, and the line of each of its proofs."""

    file: str
    text: PatternText
    pattern: Pattern
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """What may be named."""

    kinds: Kinds
    actors: Collection[str]


def read_patterns(files: Iterable[tuple[str, str]], codes: Codes) -> tuple[list[Written], list[Fault]]:
    """Rules of files, given as name and text, and all that is wrong with them. Later files lie over earlier ones."""
    found: dict[str, Written] = {}
    faults: list[Fault] = []
    for name, text in files:
        try:
            data = read_yaml(name, text)
            read = validated(PatternText, name, data)
        except Faults as why:
            faults += why.faults
            continue
        wrong = [_fault(name, data, *one) for one in _unknown(read, codes)]
        faults += wrong
        if not wrong:
            lines = tuple(place_of(data, ("proofs", number))[0] for number in range(len(read.proofs)))
            found[read.id] = Written(name, read, pattern_of(read), lines)
    return list(found.values()), faults


def _fault(name: str, data: object, place: Place, said: str, code: str) -> Fault:
    line, column = place_of(data, place)
    return Fault(name, line, said, column, code)


def _unknown(read: PatternText, codes: Codes) -> Iterator[tuple[Place, str, str]]:
    """What is well written and means nothing: its place, a sentence, and the sort of fault."""
    of = read.correlation
    kinds: list[tuple[Place, str]] = [(("correlation", "rules", place), kind) for place, kind in enumerate(of.rules)]
    for number, proof in enumerate(read.proofs):
        kinds += [(("proofs", number, "acts", place), act.split()[2]) for place, act in enumerate(proof.acts)]
    for place, kind in kinds:
        if kind not in codes.kinds.by_id:
            yield place, f"no kind is called {kind!r}; see `demarche rules list`", "unknown-kind"
    for side in ("source", "target"):
        for number, code in enumerate(getattr(of, side)):
            if code not in codes.actors:
                yield ("correlation", side, number), f"no state and no body has the code {code!r}", "unknown-code"
    for slot in sorted(unknown_slots(read.title)):
        yield ("title",), f"title has an unknown placeholder '{{{slot}}}'", "bad-sentence"
    if not any(proof.alerts for proof in read.proofs):
        yield ("proofs",), "no timeline on which it speaks; write one with `alerts: [54h]`", "too-few-proofs"
    if all(proof.alerts for proof in read.proofs):
        yield ("proofs",), "no timeline on which it keeps silent; write one with `alerts: []`", "too-few-misses"


def pattern_of(read: PatternText) -> Pattern:
    """What correlate works with."""
    of = read.correlation
    groups = {"source": Group.SOURCE, "target": Group.TARGET, "pair": Group.PAIR}
    condition = of.condition or ConditionText()
    return Pattern(
        id=read.id,
        title=read.title,
        level=read.level,
        measure=of.type,
        kinds=tuple(of.rules),
        group=groups[of.group_by[0]] if len(of.group_by) == 1 else Group.DIRECTION,
        span=span_of(of.timespan),
        bounds=condition.bounds(),
        field=condition.field,
        modalities=frozenset(of.modality),
        sources=frozenset(of.source),
        targets=frozenset(of.target),
    )


def span_of(text: str) -> timedelta:
    """`30m`, `54h` or `7d`."""
    number, unit = re.fullmatch(r"(\d+)([hmd])", text).groups()  # type: ignore[union-attr]  # `Span` has that form
    return timedelta(**{_UNITS[unit]: int(number)})


def in_words(written: Written) -> Mapping[str, str]:
    """For `demarche rules show`."""
    of = written.text.correlation
    condition = ", ".join(f"{name} {bound:g}" for name, bound in written.pattern.bounds)
    looked = f"{written.pattern.field}: " if written.pattern.field else ""
    return {
        "when": f"{of.type} of {', '.join(of.rules)}" + (f" ({looked}{condition})" if condition else ""),
        "of one": " and ".join(of.group_by),
        "within": of.timespan,
        "level": str(written.text.level),
        "says": written.text.title,
    }
