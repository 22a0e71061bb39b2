"""A sentence in pieces where words do not bend: names and nouns in a row are a phrase, particles say what it is.

For languages that write no blanks, or whose blanks part words with their particles. See `strung` for who does what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consumers.classify.chunk import Mark, Node, Verb
from consumers.classify.lexicon import Entry, Token, Word
from consumers.classify.nominal import Nouns, Phrase, phrase

_SKIPPED = frozenset("\"'«»\u201c\u201d\u2018\u2019\u300c\u300d\u300e\u300f\u300a\u300b\u3008\u3009*#")  # quotes
_OPENING = frozenset("\"'\u201c\u2018\u300c\u300e")  # what stands before one of these, is a phrase of its own
_JOINTS = frozenset("\u00b7\u30fb/")  # middle dots
_COMMAS = frozenset(",\u3001")
_LISTING = "\u3001"  # a comma; where particles stand before, the comma of lists
_OPEN = frozenset("([\u3014\u3010")
_CLOSE = frozenset(")]\u3015\u3011")
AGENT = "agent"  # the place of the doer in a passive
WITH = "with"  # the place of "with", by a particle that means "and" between two names
_LONG = 40  # tokens in a pair of brackets
_AUXILIARIES = frozenset({"planned", "possible", "urged"})
_NOMINAL = frozenset({"determiner", "possessive", "pronoun", "number", "owner", "post", "posted"})
_TIMES = frozenset({"time", "month", "weekday"})


@dataclass(frozen=True, slots=True)
class Particles:
    """What the grammar file says about them.

    `places`: particle -> the place that it puts a phrase in. `endings`: ends of verbs that no rule knows.
    """

    places: Mapping[str, str]
    endings: tuple[str, ...] = ()
    last: bool = False  # particles and verbs stand behind what belongs to them
    pauses: bool = False  # a blank is a pause
    spaced: bool = False  # blanks part words with their particles
    suffixed: bool = False  # endings of words say what particles do: see suffixed.py


@dataclass(slots=True)
class PlainChunker:
    """Splits one sentence."""

    words: Sequence[Word]
    tokens: Sequence[Token]
    nouns: Nouns
    particles: Particles
    nodes: list[Node] = field(default_factory=list)
    begun: int = -1
    modal: str = ""
    negated: bool = False

    def run(self) -> list[Node]:
        """The nodes of the sentence, in order."""
        place = 0
        while place < len(self.words):
            if self.particles.pauses and place and self.has_blank(place):
                self.flush(place)
                self.nodes.append(Mark("pause", " ", place))
            place = self.step(place)
        self.flush(len(self.words))
        return self.nodes

    def has_blank(self, place: int) -> bool:
        """Whether a blank stands before a word."""
        return self.tokens[self.words[place].start].start > self.tokens[self.words[place].start - 1].end

    def step(self, place: int) -> int:
        """Take the word at `place`; the place to go on from."""
        word = self.words[place]
        entry = word.entry
        if entry is None:
            return self.unknown(place, word)
        if word.actor is not None:
            return self.nominal(place)
        if entry.roles & _TIMES:
            return self.time(place)
        if entry.verbs and self.is_verb(place, entry):
            return self.verb(place, entry)
        if entry.nouns or entry.roles & _NOMINAL:
            return self.nominal(place)
        return self.function(place, word, entry)

    def time(self, place: int) -> int:
        """A day or a year stands outside the phrases, with the number before it."""
        before = self.words[place - 1] if place else None
        if before is not None and self.begun == place - 1 and before.text[0].isdigit():
            self.begun = -1
        elif before is not None and before.text[0].isdigit():
            self.flush(place - 1)
        self.flush(place)
        return place + 1

    def unknown(self, place: int, word: Word) -> int:
        text = word.text
        if text[0].isalnum():
            return self.run_of(place) if self.particles.spaced and not text[0].isdigit() else self.nominal(place)
        if text in _SKIPPED:
            if self.particles.last and text in _OPENING and place and self.opens(place):
                self.flush(place)
                self.nodes.append(Mark("pause", text, place))
            return place + 1
        if text in _OPEN:
            return self.closed(place)
        if text == "-" and self.begun >= 0:
            return place + 1
        joins = text in _JOINTS or (text == _LISTING and not self.particles.last)
        role = "and" if joins else "comma" if text in _COMMAS else "stop"
        self.flush(place)
        self.modal, self.negated = "", False
        self.nodes.append(Mark(role, text, place))
        return place + 1

    def opens(self, place: int) -> bool:
        """Whether a quote begins here: where blanks part words, one that stands behind a blank."""
        return not self.particles.spaced or self.has_blank(place)

    def run_of(self, place: int) -> int:
        """Unknown letters up to the next blank or known word: a noun, or a verb by its ending."""
        end, text = place, ""
        while end < len(self.words) and self.words[end].entry is None and self.words[end].text[0].isalpha():
            if end > place and self.has_blank(end):
                break
            text += self.words[end].text
            end += 1
        close, ending = self.particles_from(end)
        if text and (text + ending).endswith(self.particles.endings) and close >= 0:
            self.flush(place)
            self.nodes.append(Verb(place, close, ((text + ending, "unknown"),)))
            return close
        if self.begun < 0:
            self.begun = place
        return end

    def particles_from(self, place: int) -> tuple[int, str]:
        """Where a word ends that goes on with nothing but particles, and these; -1 where it goes on with more."""
        ending = ""
        while place < len(self.words) and not self.has_blank(place) and self.words[place].text[0].isalpha():
            entry = self.words[place].entry
            if entry is None or entry.phrase not in self.particles.places or self.words[place].actor is not None:
                return -1, ""
            ending += entry.phrase
            place += 1
        return place, ending

    def closed(self, place: int) -> int:
        """Pass over what stands in brackets."""
        for end in range(place + 1, min(place + _LONG, len(self.words))):
            if self.words[end].text in _CLOSE:
                return end + 1
        return place + 1

    def nominal(self, place: int) -> int:
        if self.begun < 0:
            self.begun = place
        return place + 1

    def flush(self, place: int) -> None:
        """End the phrase that is under way."""
        if self.begun >= 0:
            while place > self.begun + 1 and self.is_owner(place - 1):
                place -= 1  # what it owns is a verb: "the envoy's expulsion"
            made = phrase(self.words, self.begun, place, self.nouns)
            self.begun = -1
            self.nodes.append(made)

    def function(self, place: int, word: Word, entry: Entry) -> int:
        """A function word, or one that is known and means nothing here."""
        roles = entry.roles
        name = entry.phrase
        if roles & _AUXILIARIES and not self.is_auxiliary(place):
            roles = roles - _AUXILIARIES
        for role in roles & _AUXILIARIES:
            self.flush(place)
            self.modal = role
            return place + 1
        if "negation" in roles:
            self.flush(place)
            self.negated = True
            return place + 1
        if name in self.particles.places:
            self.flush(place)
            self.nodes.append(Mark("preposition", self.particles.places[name], place))
            return place + 1
        for role in ("and", "condition", "that", "before-clause", "stop"):
            if role in roles and not (role == "stop" and self.is_within(place)):
                self.flush(place)
                self.nodes.append(Mark(role, name, place))
                return place + 1
        if "adverb" in roles and not roles & {"apart"}:
            self.flush(place)
            return place + 1
        return self.nominal(place)

    def is_within(self, place: int) -> bool:
        """Whether a sign stands within a name: "S-400"."""
        last = len(self.words) - 1
        return (
            0 < place < last and not (self.has_blank(place) or self.has_blank(place + 1)) and self.is_letter(place + 1)
        )

    def is_auxiliary(self, place: int) -> bool:
        """Whether a word that marks the object, or what is to come, marks the latter: a verb or a particle follows."""
        for after in self.words[place + 1 :]:
            entry = after.entry
            if entry is None or after.actor is not None:
                return False
            if entry.verbs or entry.phrase in self.particles.places:
                return True
            if entry.nouns or not entry.roles & {"adverb", "time", "negation", "be"}:
                return False
        return False

    def is_verb(self, place: int, entry: Entry) -> bool:
        """Whether a word that may be a noun too is a verb here: not before a noun that it goes with."""
        after = self.words[place + 1] if place + 1 < len(self.words) else None
        if self.modal and not self.particles.last:
            return True
        if self.particles.last and all(form == "base" for _, form in entry.verbs):
            ends = after is None or (self.particles.pauses and self.has_blank(place + 1))
            return ends or (after is not None and self.is_bare(after, named=bool(entry.nouns)))
        if not self.particles.last and place and self.begun >= 0 and self.is_owner(place - 1):
            return False  # "the talks of"
        ends = self.begun >= 0 and (after is None or not self.is_letter(place + 1))
        if not self.particles.last and ends and any(self.is_owner(at) for at in range(self.begun, place)):
            return False  # "the military cooperation of"
        if entry.nouns and self.begun >= 0 and self.is_done():
            return True
        if after is None or (self.particles.pauses and self.has_blank(place + 1)):
            return not entry.nouns or not self.is_object()
        if after.entry is None:
            if not after.text[0].isalpha():
                return not entry.nouns or not self.is_object()
            return not entry.nouns or (self.particles.spaced and self.has_blank(place + 1))
        if not entry.nouns:
            return "owner" not in after.entry.roles or self.particles.last
        if after.actor is not None:
            return not self.particles.last
        if after.entry.phrase in self.particles.places or after.entry.roles & {"owner", "and"}:
            return False
        return not after.entry.nouns or bool(after.entry.verbs)

    def is_done(self) -> bool:
        """Whether the phrase under way is the doer of a passive, so that its verb is still to come."""
        last = self.nodes[-1] if self.nodes else None
        return isinstance(last, Mark) and last.name == AGENT and not self.particles.last

    def is_letter(self, place: int) -> bool:
        return self.words[place].text[0].isalnum() and not self.has_blank(place)

    def is_owner(self, place: int) -> bool:
        entry = self.words[place].entry
        return entry is not None and "owner" in entry.roles

    def is_bare(self, after: Word, *, named: bool) -> bool:
        """Whether a noun that tells of a deed does so before `after`, and does not only go with it.

        One that is `named` by rules too is the object of a verb or particle behind it.
        """
        entry = after.entry
        if entry is not None and named:
            return bool(entry.roles & {"adverb", "stop"})
        if entry is None:
            return not after.text[0].isalnum()
        if after.actor is not None or (entry.roles and not entry.nouns):
            return after.actor is None
        return bool(entry.verbs) or any(name[0] == "~" or name == "matter" for name in entry.nouns)

    def is_object(self) -> bool:
        """Whether a verb stands before, whose object a noun would be."""
        last = self.nodes[-1] if self.nodes else None
        return isinstance(last, Verb) and not self.particles.last

    def verb(self, place: int, entry: Entry) -> int:
        self.flush(place)
        made = Verb(place, place + 1, entry.verbs)
        made.modal, made.negated = self.modal, self.negated
        self.modal, self.negated = "", False
        self.nodes.append(made)
        return place + 1


def join(nodes: Sequence[Node]) -> list[Node]:
    """Phrases with "and" between them as one, where the first is nothing but a name or both are of one class."""
    kept: list[Node] = []
    for node in nodes:
        mark, first = kept[-1] if kept else None, kept[-2] if len(kept) > 1 else None
        if isinstance(node, Phrase) and isinstance(mark, Mark) and isinstance(first, Phrase):
            joined = mark.role == "and" and (first.pure or mark.name in _JOINTS or first.classes & node.classes)
            if joined or (mark.name == WITH and first.pure and node.pure):
                kept.pop()
                kept[-1] = _joined(first, node)
                continue
        kept.append(node)
    return kept


def _joined(first: Phrase, second: Phrase) -> Phrase:
    """Two phrases as one that is what the second is: "Korea and Japan's foreign ministers"."""
    second.start = first.start
    second.codes = (*first.codes, *(code for code in second.codes if code not in first.codes))
    second.mods = (*first.mods, *(code for code in second.mods if code not in first.mods))
    second.pure = first.pure and second.pure
    second.place = first.place and second.place
    second.many = True
    second.words = [*first.words, *second.words]
    return second
