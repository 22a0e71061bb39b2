"""The places round a verb or a noun, from which an act reads who did it to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.clause import Syntax
from consumers.classify.nominal import Phrase

CASES_VERB = "cases-verb"  # the order in which endings say the place of a phrase, and the verb stands last


@dataclass(slots=True)
class Frame:
    """One reading of one trigger. `preps` holds what stands behind prepositions, in order."""

    verb: Verb | None = None
    noun: Phrase | None = None
    subject: Phrase | None = None
    object: Phrase | None = None
    second: Phrase | None = None
    asked: Phrase | None = None  # of a noun: the object of the verb above, "presses the EU for sanctions"
    preps: list[tuple[str, Phrase | None]] = field(default_factory=list)
    passive: bool = False
    behind: frozenset[str] = frozenset()  # classes of the words behind the verb, to the next stop
    above: Verb | None = None  # of a noun: the verb that it belongs to
    rest: list[Phrase] = field(default_factory=list)  # what stands behind in the sentence and names an actor

    def at(self, place: str) -> Phrase | None:
        """The phrase in a place."""
        if place == "subject":
            return self.subject
        if place == "object":
            return self.object
        if place == "second":
            return self.second
        if place == "asked":
            return self.asked
        if place == "self":
            return self.noun
        return next((phrase for prep, phrase in self.preps if prep == place and phrase is not None), None)

    def coded_at(self, place: str) -> Phrase | None:
        """The phrase in a place; behind a preposition that stands several times, the first that names an actor."""
        found = (phrase for prep, phrase in self.preps if prep == place and phrase is not None and phrase.codes)
        return next(found, None) or self.at(place)

    def has_particle(self, particle: str) -> bool:
        """Whether a particle stands behind the verb without a noun: "called the envoy in"."""
        return any(prep == particle and phrase is None for prep, phrase in self.preps)


def readings(verb: Verb, form: str, past: frozenset[str], syntax: Syntax, *, headline: bool) -> Iterator[Frame]:
    """The ways to read a verb: active, passive, or both where the form leaves it open; once for each joined object.

    A participle with no auxiliary is a passive only in a headline: elsewhere it hangs on a noun and tells no news.
    """
    participle = form in past
    if participle and verb.be and not verb.have and any(lemma in syntax.moving for lemma, _ in verb.senses):
        yield _active(verb)
        return
    if participle and not verb.be and any(other == "present" for _, other in verb.senses):
        participle = all(prep for prep, _ in verb.after)  # "verurteilt Pläne": the form leaves it open, an object not
    if not (verb.be and participle) and (verb.have or form not in syntax.participles):
        frame = _active(verb)
        yield frame
        for prep, joined in verb.after:
            if prep == "+":
                yield replace(frame, object=joined, second=None)
    if participle and (verb.be or verb.shares or (headline and not verb.have)):
        yield _passive(verb, syntax)


def _active(verb: Verb) -> Frame:
    bare = [phrase for prep, phrase in verb.after if not prep and phrase is not None]
    return Frame(
        verb,
        subject=verb.subject,
        object=bare[0] if bare else None,
        second=bare[1] if len(bare) > 1 else None,
        preps=[pair for pair in verb.after if pair[0] not in ("", "+")],
    )


def _passive(verb: Verb, syntax: Syntax) -> Frame:
    agent = next((phrase for prep, phrase in verb.after if prep in syntax.agent and phrase is not None), None)
    bare = [phrase for prep, phrase in verb.after if not prep and phrase is not None]
    preps = [pair for pair in verb.after if pair[0] not in ("", "+") and pair[0] not in syntax.agent]
    preps += [(phrase.prep, phrase) for phrase in verb.before if phrase.prep]
    return Frame(verb, subject=agent, object=verb.subject, second=bare[0] if bare else None, preps=preps, passive=True)


def of_noun(phrase: Phrase, nodes: Sequence[Node], place: int, syntax: Syntax) -> Frame:
    """The frame of a noun that is an act: "Poland's expulsion of two envoys by decree"."""
    preps: list[tuple[str, Phrase | None]] = []
    prep = ""
    if syntax.order == CASES_VERB:
        preps = [(node.prep, node) for node in reversed(nodes[:place]) if isinstance(node, Phrase) and node.prep]
        return Frame(None, noun=phrase, subject=None, object=phrase.of, preps=preps)
    for node in nodes[place + 1 :]:
        if isinstance(node, Mark) and node.role == "preposition":
            prep = node.name
        elif isinstance(node, Phrase) and prep:
            preps.append((prep, node))
            prep = ""
        else:
            break
    agent = next((found for name, found in preps if name in syntax.agent and found is not None), None)
    return Frame(None, noun=phrase, subject=agent, object=phrase.of, preps=preps)
