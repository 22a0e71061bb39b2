"""How a clause is ordered: nodes of other orders are put into that of subject, verb, object.

Each order is one function from the nodes of a sentence to the same nodes in another order, with the parts of a verb
that stand apart made one. What comes out is read as English is.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.nominal import Phrase

if TYPE_CHECKING:
    from consumers.classify.clause import Syntax

_BORDERS = frozenset({"stop", "comma", "that", "relative", "before-clause", "condition"})
_SUBORDINATE = frozenset({"that", "relative", "before-clause", "condition"})


def verb_second(nodes: Sequence[Node], syntax: "Syntax") -> list[Node]:
    """The finite verb second in a main clause and last in another; the rest of it at the end."""
    found: list[Node] = []
    last: Verb | None = None
    for clause in _clauses(nodes):
        ordered, last = _ordered(clause, last, found, syntax)
        found += ordered
    return found


def _clauses(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """Pieces that begin with their marks; "and" begins one where a verb stands on both sides of it."""
    clause: list[Node] = []
    for place, node in enumerate(nodes):
        border = isinstance(node, Mark) and node.role in _BORDERS
        if isinstance(node, Mark) and node.role == "and":
            border = _has_verb(clause) and _has_verb(_until_border(nodes, place + 1))
        if border and clause and not all(isinstance(one, Mark) for one in clause):
            yield clause
            clause = []
        clause.append(node)
    if clause:
        yield clause


def _until_border(nodes: Sequence[Node], place: int) -> list[Node]:
    found: list[Node] = []
    for node in nodes[place:]:
        if isinstance(node, Mark) and node.role in _BORDERS:
            break
        found.append(node)
    return found


def _has_verb(nodes: Sequence[Node]) -> bool:
    return any(isinstance(node, Verb) for node in nodes)


def _ordered(
    clause: list[Node], last: Verb | None, before: Sequence[Node], syntax: "Syntax"
) -> tuple[list[Node], Verb | None]:
    """One clause in the other order, and its verb."""
    lead = 0
    while lead < len(clause) and isinstance(clause[lead], Mark) and not _is_preposition(clause[lead]):
        lead += 1
    marks, body = clause[:lead], clause[lead:]
    verbs = [node for node in body if isinstance(node, Verb)]
    if not verbs:
        return clause, None
    whole, helpers = _whole(verbs, last if _joins(marks) else None, syntax)
    negated = [node for node in body if isinstance(node, Mark) and node.role == "negation"]
    whole.negated = whole.negated or bool(negated)
    particle = _particle(whole, body)
    finite = helpers[0] if helpers else whole
    gone = {id(node) for node in (*helpers, *negated, *([particle] if particle else []), whole)}
    place = next(at for at, node in enumerate(body) if node is finite)
    start = [node for node in body[:place] if id(node) not in gone]
    rest = [node for node in body[place + 1 :] if id(node) not in gone]
    roles = {mark.role for mark in marks if isinstance(mark, Mark)}
    if roles & _SUBORDINATE or whole.infinitive:
        return [*marks, *_last(whole, [*start, *rest], marks, syntax)], whole
    return [*marks, *_second(whole, start, rest, marks, before)], whole


def _joins(marks: Sequence[Node]) -> bool:
    return bool(marks) and isinstance(marks[-1], Mark) and marks[-1].role in ("and", "comma")


def _is_preposition(node: Node) -> bool:
    return isinstance(node, Mark) and node.role in ("preposition", "negation")


def _whole(verbs: list[Verb], last: Verb | None, syntax: "Syntax") -> tuple[Verb, list[Verb]]:
    """The verb that tells, with what its auxiliaries say, and these auxiliaries."""
    helpers = [verb for verb in verbs if verb.helps]
    telling = [verb for verb in verbs if not verb.helps]
    if not telling:
        whole = helpers[-1]
        _help(whole, helpers, syntax)
        return whole, [verb for verb in helpers if verb is not whole]
    whole = telling[0] if not helpers else telling[-1]
    if not helpers and len(telling) > 1 and telling[0].forms <= syntax.participles:
        whole = telling[-1]
    if helpers:
        _help(whole, helpers, syntax)
    elif last is not None and whole.forms <= (syntax.participles | {"base"}) and (last.be or last.have or last.modal):
        whole.be, whole.have, whole.modal = last.be, last.have, last.modal
    return whole, helpers


def _help(whole: Verb, helpers: Sequence[Verb], syntax: "Syntax") -> None:
    participle = bool(whole.forms & syntax.participles)
    for verb in helpers:
        roles = verb.helps
        if "be" in roles and (participle or "planned" not in roles):
            whole.be = True
        elif "have" in roles:
            whole.have = True
        else:
            whole.modal = whole.modal or next((role for role in ("planned", "possible", "urged") if role in roles), "")
    if whole.modal or whole.be or whole.have:
        whole.infinitive = False


def _particle(verb: Verb, body: Sequence[Node]) -> Mark | None:
    """The particle at the end of the clause that makes another verb of this one; its senses are chosen by it."""
    apart = {lemma.partition("~")[2] for lemma, _ in verb.senses if "~" in lemma}
    found = None
    for place, node in enumerate(body):
        if isinstance(node, Mark) and node.role == "preposition" and node.name in apart and _hangs_free(body, place):
            found = node
    kept = []
    for lemma, form in verb.senses:
        rest, tilde, particle = lemma.partition("~")
        if tilde and found is not None and particle == found.name:
            kept.append((f"{particle}|{rest}", form))
        elif not tilde and found is None:
            kept.append((lemma, form))
    verb.senses = tuple(kept) or tuple((lemma.partition("~")[0], form) for lemma, form in verb.senses)
    return found


def _hangs_free(body: Sequence[Node], place: int) -> bool:
    return place + 1 >= len(body) or not isinstance(body[place + 1], Phrase)


def _second(
    verb: Verb, start: list[Node], rest: list[Node], marks: Sequence[Node], before: Sequence[Node]
) -> list[Node]:
    """A main clause: where no subject stands before the verb, the first phrase behind it that may be one does."""
    if any(_may_be_subject(start, place) for place in range(len(start))):
        return [*start, verb, *rest]
    if not start and (_joins_and(marks) or _is_dangling(before)):
        return [verb, *rest]
    place = next((at for at in range(len(rest)) if _may_be_subject(rest, at)), -1)
    if place < 0 or (not start and not marks and not before):
        return [*start, verb, *rest]
    subject = rest.pop(place)
    prepositional = [node for node in start if isinstance(node, Phrase) and not node.prep]
    kept = [node for node in start if node not in prepositional]
    return [*kept, subject, verb, *prepositional, *rest]


def _joins_and(marks: Sequence[Node]) -> bool:
    return bool(marks) and isinstance(marks[-1], Mark) and marks[-1].role == "and"


def _is_dangling(before: Sequence[Node]) -> bool:
    """Whether a subject waits for its verb, a relative clause having come between."""
    phrase = False
    for node in reversed(before):
        if isinstance(node, Mark) and node.role == "stop":
            break
        if isinstance(node, Mark) and node.role == "relative":
            phrase = True
        elif isinstance(node, Verb) and phrase:
            return False
    return phrase


def _last(verb: Verb, body: list[Node], marks: Sequence[Node], syntax: "Syntax") -> list[Node]:
    """A clause with its verb at the end."""
    if verb.infinitive:
        return [verb, *body]
    relative = next((mark for mark in marks if isinstance(mark, Mark) and mark.role == "relative"), None)
    if relative is not None and relative.name not in syntax.oblique:
        return [verb, *body]
    place = next((at for at in range(len(body)) if _may_be_subject(body, at)), -1)
    return [*body[: place + 1], verb, *body[place + 1 :]]


def _may_be_subject(nodes: Sequence[Node], place: int) -> bool:
    node = nodes[place]
    if not isinstance(node, Phrase) or node.prep:
        return False
    first = node.words[0].entry
    return first is None or "oblique" not in first.roles


def verb_first(nodes: Sequence[Node], syntax: "Syntax") -> list[Node]:
    """The verb before who acts, or, in headlines, behind him; where nobody acts, what is done is done by others."""
    found = list(nodes)
    place = 0
    while place < len(found):
        verb = found[place]
        after = found[place + 1] if place + 1 < len(found) else None
        if isinstance(verb, Verb) and isinstance(after, Phrase) and not after.prep and not _has_doer(found, place):
            if _acts(found, place, after, syntax) or any(lemma in syntax.moving for lemma, _ in verb.senses):
                found[place], found[place + 1] = after, verb
                place += 1
            elif verb.forms & syntax.participles and not _is_joined(found, place):
                verb.be = True
        place += 1
    return found


def _acts(nodes: Sequence[Node], place: int, after: Phrase, syntax: "Syntax") -> bool:
    """Whether the phrase behind a verb is who acts; an envoy is, where something more is acted on."""
    if not after.speaks or after.own:
        return False
    return not after.classes & syntax.envoys or (_has_two(nodes, place) and not _is_joined(nodes, place))


def _has_doer(nodes: Sequence[Node], place: int) -> bool:
    """Whether who acts stands before the verb: right before it, or as what a relative clause hangs on."""
    before = nodes[place - 1] if place else None
    if isinstance(before, Mark):
        return before.role == "relative"
    return isinstance(before, Phrase) and not before.prep


def _has_two(nodes: Sequence[Node], place: int) -> bool:
    """Whether a second phrase follows the first behind a verb, so that the first is who acts."""
    second = nodes[place + 2] if place + 2 < len(nodes) else None
    return isinstance(second, Phrase) and not second.prep


def _is_joined(nodes: Sequence[Node], place: int) -> bool:
    """Whether the clause goes on from one before, whose doer is its own: "and", "that it"."""
    before = nodes[place - 1] if place else None
    return isinstance(before, Mark) and before.role in ("and", "that", "comma")


ORDER: dict[str, Callable[[Sequence[Node], "Syntax"], list[Node]]] = {
    "verb-second": verb_second,
    "verb-subject-object": verb_first,
}
