"""The report of an item of a file: as the rules read it, or with a person's labels in place of the signals."""

import msgspec

from consumers.classify import Rules, classify
from consumers.classify.report import form_of
from consumers.classify.sketch import sketch
from monitor.cli.past_items import PastItem, item_of
from monitor.message.report import Evidence, Report, Signal
from monitor.message.terms import terms


def read_report(past: PastItem, rules: Rules) -> Report:
    """The report of an item as the rules read it."""
    return classify(item_of(past), rules)


def labelled_report(past: PastItem, rules: Rules) -> Report:
    """The report of an item with its labels in place of the signals; all else as the rules find it in the text.

    Where the rules found the same act, its evidence, scope, day and grounds are kept.
    """
    item = item_of(past)
    found = classify(item, rules)
    pack = rules.packs.get(item.lang)
    found = msgspec.structs.replace(
        found,
        terms=found.terms or terms(item.title, item.summary),
        sketch=found.sketch or sketch(item),
        form=form_of(item, pack) if pack is not None else found.form,
    )
    by_act = {(one.kind, one.source, one.target, one.modality): one for one in found.signals}
    by_kind = {(one.kind, one.modality): one for one in reversed(found.signals)}
    signals: list[Signal] = []
    for label in past.signals or ():
        known = by_act.get((label.kind, label.source, label.target, label.modality))
        known = known or by_kind.get((label.kind, label.modality))
        signals.append(
            Signal(
                kind=label.kind,
                source=label.source,
                target=label.target,
                modality=label.modality,
                evidence=known.evidence if known else _unread(past, bool(signals)),
                rule=known.rule if known else "label",
                scope=label.scope or (known.scope if known else None),
                variant=known.variant if known else "",
                count=known.count if known else None,
                stated_day=known.stated_day if known else None,
                grounds=known.grounds if known else "",
            )
        )
    return msgspec.structs.replace(found, signals=tuple(signals))


def _unread(past: PastItem, later: bool) -> Evidence:
    """Labels name the item's own news first."""
    if later or not past.title:
        return Evidence(past.summary or "", part="summary")
    return Evidence(past.title, part="title")
