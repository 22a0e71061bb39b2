"""What people write in `rules/`: the models of its YAML files, from which the JSON schemas are generated."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.message.kind import Modality, Scope


class Written(BaseModel):
    """A part of a file: no key that we do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(Written):
    """How one form is made of a verb: the first change whose `ends` (a pattern at the end of the verb) fits."""

    ends: str = ""
    doubled: bool = False  # only for verbs in `doubling`: the last letter twice
    cut: int = 0
    add: str = ""
    front: str = ""  # put before the word
    cut_front: int = 0  # letters taken from its beginning before that


class NounForm(Written):
    """Forms of nouns made of other forms: `of` names them, "" being the word as it is written in its list."""

    name: str
    of: list[str] = [""]
    changes: list[Change] = []
    case: str = ""  # that the form stands in, in languages with cases
    plural: bool = False
    own: bool = False  # it says "ours" by itself


class Morphology(Written):
    """How the forms of verbs and nouns are made. A form that has no changes is given by `irregular` alone."""

    forms: dict[str, list[Change]] = {}
    harmony: dict[str, dict[str, str]] = {}  # a sign in `add` -> what it becomes, by the last of these letters before
    plural: list[Change] = []
    doubling: list[str] = []
    irregular: dict[str, dict[str, str]] = {}  # verb -> form -> words, several parted by "/"
    plurals: dict[str, str] = {}
    nouns: list[NounForm] = []  # more forms of nouns, by endings; in place of `plural`
    apart: list[str] = []  # forms of verbs in which a particle stands apart: "bestellt ... ein"
    joined: list[str] = []  # forms that only verbs with a particle have: "einzubestellen"
    names: list[str] = []  # endings that names of actors take
    adjectives: list[str] = []  # endings that adjectives of actors take
    oblique: list[str] = []  # of these, those of an object
    genitives: list[str] = []  # of these, those by which an adjective hangs its noun on the noun before
    dwellers: list[str] = []  # endings that make an adjective of a capital: "Moskauer"
    joints: list[str] = []  # words behind which a noun stays as it is: "heads of mission"
    library: Literal["", "pymorphy3"] = ""  # what gives all forms, with cases, in place of the lists
    inflected: Literal["first", "last"] = "first"  # the word of a verb of several words that changes


Order = Literal[
    "subject-verb-object",
    "subject-object-verb",
    "verb-subject-object",
    "subject-place-verb-object",
    "verb-second",
    "cases-verb",
]
Role = Literal[
    "determiner", "possessive", "pronoun", "preposition", "postposition", "infinitive", "be", "have", "do", "planned",
    "urged", "possible", "negation", "and", "before-clause", "condition", "that", "relative", "free", "adverb", "owner",
    "number", "month", "weekday", "time", "apart", "stop", "post", "posted", "of", "particle", "oblique", "person",
    "persons", "definite", "mutual",
]  # fmt: skip


# What the form of a verb may say: it reports ("that he did"), strings a clause to the next ("did and"), hangs on a noun
# ("that did"), is a noun itself ("doing"), turns the modality, or tells of no act ("that can strike").
FormRole = Literal["quoting", "stringing", "adnominal", "nominal", "planned", "urged", "denied", "conditional", "free"]


class GrammarFile(Written):
    """`grammar.yaml`: the order of a clause, the words that hold it together, and how forms are made."""

    lang: str
    order: Order = "subject-verb-object"
    tokens: Literal["words", "marked", "characters", "syllables"] = "words"
    fold: list[Literal["case", "width", "diacritics", "dotted"]] = ["case", "width", "diacritics"]
    words: dict[Role, list[str]] = {}
    proofs: int = 4  # how many texts that match, and how many near misses, each rule must have
    genitive: list[str] = []  # prepositions that hang a noun on a noun
    posted: list[str] = []  # prepositions between an envoy or a mission and the host
    seated: list[str] = []  # prepositions between a ministry and the capital that it stands for
    moving: list[str] = []  # verbs whose participle with an auxiliary of being is active: "ist zurückgekehrt"
    agent: list[str] = []  # prepositions of the doer in the passive
    attributed: list[str] = []  # prepositions before who says so
    doer: list[str] = []  # prepositions before who does what an infinitive says: "time for X to leave"
    grounds: list[str] = []  # words before the reason of an act
    numbers: dict[str, int] = {}
    months: dict[str, int] = {}
    verbs: list[str] = []  # verbs of every day, so that they are known as verbs
    adjectives: list[str] = []  # words that look like a verb and are none before a noun
    abbreviations: list[str] = []  # whose full stop ends no sentence
    boilerplate: list[str] = []  # text from here to the end of the line is no part of the news
    past_forms: list[str] = ["past"]
    participles: list[str] = []  # forms that are passive unless an auxiliary of having stands before them
    infinitives: list[str] = []  # forms that are infinitives without a word before them
    planned_forms: list[str] = []  # forms that speak of what is still to come
    places: dict[str, list[str]] = {}  # what particles say of a phrase: the place -> its particles
    prefixes: dict[str, list[str]] = {}  # what is written before a word: a role of words -> its letters
    suffixes: dict[str, list[str]] = {}  # what is written behind one: a role of words, or a place -> its letters
    article: str = ""  # written onto the word behind it, and passed over
    contracted: dict[str, str] = {}  # a beginning of words -> the letters that it is short for
    capitals_post: bool = False  # a capital before an envoy says where he is posted, not whose he is
    endings: list[str] = []  # by which a verb is known that no rule names, in languages with particles behind nouns
    form_roles: dict[FormRole, list[str]] = {}  # what forms of a verb say, in such languages
    adjectives_follow: bool = False  # a noun stands before its adjectives: "ambassadeur russe"
    nouns_capital: bool = False  # nouns are written with a capital, and verbs are not
    verbs_apart: bool = False  # what belongs to one verb stands apart in its clause: "hat ... einbestellt"
    morphology: Morphology = Morphology()


class ModalityFile(Written):
    """`modality.yaml`: the words that say whether an act happened. They put a status on the act beneath them."""

    lang: str
    verbs: dict[Literal["told", "planned", "threatened", "urged", "denied", "background", "ended"], list[str]] = {}
    nouns: dict[Literal["planned", "threatened", "urged", "denied", "background"], list[str]] = {}
    phrases: dict[Literal["planned", "urged", "denied", "background"], list[str]] = {}
    object_acts: list[str] = []  # verbs whose object is to do what follows: urge X to
    closing: list[str] = []  # verbs of who decides, behind what he decides: "the consul must go, Doe decides"
    bare_acts: list[str] = []  # verbs whose object does what the plain verb behind it says: make X pay
    from_acts: list[str] = []  # verbs whose object is kept from what follows, or charged with it
    ago: dict[int, list[str]] = {}  # a span of time back: days -> phrases
    units: dict[int, list[str]] = {}  # a unit of time in days -> its names
    same: list[str] = []  # about the day that the text named before: the same day
    ahead: list[str] = []  # times to come: next week
    back: list[str] = []  # words that turn a span into the past: ago
    dated: list[str] = []  # prepositions before a date that says when


class NounsFile(Written):
    """`nouns.yaml`: classes of nouns, by which rules name what may stand in a place."""

    lang: str
    nouns: dict[str, list[str]] = {}
    marks: dict[str, list[str]] = {}  # classes of words that are no nouns, asked for under `sentence`
    government: list[str] = []  # classes whose nouns speak for a state
    envoys: list[str] = []  # classes that are posted from one state to another
    missions: list[str] = []
    crew: list[str] = []  # classes of people who are an envoy's where they stand beside a mission: "35 people at"


class ActorWords(Written):
    """What one state or body is called in one language; names of states come from CLDR besides."""

    names: list[str] = []
    adjectives: list[str] = []
    capitals: list[str] = []
    cities: list[str] = []  # places of datelines: they tell where, and speak for nobody
    speaks: list[str] = []  # palaces, streets, ministries, armies, agencies: the government
    usual: list[str] = []  # offices that others have too: this state's where nothing says otherwise
    things: list[str] = []  # firms, parties, rivers: of that state, and no government
    posts: list[str] = []  # words for "posted there", before an envoy
    drop: list[str] = []  # names of CLDR that mean something else in the news


class Shared(Written):
    """What stands in a text that means the state, and what does not; neither: only no name of a person beside it."""

    beside: list[str] = []
    without: list[str] = []


class ActorsFile(Written):
    """`actors.yaml` of a language."""

    lang: str
    actors: dict[str, ActorWords] = {}
    groups: dict[str, list[str]] = {}  # a word that stands for several: "both Koreas"
    cased: list[str] = []  # names that are words of every day unless written with a capital
    treaties: dict[str, list[str]] = {}  # an agreement -> its parties
    shared: dict[str, Shared] = {}  # names that others bear too, and by what a text is known to mean the state
    home: str = ""  # the state of a ministry without a country where nothing tells the outlet's, or "outlet" for none
    no_actor: list[str] = []  # phrases in which a name is no state: "Washington Post"


class Holder(Written):
    """One who speaks for a state in a term of office."""

    names: list[str]
    state: str
    office: str = ""
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")


class HoldersFile(Written):
    """A list of office-holders, in any script."""

    holders: list[Holder] = []
    bodies: list[str] = []  # codes of bodies and of states that no standard lists


class Exceptions(Written):
    """A named exception: words that make an act void."""

    words: list[str]
    where: Literal["subject", "object", "sentence", "item"] = "sentence"
    why: str = ""


class ExceptionsFile(Written):
    """`exceptions.yaml` of a language."""

    lang: str
    exceptions: dict[str, Exceptions] = {}


class FormsFile(Written):
    """`forms.yaml` of a language: how round-ups, analyses and the like are known, by phrases in the title."""

    lang: str
    round_up: list[str] = []
    analysis: list[str] = []
    idle: list[str] = []  # quizzes, letters, histories: what they tell is recalled


# What a rule may name as a place, besides the prepositions of the grammar, and what of a place.
PLACES = frozenset(
    {
        "subject", "object", "second", "self", "above", "act", "envoy", "dateline", "sentence", "topic", "home",
        "speaker", "prior", "rest", "if", "hearer", "dative", "instrumental", "bare", "lead", "behind", "here", "asked",
    }
)  # fmt: skip
DETAILS = frozenset({"at", "of", "own", "mods", "place", "last"})


class Act(Written):
    """One way in which a text may tell of the kind.

    `verbs` are lemmas, `nouns` are classes of nouns that are the act themselves ("the expulsion of"). `where` says
    what must stand in a place: `subject`, `object` or a preposition. `source` and `target` are the places to read
    the actors from, the first that has one.
    """

    name: str
    verbs: list[str] = []
    nouns: str = ""
    where: dict[str, str] = {}
    source: list[str] = ["subject"]
    target: list[str] = ["object"]
    unless: list[str] = []
    variant: str = ""
    scope: Scope | None = None
    modality: Modality | None = None
    need: Literal["both", "one", "source", "target", "strict", "named"] = "both"
    shadow: bool = False
    voice: Literal["any", "active", "passive"] = "any"
    if_conditional: str = ""  # the kind that a condition or a threat adds to the act as planned
    under: list[str] = []  # verbs of which one must stand above: "order X to leave"
    not_under: list[str] = []  # void where one of these verbs stands above
    when: list[Literal["planned", "threatened", "urged", "denied"]] = []  # only with this status
    cue: bool = False  # the verb is itself a cue: "considers sanctions"
    item: str = ""  # a class of which some word of the item must be, before or behind
    anywhere: str = ""  # a class that must stand in some place behind a preposition
    lasting: bool = False  # what it began lasts: "has been sanctioned" only mentions it
    split: bool = False  # the subject is several actors, and they are both sides


class Expected(Written):
    """What a proof must give."""

    source: str | None = None
    target: str | None = None
    modality: Modality = Modality.OCCURRED


class Told(Written):
    """A text that a rule is tried on: a headline, and behind its line break the summary."""

    text: str
    published: date | None = None
    country: str | None = None  # of the outlet


class Proof(Told):
    """A text that the rule must read, and all that it must find in it of its kind."""

    gives: list[Expected]


class Miss(Told):
    """A text that looks like it and is not: nothing of the kind may be found in it."""

    why: str = ""


class RuleFile(Written):
    """One kind in one language."""

    id: str
    kind: str
    lang: str
    version: int = 1
    title: str
    notes: str = ""
    leaves_out: str = ""
    unless: list[str] = []
    variants: dict[str, str] = {}  # class of noun -> variant, for acts without one
    if_conditional: str = ""  # the kind that a condition or a threat adds to an act of this kind as planned
    measure: str = ""  # class expression for what makes the scope a measure
    people: bool = False  # a people stands for its government: "Danes call in envoy"
    shadow: bool = False
    acts: list[Act]
    proofs: list[Proof] = []
    misses: list[Miss] = []


class ActAddition(Written):
    """Verbs and exceptions for one act of a rule."""

    name: str
    verbs: list[str] = []
    unless: list[str] = []


class Addition(Written):
    """A file that makes a rule fuller without repeating it; its proofs are of what it adds."""

    adds_to: str  # the id of the rule
    notes: str = ""
    unless: list[str] = []
    acts: list[ActAddition] = []
    proofs: list[Proof] = []
    misses: list[Miss] = []
