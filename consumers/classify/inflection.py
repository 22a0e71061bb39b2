"""The forms of words by the changes that a grammar file lists, for languages whose endings such a list gives."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consumers.classify.format import Change, Morphology, NounForm

Harmony = Mapping[str, Mapping[str, str]]
APART = "|"  # parts the particle of a verb from the rest: "ein|bestellen"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A `Change`, its pattern compiled."""

    ends: re.Pattern[str]
    doubled: bool
    cut: int
    adds: tuple[str, ...]
    front: str
    cut_front: int
    harmony: Harmony

    def made(self, stem: str) -> list[str]:
        """What becomes of a word whose end fits."""
        body = stem[self.cut_front : len(stem) - self.cut]
        twice = stem[-1] if self.doubled else ""
        return [
            harmonised(front + body + twice, ending, self.harmony)
            for front in self.front.split("/")
            for ending in self.adds
        ]


def harmonised(stem: str, ending: str, harmony: Harmony) -> str:
    """`ending` behind `stem`, each sign of the table made the letter that what stands before asks for.

    Of a sign with an answer for no letter ("") only the last letter before is asked, else the last that is listed.
    """
    made = stem
    for sign in ending:
        table = harmony.get(sign)
        if table is None:
            made += sign
            continue
        by_letter = {letter: answer for letters, answer in table.items() for letter in letters}
        asked = made[-1:] if "" in table else next((one for one in reversed(made) if one.lower() in by_letter), "")
        made += by_letter.get(asked.lower(), table.get("", ""))
    return made


def rewrites(changes: Iterable[Change], harmony: Harmony) -> list[Rewrite]:
    """Changes, compiled."""
    return [
        Rewrite(re.compile(f"(?:{c.ends})$"), c.doubled, c.cut, tuple(c.add.split("/")), c.front, c.cut_front, harmony)
        for c in changes
    ]


@dataclass(frozen=True, slots=True)
class Verbs:
    """How verbs are conjugated."""

    forms: Sequence[tuple[str, Sequence[Rewrite]]]
    irregular: Mapping[str, Mapping[str, str]]
    doubling: frozenset[str]
    first: bool  # of a verb of several words the first one changes
    apart: frozenset[str]  # forms in which a particle stands apart
    joined: frozenset[str]  # forms that only verbs with a particle have

    def of(self, lemma: str) -> list[tuple[str, str]]:
        """The forms of a verb: pairs of text and name of the form. A verb with a particle has it in front."""
        particle, apart, rest = lemma.partition(APART)
        if apart:
            front = particle + " " if " " in particle else particle
            return [(front + text, form) for text, form in self._all(rest)]
        return [(text, form) for text, form in self._all(lemma) if form not in self.joined]

    def _all(self, lemma: str) -> list[tuple[str, str]]:
        words = lemma.split(" ")
        place = 0 if self.first else len(words) - 1
        stem = words[place]
        made = [(lemma, "base")]
        for form, texts in self._changed(stem):
            made += [(" ".join([*words[:place], text, *words[place + 1 :]]), form) for text in texts if text]
        return made

    def split(self, lemma: str) -> list[tuple[str, str]]:
        """The forms of a verb with a particle where that stands apart from it."""
        particle, _, rest = lemma.partition(APART)
        return [(text, form) for text, form in self._all(rest) if form in self.apart or " " in particle]

    def _changed(self, stem: str) -> Iterator[tuple[str, list[str]]]:
        known = self.irregular.get(stem, {})
        for form, options in self.forms:
            if form in known:
                yield form, known[form].split("/")
                continue
            fitting = (one for one in options if (not one.doubled or stem in self.doubling) and one.ends.search(stem))
            chosen = next(fitting, None)
            yield form, chosen.made(stem) if chosen is not None else []


def verbs_of(morphology: Morphology) -> Verbs:
    """The conjugation that a grammar file gives."""
    forms = [(form, rewrites(options, morphology.harmony)) for form, options in morphology.forms.items()]
    irregular = {verb: dict(forms) for verb, forms in morphology.irregular.items()}
    return Verbs(
        forms,
        irregular,
        frozenset(morphology.doubling),
        morphology.inflected == "first",
        frozenset(morphology.apart),
        frozenset(morphology.joined),
    )


@dataclass(frozen=True, slots=True)
class Inflected:
    """One form of a noun."""

    text: str
    case: str = ""
    plural: bool = False
    own: bool = False


def declension_of(morphology: Morphology) -> "Declension":
    """The declension that a grammar file gives."""
    return Declension([(step, rewrites(step.changes, morphology.harmony)) for step in morphology.nouns])


@dataclass(frozen=True, slots=True)
class Declension:
    """How nouns are declined: each step makes forms of forms."""

    steps: Sequence[tuple[NounForm, Sequence[Rewrite]]]

    def of(self, word: str) -> list[Inflected]:
        """All forms of a noun, of a phrase those of its last word."""
        made: dict[str, list[Inflected]] = {"": [Inflected(word)]}
        for step, options in self.steps:
            found = [form for name in step.of for before in made.get(name, ()) for form in _step(before, step, options)]
            made.setdefault(step.name, []).extend(found)
        return [form for forms in made.values() for form in forms]


def _step(before: Inflected, step: NounForm, options: Sequence[Rewrite]) -> list[Inflected]:
    head, blank, stem = before.text.rpartition(" ")
    chosen = next((one for one in options if one.ends.search(stem)), None)
    texts = chosen.made(stem) if chosen is not None else []
    plural, own = before.plural or step.plural, before.own or step.own
    return [Inflected(head + blank + text, step.case, plural, own) for text in texts if text]
