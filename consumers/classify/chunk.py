"""A sentence in pieces: noun phrases, verbs, and the marks between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from consumers.classify.endings import ANY_CASE
from consumers.classify.lexicon import Entry, Word
from consumers.classify.nominal import MODIFIER_CLASSES, NO_CLASSES, Nouns, Phrase, phrase

SKIPPED = frozenset("\"'«»“”")
UNITS = frozenset("%$\u20ac\u00a3\u00a5")
PAST = frozenset({"past", "participle"})
NAMES = frozenset({"name", "capital", "person"})
STATES = frozenset({"name", "capital"})
TIMES = frozenset({"weekday", "month", "time"})
STOPS = frozenset(":;|•…")


@dataclass(slots=True)
class Verb:
    """A verb with what belongs to it: words `start` to `end`."""

    start: int
    end: int
    senses: tuple[tuple[str, str], ...]
    negated: bool = False
    modal: str = ""  # planned, possible, urged
    infinitive: bool = False
    be: bool = False
    have: bool = False
    ing: bool = False
    imperative: bool = False
    conditional: bool = False
    helps: frozenset[str] = NO_CLASSES  # roles of an auxiliary that stands apart from its verb
    shares: bool = False  # may have the auxiliary of the verb before: "was summoned and handed a note"
    free: bool = False  # in a clause that is a noun itself, "over what it called meddling"
    subject: Phrase | None = None
    before: list[Phrase] = field(default_factory=list)
    after: list[tuple[str, Phrase | None]] = field(default_factory=list)
    governor: "Verb | None" = None
    governing: Phrase | None = None  # a noun that this infinitive hangs on: "decision to"
    link: str = ""  # complement, object, coordinate, adjunct, relative, charge, told, due

    @property
    def forms(self) -> frozenset[str]:
        return frozenset(form for _, form in self.senses)


@dataclass(slots=True)
class Mark:
    """What stands between: a preposition, a comma, a border."""

    role: str
    name: str
    place: int


Node = Phrase | Verb | Mark
JOINT = "+"  # stands before an ending that is taken off a word, so that it is not taken for a word spelt like it
OF = "of"  # the mark before a noun that hangs on the noun before by its form alone

PLACES = ("name", "capital")


def word_of(word: Word) -> str:
    """A word as marks bear it: as it stands, and a phrase as the grammar writes it."""
    if word.entry is None or (word.end == word.start + 1 and word.text.isascii()):
        return word.text
    return word.entry.phrase


def helping(place: int, roles: frozenset[str]) -> Verb:
    """A verb that helps another one which stands apart from it; of its roles the one that fits is chosen later."""
    made = Verb(place, place + 1, tuple((role, "base") for role in sorted(roles)))
    made.helps = roles
    return made


_OPENERS = ("determiner", "possessive", "number", "negation")
_AUXILIARIES = ("planned", "possible", "urged", "be", "have", "do")
_CLAUSE = frozenset({"condition", "before-clause", "relative", "that"})
_BEHIND = frozenset({"and", "preposition", "that", "before-clause", "condition", "relative"})
_MARKS = ("condition", "before-clause", "relative", "that", "and", "preposition", "postposition", "stop")


@dataclass(slots=True)
class Chunker:
    """Splits one sentence. `past` are the forms that may be a participle."""

    words: Sequence[Word]
    nouns: Nouns
    nodes: list[Node] = field(default_factory=list)
    begun: int = -1
    capitals: bool = False  # every word begins with one, as in some headlines
    told: frozenset[str] = frozenset()  # verbs of saying, behind which a clause begins
    bare: frozenset[str] = frozenset()  # verbs whose object does what the plain verb behind it says
    plural: tuple[str, ...] = ()  # endings of plurals
    cases: frozenset[str] = NO_CLASSES  # of the phrase under way
    headed: bool = False  # it has its noun
    pending: dict[str, object] = field(default_factory=dict)  # what stood before a verb: not, will, has

    def run(self) -> list[Node]:
        """The nodes of the sentence, in order."""
        place = 0
        while place < len(self.words):
            place = self.step(place)
        self.flush(len(self.words))
        self.drop_pending()
        return self.nodes

    def step(self, place: int) -> int:
        """Take the word at `place`; the place to go on from."""
        word = self.words[place]
        entry = word.entry
        if entry is None:
            return self.unknown(place, word)
        if word.actor is not None:
            return self.nominal(place)
        roles = entry.roles
        if roles & TIMES and not self.is_no_month(place, roles):
            return self.time(place)
        if roles and not self.is_compounded(place):
            done = self.function(place, word, entry)
            if done >= 0:
                return done
        if entry.verbs and self.is_verb(place, entry):
            return self.verb(place, entry)
        if "adverb" in roles and not entry.nouns:
            return place + 1
        return self.nominal(place)

    def is_no_month(self, place: int, roles: frozenset[str]) -> bool:
        """Whether the name of a month is a word of every day here: "may summon", "Dhaka May Summon", "march to"."""
        word = self.words[place]
        if "month" not in roles or word.entry is None or not (roles - TIMES or word.entry.verbs):
            return False
        if not word.capital:
            return True
        around = (self.words[at].text for at in (place - 1, place + 1) if 0 <= at < len(self.words))
        if self.begun < 0 and (not self.nodes or isinstance(self.nodes[-1], Mark)):
            return False
        return not any(text.isdigit() for text in around)

    def time(self, place: int) -> int:
        """A word of time stands outside the phrases; a preposition before it goes with it: "on Monday Turkey ..."."""
        if self.begun == place - 1 and self.words[self.begun].entry is None and self.words[self.begun].text.isdigit():
            self.begun = -1
        self.flush(place)
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, Mark) and last.role == "preposition" and not self.is_particle(last, place):
            self.nodes.pop()
        place += 1
        while place < len(self.words) and self.words[place].text.isdigit() and len(self.words[place].text) in (1, 2, 4):
            place += 1
        return place

    def is_particle(self, mark: Mark, place: int) -> bool:
        """Whether what stands before a word of time goes with the verb: "called him in | Monday"."""
        entry = self.words[place].entry
        if entry is None or "month" in entry.roles:
            return False
        verb = next((node for node in reversed(self.nodes) if isinstance(node, Verb)), None)
        return verb is not None and any(lemma.endswith(f"~{mark.name}") for lemma, _ in verb.senses)

    def unknown(self, place: int, word: Word) -> int:
        text = word.text
        if text[0].isdigit() and self.begun >= 0 and self.is_whole(place):
            self.flush(place)
        if text[0].isalnum() or text in UNITS:
            return self.nominal(place)
        if text in SKIPPED:
            return place + 1
        if text == "-":
            return self.dash(place)
        if text == "(":
            close = next(
                (at for at in range(place, min(place + 12, len(self.words))) if self.words[at].text == ")"), place
            )
            return close + 1
        self.flush(place)
        self.drop_pending()
        self.nodes.append(Mark("comma" if text in ",،、，" else "stop", text, place))  # noqa: RUF001 commas of the world
        return place + 1

    def dash(self, place: int) -> int:
        """A hyphen inside a word is passed over; a dash is a border."""
        words = self.words
        if 0 < place < len(words) - 1 and self.touches(place):
            return place + 1
        self.flush(place)
        self.drop_pending()
        self.nodes.append(Mark("stop", "-", place))
        return place + 1

    def is_compounded(self, place: int) -> bool:
        """Whether a word is the middle of one word of several: "tit-for-tat"."""
        return place - 1 in self.touching and place + 1 in self.touching

    touching: frozenset[int] = frozenset()

    def touches(self, place: int) -> bool:
        return place in self.touching

    def nominal(self, place: int) -> int:
        if self.nouns.has_cases:
            self.agree(place)
        if self.nouns.verbs_apart and self.begun >= 0 and self.begun < place:
            self.part(place)
        if self.begun >= 0 and self.begun < place and self.follows_person(place):
            self.flush(place)
        if self.nouns.verb_first and self.begun >= 0 and self.is_next(place):
            self.flush(place)
        if self.begun < 0:
            if self.pending and self.is_complement(place):
                self.drop_pending()
            self.begun = place
        return place + 1

    def part(self, place: int) -> None:
        """End the phrase under way where the next word begins another: "Peking | Protest"."""
        before, word = self.words[place - 1], self.words[place]
        if place - 1 in self.touching:
            return
        roles = word.entry.roles if word.entry is not None else NO_CLASSES
        if word.actor is not None and word.actor.form == "adjective":
            if before.actor is None and before.entry is not None and before.entry.nouns:
                self.flush(place)
                if "of" in roles:
                    self.nodes.append(Mark("preposition", OF, place))
                return
            if before.actor is not None and before.actor.form in PLACES and not self.is_owner(before):
                self.flush(place)
        elif before.actor is not None and before.actor.form in PLACES and not self.is_owner(before):
            noun = word.entry is not None and bool(word.entry.nouns) and word.actor is None
            if noun or (word.actor is not None and word.actor.form in PLACES):
                self.flush(place)

    def is_next(self, place: int) -> bool:
        """Whether a noun or name behind one whose state is told begins the next phrase: "ministry of X | envoy"."""
        last = next((word for word in reversed(self.words[self.begun : place]) if word.entry is not None), None)
        word = self.words[place]
        if last is None or last.actor is None or word.entry is None or "and" in self.roles_at(place - 1):
            return False
        if word.actor is not None:
            return word.actor.form not in ("adjective", "person")
        return bool(word.entry.nouns) and not word.entry.roles

    def is_owner(self, word: Word) -> bool:
        """Whether the form of a name says that what follows is its own, or it is written in capitals alone."""
        roles = word.entry.roles if word.entry is not None else NO_CLASSES
        return "genitive" in roles or (word.entry is not None and word.entry.upper)

    def follows_person(self, place: int) -> bool:
        """Whether a state is named right behind a person: "Doe warns Roe | Chad will answer"."""
        before, actor = self.words[place - 1].actor, self.words[place].actor
        return before is not None and before.form == "person" and actor is not None and actor.form in STATES

    def is_complement(self, place: int) -> bool:
        """Whether a phrase that begins here follows an auxiliary that is a verb itself: "had two days", "is a spy"."""
        if not self.pending.keys() & {"be", "have"} or place + 1 >= len(self.words):
            return False
        word, following = self.words[place], self.words[place + 1].entry
        if following is None:
            return True
        acts = bool(following.verbs) and not following.nouns and word.actor is None  # "have all urged"
        return not following.roles & {"be", "have"} and not acts

    def agree(self, place: int) -> None:
        """End the phrase under way where the case of the next word says that it belongs to another."""
        word = self.words[place]
        if self.begun < 0:
            self.cases, self.headed = NO_CLASSES, False
        entry = word.entry
        if entry is None or not entry.cases or ANY_CASE in entry.cases:
            self.headed = self.headed or (entry is not None and (bool(entry.nouns) or word.actor is not None))
            return
        is_head = not (word.actor is not None and word.actor.form == "adjective") and (
            bool(entry.nouns) or word.actor is not None
        )
        shared = entry.cases & self.cases if self.cases else entry.cases
        apposed = word.capital and word.actor is not None and word.actor.form in ("person", "name") and bool(shared)
        if self.begun >= 0 and (not ("gent" in entry.cases or apposed) if self.headed else not shared):
            self.flush(place)
            self.cases, self.headed = NO_CLASSES, False
        if not self.headed:
            self.cases = (entry.cases & self.cases) or entry.cases
            self.headed = is_head

    def flush(self, place: int) -> None:
        """End the noun phrase that is under way."""
        if self.begun >= 0:
            made = phrase(self.words, self.begun, place, self.nouns)
            made.cases = self.cases if made.count is None else NO_CLASSES
            self.cases, self.headed = NO_CLASSES, False
            self.begun = -1
            if self.pending.pop("not", False):
                made.negated = True
            self.nodes.append(made)

    def drop_pending(self) -> None:
        """An auxiliary with no verb behind it is a verb itself: "is", "will not"."""
        if "be" in self.pending or "have" in self.pending:
            start = self.pending.get("start", 0)
            assert isinstance(start, int)  # noqa: S101 put in by `function`
            self.emit(start, start + 1, (("be" if "be" in self.pending else "have", "base"),))
        self.pending.clear()

    def function(self, place: int, word: Word, entry: Entry) -> int:
        """A function word; the place to go on from, or -1 where it is none here."""
        roles = entry.roles
        if word.text[0] == JOINT and self.begun >= 0:
            return self.nominal(place)
        following = self.words[place + 1] if place + 1 < len(self.words) else None
        if "owner" in roles:
            return self.nominal(place) if self.begun >= 0 else place + 1
        if "and" in roles and self.begun >= 0 and self.goes_on(place):
            return self.nominal(place)
        if "infinitive" in roles and self.is_base(place + 1):
            self.flush(place)
            negated = "not" in self.pending
            self.drop_pending()
            if negated:
                self.pending["not"] = True
            self.pending.update(start=place, infinitive=True)
            return place + 1
        auxiliary = roles.intersection(_AUXILIARIES)
        if auxiliary and "preposition" not in roles:
            return self.auxiliary(place, auxiliary, "infinitive" in roles)
        if "of" in roles and self.begun >= 0 and self.has_head(place) and self.opens_genitive(place + 1):
            self.flush(place)
            self.nodes.append(Mark("preposition", OF, place))
            return place + 1
        if "particle" in roles and (word.end > word.start + 1 or self.ends_clause(place + 1)):
            self.flush(place)
            self.nodes.append(Mark("preposition", word_of(word), place))
            return place + 1
        if "negation" in roles and "determiner" not in roles:
            if self.begun >= 0:
                self.flush(place)
            if self.nouns.verbs_apart:
                self.nodes.append(Mark("negation", word.text, place))
                return place + 1
            self.pending.setdefault("start", place)
            self.pending["not"] = True
            return place + 1
        if "apart" in roles:
            self.flush(place)
            return self.nominal(place)
        if roles.intersection(_OPENERS) and not ("preposition" in roles and self.begun >= 0):
            if (
                self.begun < 0
                and "determiner" in roles
                and not {"have", "be"}.isdisjoint(self.pending)
                and self.opens(place + 1)
            ):
                self.drop_pending()  # the auxiliary is the verb: "has no plans to"
            joins = self.begun >= 0 and "and" in self.roles_at(place - 1)
            if (
                self.begun >= 0
                and not joins
                and self.has_head(place)
                and ("number" not in roles or self.is_whole(place))
            ):
                self.flush(place)
                if "be" in self.pending or "have" in self.pending:
                    self.drop_pending()
            return self.nominal(place)
        if "pronoun" in roles:
            self.flush(place)
            self.nominal(place)
            self.flush(place + 1)
            return place + 1
        for role in _MARKS:
            if role in roles:
                if role == "preposition" and entry.verbs and following is not None and self.governs_nothing(place + 1):
                    continue
                self.flush(place)
                self.drop_pending()
                if self.nouns.verbs_apart and role in _CLAUSE and not self.at_border():
                    role = "preposition"
                if role == "before-clause" and "preposition" in roles and not self.begins_clause(place + 1):
                    role = "preposition"  # "hauled before the ministry"
                self.nodes.append(Mark(role, word_of(word), place))
                return place + 1
        if "adverb" in roles and not entry.nouns and not entry.verbs:
            return place + 1
        return -1

    def begins_clause(self, place: int) -> bool:
        """Whether a verb stands between `place` and the next sign."""
        for word in self.words[place:]:
            entry = word.entry
            if entry is None:
                if not word.text[0].isalnum() and word.text not in SKIPPED:
                    return False
            elif word.actor is None and (entry.roles & set(_AUXILIARIES) or (entry.verbs and not entry.nouns)):
                return True
        return False

    def at_border(self) -> bool:
        """Whether a clause begins here: at the head of the sentence, behind a sign or "and"."""
        last = self.nodes[-1] if self.nodes else None
        return last is None or (isinstance(last, Mark) and last.role in ("comma", "stop", "and"))

    def opens_genitive(self, place: int) -> bool:
        """Whether a noun stands behind an article, so that it may hang on the noun before it."""
        return "and" not in self.roles_at(place - 2) and self.opens(place)

    def roles_at(self, place: int) -> frozenset[str]:
        """The roles of a word that names no actor."""
        word = self.words[place]
        return word.entry.roles if word.entry is not None and word.actor is None else NO_CLASSES

    def ends_clause(self, place: int) -> bool:
        """Whether nothing of the clause stands at `place`: a sign, "and", a preposition, the end."""
        if place >= len(self.words):
            return True
        word = self.words[place]
        if word.entry is None:
            return not word.text[0].isalnum() and word.text not in SKIPPED
        return word.actor is None and bool(word.entry.roles & _BEHIND)

    def has_head(self, place: int) -> bool:
        """Whether the phrase under way has more than numbers and articles."""
        return any(
            word.actor is not None
            or (word.entry is None and word.text[0].isalpha())
            or (word.entry and word.entry.nouns - MODIFIER_CLASSES)
            for word in self.words[self.begun : place]
        )

    def is_whole(self, place: int) -> bool:
        """Whether the phrase under way has its noun, so that a number begins another: "gives the envoys two days"."""
        before = self.words[place - 1]
        if before.actor is not None and place + 1 < len(self.words):  # "gives China 72 hours"
            after = self.words[place + 1].entry
            return before.actor.form in NAMES and after is not None and bool(after.nouns)
        return before.entry is not None and before.actor is None and bool(before.entry.nouns - MODIFIER_CLASSES)

    def governs_nothing(self, place: int) -> bool:
        """Whether what follows is neither a noun phrase, nor another preposition, nor a sign."""
        entry = self.words[place].entry
        if entry is None:
            return False
        return not self.opens(place) and not entry.roles & {"preposition", "infinitive"}

    def auxiliary(self, place: int, roles: frozenset[str], infinitive: bool) -> int:
        self.flush(place)
        if self.nouns.verbs_apart:
            self.nodes.append(helping(place, roles))
            return place + 1
        self.pending.setdefault("start", place)
        for role in roles:
            if role in ("be", "have", "do"):
                self.pending[role] = True
            else:
                self.pending["modal"] = role
        if infinitive:
            self.pending["infinitive"] = True
        return place + 1

    def goes_on(self, place: int) -> bool:
        """Whether "and" joins two names inside one phrase: "German and French envoys"."""
        after = place + 1
        while after < len(self.words) and self.has_role(after, "determiner"):
            after += 1
        before = self.words[place - 1]
        return before.actor is not None and after < len(self.words) and self.words[after].actor is not None

    def has_role(self, place: int, role: str) -> bool:
        entry = self.words[place].entry
        return entry is not None and role in entry.roles and self.words[place].actor is None

    def is_base(self, place: int) -> bool:
        """Whether a verb in its plain form stands at `place`, past adverbs and auxiliaries."""
        while place < len(self.words):
            entry = self.words[place].entry
            if entry is None or self.words[place].actor is not None:
                return False
            if "base" in {form for _, form in entry.verbs} or "be" in entry.roles or "have" in entry.roles:
                return True
            if "adverb" not in entry.roles:
                return False
            place += 1
        return False

    def opens(self, place: int) -> bool:
        """Whether a noun phrase begins at `place`."""
        if place >= len(self.words):
            return False
        word = self.words[place]
        if word.entry is None:
            return word.text[0].isalnum() or word.text in SKIPPED
        if word.actor is not None or word.entry.roles.intersection(_OPENERS) or "pronoun" in word.entry.roles:
            return True
        return bool(word.entry.nouns)

    def is_verb(self, place: int, entry: Entry) -> bool:
        """Whether a word that may be a verb is one here."""
        forms = {form for _, form in entry.verbs}
        if self.pending:
            if "infinitive" in self.pending or "modal" in self.pending or "do" in self.pending:
                return True
            if "be" in self.pending or "have" in self.pending:
                return not (forms <= {"base", "present"})
            return True
        before = self.words[place - 1] if place > 0 else None
        if before is not None and before.text == "-" and place - 1 in self.touching:
            return False  # "sanctions-hit"
        if self.nouns.capital:
            return self.is_small_verb(place, before)
        if forms == {"ing"} and entry.nouns and self.opens(place + 1):
            return True
        if self.nouns.verb_first and (before is None or self.begun < 0):
            return not entry.nouns or self.is_deed(place)
        if before is None or self.begun < 0:
            return self.opening_verb(place, entry, forms, before)
        if "ing" in forms and not entry.nouns:  # "a killing" is a noun
            return (
                before.entry is None
                or not before.entry.roles & {"determiner", "possessive"}
                or before.entry.verbs != ()
            )
        if not self.capitals and self.words[place].capital and before.entry is None and before.capital:
            return False  # "Nicholas Burns"
        entry_before = before.entry
        if entry_before is not None and before.actor is None and entry_before.roles.intersection((*_OPENERS, "owner")):
            return False
        if self.nouns.verb_first and entry.nouns:
            return self.is_deed(place)
        if self.nouns.adjectives_follow:
            return not entry.nouns or self.ambiguous(place, forms)
        if "base" in forms and self.is_made_to():
            return True
        if before.actor is not None and before.actor.form == "adjective" and not self.is_people(before):
            return self.opens(place + 1) and not entry.nouns and not (forms & {"past"} and self.noun_next(place + 1))
        if not entry.nouns:
            return forms != {"base"} or self.many(place)
        return self.ambiguous(place, forms)

    def is_small_verb(self, place: int, before: Word | None) -> bool:
        """Where nouns have capitals: a verb has none but at the head of a clause, and follows no article."""
        if self.words[place].capital and before is not None and before.text not in SKIPPED | STOPS:
            return False
        entry = before.entry if before is not None and before.actor is None else None
        return (
            entry is None or not entry.roles & {"determiner", "possessive", "owner"} or bool(entry.roles & {"relative"})
        )

    def is_deed(self, place: int) -> bool:
        """Whether a word that is a verb and its noun too is the verb: who does it follows."""
        following = self.words[place + 1] if place + 1 < len(self.words) else None
        if following is None or following.entry is None:
            return False
        return following.actor is not None or not following.entry.nouns.isdisjoint(self.nouns.government)

    def is_people(self, word: Word) -> bool:
        return word.entry is not None and word.entry.plural

    def noun_next(self, place: int) -> bool:
        entry = self.words[place].entry if place < len(self.words) else None
        return place < len(self.words) and (entry is None or bool(entry.nouns))

    def opening_verb(self, place: int, entry: Entry, forms: set[str], before: Word | None) -> bool:
        """A verb where no noun phrase is under way: at the start, after a preposition, after an adverb."""
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, Mark) and last.role == "preposition":
            return "ing" in forms
        if before is None and forms == {"base"} | (forms & {"past"}):
            return self.opens(place + 1) and not (entry.nouns and self.is_present(place + 1))
        if isinstance(last, Verb) and (entry.nouns or (forms <= PAST and not last.be and self.opens(place + 1))):
            return False  # "refuses to seize sanctioned yachts"
        if not entry.nouns:
            return not (isinstance(last, Mark) and last.role == "preposition" and "ing" not in forms)
        return (self.opens(place + 1) and "base" not in forms) or "past" in forms

    def is_present(self, place: int) -> bool:
        """Whether a verb in the present of one stands here, so that a noun goes before: "Mob storms embassy"."""
        entry = self.words[place].entry
        return entry is not None and self.words[place].actor is None and any(f == "present" for _, f in entry.verbs)

    def is_made_to(self) -> bool:
        """Whether the phrase under way is what a verb makes do something: "make Israel pay"."""
        last = self.nodes[-1] if self.nodes else None
        return isinstance(last, Verb) and any(lemma in self.bare for lemma, _ in last.senses)

    def ambiguous(self, place: int, forms: set[str]) -> bool:
        """A word after a noun that may be a noun or a verb: a verb where an object follows and no other verb does."""
        following = self.words[place + 1] if place + 1 < len(self.words) else None
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, Verb) and "past" not in forms and not any(lemma in self.told for lemma, _ in last.senses):
            return False  # the phrase under way is the object of a verb already: "threatens US sanctions ..."
        if following is None or (following.entry is None and not following.text[0].isalnum()):
            return "past" in forms and self.words[place].entry is not None
        entry = following.entry
        if "past" in forms:
            return True
        if entry is not None and following.actor is None:
            if "infinitive" in entry.roles and ("present" in forms or not self.is_base(place + 2)):
                return True
            if entry.roles & {"planned", "possible", "urged", "be", "have", "do", "and"}:
                return False
            if entry.verbs:
                after = {form for _, form in entry.verbs}
                if "ing" in after or not entry.nouns:
                    return "ing" in after and False
                if after & {"base", "past"} and "present" in forms and self.opens(place + 2):
                    return False
        if "present" in forms and self.words[place - 1].actor is not None and self.is_person(place - 1):
            return True  # "Scholz talks with"
        if self.opens(place + 1):
            return "present" in forms or self.many(place)
        return False

    def is_person(self, place: int) -> bool:
        actor = self.words[place].actor
        return actor is not None and actor.form == "person"

    def many(self, place: int) -> bool:
        """Whether the phrase before `place` is of several, so that a plain form may be its verb."""
        return any(
            (
                "and" in word.entry.roles
                or self.is_plural(word)
                or (word.actor is not None and len(word.actor.codes) > 1)
            )
            if word.entry is not None
            else word.text.endswith(self.plural) and word.text[0].isalpha()
            for word in self.words[self.begun : place]
        ) or (bool(self.nodes) and isinstance(self.nodes[-1], Mark) and self.nodes[-1].role in ("comma", "and"))

    def is_plural(self, word: Word) -> bool:
        entry = word.entry
        return entry is not None and (entry.plural or (bool(entry.nouns) and word.text.endswith(self.plural)))

    def verb(self, place: int, entry: Entry) -> int:
        self.flush(place)
        start = self.pending.get("start", place)
        assert isinstance(start, int)  # noqa: S101 put in by `function`
        self.emit(start, place + 1, entry.verbs)
        self.pending.clear()
        return place + 1

    def emit(self, start: int, end: int, senses: tuple[tuple[str, str], ...]) -> None:
        pending = self.pending
        made = Verb(start, end, senses)
        made.negated = bool(pending.get("not"))
        made.modal = str(pending.get("modal", ""))
        made.infinitive = bool(pending.get("infinitive"))
        made.be = bool(pending.get("be"))
        made.have = bool(pending.get("have"))
        made.ing = all(form == "ing" for _, form in senses) and not made.be
        self.nodes.append(made)
