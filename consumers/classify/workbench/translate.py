"""The rules of a new language, laid out beside those of one that has them: what is to be found, with room for how."""

import json
from collections.abc import Iterator

from consumers.classify.format import GrammarFile, Proof, RuleFile
from consumers.classify.source import Source
from monitor.message.kind import Kind

FEWEST: int = GrammarFile.model_fields["proofs"].default


def rules_to_fill(source: Source, code: str, model: str) -> Iterator[tuple[str, str]]:
    """Path and text of a rule for each kind, with the proofs of language `model` as what to write texts for."""
    for kind in source.kinds.by_id.values():
        known = next((rule for rule in source.rules_of(model) if rule.kind == kind.id), None)
        yield f"{code}/kinds/{kind.id}.yaml", "\n".join(_lines(kind, known, code)) + "\n"


def _lines(kind: Kind, known: RuleFile | None, code: str) -> Iterator[str]:
    yield f"id: {code}.{kind.id}"
    yield f"kind: {kind.id}"
    yield f"lang: {code}"
    yield f"title: {json.dumps(known.title if known else kind.title, ensure_ascii=False)}"
    if known is not None and known.leaves_out:
        yield f"leaves_out: {json.dumps(' '.join(known.leaves_out.split()), ensure_ascii=False)}"
    yield "unless: []"
    yield ""
    yield "# One act for each way of saying it: verbs or nouns, what must stand where, where the two states are read."
    yield "acts: []"
    yield "#  - name: plain"
    yield "#    verbs: []"
    yield "#    where: {object: ambassador}"
    yield "#    source: [subject]"
    yield "#    target: [object]"
    yield ""
    yield f"# At least {FEWEST} texts that match. Write each as an outlet of the language would, not word for word."
    yield "proofs: []"
    for proof in (known.proofs if known else [])[: 2 * FEWEST]:
        yield from _proof(proof)
    for _ in range(FEWEST - len(known.proofs if known else [])):
        yield "#  - text: "
        yield "#    gives: [{source: , target: }]"
    yield ""
    yield f"# At least {FEWEST} that look like it and are not."
    yield "misses: []"
    for miss in (known.misses if known else [])[: 2 * FEWEST]:
        yield f"#  - text:   # {_flat(miss.text)}"
        yield f"#    why: {miss.why}"
    for _ in range(FEWEST - len(known.misses if known else [])):
        yield "#  - text: "
        yield "#    why: "


def _proof(proof: Proof) -> Iterator[str]:
    yield f"#  - text:   # {_flat(proof.text)}"
    gives = ", ".join(
        f"{{source: {one.source or 'null'}, target: {one.target or 'null'}, modality: {one.modality}}}"
        for one in proof.gives
    )
    yield f"#    gives: [{gives}]"


def _flat(text: str) -> str:
    return " / ".join(text.strip().splitlines())
