"""The names of states and bodies, of CLDR, of ISO 3166 and of the packs."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date

import pycountry
from babel import Locale, UnknownLocaleError

from consumers.classify.endings import Endings, Form
from consumers.classify.format import ActorsFile, HoldersFile, Morphology
from consumers.classify.lexicon import Actor, Entry, Lexicon

_EPOCH = date(1970, 1, 1)


def known_codes(holders: HoldersFile) -> frozenset[str]:
    """The codes that an actor may have."""
    return frozenset({country.alpha_3 for country in pycountry.countries} | set(holders.bodies))


def add_actors(
    lexicon: Lexicon, lang: str, actors: ActorsFile, holders: HoldersFile, library: Endings | None,
    morphology: Morphology,
) -> None:  # fmt: skip
    """Put all names of actors in one language into its lexicon, in all their forms."""
    endings = library or morphology
    dropped = {lexicon.key(name) for words in actors.actors.values() for name in words.drop}
    for code, name in _standard_names(lang):
        if lexicon.key(name) not in dropped:
            _add(lexicon, name, Actor((code,), "name"), endings)
    for code, words in actors.actors.items():
        forms = (
            (words.names, "name"), (words.adjectives, "adjective"), (words.capitals, "capital"),
            (words.cities, "city"), (words.speaks, "speaks"), (words.things, "thing"), (words.usual, "usual"),
            (words.posts, "post"),
        )  # fmt: skip
        for texts, form in forms:
            for text in texts:
                _add(lexicon, text, Actor((code,), form), endings)
                for ending in morphology.dwellers if form == "capital" else ():
                    add_form(lexicon, text + ending, Actor((code,), "adjective"))
        for text in words.adjectives:
            if text.endswith("s") and text[:-1] in words.adjectives:
                lexicon.entry(text).plural = True
    for phrase, codes in actors.groups.items():
        _add(lexicon, phrase, Actor(tuple(codes), "name"), endings)
    for phrase, codes in actors.treaties.items():
        add_form(lexicon, phrase, Actor(tuple(codes), "thing"))
        lexicon.entry(phrase).nouns |= {"agreement"}
    for holder in holders.holders:
        since = (holder.since - _EPOCH).days if holder.since else -(10**9)
        until = (holder.until - _EPOCH).days if holder.until else 10**9
        for name in holder.names:
            _add(lexicon, name, Actor((holder.state,), "person", since, until), endings)
    for phrase in actors.no_actor:
        entry = lexicon.entry(phrase)
        entry.nouns |= {"no-actor"}
        entry.capitals = tuple(i for i, token in enumerate(lexicon.tokens(phrase)) if token.text[0].isupper())
        entry.cased = bool(entry.capitals)


def _standard_names(lang: str) -> Iterator[tuple[str, str]]:
    territories: Mapping[str, str] = {}
    with contextlib.suppress(UnknownLocaleError, ValueError):
        territories = Locale.parse(lang).territories
    for country in pycountry.countries:
        name = territories.get(country.alpha_2)
        if name:
            yield country.alpha_3, str(name)
        if lang == "en":
            yield country.alpha_3, country.name
            if hasattr(country, "common_name"):
                yield country.alpha_3, country.common_name


def _forms(text: str, actor: Actor, forms: Endings | Morphology) -> list[Form]:
    if isinstance(forms, Endings):
        return forms.noun(text) if not text.isascii() else [Form(text)]
    if actor.form == "adjective":
        oblique = [Form(text + ending, "oblique") for ending in forms.oblique]
        genitives = [Form(text + ending, "of") for ending in forms.genitives]
        return [Form(text), *(Form(text + ending) for ending in forms.adjectives), *oblique, *genitives]
    return [Form(text), *(Form(text + ending, "genitive") for ending in forms.names)]


def _add(lexicon: Lexicon, text: str, actor: Actor, forms: Endings | Morphology) -> None:
    for form in _forms(text, actor, forms):
        entry = add_form(lexicon, form.text, actor)
        entry.cases |= form.cases
        entry.roles |= {form.name} if form.name else frozenset()
        entry.plural = entry.plural or (form.plural and actor.form == "adjective")


def add_form(lexicon: Lexicon, text: str, actor: Actor) -> Entry:
    """Put one form of a name into the lexicon."""
    entry = lexicon.entry(text)
    if actor not in entry.actors:
        entry.actors += (actor,)
    entry.capitals = tuple(i for i, token in enumerate(lexicon.tokens(text)) if token.text[0].isupper())
    entry.cased = bool(entry.capitals)
    entry.upper = entry.upper or (text.isupper() and len(text) <= 4)
    return entry
