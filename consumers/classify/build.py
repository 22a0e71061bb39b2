"""One language: its files made into a lexicon, tables and acts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from consumers.classify.affixes import affix_entries, splitter
from consumers.classify.chunk import JOINT, OF
from consumers.classify.clause import Syntax
from consumers.classify.endings import Endings, endings
from consumers.classify.format import Act, ActorsFile, FormRole, GrammarFile, HoldersFile, Morphology, Role, RuleFile
from consumers.classify.gate import build_gate
from consumers.classify.inflection import APART, Declension, declension_of, verbs_of
from consumers.classify.lexicon import TOKENIZERS, Lexicon, folding
from consumers.classify.names import add_actors, add_form
from consumers.classify.needs import Reading, needs_of
from consumers.classify.nominal import PLACE_FORMS, Nouns
from consumers.classify.plain import Particles
from consumers.classify.rules import Barred, CompiledAct, Expression, Pack, Times
from consumers.classify.shared import Company
from consumers.classify.sieve import Sieve

Files = Mapping[str, Any]
_DAYS_IN_A_WEEK = 7


def build_pack(lang: str, files: Files, holders: HoldersFile, rules: Sequence[RuleFile]) -> Pack:
    """The compiled pack of a language, of files that have been checked."""
    grammar: GrammarFile = files["grammar.yaml"]
    lexicon = Lexicon(
        folding(grammar.fold),
        TOKENIZERS[grammar.tokens],
        has_case="case" in grammar.fold and "dotted" not in grammar.fold,
        has_words=grammar.tokens in ("words", "marked"),
        spaced=grammar.tokens == "syllables",
        article=grammar.article,
    )
    _functions(lexicon, grammar)
    forms = endings(grammar.morphology.library)
    _nouns(lexicon, files, grammar.morphology, forms)
    add_actors(lexicon, lang, files["actors.yaml"], holders, forms, grammar.morphology)
    if not lexicon.has_words:
        _posts(lexicon, grammar.words.get("post", ()))
    acts = tuple(_act(rule, act, files) for rule in rules for act in rule.acts)
    _verbs(lexicon, grammar, files, acts, forms)
    by_lemma = _by_lemma(acts)
    nominal = frozenset(name for act in acts for option in act.noun for want, name in option if want)
    lexicon.trigger(by_lemma, nominal)
    lexicon.finish()
    _affixes(lexicon, grammar)
    nouns = _noun_table(files, grammar)
    sieve = Sieve(*needs_of(acts, by_lemma, lexicon, nouns, _reading(grammar, nouns)))
    return Pack(
        lang=lang,
        lexicon=lexicon,
        nouns=nouns,
        syntax=_syntax(grammar, files),
        times=_times(grammar, files, lexicon),
        cues={verb: status for status, verbs in files["modality.yaml"].verbs.items() for verb in verbs},
        noun_cues={f"~{status}": status for status in files["modality.yaml"].nouns},
        by_lemma=by_lemma,
        nominal_classes=nominal,
        nominal=tuple(act for act in acts if act.noun),
        acts=acts,
        abbreviations=frozenset(word.lower().rstrip(".") for word in grammar.abbreviations),
        boilerplate=tuple(phrase.lower() for phrase in grammar.boilerplate),
        forms={name: tuple(getattr(files["forms.yaml"], name)) for name in ("round_up", "analysis", "idle")},
        gate=build_gate(lexicon, sieve, has_home=bool(files["actors.yaml"].home)),
        sieve=sieve,
        grounds=tuple(sorted((tuple(one.lower().split()) for one in grammar.grounds), key=len, reverse=True)),
        past=frozenset(grammar.past_forms),
        home=files["actors.yaml"].home,
        shared=_shared(files["actors.yaml"], lexicon),
        plural=tuple({change.add for change in grammar.morphology.plural if change.add}),
        particles=_particles(grammar),
    )


def _reading(grammar: GrammarFile, nouns: Nouns) -> Reading:
    by_words = not grammar.places and not nouns.has_cases
    return Reading(frozenset(grammar.past_forms), by_words, by_words and grammar.order == "subject-verb-object")


def _affixes(lexicon: Lexicon, grammar: GrammarFile) -> None:
    """Teach a finished lexicon what is written onto words."""
    if not grammar.prefixes and not grammar.suffixes:
        return
    roles = frozenset(get_args(Role))
    known = frozenset(token for key in lexicon.by_phrase for token in key)
    entries = affix_entries(grammar.suffixes, roles, JOINT) | affix_entries(grammar.prefixes, roles, "")
    for text, entry in entries.items():
        alone, longer = lexicon.heads.get(text, (None, {}))
        lexicon.heads[text] = (alone or entry, longer)
    before = [text for texts in grammar.prefixes.values() for text in texts]
    behind = [text for texts in grammar.suffixes.values() for text in texts]
    lexicon.split = splitter(known, before, behind, lexicon.article, grammar.contracted)


def _particles(grammar: GrammarFile) -> Particles | None:
    if not grammar.places:
        return None
    places = {word: place for place, words in grammar.places.items() for word in words}
    suffixed = grammar.order == "cases-verb"
    if suffixed:
        endings = {name: texts for name, texts in grammar.suffixes.items() if name != "posted"}
        places |= {JOINT + text: place for place, texts in endings.items() for text in texts}
    last = grammar.order == "subject-object-verb" or suffixed
    spaced = grammar.tokens == "syllables" or suffixed
    return Particles(places, tuple(grammar.endings), last, grammar.tokens == "characters", spaced, suffixed)


def _shared(actors: ActorsFile, lexicon: Lexicon) -> dict[str, Company]:
    fold = lexicon.fold
    return {
        lexicon.entry(name).phrase: Company(tuple(map(fold, words.beside)), tuple(map(fold, words.without)))
        for name, words in actors.shared.items()
    }


def _functions(lexicon: Lexicon, grammar: GrammarFile) -> None:
    for role, words in grammar.words.items():
        for word in words:
            lexicon.entry(word).roles |= {role}
    for word in (word for words in grammar.places.values() for word in words):
        lexicon.entry(word).roles |= {"postposition" if grammar.order == "subject-object-verb" else "preposition"}
    for word in (*grammar.numbers,):
        lexicon.entry(word).roles |= {"number"}
    for word in grammar.months:
        lexicon.entry(word).roles |= {"month"}


def _posts(lexicon: Lexicon, prefixes: Sequence[str]) -> None:
    """Put in "posted there" for each name of a state or town, where one word says it."""
    for prefix in prefixes:
        for entry in list(lexicon.by_phrase.values()):
            for actor in entry.actors:
                if actor.form in PLACE_FORMS and len(actor.codes) == 1:
                    add_form(lexicon, prefix + entry.phrase, replace(actor, form="post"))


def _nouns(lexicon: Lexicon, files: Files, morphology: Morphology, forms: Endings | None) -> None:
    declension = declension_of(morphology)
    tables = [(name, words) for name, words in files["nouns.yaml"].nouns.items()]
    tables += [(f"~{status}", words) for status, words in files["modality.yaml"].nouns.items()]
    for name, words in tables:
        for word in words:
            if forms is not None:
                _declined(lexicon, word, name, forms)
                continue
            _inflected(lexicon, word, name, morphology, declension)
    for name, barred in files["exceptions.yaml"].exceptions.items():
        for word in barred.words:
            if forms is not None:
                _declined(lexicon, word, f"!{name}", forms)
                continue
            _inflected(lexicon, word, f"!{name}", morphology, declension)
    for status, phrases in files["modality.yaml"].phrases.items():
        for phrase in phrases:
            _mark(lexicon, phrase, f"^{status}")
    for name, words in files["nouns.yaml"].marks.items():
        for word in words:
            for text in (form.text for form in forms.noun(word)) if forms is not None else (word,):
                _mark(lexicon, text, name)
    for phrases in files["modality.yaml"].ago.values():
        for phrase in phrases:
            lexicon.entry(phrase).roles |= {"adverb"}


def _inflected(lexicon: Lexicon, word: str, name: str, morphology: Morphology, declension: Declension) -> None:
    """Put a noun in with its forms: those of the steps that the grammar lists, and its plural."""
    lexicon.entry(word).nouns |= {name}
    for form in declension.of(word):
        entry = lexicon.entry(form.text)
        entry.nouns |= {name}
        entry.plural = entry.plural or form.plural
        entry.cases |= {form.case} if form.case else frozenset()
        entry.roles |= {"possessive"} if form.own else frozenset()
    plural = plural_of(word, morphology)
    if plural:
        entry = lexicon.entry(plural)
        entry.nouns |= {name}
        entry.plural = True


def _declined(lexicon: Lexicon, word: str, name: str, forms: Endings) -> None:
    """Put all forms of a noun in, but those that are a function word as well."""
    for form in forms.noun(word):
        entry = lexicon.entry(form.text)
        if entry.roles:
            continue
        entry.nouns |= {name}
        entry.cases |= form.cases
        entry.plural = entry.plural or form.plural


def _mark(lexicon: Lexicon, phrase: str, name: str) -> None:
    entry = lexicon.entry(phrase)
    entry.marks |= {name}
    if not entry.nouns and not entry.verbs:
        entry.roles |= {"adverb"}


def plural_of(word: str, morphology: Morphology) -> str:
    """The plural of a noun, "" where none is made; of a phrase such as "head of mission" that of its head."""
    if word in morphology.plurals:
        return morphology.plurals[word]
    words = word.split(" ")
    joint = next((at for at, one in enumerate(words[1:-1], start=1) if one in morphology.joints), len(words))
    head, rest = " ".join(words[:joint]), words[joint:]
    if rest:
        plural = plural_of(head, morphology)
        return " ".join([plural, *rest]) if plural else ""
    for change in morphology.plural:
        if re.search(f"(?:{change.ends})$", word):
            return (word[: -change.cut] if change.cut else word) + change.add
    return ""


def _verbs(
    lexicon: Lexicon, grammar: GrammarFile, files: Files, acts: Sequence[CompiledAct], endings: Endings | None
) -> None:
    verbs = verbs_of(grammar.morphology)
    lemmas = {lemma for act in acts for lemma in act.lemmas}
    lemmas |= {verb for verbs in files["modality.yaml"].verbs.values() for verb in verbs}
    lemmas |= {*grammar.verbs, *files["modality.yaml"].object_acts, *files["modality.yaml"].from_acts}
    lemmas |= {*files["modality.yaml"].bare_acts}
    tried = {lemma for act in acts for lemma in act.lemmas}
    for lemma in lemmas:
        if APART in lemma:
            lexicon.entry(lemma.partition(APART)[0]).roles |= {"particle"}
    for lemma in sorted(lemmas):
        if endings is not None:
            for made in endings.verb(lemma):
                lexicon.entry(made.text).verbs += ((lemma, made.name),)
            continue
        for text, form in verbs.of(lemma):
            lexicon.entry(text).verbs += ((lemma, form),)
        particle, apart, rest = lemma.partition(APART)
        if apart:
            for text, form in verbs.split(lemma):
                lexicon.entry(text).verbs += ((f"{rest}~{particle}", form),)
        head, _, particle = lemma.partition(" ")
        if verbs.first and _is_particle(particle, lexicon) and lemma in tried:
            for text, form in verbs.of(head):
                lexicon.entry(text).verbs += ((f"{head}~{particle}", form),)
    for word in grammar.adjectives:
        lexicon.entry(word).roles |= {"adverb"}


def _is_particle(word: str, lexicon: Lexicon) -> bool:
    return bool(word) and " " not in word and "preposition" in lexicon.entry(word).roles


def _noun_table(files: Files, grammar: GrammarFile) -> Nouns:
    table = files["nouns.yaml"]
    return Nouns(
        frozenset(table.government),
        frozenset(table.envoys),
        frozenset(table.missions),
        dict(grammar.numbers),
        grammar.adjectives_follow,
        bool(grammar.morphology.library),
        grammar.order == "subject-place-verb-object",
        bool(grammar.places) and grammar.order == "subject-object-verb",
        grammar.nouns_capital,
        grammar.verbs_apart,
        verb_first=grammar.order == "verb-subject-object",
        nominal_forms=frozenset(grammar.form_roles.get("nominal", ())),
        capitals_post=grammar.capitals_post,
        crew=frozenset(table.crew),
    )


def _syntax(grammar: GrammarFile, files: Files) -> Syntax:
    modality = files["modality.yaml"]

    def forms(role: FormRole) -> frozenset[str]:
        return frozenset(grammar.form_roles.get(role, ()))

    return Syntax(
        grammar.order,
        frozenset((*grammar.genitive, OF)),
        frozenset(grammar.posted),
        frozenset(grammar.agent),
        frozenset(grammar.attributed),
        frozenset(modality.verbs.get("told", ())),
        frozenset(modality.object_acts),
        frozenset(modality.from_acts),
        frozenset(modality.bare_acts),
        frozenset(grammar.infinitives),
        frozenset([*grammar.planned_forms, *grammar.form_roles.get("planned", ())]),
        frozenset(grammar.participles),
        bool(grammar.morphology.library),
        strings=forms("stringing"),
        quoting=forms("quoting"),
        adnominal=forms("adnominal"),
        nominal=forms("nominal"),
        urged=forms("urged"),
        denied=forms("denied"),
        conditional=forms("conditional"),
        oblique=frozenset(grammar.words.get("oblique", ())),
        seated=frozenset(grammar.seated),
        moving=frozenset(grammar.moving),
        envoys=frozenset(files["nouns.yaml"].envoys),
        free=forms("free").union(word.lower() for word in grammar.words.get("free", ())),
        doer=frozenset(grammar.doer),
        closing=frozenset((*modality.verbs.get("told", ()), *modality.closing)),
    )


def _times(grammar: GrammarFile, files: Files, lexicon: Lexicon) -> Times:
    modality = files["modality.yaml"]
    weekdays = grammar.words.get("weekday", [])
    return Times(
        {phrase.lower(): days for days, phrases in modality.ago.items() for phrase in phrases},
        {name: days for days, names in modality.units.items() for name in names},
        frozenset(modality.back),
        frozenset(phrase.lower() for phrase in modality.ahead),
        frozenset(phrase.lower() for phrase in modality.same),
        frozenset(modality.dated),
        {name.lower(): number for name, number in grammar.months.items()},
        {name.lower(): number % _DAYS_IN_A_WEEK for number, name in enumerate(weekdays)},
    )


def _act(rule: RuleFile, act: Act, files: Files) -> CompiledAct:
    exceptions = files["exceptions.yaml"].exceptions
    return CompiledAct(
        rule=rule.id,
        version=rule.version,
        kind=rule.kind,
        name=act.name,
        lemmas=tuple(act.verbs),
        noun=expression(act.nouns),
        where=tuple((place, expression(wanted)) for place, wanted in act.where.items()),
        source=tuple(act.source),
        target=tuple(act.target),
        unless=tuple(Barred(name, exceptions[name].where) for name in (*rule.unless, *act.unless)),
        variant=act.variant,
        variants=rule.variants,
        measure=expression(rule.measure),
        scope=act.scope,
        modality=act.modality,
        need=act.need,
        shadow=act.shadow or rule.shadow,
        voice=act.voice,
        if_conditional=act.if_conditional or rule.if_conditional,
        under=frozenset(act.under),
        not_under=frozenset(act.not_under),
        when=frozenset(act.when),
        cue=act.cue,
        anywhere=expression(act.anywhere),
        item=expression(act.item),
        split=act.split,
        lasting=act.lasting,
        people=rule.people,
    )


def expression(text: str) -> Expression:
    """A class expression: "envoy + !own | diplomats"."""
    options = []
    for option in filter(None, (part.strip() for part in text.split("|"))):
        names = [name.strip() for name in option.split("+")]
        options.append(tuple((not name.startswith("!"), name.lstrip("! ")) for name in names))
    return tuple(options)


def _by_lemma(acts: Sequence[CompiledAct]) -> dict[str, tuple[CompiledAct, ...]]:
    table: dict[str, list[CompiledAct]] = {}
    for act in acts:
        for lemma in act.lemmas:
            table.setdefault(lemma, []).append(act)
            head, _, particle = lemma.partition(" ")
            if particle and " " not in particle:
                table.setdefault(f"{head}~{particle}", []).append(act)
            particle, apart, rest = lemma.partition(APART)
            if apart:
                table.setdefault(f"{rest}~{particle}", []).append(act)
    return {lemma: tuple(found) for lemma, found in table.items()}
