"""Who does what in a sentence: phrases hung on phrases, and each verb with its subject, objects and governor.

Other orders than subject, verb, object are put into that one before (order.py); strung.py has the orders of languages
that particles hold together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from consumers.classify.case import by_case
from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.nominal import MODIFIER_CLASSES, Nouns, Phrase


@dataclass(frozen=True, slots=True)
class Syntax:
    """What the grammar file says about order."""

    order: str
    genitive: frozenset[str]
    posted: frozenset[str]
    agent: frozenset[str]
    attributed: frozenset[str]
    told: frozenset[str]  # verbs that say
    object_acts: frozenset[str]
    from_acts: frozenset[str]
    bare_acts: frozenset[str]
    infinitives: frozenset[str] = frozenset()
    planned: frozenset[str] = frozenset()
    participles: frozenset[str] = frozenset()
    has_cases: bool = False
    free: frozenset[str] = frozenset()  # words that begin, and forms of verbs that end, a clause without an act: "what"
    strings: frozenset[str] = frozenset()  # forms of verbs that string a clause to the next
    quoting: frozenset[str] = frozenset()
    adnominal: frozenset[str] = frozenset()
    nominal: frozenset[str] = frozenset()
    urged: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    conditional: frozenset[str] = frozenset()
    oblique: frozenset[str] = frozenset()  # words before what is no subject
    seated: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()
    envoys: frozenset[str] = frozenset()  # classes of nouns that are posted from one state to another
    doer: frozenset[str] = frozenset()  # prepositions before who does what an infinitive says
    closing: frozenset[str] = frozenset()  # verbs that say or decide, behind what they say


_WHOLE = 3  # phrases between a word that begins a free clause and its verb, of which there is its subject at most


def inflect(nodes: Sequence[Node], syntax: Syntax) -> None:
    """What the form of a verb says by itself: that it is an infinitive, or that its time is to come."""
    for node in nodes:
        if isinstance(node, Verb) and node.senses:
            node.infinitive = node.infinitive or node.forms <= syntax.infinitives
            node.free = node.free or node.forms <= syntax.free
            if not node.modal and node.forms <= syntax.planned:
                node.modal = "planned"
            if not node.modal and node.forms <= syntax.urged:
                node.modal = "urged"
            node.negated = node.negated or node.forms <= syntax.denied
            node.conditional = node.conditional or node.forms <= syntax.conditional


def hang(nodes: Sequence[Node], nouns: Nouns, syntax: Syntax) -> list[Node]:
    """Phrases hung on phrases: "ministry of Y", "ambassador to Z", "X, Y and Z"."""
    kept: list[Node] = []
    nodes = _joined_over_asides(nodes)
    for place in range(len(nodes) - 1, -1, -1):
        kept.append(nodes[place])
        before = nodes[place - 1] if place else None
        while _hang_last(kept, before, nouns, syntax):
            pass
    kept.reverse()
    _govern(kept)
    return kept


def _joined_over_asides(nodes: Sequence[Node]) -> list[Node]:
    """The sentence without the commas around a mere adverb: "the summons, yesterday, of the envoy"."""
    kept: list[Node] = []
    for node in nodes:
        before = kept[-1] if kept else None
        if (
            isinstance(node, Mark)
            and isinstance(before, Mark)
            and node.role == before.role == "comma"
            and node.name == before.name == ","
        ):
            kept.pop()
        else:
            kept.append(node)
    return kept


def _hang_last(kept: list[Node], before: Node | None, nouns: Nouns, syntax: Syntax) -> bool:
    """`kept` is the sentence so far from its end, `before` what stands next; join its last phrase with what follows."""
    if len(kept) < 3 or not isinstance(kept[-1], Phrase):
        return False
    first, mark, second = kept[-1], kept[-2], kept[-3]
    if isinstance(mark, Mark) and mark.role in ("and", "comma") and _again(kept, before, syntax):
        return True
    if not isinstance(mark, Mark) or not isinstance(second, Phrase):
        return False
    if (
        mark.role == "comma"
        and len(kept) > 3
        and isinstance(kept[-4], Verb)
        and _tells(kept[-4], syntax)
        and len(second.codes) < 2
    ):
        return False
    if mark.role in ("and", "comma") and _alike(first, second, nouns, mark.role == "and"):
        following = kept[-4] if len(kept) > 3 else None
        if mark.role == "comma" and not first.pure and not (isinstance(following, Mark) and following.role == "and"):
            return False
        first.merged(second)
        del kept[-3:-1]
        return True
    if mark.role == "comma" and _is_name(first) and second.classes & (nouns.posted | nouns.government):
        first.classes, first.codes, first.mods, first.at = second.classes, second.codes, second.mods, second.at
        first.of, first.own, first.speaks, first.end = second.of, second.own, second.speaks, second.end
        del kept[-3:-1]
        return True
    if mark.role != "preposition":
        return False
    if mark.name in syntax.genitive and not (first.pure and not first.pronoun):  # "warns Japan of consequences"
        first.of = second
        if (
            first.count is not None and first.classes <= MODIFIER_CLASSES and second.classes & nouns.posted
        ):  # "50 of its diplomats"
            first.classes, first.speaks = second.classes, second.speaks
        first.codes = first.codes or second.codes
        first.at = first.at or second.at
        if second.own:
            first.own = True
        first.end = second.end
        del kept[-3:-1]
        return True
    if (
        mark.name in syntax.posted
        and second.classes & nouns.missions
        and second.codes
        and not first.codes
        and (first.bare or first.classes & nouns.crew)
    ):  # "35 people at the Russian embassy"
        first.of, first.codes, first.at, first.end = second, second.codes, second.at, second.end
        del kept[-3:-1]
        return True
    if mark.name in syntax.seated and second.place and first.classes & nouns.government and not first.codes:
        first.codes, first.end = second.codes, second.end
    if first.usual and not first.codes and mark.name in syntax.posted and second.place:
        first.codes, first.end = second.codes, second.end  # "the Foreign Office in London"
        del kept[-3:-1]
        return True
    if (
        first.classes & nouns.posted
        and mark.name in syntax.posted
        and (second.place or second.classes & nouns.missions)
    ):
        if second.classes & nouns.missions:
            first.codes, first.at = first.codes or second.codes, second.at
        elif not first.at:
            first.at = second.codes
        else:
            return False
        first.end = second.end
        del kept[-3:-1]
        return True
    return False


def _again(kept: list[Node], before: Node | None, syntax: Syntax) -> bool:
    """Join two names before each of which the preposition is said: "to Canberra and to Washington"."""
    if len(kept) < 4 or not isinstance(before, Mark) or before.role != "preposition":
        return False
    first, prep, second = kept[-1], kept[-3], kept[-4]
    if not (isinstance(first, Phrase) and isinstance(prep, Mark) and isinstance(second, Phrase)):
        return False
    alike = prep.name == before.name or any(
        {prep.name, before.name} <= group for group in (syntax.genitive, syntax.posted)
    )
    if prep.role != "preposition" or not alike or not (first.pure and second.pure):
        return False
    first.merged(second)
    del kept[-4:-1]
    return True


def _is_name(phrase: Phrase) -> bool:
    """Whether a phrase may be the name of a person that no pack knows, before what he is: "J. Doe, ambassador of"."""
    return 1 < len(phrase.words) < 5 and all(word.entry is None and word.capital for word in phrase.words)


def _tells(verb: Verb, syntax: Syntax) -> bool:
    return any(lemma in syntax.told for lemma, _ in verb.senses)


def _alike(first: Phrase, second: Phrase, nouns: Nouns, joined: bool) -> bool:
    if first.pure and second.pure and not first.pronoun:
        return True
    if joined and first.pure and second.speaks and not second.codes and not second.pronoun:
        return True  # "the US and allies"
    if first.pure and second.codes and (not joined or not second.speaks) and not second.own:
        return bool(second.classes) and second.words[0].actor is not None  # "British, Norwegian ambassadors"
    return joined and bool(first.classes & second.classes & nouns.posted) and bool(second.codes)


def _govern(nodes: Sequence[Node]) -> None:
    """Note the preposition that stands before each phrase."""
    for place, node in enumerate(nodes):
        if isinstance(node, Phrase) and place and isinstance(nodes[place - 1], Mark):
            mark = nodes[place - 1]
            if isinstance(mark, Mark) and mark.role == "preposition":
                node.prep = mark.name


def arrange(nodes: Sequence[Node], syntax: Syntax) -> list[Verb]:
    """The verbs of the sentence, each linked to its subject, what follows it, and the verb above it."""
    return subject_first(nodes, syntax)


def subject_first(nodes: Sequence[Node], syntax: Syntax) -> list[Verb]:
    """Subject, verb, object; what a verb hangs on stands before it."""
    verbs: list[Verb] = []
    last_place = -1
    conditional = False
    for place, node in enumerate(nodes):
        if isinstance(node, Mark):
            conditional = node.role == "condition" or (conditional and node.role != "stop" and node.role != "comma")
        elif isinstance(node, Verb):
            node.conditional = conditional
            _link(node, nodes, last_place, place, verbs, syntax)
            _follow(node, nodes, place)
            if verbs and acts_itself(node):  # "promises sanctions and Berlin says": Berlin is not promised
                verbs[-1].after = [pair for pair in verbs[-1].after if pair[0] != "+" or pair[1] is not node.subject]
            if syntax.has_cases:
                by_case(node, [found for found in nodes[last_place + 1 : place] if isinstance(found, Phrase)], syntax)
            verbs.append(node)
            last_place = place
    return verbs


def acts_itself(verb: Verb) -> bool:
    """Whether a verb surely has its subject in what stands before it; a lone participle may hang on that."""
    bare = any(not prep for prep, _ in verb.after)
    return verb.subject is not None and verb.link != "relative" and (verb.be or verb.have or bare)


def teller(nodes: Sequence[Node], verbs: Sequence[Verb], syntax: Syntax) -> Phrase | None:
    """Who tells what the sentence says: before a colon at its head, or with a verb of saying at its end."""
    if len(nodes) > 2 and isinstance(nodes[0], Phrase) and isinstance(nodes[1], Mark) and nodes[1].name == ":":
        return nodes[0] if nodes[0].speaks else None
    last = verbs[-1] if verbs else None
    if last is None or last.infinitive or last.ing or not any(lemma in syntax.closing for lemma, _ in last.senses):
        return None
    place = next(at for at in range(len(nodes) - 1, -1, -1) if nodes[at] is last)
    before = nodes[place - 1] if place else None
    if isinstance(before, Mark) and before.role in ("comma", "stop"):  # "..., said Doe"
        said = [phrase for prep, phrase in last.after if not prep and phrase is not None]
        return said[0] if said and said[0].speaks else None
    apart = place > 1 and isinstance(nodes[place - 2], Mark) and nodes[place - 2].role in ("comma", "stop")  # type: ignore[union-attr]
    if not apart or not isinstance(before, Phrase) or not before.speaks:
        return None
    return None if any(not prep for prep, _ in last.after) else before


def _link(verb: Verb, nodes: Sequence[Node], last: int, place: int, verbs: list[Verb], syntax: Syntax) -> None:
    between = nodes[last + 1 : place]
    above = verbs[-1] if verbs else None
    border = max((i for i, node in enumerate(between) if isinstance(node, Mark) and node.role == "stop"), default=-1)
    if border >= 0:
        between, above = between[border + 1 :], None
    phrases = [node for node in between if isinstance(node, Phrase)]
    verb.free = len(phrases) < _WHOLE and any(
        isinstance(node, Mark) and node.name.lower() in syntax.free for node in between
    )
    mark = between[-1] if between and isinstance(between[-1], Mark) else None
    if verb.infinitive:
        _link_infinitive(verb, above, phrases, between, syntax)
    elif verb.ing and not verb.be and (not phrases or mark is not None):
        _link_ing(verb, above, phrases, mark, syntax)
    else:
        _link_finite(verb, above, phrases, between, mark, syntax)


def _link_infinitive(
    verb: Verb, above: Verb | None, phrases: list[Phrase], between: Sequence[Node], syntax: Syntax
) -> None:
    near = between[-1] if between and isinstance(between[-1], Phrase) else None
    if above is None:
        verb.subject = _free(phrases)
        if near is not None and (near.classes or near.negated) and (near is not verb.subject or _is_call(near)):
            verb.subject = verb.subject if near is not verb.subject else None
            verb.governing = near
        return
    lemmas = {lemma for lemma, _ in above.senses}
    verb.governor = above
    if near is not None and near.prep in syntax.doer and near.speaks:  # "it is wrong for X to leave"
        verb.subject, verb.link = near, "due"
        return
    if above.infinitive and between and _is(between[-1], "and"):  # "asked to cut ties and to send him away"
        verb.subject, verb.link = above.subject, "coordinate"
        return
    bare = [found for found in phrases if not found.prep]
    if lemmas & syntax.object_acts and bare and not _is_passive(above, syntax):
        verb.subject, verb.link = bare[0], "object"
    elif lemmas & syntax.object_acts and phrases:
        verb.subject, verb.link = phrases[-1], "object"
    else:
        verb.subject, verb.link = above.subject, "complement" if not phrases else "adjunct"
    calls = (found for found in reversed(phrases) if any(name.startswith("~") for name in found.classes))
    verb.governing = next(calls, near)  # "led to calls for the minister to deny"
    if verb.link == "adjunct" and near is not None and near.owned and near.mods and not near.speaks:
        verb.subject = replace(
            near, codes=near.mods[:1], speaks=True
        )  # "Russia's decision to send": who decided, sends


def _is_call(phrase: Phrase) -> bool:
    """Whether a phrase before an infinitive does nothing itself: "no order to scrap", "call to expel"."""
    return not phrase.speaks and (phrase.negated or any(name.startswith("~") for name in phrase.classes))


def _link_ing(verb: Verb, above: Verb | None, phrases: list[Phrase], mark: Mark | None, syntax: Syntax) -> None:
    verb.governor = above
    if above is None:
        verb.subject = _free(phrases)
        return
    lemmas = {lemma for lemma, _ in above.senses}
    bare = [found for found in phrases if not found.prep]
    if mark is not None and mark.role == "preposition" and phrases:
        verb.governing = phrases[-1]  # "no question of severing"
    if mark is not None and mark.role == "preposition" and lemmas & syntax.from_acts and bare:
        coded = next((found for found in bare if found.codes), bare[-1])
        verb.subject, verb.link = coded, "charge"
    elif mark is None:
        verb.subject, verb.link = above.subject, "complement"
    else:
        verb.subject, verb.link = above.subject, "adjunct"


def _link_finite(
    verb: Verb, above: Verb | None, phrases: list[Phrase], between: Sequence[Node], mark: Mark | None, syntax: Syntax
) -> None:
    relative = next((i for i in range(len(between) - 1, -1, -1) if _is(between[i], "relative")), -1)
    if relative >= 0 and not any(isinstance(node, Phrase) for node in between[relative + 1 :]):
        before = [node for node in between[:relative] if isinstance(node, Phrase)]
        verb.subject, verb.link = (before[-1] if before else None), "relative"
        return
    near = between[-1] if between else None
    if above is not None and isinstance(near, Phrase) and _is_attribute(verb, syntax):
        verb.subject, verb.link = near, "relative"
        return
    subject = _subject(between, above)
    if subject is None and above is not None and (not phrases or mark is not None):
        while (above.infinitive or above.ing) and above.governor is not None and not verb.forms <= {"base"}:
            above = above.governor
        verb.subject = above.subject
        joined = mark is not None and mark.role in ("and", "comma")
        verb.shares = joined and _is_passive(above, syntax) and not verb.have
        said = mark is not None and mark.role == "that"
        verb.governor, verb.link = above, "coordinate" if joined else "complement" if said else "adjunct"
        return
    verb.subject = subject
    verb.before = phrases[phrases.index(subject) + 1 :] if subject is not None else phrases
    if above is not None and {lemma for lemma, _ in above.senses} & syntax.told:
        verb.governor, verb.link = above, "told"
    elif above is not None and any(_is(node, "that") for node in between):
        verb.governor, verb.link = above, "complement"
    elif above is not None and not verb.have and subject is not None and _is_object(subject, above):
        verb.governor, verb.link = above, "object"
        if verb.ing and not subject.speaks:  # "signed two bills levying": who signs, levies
            verb.subject, verb.link = above.subject, "adjunct"


def _is_attribute(verb: Verb, syntax: Syntax) -> bool:
    """Whether a participle without auxiliary hangs on the noun before it: "the statements made by"."""
    return not verb.be and not verb.have and verb.forms <= syntax.participles


def _subject(between: Sequence[Node], above: Verb | None) -> Phrase | None:
    """The phrase that is the subject of a verb, among what stands between it and the verb before."""
    segments: list[list[Node]] = [[]]
    for node in between:
        if isinstance(node, Mark) and node.role in ("comma", "before-clause", "condition", "that", "relative"):
            segments.append([])
            if node.role != "comma":
                segments = [[]]
                above = None
        elif isinstance(node, Mark) and node.role == "and":
            segments.append([])
        else:
            segments[-1].append(node)
    if segments[-1]:
        found = _free([node for node in segments[-1] if isinstance(node, Phrase)])
        if found is not None and not (above is not None and len(segments) == 1 and len(_bare(segments[0])) > 1):
            return found
        if found is not None:
            return _bare(segments[0])[-1]
    if above is not None and len(segments) > 1:
        segments = segments[1:]  # what follows the verb above directly is its object
    for segment in segments:
        found = _free([node for node in segment if isinstance(node, Phrase)])
        if found is not None and (
            found.speaks or not found.own or above is None
        ):  # "closed its embassy and its consulate"
            return found
    return None


def _bare(segment: Sequence[Node]) -> list[Phrase]:
    return [node for node in segment if isinstance(node, Phrase) and not node.prep]


def _free(phrases: Sequence[Phrase]) -> Phrase | None:
    return next((found for found in phrases if not found.prep), None)


def _is(node: Node, role: str) -> bool:
    return isinstance(node, Mark) and node.role == role


def _is_object(phrase: Phrase, verb: Verb) -> bool:
    """Whether the phrase follows the verb directly: "want the consulate closed"."""
    return any(not prep and found is phrase for prep, found in verb.after)


def _is_passive(verb: Verb, syntax: Syntax) -> bool:
    return verb.be and any(form == "past" or form in syntax.participles for _, form in verb.senses)


def _follow(verb: Verb, nodes: Sequence[Node], place: int) -> None:
    """What stands behind the verb as far as it can belong to it, with prepositions."""
    prep, bare_over, joined = "", False, False
    for node in nodes[place + 1 :]:
        if isinstance(node, Phrase):
            if not prep and bare_over:
                if joined and verb.after:
                    verb.after.append(("+", node))
                    continue
                break
            verb.after.append((prep, node))
            prep = ""
        elif isinstance(node, Mark) and node.role == "preposition":
            if prep:
                verb.after.append((prep, None))
            prep = node.name
        elif isinstance(node, Mark) and node.role in ("comma", "and"):
            bare_over, joined = True, node.role == "and"
        else:
            break
    if prep:
        verb.after.append((prep, None))
