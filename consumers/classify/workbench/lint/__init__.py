"""What is wrong with the rules, all at once: each fault with its place, its code and a remedy."""

from collections.abc import Iterator, Mapping, Sequence

from consumers.classify.check import check
from consumers.classify.compile import compile_source
from consumers.classify.format import Addition, RuleFile
from consumers.classify.source import PackText, Source, read_source
from consumers.classify.workbench.lint.proofs import proof_faults
from consumers.classify.workbench.lint.structure import structure_faults
from consumers.classify.workbench.lint.words import word_faults
from consumers.classify.workbench.trial import trials
from monitor.errors import Fault

# Every code, in a word each; its page is the section of rules/README.md that bears its name.
CODES: Mapping[str, str] = {
    "not-yaml": "the file is no YAML",
    "unknown-key": "a key that means nothing",
    "missing-key": "a key that must be there",
    "bad-value": "a value that its key cannot have",
    "unknown-code": "no state and no body has this code",
    "unknown-kind": "kinds.yaml has no such kind",
    "unknown-language": "no grammar reads the language of the rule",
    "unknown-list": "nouns.yaml has no such list",
    "unknown-exception": "exceptions.yaml has no such exception",
    "unknown-rule": "an addition to a rule or an act that is not there",
    "unknown-place": "a role that is read from no place of a sentence",
    "bad-sentence": "a kind without the sentences that an alert needs",
    "duplicate-id": "an id that two bear",
    "empty-rule": "a rule without an act",
    "too-few-proofs": "fewer texts that must match than the grammar asks for",
    "too-few-misses": "fewer near misses than the grammar asks for",
    "unreached-act": "no proof of its own reaches the act",
    "answered-elsewhere": "a proof that only another rule answers",
    "shadowed-act": "another act finds all that this one finds",
    "shadowed-rule": "other rules answer every proof of this one",
    "two-kinds": "two rules give one text two kinds",
    "singular-without-plural": "a noun of which the plural is not known",
    "mixed-scripts": "a word with letters of two scripts",
    "word-twice": "a word that stands twice in its list",
    "unused-list": "a list that nothing asks for",
}


def lint(packs: Sequence[PackText], layer: int) -> list[Fault]:
    """The faults in the files of one layer, in order of file and line."""
    source = read_source(packs)
    faults = [*source.faults, *check(source)]
    faults += [*structure_faults(source), *word_faults(source)]
    faults += _proof_faults(source, packs, {fault.path for fault in faults if fault.code in _BREAKING}, layer)
    mine = {pack.name for pack in packs if pack.layer == layer}
    found = {fault for fault in faults if fault.path in mine}
    return sorted(found, key=lambda fault: (fault.path, fault.line, fault.column, fault.code, fault.text))


_BREAKING = frozenset(
    {"not-yaml", "unknown-key", "missing-key", "bad-value", "unknown-code", "unknown-kind", "unknown-language",
     "unknown-list", "unknown-exception", "unknown-rule"}
)  # fmt: skip


def _proof_faults(source: Source, packs: Sequence[PackText], broken: set[str], layer: int) -> Iterator[Fault]:
    """Of the rules that stand in sound files, in languages whose own files are sound: the others' would mislead."""
    for written in source.written:
        match written.model:
            case RuleFile() as rule if written.pack.name in broken:
                source.rules.pop(rule.id, None)
            case Addition() as added if written.pack.name in broken:
                source.rules.pop(added.adds_to, None)
    sick = {pack.path.partition("/")[0] for pack in packs if pack.name in broken and pack.path.count("/") == 1}
    source.rules = {id: rule for id, rule in source.rules.items() if rule.lang not in sick}
    tables = {pack.name for pack in packs if pack.path == "kinds.yaml" or pack.path.startswith("actors/")}
    if not tables & broken:
        tried = [trial for trial in trials(source, layer) if not trial.is_miss]
        yield from proof_faults(source, compile_source(source, packs, {trial.lang for trial in tried}), tried)
