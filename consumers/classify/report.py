"""From the signals of sentences to the report of an item: the same act told twice is one signal."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from msgspec import structs

from consumers.classify.engine import Draft, Engine
from consumers.classify.rules import Pack, Rules
from consumers.classify.sketch import sketch
from consumers.classify.text import LIMIT
from consumers.classify.trace import Trace
from monitor.message.item import Item
from monitor.message.kind import Kinds, Level, Modality
from monitor.message.report import Form, Report, Signal
from monitor.message.terms import terms

_RANK = {Modality.OCCURRED: 0, Modality.PLANNED: 1, Modality.URGED: 2, Modality.DENIED: 3, Modality.BACKGROUND: 4}


def classify(item: Item, rules: Rules) -> Report:
    """The report of an item. It has no signals where no pack reads the item's language."""
    pack = rules.packs.get(item.lang or "en")
    if pack is None or not pack.gate.admits(text_of(item)):
        return _report(item, rules, ())
    engine = Engine(item, pack)
    signals = merged(engine.run(), rules.kinds, engine.named, engine.context.classes, engine.context.hosts)
    return _report(item, rules, signals, pack, engine.excepted)


def explain(item: Item, rules: Rules) -> Trace:
    """What the engine tried on an item, and what came of it. It reads what the gate would turn away too."""
    trace = Trace()
    pack = rules.packs.get(item.lang or "en")
    if pack is None:
        trace.gate = f"no pack reads the language {item.lang!r}"
        return trace
    if not pack.gate.admits(text_of(item)):
        trace.gate = "the gate turns the item away: no act has all its words in it"
    engine = Engine(item, pack, trace)
    signals = engine.run()
    if not trace.gate:
        trace.signals = merged(signals, rules.kinds, engine.named, engine.context.classes, engine.context.hosts)
    return trace


def text_of(item: Item) -> str:
    """What the gate is asked about."""
    return f"{item.title}\n{item.summary}\n{item.content[:LIMIT]}"


def merged(
    drafts: Iterable[Draft],
    kinds: Kinds,
    named: Collection[str] = (),
    classes: Collection[str] = (),
    hosts: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[Signal, ...]:
    """Each act once: an actor that one place names fills the gap of another, and what occurred is not planned."""
    found = [_hosted(draft, hosts) for draft in drafts if _has(draft, classes)]
    whole = [
        draft.signal
        for draft in found
        if draft.signal.source and draft.signal.target and not kinds.by_id[draft.signal.kind].symmetric
    ]
    sided = [signal for signal in whole if not kinds.by_id[signal.kind].site]
    found += [Draft(both, False) for both in _joined([draft.signal for draft in found])]
    kept: list[Signal] = []
    for draft in sorted(found, key=lambda draft: _fullness(draft.signal)):
        signal = draft.signal
        if any(_covers(other, signal, kinds) for other in kept):
            continue
        is_grave = kinds.by_id[signal.kind].level.rank >= Level.MEDIUM.rank
        # words about what a crowd does to a mission are aimed at no host; a break over it is
        scopes = [frozenset(scope) - draft.sides for scope in (*draft.near, named)] if draft.lone else []
        for filled in _filled(signal, whole if is_grave else sided, scopes):
            if draft.open and not (filled.source and filled.target):
                continue
            if not any(_covers(other, filled, kinds) for other in kept):
                kept.append(filled)
    return tuple(kept)


def _hosted(draft: Draft, hosts: Mapping[str, Collection[str]]) -> Draft:
    """Who is not named and is the host, where the item tells of one: "Iran's embassy attacked ... in London"."""
    signal = draft.signal
    there = hosts.get(signal.target or "", ())
    if signal.source or not draft.hosted or len(there) != 1:
        return draft
    return replace(draft, signal=structs.replace(signal, source=next(iter(there))))


def _joined(signals: Sequence[Signal]) -> Iterator[Signal]:
    """Of "Berlin summons ambassador" and "China's ambassador was called in": one act, where each has one half."""
    for first in signals:
        if first.source and not first.target:
            others = {one.target for one in signals if one.kind == first.kind and one.target and not one.source}
            if len(others) == 1 and others != {first.source}:
                yield structs.replace(first, target=others.pop())


def _has(draft: Draft, classes: Collection[str]) -> bool:
    """Whether the item has a word that the rule asks of it."""
    return not draft.item or any(all((name in classes) == want for want, name in option) for option in draft.item)


def _filled(signal: Signal, whole: Sequence[Signal], scopes: Sequence[Collection[str]]) -> list[Signal]:
    """A signal with the actor that it lacks, where the other acts of the item leave one answer.

    One that answers several states at once ("Moscow said that it would respond to each") is one signal for each.
    """
    if signal.source and signal.target:
        return [signal]
    known = signal.source or signal.target
    if signal.source:
        others = {one.target for one in whole if one.source == known}
        answered = {one.source for one in whole if one.target == known}
        if not others and answered:
            return [structs.replace(signal, target=other) for other in sorted(filter(None, answered))]
        others = others or {one.target for one in whole if one.target != known}
    else:
        others = {one.source for one in whole if one.target == known}
    if not others:  # the one other state of the sentence, the title or the item
        rest = ({name for name in scope if name != known} for scope in scopes)
        others |= next((named for named in rest if len(named) == 1), set())
    if len(others) != 1:
        return [signal]
    other = others.pop()
    return [structs.replace(signal, target=other) if signal.source else structs.replace(signal, source=other)]


def _fullness(signal: Signal) -> tuple[int, int]:
    return (signal.source is None) + (signal.target is None), _RANK[signal.modality]


def _covers(full: Signal, signal: Signal, kinds: Kinds) -> bool:
    if full.kind != signal.kind:
        return False
    kind = kinds.by_id.get(full.kind)
    pairs = [(full.source, full.target)]
    if kind is not None and kind.symmetric:
        pairs.append((full.target, full.source))
    same = any(signal.source in (None, source) and signal.target in (None, target) for source, target in pairs)
    if not same:
        return False
    if full.modality is signal.modality:
        return True
    return full.modality is Modality.OCCURRED and signal.modality is Modality.PLANNED


def _report(
    item: Item, rules: Rules, signals: tuple[Signal, ...], pack: Pack | None = None, excepted: Collection[str] = ()
) -> Report:
    return Report(
        item=item.id,
        revision=item.revision,
        feed=item.feed,
        outlet=item.outlet,
        signals=signals,
        excepted=tuple(sorted(excepted)),
        event_time=item.event_time,
        date_source=item.date_source,
        first_seen=item.first_seen,
        first_sight=item.first_sight,
        update=item.update,
        official=item.official,
        country=item.country,
        lang=item.lang,
        title=item.title,
        url=item.url,
        form=form_of(item, pack) if pack is not None and signals else Form.REPORT,
        sketch=sketch(item) if signals else (),
        terms=terms(item.title, item.summary) if signals else (),
        rules=rules.hash,
    )


def form_of(item: Item, pack: Pack) -> Form:
    """What sort of text an item is, by the words of its headline."""
    title = f" {item.title.lower()}"
    for form in (Form.ROUND_UP, Form.ANALYSIS):
        if any(f" {phrase}" in title if phrase[0].isalnum() else phrase in title for phrase in pack.forms[form.value]):
            return form
    return Form.REPORT
