"""Compiled rules: what the packs say, in the shape in which it is used."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from consumers.classify.clause import Syntax
from consumers.classify.lexicon import Lexicon, Scan
from consumers.classify.nominal import Nouns
from consumers.classify.plain import Particles
from consumers.classify.shared import Company
from monitor.message.kind import Kinds, Modality, Scope

Class = tuple[tuple[bool, str], ...]  # all of these: (wanted, name)
Expression = tuple[Class, ...]  # any of these
Clause = tuple[int, ...]  # an expression as bits of classes: one of these must be there whole


@dataclass(frozen=True, slots=True)
class Barred:
    """A named exception; its words are in the lexicon under the class `!name`."""

    name: str
    where: str

    @property
    def noun(self) -> str:
        return "!" + self.name


@dataclass(frozen=True, slots=True, eq=False)
class CompiledAct:
    """One way of telling of a kind."""

    rule: str
    version: int
    kind: str
    name: str
    lemmas: tuple[str, ...]
    noun: Expression
    where: tuple[tuple[str, Expression], ...]
    source: tuple[str, ...]
    target: tuple[str, ...]
    unless: tuple[Barred, ...]
    variant: str
    variants: Mapping[str, str]
    measure: Expression  # what makes the scope of a sanction a measure
    scope: Scope | None
    modality: Modality | None
    need: str
    shadow: bool
    voice: str
    if_conditional: str
    under: frozenset[str] = frozenset()
    not_under: frozenset[str] = frozenset()
    when: frozenset[str] = frozenset()
    cue: bool = False
    anywhere: Expression = ()
    item: Expression = ()
    split: bool = False
    lasting: bool = False
    people: bool = False  # a people may be who does it

    @property
    def id(self) -> str:
        return f"{self.rule}/{self.name}"

    @property
    def asks_second(self) -> bool:
        """Whether it is an act with two objects: "given marching orders"."""
        return any(place == "second" for place, _ in self.where)


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """What one act needs: one option of each clause, and so many words that can stand for a government.

    `before` and `behind` are clauses of which the words must stand on that side of the word that the act hangs on.
    """

    act: CompiledAct
    clauses: tuple[Clause, ...]
    carriers: int
    lone: bool  # one actor in the item is enough
    before: tuple[Clause, ...] = ()
    behind: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """The words of the date layer."""

    ago: Mapping[str, int]  # phrase of the lexicon -> days
    units: Mapping[str, int]
    back: frozenset[str]
    ahead: frozenset[str]
    same: frozenset[str]
    dated: frozenset[str]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]


class Sieve(Protocol):
    """What lets a sentence through; see sieve.py."""

    @property
    def envoys(self) -> int:
        """The bits of classes of envoys."""
        ...

    def wanted(self, scan: Scan, envoys: int) -> set[Need]:
        """What may be told of in a sentence; `envoys` are bits of whom "him" may mean."""
        ...


class Gate(Protocol):
    """What lets an item in; see gate.py."""

    def admits(self, text: str) -> bool:
        """Whether folded text may tell of an act."""
        ...


@dataclass(frozen=True, slots=True)
class Pack:
    """One language."""

    lang: str
    lexicon: Lexicon
    nouns: Nouns
    syntax: Syntax
    times: Times
    cues: Mapping[str, str]  # lemma -> status
    noun_cues: Mapping[str, str]  # class of noun -> status
    by_lemma: Mapping[str, tuple[CompiledAct, ...]]
    nominal_classes: frozenset[str]
    nominal: tuple[CompiledAct, ...]
    acts: tuple[CompiledAct, ...]
    abbreviations: frozenset[str]
    boilerplate: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]
    gate: Gate
    sieve: Sieve
    grounds: tuple[tuple[str, ...], ...] = ()  # the words of each phrase before a reason, the longest first
    past: frozenset[str] = frozenset({"past"})
    home: str = ""
    plural: tuple[str, ...] = ()
    shared: Mapping[str, Company] = field(default_factory=dict)  # phrase of an entry -> its company
    particles: Particles | None = None  # of languages that `plain` reads


class Packs(Mapping[str, Pack]):
    """The packs by language, each compiled when it is first asked for.

    That takes 0.3 to 2 s and 10 to 40 MB, so that a language in which no item comes costs nothing. `build` makes the
    pack of one of `languages`, of files that have been checked.
    """

    def __init__(self, languages: Collection[str], build: Callable[[str], Pack]) -> None:
        self._languages, self._build = tuple(languages), build
        self._compiled: dict[str, Pack] = {}

    def __getitem__(self, lang: str) -> Pack:
        if lang not in self._compiled:
            if lang not in self._languages:
                raise KeyError(lang)
            self._compiled[lang] = self._build(lang)
        return self._compiled[lang]

    def __contains__(self, lang: object) -> bool:
        return lang in self._languages

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)

    @property
    def compiled(self) -> frozenset[str]:
        """The languages that have been asked for."""
        return frozenset(self._compiled)

    def compile(self, languages: Iterable[str]) -> None:
        """Compile those of `languages` that there are now."""
        for lang in languages:
            self.get(lang)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules. `hash` is of every file of them; `names` are what actors are called in English."""

    kinds: Kinds
    packs: Packs
    names: Mapping[str, str]
    hash: str
