"""Noun phrases: whose they are, where they are posted, and whether they speak for a government."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from consumers.classify.lexicon import Word

NO_CLASSES: frozenset[str] = frozenset()
SPEAKING_FORMS = frozenset({"name", "capital", "speaks", "person"})
_POSTS = frozenset({"post", "posted"})  # words before or behind the host of an envoy
PLACE_FORMS = frozenset({"name", "capital", "city"})


@dataclass(slots=True)
class Phrase:
    """A noun phrase: words `start` to `end` of its sentence.

    `mods` are the actors in it, `codes` whose it is (its own, else those of what hangs on it), `at` where it is
    posted. `classes` are the classes of its nouns, `speaks` whether it is a government or one who speaks for it.
    """

    start: int
    end: int
    classes: frozenset[str] = NO_CLASSES
    codes: tuple[str, ...] = ()
    mods: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    of: "Phrase | None" = None
    own: bool = False
    speaks: bool = False
    place: bool = False  # nothing but the name of a place
    pure: bool = False  # nothing but actors
    negated: bool = False
    pronoun: bool = False
    many: bool = False
    count: int | None = None
    usual: tuple[str, ...] = ()  # whose it is where nothing in the item says otherwise
    firm: bool = False  # ends in a firm, a region, a thing of a state
    nationals: bool = False  # people of a state: "Iranians"
    owned: bool = False  # a possessive stands in it: "Russia's decision"
    named: bool = False  # begins with the name of a person that no pack knows
    bare: bool = False  # nothing but a number: "six"
    seat: bool = False  # a palace, a street, a ministry by its name
    personal: bool = False  # a pronoun of a person: "him"
    persons: bool = False  # of several: "them"
    definite: bool = False  # one that was named before: "the envoy"
    mutual: bool = False  # "each other's"
    meant: "Phrase | None" = None  # the envoy that it refers to
    prep: str = ""
    cases: frozenset[str] = NO_CLASSES  # that it may stand in; empty where that is open
    words: Sequence[Word] = ()

    def merged(self, other: "Phrase") -> None:
        """Take `other` in as a second one of the same sort: "the German ambassador and the French one"."""
        self.end = other.end
        self.codes += tuple(code for code in other.codes if code not in self.codes)
        self.mods += tuple(code for code in other.mods if code not in self.mods)
        self.at += tuple(code for code in other.at if code not in self.at)
        self.classes |= other.classes
        self.many = True
        self.words = [*self.words, *other.words]


@dataclass(frozen=True, slots=True)
class Nouns:
    """What the packs say about classes of nouns."""

    government: frozenset[str]
    envoys: frozenset[str]
    missions: frozenset[str]
    numbers: dict[str, int] = field(default_factory=dict)
    adjectives_follow: bool = False  # the noun that says what a phrase is stands before its adjectives
    has_cases: bool = False
    keeps_owned: bool = False  # what hangs on a noun says what it is about: "the plan of sanctions"
    place_first: bool = False  # of two names before an envoy the first says where he is posted
    capital: bool = False  # nouns have capitals, verbs do not
    verbs_apart: bool = False
    verb_first: bool = False  # who acts stands behind the verb, and what he acts on behind that
    nominal_forms: frozenset[str] = NO_CLASSES  # forms of verbs that are nouns
    capitals_post: bool = False  # a capital before an envoy says where he is posted
    crew: frozenset[str] = NO_CLASSES  # people who are of a mission where one stands beside them

    @property
    def posted(self) -> frozenset[str]:
        return self.envoys | self.missions


def phrase(words: Sequence[Word], start: int, end: int, nouns: Nouns) -> Phrase:
    """The phrase that the words from `start` to `end` make."""
    made = Phrase(start, end, words=words[start:end])
    segment = 0
    segments: list[tuple[int, tuple[str, ...], str]] = []
    joined = False
    classes: set[str] = set()
    speaks = False
    last_actor = ""
    host = False  # the next name is where an envoy is posted
    for word in made.words:
        entry = word.entry
        if entry is None:
            if word.text == "-" and last_actor:
                joined = True  # "US-South Korea drills"
            elif word.text.isdigit() and made.count is None and len(word.text) < 4:
                made.count = int(word.text)
            elif word.text[0].isalpha():
                last_actor = ""
                if not word.capital:
                    speaks = False
            continue
        roles = entry.roles
        made.personal = made.personal or "person" in roles
        made.persons = made.persons or "persons" in roles
        made.definite = made.definite or "definite" in roles
        made.mutual = made.mutual or "mutual" in roles
        if roles & _POSTS:
            if "posted" in roles and segments:
                made.at, last_actor = segments.pop()[1], ""
            host = "post" in roles
            continue
        if word.actor is not None:
            if host:
                made.at, host, last_actor = word.actor.codes, False, ""
                continue
            if word.actor.form == "post":
                made.at, last_actor = word.actor.codes, ""
                continue
            if word.actor.form == "usual":
                made.usual, speaks = word.actor.codes, True
                classes |= entry.nouns
                continue
            if segments and entry.nouns and word.actor.form == "person":
                continue  # "to Poland, Jane Doe": an envoy by name, of whom more is said
            segments.append((segment, word.actor.codes, word.actor.form))
            last_actor = word.actor.form
            if word.actor.form in ("speaks", "person"):
                speaks = True
            elif word.actor.form == "thing":
                speaks = False
            if entry.nouns:
                classes |= entry.nouns
            continue
        if "owner" in roles:
            segment += 1
            classes, speaks, last_actor = classes if nouns.keeps_owned else set(), False, ""
        elif "possessive" in roles and not entry.nouns:
            made.own = True
        elif "and" in roles:
            joined = True
        elif "pronoun" in roles:
            made.pronoun = True
        elif "negation" in roles:
            made.negated = True
        elif "number" in roles:
            made.count = nouns.numbers.get(word.text.lower(), made.count)
        elif entry.nouns:
            classes |= entry.nouns
            made.own = made.own or "possessive" in roles
            last_actor = ""
            if entry.nouns & nouns.government:
                speaks = True
            elif not entry.nouns & MODIFIER_CLASSES:
                speaks = bool(entry.nouns & nouns.posted)
            made.many = made.many or entry.plural
        elif not roles and entry.verbs:
            last_actor = ""
    if nouns.adjectives_follow and last_actor not in ("speaks", "person"):
        speaks, last_actor = _head_speaks(made.words, nouns, last_actor)
    made.classes = frozenset(classes)
    made.own = made.own or (bool(made.at) and not segments)
    made.firm = last_actor == "thing"
    made.owned = segment > 0
    made.named = not classes and not segments and _is_name(made.words)
    made.bare = made.count is not None and not classes and not segments and _is_number(made.words)
    made.seat = last_actor == "speaks"
    made.pure = bool(segments) and not classes and last_actor != "" and segment == 0
    made.place = made.pure and all(form in PLACE_FORMS for _, _, form in segments)
    made.speaks = (speaks or last_actor in SPEAKING_FORMS) and "former" not in classes and "partisan" not in classes
    if made.pure and last_actor == "adjective":
        made.nationals = any(word.entry is not None and word.entry.plural for word in made.words)
        made.speaks = not made.nationals
    _assign(made, segments, joined, nouns)
    return made


def _is_name(words: Sequence[Word]) -> bool:
    """Whether two words at least are unknown and have capitals: "Jane Doe"."""
    return len(words) > 1 and all(word.entry is None and word.capital and word.text.isalpha() for word in words[:2])


def _is_number(words: Sequence[Word]) -> bool:
    """Whether words are numbers and what goes with them, with no noun behind."""
    return all(word.text.isdigit() if word.entry is None else not word.entry.nouns for word in words)


def _head_speaks(words: Sequence[Word], nouns: Nouns, last_actor: str) -> tuple[bool, str]:
    """Whether the first noun of a phrase speaks for a state; where one stands, the actor behind it does not decide."""
    for word in words:
        entry = word.entry
        if word.actor is not None:
            if word.actor.form != "adjective":
                return word.actor.form in SPEAKING_FORMS, last_actor
        elif entry is None:
            if word.text[0].isalpha() and not word.capital:
                return False, ""
        elif entry.nouns and not entry.nouns <= MODIFIER_CLASSES:
            return bool(entry.nouns & nouns.government or entry.nouns & nouns.posted), ""
    return False, last_actor


_SEATS = ("capital", "city")
MODIFIER_CLASSES = frozenset({"fresh", "top"})


def _assign(made: Phrase, segments: list[tuple[int, tuple[str, ...], str]], joined: bool, nouns: Nouns) -> None:
    ordered: list[str] = []
    for _, codes, _ in segments:
        ordered += [code for code in codes if code not in ordered]
    made.mods = tuple(ordered)
    if not segments or joined or made.pure:
        made.codes = made.mods
        return
    first = segments[0][1]
    if nouns.capitals_post and made.classes & nouns.posted and len(segments) == 1 and segments[0][2] in _SEATS:
        made.at, made.own = made.at or first, True
        return
    is_one = made.own and not made.owned and len(segments) == 1
    if is_one and made.classes & nouns.posted and segments[0][2] in PLACE_FORMS:  # "its Tehran embassy"
        made.at = made.at or first
        return
    if made.classes & nouns.posted and segments[0][2] == "city" and len(segments) > 1:
        made.codes, made.at = segments[1][1], first
        return
    if nouns.place_first and made.classes & nouns.posted and not made.at and len(ordered) > 1:
        made.codes = segments[-1][1]
        made.at = tuple(code for code in first if code not in made.codes)
        return
    made.codes = first
    if made.classes & nouns.posted:
        rest = tuple(code for code in ordered if code not in first)
        made.at = made.at or rest[:1]
