"""Languages in which endings of words say what a phrase is in its clause, and the verb stands last."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.clause import Syntax
from consumers.classify.lexicon import Entry, Word
from consumers.classify.nominal import Phrase, phrase
from consumers.classify.plain import PlainChunker

OWNER, OBJECT = "owner", "accusative"
_NAMES = ("name", "adjective", "capital")
POSSESSED = "possessed"  # the case of a noun that is somebody's


@dataclass(slots=True)
class SuffixChunker(PlainChunker):
    """Splits one sentence: an ending is a mark behind its phrase."""

    def run(self) -> list[Node]:
        """The nodes of the sentence, in order, what is somebody's joined with whose it is."""
        return self.owned(PlainChunker.run(self))

    def step(self, place: int) -> int:
        """Take the word at `place`; the place to go on from."""
        word = self.words[place]
        if word.entry is not None and word.actor is None and word.entry.phrase in self.particles.places:
            return self.function(place, word, word.entry)
        return PlainChunker.step(self, place)

    def nominal(self, place: int) -> int:
        """A name behind a noun that is somebody's begins a phrase of its own: "ambassador of X | foreign ministry"."""
        if self.begun >= 0 and ((self.is_closed(place) and self.begins(place)) or self.is_other(place)):
            self.flush(place)
        return PlainChunker.nominal(self, place)

    def unknown(self, place: int, word: Word) -> int:
        """Take a word that no list has; one without a capital says no more of an envoy before it."""
        if self.begun >= 0 and word.text[0].isalpha() and not word.capital and self.has_envoy(place):
            self.flush(place)
        return PlainChunker.unknown(self, place, word)

    @property
    def offices(self) -> frozenset[str]:
        return self.nouns.government - self.nouns.posted

    def is_other(self, place: int) -> bool:
        """Whether a name alone is who acts, and another begins what he acts on: "Bulgaria | ten Russian diplomats"."""
        before, word = self.words[place - 1], self.words[place]
        if before.actor is None and word.actor is not None and word.actor.form in _NAMES:
            return before.entry is None or bool(before.entry.nouns)  # a name says more of a noun behind it only
        kinds = word.entry.nouns if word.entry is not None else frozenset()
        if before.entry is not None and before.entry.nouns & self.nouns.posted and not kinds.isdisjoint(self.offices):
            return True
        if place - 1 != self.begun or before.actor is None or before.actor.form == "adjective":
            return False
        if word.actor is None:
            return word.text[0].isdigit() or (word.entry is not None and "number" in word.entry.roles)
        form = word.actor.form
        return form in ("name", "adjective") or (form == "capital" and before.actor.form == "capital")

    def is_closed(self, place: int) -> bool:
        """Whether the phrase under way has a noun that is somebody's."""
        return any(
            word.entry is not None and word.actor is None and POSSESSED in word.entry.cases and word.entry.nouns
            for word in self.words[self.begun : place]
        )

    def begins(self, place: int) -> bool:
        """Whether the word at `place` begins a phrase behind one that is closed."""
        word = self.words[place]
        if word.actor is not None:
            return word.actor.form != "person"
        entry = word.entry
        return entry is not None and ("number" in entry.roles or (bool(entry.nouns) and self.has_envoy(place)))

    def has_envoy(self, place: int) -> bool:
        """Whether the phrase under way is of an envoy or a mission, whom no noun behind says more of."""
        return any(
            word.entry is not None and word.entry.nouns & self.nouns.posted and POSSESSED in word.entry.cases
            for word in self.words[self.begun : place]
        )

    def is_verb(self, place: int, entry: Entry) -> bool:
        """Whether a word is a verb here: not one that a list of nouns has too, where its form is that of a noun."""
        if entry.nouns and all(form in self.nouns.nominal_forms for _, form in entry.verbs):
            return False
        return PlainChunker.is_verb(self, place, entry)

    def owned(self, nodes: Sequence[Node]) -> list[Node]:
        """Join "X's" with the noun behind it, where its form says that it is somebody's."""
        kept: list[Node] = []
        for node in nodes:
            kept.append(node)
            while len(kept) > 2 and self.is_owned(kept[-3:]):
                first, _, last = kept[-3:]
                assert isinstance(first, Phrase) and isinstance(last, Phrase)  # noqa: S101, PT018 by `is_owned`
                kept[-3:] = [phrase(self.words, first.start, last.end, self.nouns)]
        return kept

    def is_owned(self, last: Sequence[Node]) -> bool:
        first, mark, second = last
        if not (isinstance(first, Phrase) and isinstance(second, Phrase) and isinstance(mark, Mark)):
            return False
        if mark.role != "preposition" or mark.name != OWNER:
            return False
        return any(word.entry is not None and POSSESSED in word.entry.cases for word in second.words)


@dataclass(slots=True)
class _Clause:
    """What waits for its verb."""

    topic: Phrase | None = None
    waiting: list[tuple[str, Phrase]] = field(default_factory=list)
    carried: list[tuple[str, Phrase | None]] = field(default_factory=list)
    conditional: bool = False
    hanging: list[Verb] = field(default_factory=list)  # verbs that the next one governs


def cases_verb(nodes: Sequence[Node], syntax: Syntax) -> list[Verb]:
    """The verbs of a sentence with what belongs to them."""
    verbs: list[Verb] = []
    clause = _Clause()
    for place, node in enumerate(nodes):
        following = nodes[place + 1] if place + 1 < len(nodes) else None
        if isinstance(node, Phrase):
            mark = following if isinstance(following, Mark) and following.role == "preposition" else None
            node.prep = mark.name if mark is not None else ""
            clause.waiting.append((node.prep, node))
        elif isinstance(node, Verb):
            _take(node, clause, syntax)
            _hang(node, following, clause, syntax)
            verbs.append(node)
        elif node.role == "stop":
            clause = _Clause()
        elif node.role == "comma":
            _pause(clause, nodes[place - 1] if place else None)
        elif node.role == "condition":
            clause.conditional = True
    return verbs


def _pause(clause: _Clause, before: Node | None) -> None:
    """Who stands alone before a comma is what the sentence is about."""
    if not clause.waiting or before is not clause.waiting[-1][1]:
        return
    found = clause.waiting[-1][1]
    if clause.topic is None and len(clause.waiting) == 1 and found.speaks:
        clause.topic = found
        clause.waiting.pop()


def _take(verb: Verb, clause: _Clause, syntax: Syntax) -> None:
    passive = verb.forms <= syntax.participles
    bound = bool(verb.forms & (syntax.nominal | syntax.adnominal))
    verb.be = passive
    verb.conditional = verb.conditional or clause.conditional
    waiting = clause.waiting
    owner = next((at for at in range(len(waiting) - 1, -1, -1) if waiting[at][0] == OWNER), -1)
    left: list[tuple[str, Phrase]] = []
    if bound and owner >= 0:
        left, waiting = waiting[:owner], waiting[owner:]
    elif bound:
        first = next((at for at, (case, found) in enumerate(waiting) if not case and found.speaks), -1)
        if first >= 0 and clause.topic is None and not passive:
            clause.topic = waiting[first][1]
            waiting = [*waiting[:first], *waiting[first + 1 :]]
    subject = waiting[0][1] if bound and owner >= 0 else None
    bare = [found for case, found in waiting if not case]
    thing = next((found for case, found in reversed(waiting) if case == OBJECT), None)
    if passive:
        subject = subject or thing or (bare[-1] if bare else None)
        thing = next((found for found in reversed(bare) if found is not subject), None)
    else:
        if subject is None:
            subject = clause.topic or next((found for found in bare if found.speaks), None)
            others = [found for found in bare if found is not subject]
            if subject is None and bare and (thing is not None or len(bare) > 1):
                subject = bare[0]
                others = bare[1:]
            bare = others
        thing = thing or (bare.pop() if bare else None)
    verb.subject = subject
    placed: list[tuple[str, Phrase | None]] = [
        (case, found) for case, found in waiting if case and case != OBJECT and found is not subject
    ]
    extra: list[tuple[str, Phrase | None]] = [
        ("bare", found) for found in bare if found is not thing and found is not subject
    ]
    verb.after = [*([("", thing)] if thing is not None else []), *placed, *clause.carried, *extra]
    strings = bool(verb.forms & syntax.strings)
    if strings and subject is not None and subject.speaks and not passive:
        clause.topic = subject
    clause.carried = [*placed, *clause.carried] if strings else []
    clause.waiting = left
    clause.conditional = False


def _hang(verb: Verb, following: Node | None, clause: _Clause, syntax: Syntax) -> None:
    """Let the verb govern those that wait for it, or wait itself for the one that governs it."""
    told = any(lemma in syntax.told for lemma, _ in verb.senses)
    asks = any(lemma in syntax.object_acts for lemma, _ in verb.senses)
    for below in clause.hanging:
        below.governor = verb
        if below.forms & syntax.strings:
            below.link = "coordinate"
        else:
            below.link = "told" if told else "object" if asks else "complement"
    clause.hanging = []
    if verb.forms & syntax.adnominal:
        if isinstance(following, Phrase):
            cues = any(name.startswith("~") for name in following.classes)
            verb.governing = following if cues else None
            verb.subject = verb.subject or following
        verb.link = "relative"
    elif verb.forms & (syntax.nominal | syntax.strings):
        clause.hanging.append(verb)
