"""Who does what in languages without inflected clauses: particles and order say it, and clauses are strung together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.clause import Syntax
from consumers.classify.nominal import Phrase
from consumers.classify.plain import AGENT, WITH

TOPIC, SUBJECT, OBJECT = "topic", "nominative", "accusative"  # places that particles put a phrase in
_CLAUSAL = frozenset({"about", "answer"})  # places that may hold a clause: "because of Chile closing"
_PASSIVE = "passive"


@dataclass(slots=True)
class _Clause:
    """What has been read of a sentence and belongs to verbs still to come."""

    topic: Phrase | None = None
    subject: Phrase | None = None  # since the last verb
    object: Phrase | None = None
    bare: list[Phrase] = field(default_factory=list)
    placed: list[tuple[str, Phrase | None]] = field(default_factory=list)
    carried: list[tuple[str, Phrase | None]] = field(default_factory=list)  # of clauses before, for what hangs on them
    conditional: bool = False


def verb_last(nodes: Sequence[Node], syntax: Syntax) -> list[Verb]:
    """Particles behind their phrase, the verb last, and the verb that a clause hangs on behind it."""
    verbs: list[Verb] = []
    clause = _Clause()
    for place, node in enumerate(nodes):
        if isinstance(node, Phrase):
            _put(node, nodes, place, clause)
        elif isinstance(node, Verb):
            behind = nodes[place + 1] if place + 1 < len(nodes) else None
            _take(node, clause, verbs, syntax, adnominal=node.forms == {"unknown"} and isinstance(behind, Phrase))
            _hang(node, nodes, place, syntax)
            verbs.append(node)
        elif node.role == "stop":
            clause = _Clause()
        elif node.role in ("comma", "pause"):
            _pause(clause, nodes, place, node.role)
        elif node.role == "condition":
            clause.conditional = True
    _behind(verbs, nodes)
    for verb, after in pairwise(verbs):
        if verb.forms & syntax.strings and after.modal == "urged" and not verb.modal:
            verb.modal = "urged"  # "stop buying and press Peru!": the last says it of all
    return verbs


def _behind(verbs: Sequence[Verb], nodes: Sequence[Node]) -> None:
    """A government that stands alone behind the last pause is who did it, in headlines: "envoys sent home - Oslo"."""
    last = nodes[-1] if nodes else None
    if len(nodes) < 2 or not verbs or not isinstance(last, Phrase) or not (last.speaks or last.place) or last.prep:
        return
    mark = nodes[-2]
    if isinstance(mark, Mark) and mark.role == "pause":
        for verb in verbs:
            verb.subject = verb.subject or last


def _put(phrase: Phrase, nodes: Sequence[Node], place: int, clause: _Clause) -> None:
    mark = nodes[place + 1] if place + 1 < len(nodes) else None
    phrase.prep = name = mark.name if isinstance(mark, Mark) and mark.role == "preposition" else ""
    match name:
        case "":
            clause.bare.append(phrase)
        case "topic":
            if clause.topic is None or phrase.speaks or not clause.topic.speaks:
                clause.topic = phrase
        case "nominative":
            clause.subject = phrase
        case "accusative":
            clause.object = phrase
        case _:
            clause.placed.append((name, phrase))


def _pause(clause: _Clause, nodes: Sequence[Node], place: int, role: str) -> None:
    """A government that stands alone before a comma is what the sentence is about, in headlines."""
    last = clause.bare[-1] if clause.bare and nodes[place - 1] is clause.bare[-1] else None
    if last is not None and clause.topic is None and (last.speaks or last.place):
        clause.topic = clause.bare.pop()
    node = nodes[place]
    if isinstance(node, Mark) and node.name == " ":  # the second half of a headline begins anew
        clause.subject = clause.object = None
        clause.bare, clause.placed, clause.carried = [], [], []


def _take(verb: Verb, clause: _Clause, verbs: Sequence[Verb], syntax: Syntax, *, adnominal: bool) -> None:
    """Give a verb what stands before it, and leave the rest to the next."""
    passive = verb.forms <= {_PASSIVE}
    verb.conditional = verb.conditional or clause.conditional
    thing = clause.object
    if thing is None and clause.bare:
        thing = clause.bare.pop()
    doer = clause.subject or clause.topic
    if doer is None:
        doer = next((found for found in clause.bare if found.speaks), None)
    before = verbs[-1] if verbs else None
    if passive:
        verb.be = True
        if clause.subject is None and thing is not None:
            doer, thing = thing, None
        placed = [*clause.placed]
    else:
        placed = [*clause.placed]
        if doer is None and before is not None and before.subject is not thing:
            doer = before.subject
    verb.subject = doer
    rest = [("bare", found) for found in clause.bare if found is not doer]
    verb.after = [*([("", thing)] if thing is not None else []), *placed, *clause.carried, *rest]
    strings = verb.forms & syntax.strings
    if adnominal:  # what stands before a verb that only tells of a noun is its own: "firms that deal with Peru"
        placed = []
    clause.carried = [] if strings else [*placed, *clause.carried]
    if clause.subject is not None and clause.topic is None and (strings or clause.subject.speaks):
        clause.topic = clause.subject
    clause.subject = clause.object = None
    clause.bare, clause.placed = [], []
    clause.conditional = False


def _hang(verb: Verb, nodes: Sequence[Node], place: int, syntax: Syntax) -> None:
    """Find what the verb hangs on: the noun behind it ("plan"), and the verb behind that ("asked for")."""
    after = list(nodes[place + 1 : place + 6])
    quoted = bool(verb.forms & syntax.quoting)
    bare = verb.forms <= {"base"} or bool(verb.forms & syntax.nominal)
    asked = False
    for node in after:
        if isinstance(node, Mark):
            if bare and node is after[0] and node.name == SUBJECT:
                verb.free = True  # "a warning came": a noun, and no word of who gave it
            asked = asked or node.name == OBJECT
            quoted = quoted or (node is after[0] and node.name in ("quote", WITH) and not bare)
            if node.role == "preposition" and (node.name == OBJECT or quoted):
                continue
            if quoted and node.role in ("that", "comma", "pause"):
                continue
            return
        if isinstance(node, Verb):
            if quoted or bare or verb.governing is not None:
                verb.free = verb.free or (asked and bare and node.forms == {"unknown"})  # "to avoid the threat"
                verb.governor = node
                verb.link = "told" if any(lemma in syntax.told for lemma, _ in node.senses) else "complement"
            return
        cues = any(name.startswith("~") for name in node.classes)
        if (cues or not node.codes) and verb.governing is None and (cues or quoted or verb.forms & syntax.adnominal):
            verb.governing = node if cues else verb.governing
            quoted = quoted or verb.governing is not None or bool(node.classes & {"matter"})
            continue
        if not quoted:
            return


def verb_middle(nodes: Sequence[Node], syntax: Syntax) -> list[Verb]:
    """Particles before their phrase, phrases with them before the verb, the object behind it."""
    verbs: list[Verb] = []
    clause = _Clause()
    chain: list[Verb] = []  # the verbs of this clause
    told: Verb | None = None  # what the clauses to come hang on
    prep = ""
    for place, node in enumerate(nodes):
        if isinstance(node, Phrase):
            node.prep = prep
            _place(node, prep, clause, chain)
            prep = ""
        elif isinstance(node, Verb):
            _string(node, clause, chain, told, syntax, agentless=prep == AGENT)
            prep = ""
            chain.append(node)
            verbs.append(node)
        elif node.role == "preposition":
            prep = node.name
        elif node.role == "condition":
            clause.conditional = True
        elif node.role in ("comma", "pause", "stop", "and", "before-clause"):
            if node.role == "and" and not _is_between_clauses(nodes, place):
                continue
            told = _close(clause, chain, told, syntax)
            chain = []
            prep = ""
            if node.role in ("stop", "pause"):
                clause, told = _Clause(), None
    _close(clause, chain, told, syntax)
    return verbs


def _is_between_clauses(nodes: Sequence[Node], place: int) -> bool:
    return isinstance(nodes[place - 1], Verb) if place else False


def _place(phrase: Phrase, prep: str, clause: _Clause, chain: Sequence[Verb]) -> None:
    if prep == OBJECT:
        clause.object = phrase
    elif prep:
        clause.placed.append((prep, phrase))
    elif chain:
        chain[-1].after.append(("", phrase))
        clause.bare.append(phrase)
    else:
        clause.bare.append(phrase)


def _string(
    verb: Verb, clause: _Clause, chain: Sequence[Verb], told: Verb | None, syntax: Syntax, *, agentless: bool
) -> None:
    """Link one verb with what stands before it in its clause."""
    verb.conditional = verb.conditional or clause.conditional
    above = chain[-1] if chain else None
    if above is None:
        speaking = [found for found in clause.bare if found.speaks or found.classes]
        if not clause.bare and clause.placed and clause.placed[-1][0] in _CLAUSAL:
            speaking = [phrase for _, phrase in clause.placed[-1:] if phrase is not None and _acts(phrase)]
        verb.subject = next(iter(speaking or clause.bare), clause.topic)
        if clause.bare and verb.subject is not None:
            clause.topic = verb.subject
        if told is not None:
            verb.governor, verb.link = told, _link(told, syntax)
    else:
        lemmas = {lemma for lemma, _ in above.senses}
        between = clause.bare
        verb.governor = above
        if not syntax.free.isdisjoint(lemma for lemma, _ in verb.senses):
            above.free = True  # "sanctions on Peru would hurt": what stands before is a noun as a whole
        if between and (lemmas & syntax.told or lemmas & syntax.object_acts):
            verb.subject = between[-1]
            verb.link = "object" if lemmas & syntax.object_acts else "told"
        else:
            verb.subject = above.subject
            verb.link = "coordinate" if between else _link(above, syntax)
            if not between and lemmas & syntax.object_acts:
                verb.link = "complement"
    agent = next((found for name, found in clause.placed if name == AGENT), None)
    if agentless or agent is not None:
        verb.be = True
        verb.senses = tuple((lemma, _PASSIVE) for lemma, _ in verb.senses)
    if clause.object is not None:
        verb.after.append(("", clause.object))
    verb.after += [*clause.placed, *clause.carried]
    clause.carried = [*clause.placed, *clause.carried]
    clause.placed, clause.bare, clause.object = [], [], None


def _acts(phrase: Phrase) -> bool:
    """Whether a phrase names who does what follows, and is no thing of his: not "the minister's words"."""
    last = phrase.words[-1]
    return bool(phrase.codes) and (last.actor is not None or (last.entry is not None and bool(last.entry.nouns)))


def _link(above: Verb, syntax: Syntax) -> str:
    return "told" if any(lemma in syntax.told for lemma, _ in above.senses) else "complement"


def _close(clause: _Clause, chain: Sequence[Verb], told: Verb | None, syntax: Syntax) -> Verb | None:
    """End a clause: what it holds without a verb is left to the next; a verb of saying rules what follows."""
    if not chain:
        clause.carried = [*clause.placed, *clause.carried]
        speaking = [found for found in clause.bare if found.speaks]
        if speaking:
            clause.topic = speaking[0]
        clause.placed, clause.bare = [], []
        return told
    if clause.placed and not any(not prep for prep, _ in chain[-1].after):
        chain[-1].after.append(
            ("", clause.placed[-1][1])
        )  # "suspends with Peru the talks": the last is the object, too
    chain[-1].after += clause.placed
    clause.placed, clause.bare, clause.object = [], [], None
    clause.carried = []
    clause.conditional = False
    last = chain[-1]
    if any(lemma in syntax.told for lemma, _ in last.senses):
        return last
    return told


STRING: dict[str, Callable[[Sequence[Node], Syntax], list[Verb]]] = {
    "subject-object-verb": verb_last,
    "subject-place-verb-object": verb_middle,
}
