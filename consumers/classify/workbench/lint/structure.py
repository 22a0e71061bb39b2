"""Faults that a rule file shows by itself: ids that stand twice, acts that are covered, too few proofs."""

from collections import defaultdict
from collections.abc import Iterator

from consumers.classify.check import near
from consumers.classify.format import DETAILS, PLACES, Act, Addition, GrammarFile, Role, RuleFile
from consumers.classify.source import ReadFile, Source
from monitor.errors import Fault

_ROLES: tuple[Role, ...] = ("preposition", "postposition", "condition", "before-clause")


def structure_faults(source: Source) -> Iterator[Fault]:
    """The faults of each rule file, and between files of one layer."""
    yield from _duplicates(source)
    for written in source.written:
        match written.model:
            case RuleFile() as rule if source.places[rule.id] is written:
                yield from _rule(written, rule, source)
            case Addition(proofs=[]):
                yield written.fault(
                    ["adds_to"], "has no proof of what it adds; give one text at least", "too-few-proofs"
                )


def _rule(written: ReadFile, rule: RuleFile, source: Source) -> Iterator[Fault]:
    if not rule.acts:
        yield written.fault(["acts"], "has no act, and finds nothing; write one, or delete the file", "empty-rule")
    fewest = source.language(rule.lang)["grammar.yaml"].proofs
    for name, texts in (("proofs", rule.proofs), ("misses", rule.misses)):
        if len(texts) < fewest:
            what = "texts that match" if name == "proofs" else "near misses"
            yield written.fault([name], f"has {len(texts)} {what}; write {fewest} at least", f"too-few-{name}")
    places = _places(source.language(rule.lang)["grammar.yaml"])
    for number, act in enumerate(rule.acts):
        yield from _unknown_places(written, number, act, places)
        yield from _shadowed(written, rule, number)


def _places(grammar: GrammarFile) -> frozenset[str]:
    words = {word for role in _ROLES for word in grammar.words.get(role, [])}
    return PLACES | words | {*grammar.places, *grammar.agent, *grammar.genitive, *grammar.posted}


def _unknown_places(written: ReadFile, number: int, act: Act, places: frozenset[str]) -> Iterator[Fault]:
    asked: list[tuple[str, str | int, str]] = [("where", place, place) for place in act.where]
    asked += [(role, at, place) for role in ("source", "target") for at, place in enumerate(getattr(act, role))]
    for role, key, place in asked:
        name, _, detail = place.partition(".")
        if name not in places:
            text = f"unknown place '{name}'; {near(name, places, 'the prepositions of the grammar')}"
        elif detail and name not in ("act", "prior") and detail not in DETAILS:
            text = f"unknown part '{detail}' of '{name}'; {near(detail, DETAILS, 'the manual')}"
        else:
            continue
        yield written.fault(["acts", number, role, key], text, "unknown-place")


def _shadowed(written: ReadFile, rule: RuleFile, number: int) -> Iterator[Fault]:
    act = rule.acts[number]
    for at, other in enumerate(rule.acts):
        if at != number and other.name == act.name:
            if at < number:
                yield written.fault(["acts", number], f"two acts are called '{act.name}'; name it anew", "duplicate-id")
        elif at != number and _covers(other, act) and not (at > number and _covers(act, other)):
            text = f"'{other.name}' finds all that '{act.name}' finds, in the same roles; join them, or delete this one"
            yield written.fault(["acts", number], text, "shadowed-act")


def _covers(wide: Act, narrow: Act) -> bool:
    """Whether one act asks for no more than another, and answers the same."""
    same = set(Act.model_fields) - {"name", "verbs", "where", "unless", "under", "not_under", "when", "need"}
    return (
        all(getattr(wide, name) == getattr(narrow, name) for name in same)
        and set(wide.not_under) <= set(narrow.not_under)
        and set(narrow.verbs) <= set(wide.verbs)
        and wide.where.items() <= narrow.where.items()
        and set(wide.unless) <= set(narrow.unless)
        and (not wide.under or (bool(narrow.under) and set(narrow.under) <= set(wide.under)))
        and (not wide.when or (bool(narrow.when) and set(narrow.when) <= set(wide.when)))
        and wide.need in (narrow.need, "one")
    )


def _duplicates(source: Source) -> Iterator[Fault]:
    seen: dict[tuple[int, str], list[ReadFile]] = defaultdict(list)
    for written in source.written:
        if isinstance(written.model, RuleFile):
            seen[written.pack.layer, written.model.id].append(written)
        elif written.pack.path == "kinds.yaml":
            ids = [entry["id"] for entry in written.data.get("kinds", ())]
            for number, name in enumerate(ids):
                if name in ids[:number]:
                    yield written.fault(["kinds", number, "id"], f"the kind '{name}' stands twice", "duplicate-id")
    for (_, name), files in seen.items():
        for again in files[1:]:
            text = f"the id '{name}' is that of {files[0].pack.name} too; give each rule its own"
            yield again.fault(["id"], text, "duplicate-id")
