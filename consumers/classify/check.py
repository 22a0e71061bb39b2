"""What is wrong between the files of the rules: names that nothing bears. Each fault has a code, a place, a remedy."""

import difflib
import re
from collections.abc import Iterable, Iterator

import pycountry

from consumers.classify.format import (
    ActorsFile,
    Addition,
    Change,
    ExceptionsFile,
    GrammarFile,
    HoldersFile,
    NounsFile,
    Proof,
    RuleFile,
)
from consumers.classify.names import known_codes
from consumers.classify.source import ReadFile, Source
from monitor.errors import Fault
from monitor.message.wording import wording_faults

BUILT_IN = frozenset(
    {
        "any",
        "none",
        "coded",
        "actor",
        "pure",
        "own",
        "people",
        "speaking",
        "pair",
        "body",
        "pronoun",
        "firm",
        "seat",
        "nationals",
        "bare",
        "owned",
        "person-name",
    }
)
_CLASS = re.compile(r"[|+!\s]+")


def check(source: Source) -> list[Fault]:
    """The faults between the files, those of each file in order."""
    codes = known_codes(source.holders)
    faults: list[Fault] = []
    for written in source.written:
        match written.model:
            case RuleFile() as rule:
                if source.places[rule.id] is written:  # one that another lies over is not compiled
                    faults += [*_rule(written, rule, source), *_proofs(written, rule.proofs, codes)]
            case Addition() as added:
                faults += [*_addition(written, added, source), *_proofs(written, added.proofs, codes)]
            case GrammarFile() as grammar:
                faults += _grammar(written, grammar)
            case ActorsFile() as actors:
                faults += [_code(written, ["actors", code], code, codes) for code in actors.actors if code not in codes]
                groups = [(name, code) for name, members in actors.groups.items() for code in members]
                faults += [_code(written, ["groups", name], code, codes) for name, code in groups if code not in codes]
            case HoldersFile() as holders:
                states = [(number, holder.state) for number, holder in enumerate(holders.holders)]
                faults += [_code(written, ["holders", at], code, codes) for at, code in states if code not in codes]
            case None if written.pack.path == "kinds.yaml":
                faults += _kinds(written, source)
    return faults


def near(name: str, known: Iterable[str], see: str) -> str:
    """The remedy for a name that nothing bears: the nearest that something does, else where to look."""
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{found[0]}'?" if found else f"see {see}"


def _rule(written: ReadFile, rule: RuleFile, source: Source) -> Iterator[Fault]:
    if rule.kind not in source.kinds.by_id:
        yield _kind(written, ["kind"], rule.kind, source)
    if rule.lang not in source.languages:
        text = f"no grammar reads the language '{rule.lang}'; {near(rule.lang, source.languages, 'the folders')}"
        yield written.fault(["lang"], text, "unknown-language")
        return
    exceptions = source.language(rule.lang)["exceptions.yaml"]
    yield from _exceptions(written, ["unless"], rule.unless, exceptions)
    yield from _classes(written, ["measure"], [rule.measure], rule.lang, source)
    for number, act in enumerate(rule.acts):
        place: list[str | int] = ["acts", number]
        yield from _classes(written, [*place, "nouns"], [act.nouns], rule.lang, source)
        yield from _classes(written, [*place, "anywhere"], [act.anywhere], rule.lang, source)
        yield from _classes(written, [*place, "where"], act.where.values(), rule.lang, source)
        yield from _exceptions(written, [*place, "unless"], act.unless, exceptions)
        if act.if_conditional and act.if_conditional not in source.kinds.by_id:
            yield _kind(written, [*place, "if_conditional"], act.if_conditional, source)


def _addition(written: ReadFile, added: Addition, source: Source) -> Iterator[Fault]:
    rule = source.rules.get(added.adds_to)
    if rule is None:
        return  # told when it was laid over
    exceptions = source.language(rule.lang)["exceptions.yaml"]
    yield from _exceptions(written, ["unless"], added.unless, exceptions)
    for number, act in enumerate(added.acts):
        yield from _exceptions(written, ["acts", number, "unless"], act.unless, exceptions)


def _classes(
    written: ReadFile, place: list[str | int], wanted: Iterable[str], lang: str, source: Source
) -> Iterator[Fault]:
    nouns: NounsFile = source.language(lang)["nouns.yaml"]
    known = {*nouns.nouns, *nouns.marks} | BUILT_IN
    for name in (name for text in wanted for name in _CLASS.split(text) if name and name not in known):
        yield written.fault(place, f"unknown list '{name}'; {near(name, known, f'{lang}/nouns.yaml')}", "unknown-list")


def _exceptions(
    written: ReadFile, place: list[str | int], names: Iterable[str], file: ExceptionsFile
) -> Iterator[Fault]:
    for number, name in enumerate(names):
        if name not in file.exceptions:
            remedy = near(name, file.exceptions, f"{file.lang}/exceptions.yaml")
            yield written.fault([*place, number], f"unknown exception '{name}'; {remedy}", "unknown-exception")


def _proofs(written: ReadFile, proofs: Iterable[Proof], codes: frozenset[str]) -> Iterator[Fault]:
    for number, proof in enumerate(proofs):
        for at, expected in enumerate(proof.gives):
            for role, code in (("source", expected.source), ("target", expected.target)):
                if code is not None and code not in codes:
                    yield _code(written, ["proofs", number, "gives", at, role], code, codes)


def _kinds(written: ReadFile, source: Source) -> Iterator[Fault]:
    for number, entry in enumerate(written.data.get("kinds", ())):
        kind = source.kinds.by_id[entry["id"]]
        place: list[str | int] = ["kinds", number]
        for name in (*kind.includes, *kind.reverses):
            if name not in source.kinds.by_id:
                yield _kind(written, place, name, source)
        if entry.get("sentences", None) == kind.sentences:  # not where another file lies over it
            for text in wording_faults(kind):
                yield written.fault([*place, "sentences"], text, "bad-sentence")


def _grammar(written: ReadFile, grammar: GrammarFile) -> Iterator[Fault]:
    tables: list[tuple[list[str | int], list[Change]]] = [(["morphology", "plural"], grammar.morphology.plural)]
    tables += [(["morphology", "forms", form], changes) for form, changes in grammar.morphology.forms.items()]
    for place, changes in tables:
        for number, change in enumerate(changes):
            try:
                re.compile(f"(?:{change.ends})$")
            except re.error as why:
                yield written.fault(
                    [*place, number, "ends"], f"no pattern: {why} (given: {change.ends!r})", "bad-value"
                )


def _kind(written: ReadFile, place: list[str | int], name: str, source: Source) -> Fault:
    remedy = near(name, source.kinds.by_id, "kinds.yaml")
    return written.fault(place, f"unknown kind '{name}'; {remedy}", "unknown-kind")


def _code(written: ReadFile, place: list[str | int], code: str, codes: frozenset[str]) -> Fault:
    """A code that is none, with the one that was meant: KOR for KR, for Korea, for KRO."""
    named = pycountry.countries.get(alpha_2=code.upper()) or pycountry.countries.get(name=code)
    remedy = f"did you mean '{named.alpha_3}'?" if named else near(code.upper(), codes, "ISO 3166-1 alpha-3")
    return written.fault(place, f"unknown code '{code}'; {remedy}", "unknown-code")
