"""What is recognised, in words: for one who reads no YAML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consumers.classify.build import expression
from consumers.classify.format import Act, RuleFile
from consumers.classify.rules import Expression
from consumers.classify.source import Source
from monitor.message.kind import Kind, Level

_FEW = 12  # words of a list that are shown, unless all are asked for
_BUILT_IN = {
    "any": "anything", "none": "nothing", "coded": "an actor that is named", "actor": "a government",
    "pure": "nothing but names of actors", "own": "its own", "people": "several people",
    "speaking": "a government that is named", "pair": "two governments", "body": "an international body",
    "pronoun": "a pronoun", "firm": "a thing of a state", "seat": "a palace or a ministry by its name",
    "nationals": "people of a state",
}  # fmt: skip
_PLACES = {
    "subject": "who does it", "object": "whom it is done to", "second": "what stands behind that",
    "self": "whose the noun is", "above": "who orders or says it", "act": "another act of the sentence",
    "envoy": "the envoy named last", "dateline": "the dateline", "sentence": "the sentence",
    "hearer": "who is told", "topic": "the state before a colon", "home": "the outlet's state",
    "if": "whose conduct is the condition", "rest": "the first other actor behind the verb",
}  # fmt: skip
_DETAILS = {
    "at": "the post", "of": "the owner", "own": "whom \"its\" means", "mods": "the actors",
    "place": "the place", "last": "the last actor",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One kind in the list: in which languages it is read, by how many rules, acts, proofs and near misses."""

    kind: str
    title: str
    level: Level
    languages: tuple[str, ...]
    rules: int
    acts: int
    proofs: int
    misses: int
    shadow: bool


def kinds(source: Source) -> Iterator[Line]:
    """All kinds, in the order of the table."""
    for kind in source.kinds.by_id.values():
        rules = [rule for rule in source.rules.values() if rule.kind == kind.id]
        yield Line(
            kind.id,
            kind.title,
            kind.level,
            tuple(sorted({rule.lang for rule in rules})),
            len(rules),
            sum(len(rule.acts) for rule in rules),
            sum(len(rule.proofs) for rule in rules),
            sum(len(rule.misses) for rule in rules),
            any(rule.shadow for rule in rules),
        )


def kind_in_words(source: Source, kind: Kind, whole: bool = False) -> Iterator[str]:
    """All that is said of a kind and its rules; lists in full with `whole`."""
    yield f"{kind.id}: {kind.title}"
    yield f"  level {kind.level}" + "".join(f", {level} as {scope}" for scope, level in kind.scope_levels.items())
    yield f"  weight {kind.weight:+g}" + (f", CAMEO {', '.join(kind.cameo)}" if kind.cameo else "")
    for text, of in ((kind.includes, "includes"), (kind.reverses, "takes back")):
        if text:
            yield f"  {of} {', '.join(text)}"
    yield f"  told as {kind.sentences.get('occurred', '')!r}"
    for rule in source.rules.values():
        if rule.kind == kind.id:
            yield ""
            yield from _rule(source, rule, whole)


def _rule(source: Source, rule: RuleFile, whole: bool) -> Iterator[str]:
    yield f"{rule.id}, version {rule.version}" + ", in shadow: alerts nobody" * rule.shadow + f": {rule.title}"
    yield f"  file       {source.places[rule.id].pack.name}"
    for name, text in (("notes", rule.notes), ("leaves out", rule.leaves_out)):
        if text:
            yield f"  {name:10} {' '.join(text.split())}"
    for act in rule.acts:
        yield ""
        yield from _act(source, rule.lang, act, whole)
    exceptions = source.language(rule.lang)["exceptions.yaml"].exceptions
    for name in dict.fromkeys([*rule.unless, *(name for act in rule.acts for name in act.unless)]):
        if name in exceptions:
            barred = exceptions[name]
            yield ""
            yield f"  not where {_where(barred.where)} has {_list(barred.words, whole)} ({name})"
            if barred.why:
                yield f"    {barred.why}"
    if rule.proofs:
        yield ""
    for proof in rule.proofs[: None if whole else 3]:
        yield f"  e.g. {' / '.join(proof.text.split(chr(10)))}"
    for miss in rule.misses[: None if whole else 3]:
        yield f"  not  {' / '.join(miss.text.split(chr(10)))}" + (f"  ({miss.why})" if miss.why else "")


def _act(source: Source, lang: str, act: Act, whole: bool) -> Iterator[str]:
    nouns = source.language(lang)["nouns.yaml"]
    lists = {**nouns.nouns, **nouns.marks}
    yield f"  {act.name}" + " (in shadow)" * act.shadow
    if act.verbs:
        yield f"    verbs      {_list(act.verbs, whole)}"
    if act.nouns:
        yield f"    nouns      {_wanted(expression(act.nouns), lists, whole)}"
    if act.under:
        yield f"    below      {_list(act.under, whole)}"
    for place, wanted in act.where.items():
        yield f"    {_where(place)}: {_wanted(expression(wanted), lists, whole)}"
    if act.anywhere:
        yield f"    behind a preposition: {_wanted(expression(act.anywhere), lists, whole)}"
    yield f"    source is  {_places(act.source)}"
    yield f"    target is  {_places(act.target)}"
    if act.when:
        yield f"    only where it is {' or '.join(act.when)}"
    if act.modality:
        yield f"    always     {act.modality}"


def _wanted(wanted: Expression, lists: dict[str, list[str]], whole: bool) -> str:
    options = []
    for option in wanted:
        parts = []
        for want, name in option:
            text = _BUILT_IN.get(name) or f"{name} ({_list(lists.get(name, []), whole)})"
            parts.append(text if want else f"not {_BUILT_IN.get(name, name)}")
        options.append(" and ".join(parts))
    return "; or ".join(options)


def _list(words: Sequence[str], whole: bool) -> str:
    if whole or len(words) <= _FEW:
        return ", ".join(words)
    return f"{', '.join(words[:_FEW])} and {len(words) - _FEW} more"


def _where(place: str) -> str:
    return {"item": "the whole item"}.get(place) or _PLACES.get(place, f"behind '{place}'")


def _places(places: Sequence[str]) -> str:
    return ", else ".join(_place(place) for place in places)


def _place(place: str) -> str:
    name, _, detail = place.partition(".")
    if name == "act" and detail:
        return f"that of {detail.partition('.')[0]} in the same sentence"
    where = _PLACES.get(name, f"what stands behind '{name}'")
    return f"{_DETAILS.get(detail, detail)} of {where}" if detail else where
