"""From the signals of sentences to the report of an item: the same act told twice is one signal."""

from collections.abc import Iterable

from consumers.classify.engine import Engine
from consumers.classify.rules import Pack, Rules
from consumers.classify.sketch import sketch
from consumers.classify.trace import Trace
from monitor.message.item import Item
from monitor.message.kind import Kinds, Modality
from monitor.message.report import Form, Report, Signal
from monitor.message.terms import terms

_RANK = {Modality.OCCURRED: 0, Modality.PLANNED: 1, Modality.URGED: 2, Modality.DENIED: 3, Modality.BACKGROUND: 4}


def classify(item: Item, rules: Rules) -> Report:
    """The report of an item. It has no signals where no pack reads the item's language."""
    pack = rules.packs.get(item.lang or "en")
    if pack is None or not pack.gate.admits(_folded(item, pack)):
        return _report(item, rules, ())
    signals = merged(Engine(item, pack).run(), rules.kinds)
    return _report(item, rules, signals, pack)


def explain(item: Item, rules: Rules) -> Trace:
    """What the engine tried on an item, and what came of it. It reads what the gate would turn away too."""
    trace = Trace()
    pack = rules.packs.get(item.lang or "en")
    if pack is None:
        trace.gate = f"no pack reads the language {item.lang!r}"
        return trace
    if not pack.gate.admits(_folded(item, pack)):
        trace.gate = "the gate turns the item away: no act has all its words in it"
    signals = Engine(item, pack, trace).run()
    if not trace.gate:
        trace.signals = merged(signals, rules.kinds)
    return trace


def _folded(item: Item, pack: Pack) -> str:
    return pack.lexicon.fold(f"{item.title}\n{item.summary}\n{item.content}")


def merged(signals: Iterable[Signal], kinds: Kinds) -> tuple[Signal, ...]:
    """Each act once: an actor that one place names fills the gap of another, and what occurred is not planned."""
    kept: list[Signal] = []
    for signal in sorted(signals, key=_fullness):
        if not any(_covers(other, signal, kinds) for other in kept):
            kept.append(signal)
    return tuple(kept)


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


def _report(item: Item, rules: Rules, signals: tuple[Signal, ...], pack: Pack | None = None) -> Report:
    return Report(
        item=item.id,
        revision=item.revision,
        feed=item.feed,
        outlet=item.outlet,
        signals=signals,
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
