"""One act against one frame: what stands where, who did it to whom, or which part failed first."""

from dataclasses import dataclass, field

from consumers.classify.chunk import Verb
from consumers.classify.frame import Frame
from consumers.classify.nominal import Phrase
from consumers.classify.rules import CompiledAct, Expression, Pack

# What a word that refers to an envoy is by itself or not at all.
_ITSELF = frozenset({"any", "actor", "pure", "speaking", "seat", "nationals", "bare", "person-name", "firm", "pair"})


@dataclass(slots=True)
class Context:
    """What the item has said before this place."""

    dateline: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()  # the state that stands before a colon at the head of the title
    here: tuple[str, ...] = ()  # the place at the head of the sentence: "In Washington, the ministry said"
    home: tuple[str, ...] = ()  # the outlet's state, in languages whose press means it by a bare "ministry"
    lead: tuple[str, ...] = ()  # who acts in the first half of a headline of two
    opener: tuple[str, ...] = ()  # the government that acts first in the title
    teller: Phrase | None = None  # who says the sentence: "Putin: ...", "..., Rubio says"
    condition: tuple[str, ...] = ()  # on whose conduct an "if" of the sentence rests
    speaker: tuple[str, ...] = ()  # the government that acted or spoke last
    envoy: tuple[str, ...] = ()  # whose envoy was named last
    envoy_named: Phrase | None = None  # that envoy, for "him" and "the envoy"
    classes: set[str] = field(default_factory=set)  # classes of all words of the item so far
    named: set[str] = field(default_factory=set)  # states and bodies that the item names
    hosts: dict[str, set[str]] = field(default_factory=dict)  # a state -> where envoys and missions of it are posted
    prior: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())  # source and target of the act before
    fellows: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    # kind -> source and target of an act of this sentence


@dataclass(frozen=True, slots=True)
class Found:
    """The actors of a match, and the phrases that gave them."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    open: bool  # an actor is missing that the rest of the item must give
    phrases: tuple[tuple[str, Phrase], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The part that failed first, and why; `exception` is the one that stopped it."""

    part: str
    why: str
    exception: str = ""


def match(act: CompiledAct, frame: Frame, words: frozenset[str], context: Context, pack: Pack) -> Found | Failed:
    """Try `act`; `words` are the classes of all words of the sentence."""
    if act.not_under and _under(act.not_under, frame):
        return Failed("under", "a verb above turns it into another act")
    if act.under and not _under(act.under, frame):
        return Failed("under", f"no verb above is one of {', '.join(sorted(act.under))}")
    for place, wanted in act.where:
        if place in ("sentence", "behind"):
            there = words if place == "sentence" else frame.behind
            if not any(all((name in there) == want for want, name in option) for option in wanted):
                where = "the sentence has no word" if place == "sentence" else "no word behind the verb is one"
                return Failed(place, f"{where} of {shown(wanted)}")
            continue
        phrase = frame.at(place)
        if not fits(phrase, wanted):
            what = "nothing" if phrase is None else f'"{said(phrase)}"'
            return Failed(place, f"{what} is not {shown(wanted)}")
    if act.anywhere and not any(phrase is not None and fits(phrase, act.anywhere) for _, phrase in frame.preps):
        return Failed("anywhere", f"nothing behind a preposition is {shown(act.anywhere)}")
    for barred in act.unless:
        if _stopped(barred.where, barred.noun, frame, words, context):
            return Failed("unless", f"stopped by the exception {barred.name}", barred.name)
    source = _actors(act.source, frame, context, pack, source=True, people=act.people)
    if isinstance(source, Failed):
        return source
    if act.split:
        return Found(source[0][:1], source[0][1:], False, (("source", source[1]),) if source[1] else ())
    but = () if act.need == "target" else source[0]
    target = _actors(act.target, frame, context, pack, source=False, but=but)
    if isinstance(target, Failed):
        return target
    targets = target[0]
    # what is known of the target alone leads: "Russian envoy doused at Soviet cemetery" names no host
    sources = source[0] if but else tuple(code for code in source[0] if code not in targets)
    if frame.object is not None and frame.object.mutual and len(sources) > 1:
        targets = sources  # each does it to the other
    if not sources and _is_agentless(act, frame, pack):
        sources = _unnamed(act, frame, context, targets)
    if sources and not targets and _is_of(frame.object, sources) and "object" in act.target:
        return Failed("target", "it would be done to one's own")
    if not sources and not targets:
        return Failed("source", "neither source nor target is named")
    if act.need == "strict" and not (sources and targets):
        return Failed("target", "an actor is missing")
    is_open = (act.need in ("both", "named", "source") and not sources) or (
        act.need in ("both", "named", "target") and not targets
    )
    used = tuple(
        (role, phrase) for role, phrase in (("source", source[1]), ("target", target[1])) if phrase is not None
    )
    return Found(sources, targets, is_open, used)


def _is_of(phrase: Phrase | None, codes: tuple[str, ...]) -> bool:
    """Whether a word that refers to an envoy means one of these states'."""
    return phrase is not None and phrase.meant is not None and set(phrase.meant.codes) <= set(codes)


def _unnamed(act: CompiledAct, frame: Frame, context: Context, targets: tuple[str, ...]) -> tuple[str, ...]:
    """Who did what is told without a doer: who acts in the half of a headline before; for envoys, who tells of it.

    Where the rule asks for one actor only, the government that acts in the title is the last to be thought of.
    """
    told = context.lead or (_teller(frame, context) if "dateline" in act.source else ())
    found = tuple(code for code in told if code not in targets)
    opener = context.opener if act.need == "one" else ()
    return found or tuple(code for code in opener if code not in targets)


def _teller(frame: Frame, context: Context) -> tuple[str, ...]:
    """The government that says that something was done by nobody named: "the ministry said that he was called in"."""
    above = frame.verb.governor if frame.verb is not None and frame.verb.link in ("told", "complement") else None
    teller = above.subject if above is not None else context.teller
    if teller is None or not teller.speaks:
        return ()
    return teller.codes or _referred(teller, frame, context)


def _is_agentless(act: CompiledAct, frame: Frame, pack: Pack) -> bool:
    """Whether nothing stands where the act looks for its source: "two envoys told to leave"."""
    if act.source[0] == "above":
        return _above(frame, pack) is None
    if frame.verb is not None and frame.verb.ing and not frame.passive:
        return False  # "despite denouncing ..."
    return act.source[0] in ("subject", "self") and frame.subject is None


def fits(phrase: Phrase | None, wanted: Expression) -> bool:
    """Whether a phrase is of one of the wanted classes."""
    return any(all(_is(phrase, name) == want for want, name in option) for option in wanted)


def _is(phrase: Phrase | None, name: str) -> bool:
    if name == "none":
        return phrase is None
    if phrase is None:
        return False
    if phrase.meant is not None and name not in _ITSELF and _is(phrase.meant, name):
        return True
    match name:
        case "any":
            return True
        case "coded":
            return bool(phrase.codes)
        case "actor":
            return phrase.speaks
        case "pure":
            return phrase.pure
        case "owned":
            return phrase.owned
        case "own":
            return phrase.own
        case "pronoun":
            return phrase.pronoun
        case "people":
            return phrase.many
        case "speaking":
            return phrase.speaks and bool(phrase.codes)
        case "seat":
            return phrase.seat
        case "nationals":
            return phrase.nationals
        case "bare":
            return phrase.bare
        case "person-name":
            return phrase.named
        case "firm":
            return phrase.firm
        case "body":
            return bool(phrase.codes) and all(len(code) != 3 for code in phrase.codes)
        case "pair":
            return phrase.speaks and len(phrase.codes) > 1
    return name in phrase.classes or (phrase.of is not None and name in phrase.of.classes and name not in ("own",))


def _stopped(where: str, noun: str, frame: Frame, words: frozenset[str], context: Context) -> bool:
    if where == "sentence":
        return noun in words
    if where == "item":
        return noun in words or noun in context.classes
    phrase = frame.at(where)
    return phrase is not None and noun in phrase.classes


def _actors(
    places: tuple[str, ...],
    frame: Frame,
    context: Context,
    pack: Pack,
    *,
    source: bool,
    but: tuple[str, ...] = (),
    people: bool = False,
) -> tuple[tuple[str, ...], Phrase | None] | Failed:
    """The codes in the first of the places that has any besides `but`."""
    for place in places:
        name, _, detail = place.partition(".")
        if name == "rest":
            for later in frame.rest:
                codes = tuple(code for code in later.codes if code not in but)
                if codes:
                    return codes, later
            continue
        bare = pack.particles is not None and not pack.particles.suffixed
        if name == "home" and bare and context.named - {*but, *context.home}:
            continue  # where little says whose a bare noun is, the outlet's state acts only if no other is named
        if name in ("act", "envoy", "dateline", "topic", "home", "here", "speaker", "prior", "if", "lead"):
            named = _mentioned(name, detail, frame, context, but)
            but = but or _objects(frame) if source and name != "act" else but
            codes = tuple(code for code in named if code not in but)
            if codes:
                return codes, None
            continue
        phrase = _hearer(frame) if name == "hearer" else None
        phrase = phrase or (_above(frame, pack) if name == "above" else frame.coded_at(name))
        if phrase is None and name == "above" and (frame.verb is None or frame.verb.governor is None):
            phrase = context.teller
            if phrase is not None and frame.subject is not None and set(phrase.codes) & set(frame.subject.codes):
                continue  # who is sent away may tell of it
        if phrase is None:
            continue
        if source and name in ("subject", "self", "above") and not detail:
            acting = phrase.speaks or phrase.pronoun or (people and phrase.nationals and phrase.count is None)
            if name != "self" and not acting:
                return Failed("source", f'"{said(phrase)}" speaks for no government')
            codes = phrase.mods if name == "self" else phrase.codes
            if not codes and name != "self":
                codes = _referred(phrase, frame, context)
        else:
            codes = _detail(phrase, detail)
            if detail == "own" and phrase.own:
                codes = _referred(phrase, frame, context)
        codes = tuple(code for code in codes if code not in but)
        if codes:
            return codes, phrase
    return (), None


def _detail(phrase: Phrase, detail: str) -> tuple[str, ...]:
    if phrase.meant is not None and not phrase.codes:
        phrase = phrase.meant
    if detail == "at":
        return phrase.at or (phrase.of.at if phrase.of is not None else ())
    if detail == "of":
        return phrase.of.codes if phrase.of is not None else ()
    if detail == "mods":
        return phrase.mods
    if detail == "place":
        return phrase.codes if phrase.place else ()
    if detail == "own":
        return ()
    if detail == "last":
        return phrase.mods[-1:]
    return phrase.codes


def _referred(phrase: Phrase, frame: Frame, context: Context) -> tuple[str, ...]:
    """Whom "it", "the ministry" or "its" means: who says so, the state that spoke last, or the dateline's."""
    if phrase.pronoun or phrase.own:
        above = frame.verb.governor.subject if frame.verb is not None and frame.verb.governor is not None else None
        if above is not None and above.codes:
            return above.codes
        return context.speaker or context.dateline or context.topic
    return context.here or context.dateline or phrase.usual or context.topic or context.speaker or context.home


def _under(verbs: frozenset[str], frame: Frame) -> bool:
    above = frame.verb.governor if frame.verb is not None else frame.above
    return above is not None and any(lemma in verbs for lemma, _ in above.senses)


def _above(frame: Frame, pack: Pack) -> Phrase | None:
    """The subject of the verb above: who orders, who says."""
    above = frame.verb.governor if frame.verb is not None else None
    if above is None:
        return None
    if frame.verb is not None and above.subject is frame.verb.subject and _is_told(above):  # "X is told by Y to"
        return next((phrase for prep, phrase in above.after if prep in pack.syntax.agent), None)
    return above.subject


def _is_told(above: Verb) -> bool:
    """Whether the subject of the verb above is who is told, and not who tells: "envoys told to leave"."""
    return (above.be or not above.have) and above.forms.isdisjoint({"base", "present", "ing"})


def _objects(frame: Frame) -> tuple[str, ...]:
    """Whom the act is done to: nobody summons his own envoy."""
    return frame.object.codes if frame.object is not None and not frame.object.own else ()


def _hearer(frame: Frame) -> Phrase | None:
    """Who is told, by the verb above: "notified Russia that relations are ended"."""
    above = frame.verb.governor if frame.verb is not None else None
    return next((phrase for prep, phrase in above.after if not prep), None) if above is not None else None


def _mentioned(name: str, detail: str, frame: Frame, context: Context, but: tuple[str, ...]) -> tuple[str, ...]:
    """The actors of another act of the sentence (`act.KIND`), the envoy named last, or the dateline's state."""
    if name == "envoy":
        return context.envoy
    if name == "dateline":
        return context.dateline
    if name == "topic":
        return context.topic or context.dateline
    if name == "here":
        return context.here
    if name == "home":
        return context.home
    if name == "lead":
        return context.lead or context.opener
    if name == "if":
        return context.condition
    if name == "speaker":
        return context.speaker
    if name == "prior":
        source, target = context.prior
        if detail:
            return source if detail == "source" else target
        return target if set(target) - set(but) else source
    kind, _, side = detail.partition(".")
    fellow = context.fellows.get(kind)
    if fellow is None:
        return ()
    source, target = fellow
    if side:
        return source if side == "source" else target
    subject = frame.verb.subject if frame.verb is not None else frame.subject
    if subject is None:
        return ()
    return target if not subject.codes or set(subject.codes) & set(source) else ()


def said(phrase: Phrase) -> str:
    """The words of a phrase."""
    return " ".join(word.text for word in phrase.words)


def shown(wanted: Expression) -> str:
    """A class expression in words."""
    return " or ".join(" and ".join(name if want else f"not {name}" for want, name in option) for option in wanted)
