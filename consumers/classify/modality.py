"""Whether the act happened: what the words above and around it say."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.classify.chunk import Verb
from consumers.classify.nominal import Phrase
from consumers.classify.rules import Pack
from monitor.message.kind import Modality

_DEPTH = 6  # verbs above an act that are asked; speech within speech within speech ends there
_STRENGTH = {"denied": 5, "urged": 4, "background": 3, "planned": 2, "threatened": 2, "": 0}


@dataclass(slots=True)
class Status:
    """What has been found so far, and the word that said so."""

    name: str = ""
    by: str = ""
    threatened: bool = False
    conditional: bool = False

    def put(self, name: str, by: str) -> None:
        """Note a status; the strongest stays."""
        if name == "threatened":
            self.threatened = True
        if _STRENGTH[name] > _STRENGTH[self.name]:
            self.name, self.by = name, by

    @property
    def modality(self) -> Modality:
        """The modality that this status is."""
        name = "planned" if self.name == "threatened" else self.name
        return Modality(name) if name else Modality.OCCURRED


def of_verb(
    verb: Verb, things: Sequence[Phrase | None], source: tuple[str, ...], pack: Pack, *,
    cue: bool = False, under: frozenset[str] = frozenset(),
) -> Status:  # fmt: skip
    """The status of an act that a verb tells of; with `cue` the verb is itself a cue: "considers sanctions".

    What stands `under` a verb is done by it: "was asked to leave" says that he was sent away.
    """
    status = Status()
    if any(thing is not None and thing.negated for thing in things):
        status.put("denied", "no")
    if cue and _cue(verb, source, status, pack):
        _inherit(verb, status)
        _above(verb, source, status, pack)
        return status
    _own(verb, status)
    above = verb.governor
    if above is not None and any(lemma in under for lemma, _ in above.senses):
        _own(above, status)
        _inherit(above, status)
        verb = above
    _noun(verb.governing, status, pack)
    _above(verb, source, status, pack)
    return status


def of_noun(phrase: Phrase, governor: Verb | None, above: Phrase | None, source: tuple[str, ...], pack: Pack) -> Status:
    """The status of an act that a noun tells of: "rules out the expulsion of"."""
    status = Status()
    if phrase.negated:
        status.put("denied", "no")
    _noun(above, status, pack)
    if governor is not None:
        if _cue(governor, source, status, pack):
            _inherit(governor, status)
        else:
            _own(governor, status)
        _above(governor, source, status, pack)
    return status


def _own(verb: Verb, status: Status) -> None:
    status.conditional = status.conditional or verb.conditional
    if verb.negated:
        status.put("denied", "not")
    if verb.modal in ("planned", "possible"):
        status.put("planned", verb.modal)
    elif verb.modal == "urged":
        status.put("urged", verb.modal)
    if verb.imperative:
        status.put("urged", "imperative")
    if verb.infinitive and verb.governor is None and verb.governing is None:
        status.put("planned", "to")
    if verb.link == "due":  # "the time has come for X to leave"
        status.put("urged", "for")
    if verb.conditional:
        status.put("planned", "if")


def _noun(phrase: Phrase | None, status: Status, pack: Pack) -> None:
    if phrase is None:
        return
    if phrase.negated:
        status.put("denied", "no")
    for name in phrase.classes:
        cue = pack.noun_cues.get(name)
        if cue:
            status.put("denied" if phrase.negated else cue, name)


def _above(verb: Verb, source: tuple[str, ...], status: Status, pack: Pack) -> None:
    """Climb from verb to verb."""
    for _ in range(_DEPTH):
        above = verb.governor
        if above is None or verb.link in ("relative", ""):
            return
        if verb.link == "coordinate":
            if verb.forms <= {"base"} or (verb.ing and above.ing) or (above.infinitive and "base" in verb.forms):
                if above.modal:
                    status.put("planned" if above.modal != "urged" else "urged", above.modal)
                if above.infinitive and above.governor is None and above.governing is None:
                    status.put("planned", "to")
                _noun(above.governing, status, pack)
                verb = above
                continue
            return
        if verb.link == "object" and verb.infinitive and above.subject is not None and not _may_plan(above.subject):
            status.put("urged", "told by no government")
        if verb.link in ("complement", "object", "told", "charge"):
            _cue(above, source, status, pack, asked=verb.link == "object")
        elif verb.link == "adjunct" and verb.infinitive:
            _cue(above, source, status, pack)
            return
        else:
            return
        if verb.link != "told":
            _inherit(above, status)
        verb = above


def _inherit(above: Verb, status: Status) -> None:
    if above.modal == "urged":
        status.put("urged", above.modal)
    elif above.modal:
        status.put("planned", above.modal)
    if above.imperative:
        status.put("urged", "imperative")
    if above.infinitive and above.governor is None and above.governing is None:
        status.put("planned", "to")


def _may_plan(subject: Phrase) -> bool:
    return subject.speaks or subject.pronoun or bool(subject.codes)


def _cue(above: Verb, source: tuple[str, ...], status: Status, pack: Pack, *, asked: bool = False) -> bool:
    """Put the status that the verb gives to what stands below it; False where it gives none.

    `asked`: the act is what the object of the verb is to do.
    """
    for lemma, _ in above.senses:
        cue = pack.cues.get(lemma, "")
        if not cue or cue == "told" or cue == "ended":
            continue
        if above.negated and cue in ("urged", "planned", "threatened"):
            status.put("denied", lemma)
        elif above.negated and cue == "denied":
            status.put("planned", lemma)
        else:
            subject = above.subject.codes if above.subject is not None else ()
            foreign = bool(subject and source and not set(subject) & set(source))
            if (
                cue == "urged"
                and asked
                and set(subject) & set(source)
                and above.subject is not None
                and above.subject.speaks
            ):
                cue = "planned"  # a minister who asks his own government
            passive = above.be and not above.forms.isdisjoint(pack.past)
            if passive:  # who plans is not named: "is considered", "is being prepared"
                pass
            elif cue == "planned" and (foreign or (above.subject is not None and not _may_plan(above.subject))):
                cue = "urged"
            status.put(cue, lemma)
        return True
    return False
