"""The engine: an item and a pack in, signals out, with a trace of all that was tried where one is wanted."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_

from consumers.classify import bearers, detail, modality, text, when
from consumers.classify.chunk import Chunker, Mark, Node, Verb
from consumers.classify.clause import acts_itself, arrange, hang, inflect, teller
from consumers.classify.cue import cue_at
from consumers.classify.frame import Frame, of_noun, readings
from consumers.classify.lexicon import NAMES, Scan, Token, Word
from consumers.classify.match import Context, Failed, Found, match, said
from consumers.classify.nominal import PLACE_FORMS, SPEAKING_FORMS, Phrase
from consumers.classify.order import ORDER
from consumers.classify.plain import Particles, PlainChunker, join
from consumers.classify.reference import refer_envoys
from consumers.classify.rules import CompiledAct, Expression, Need, Pack
from consumers.classify.shared import part_names
from consumers.classify.strung import STRING
from consumers.classify.suffixed import SuffixChunker, cases_verb
from consumers.classify.trace import Attempt, Trace
from consumers.classify.unspaced import settle
from monitor.message.item import Item
from monitor.message.kind import Modality
from monitor.message.report import Evidence, Signal

OUTLET = "outlet"  # as `home`: the outlet's state alone
_DATELINE = 12  # tokens in which a dateline ends
_NAMING = SPEAKING_FORMS | {"adjective"}
_PAUSES = frozenset({"comma", "pause", "stop"})
_BOTH = 2
_HEAD = 120  # characters in which it stands
_DASH = re.compile("[-:\u2013-\u2015\ufe55\ufe63\uff0d\uff1a]")  # what folds to a dash or colon
_DASHES = frozenset("-:")
_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class Read:
    """One sentence: scanned first, and parsed where an act may be in it or where one later refers to it."""

    pack: Pack
    today: date
    sentence: text.Sentence
    scan: Scan
    wanted: set[Need]
    words: list[Word] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    verbs: list[Verb] = field(default_factory=list)
    classes: frozenset[str] = frozenset()
    finite: list[Verb] = field(default_factory=list)
    acts: frozenset[CompiledAct] = frozenset()
    before: "Read | None" = None  # the sentence before it
    named: frozenset[str] = frozenset()  # whom it names
    _tokens: list[Token] = field(default_factory=list)
    _times: list[when.Stated] | None = None

    @property
    def tokens(self) -> list[Token]:
        """The tokens with their places in the text: few sentences are asked for them."""
        if not self._tokens:
            self._tokens = self.pack.lexicon.tokens(self.sentence.text)
        return self._tokens

    @property
    def times(self) -> list[when.Stated]:
        """The times that the sentence names; asked for where an act was found."""
        if self._times is None:
            last = None
            if self.before is not None and any(word.text.lower() in self.pack.times.same for word in self.words):
                last = max((time.day for time in self.before.times), default=None)
            self._times = when.stated(self.words, self.today, self.pack.times, last)
        return self._times


@dataclass(frozen=True, slots=True)
class Draft:
    """A signal before the item is read to its end.

    `open`: an actor is missing, and without it the signal is void. `lone`: the other actor may be whoever else the
    item names, where that is one alone.
    """

    signal: Signal
    open: bool
    lone: bool = False
    item: Expression = ()  # of which some word of the item must be
    near: tuple[frozenset[str], ...] = ()  # whom the sentence names, and whom the title does
    sides: frozenset[str] = frozenset()  # all who do it, or to whom it is done; none of them is the other side
    hosted: bool = False  # who does it is the host of the envoy or the mission


@dataclass(slots=True)
class Engine:
    """Reads one item."""

    item: Item
    pack: Pack
    trace: Trace | None = None
    context: Context = field(default_factory=Context)
    signals: list[Draft] = field(default_factory=list)
    excepted: set[str] = field(default_factory=set)  # the exceptions that stopped an act
    idle: bool = False
    titled: frozenset[str] = frozenset()  # whom the title names
    folded: str = ""  # title and summary, to tell states from those who bear their names

    def run(self) -> list[Draft]:
        """The signals of the item, as its sentences give them, one after another.

        All sentences are scanned for words, which costs a tenth of parsing them. Those behind the last in which an act
        may be are read no further, so that most items end here.
        """
        today = self.item.event_time.date()
        day = (today - _EPOCH).days
        if self.pack.home:
            home = self.item.country or ("" if self.pack.home == OUTLET else self.pack.home)
            self.context.home = (home,) if home else ()
        parts = list(text.parts(self.item))
        for part, body in parts:
            if part != "title" and _DASH.search(body, 0, _HEAD):
                self.dateline(body[:_HEAD], day)
        reads = self.scanned(parts, day, today)
        last = len(reads) if self.trace is not None else self.last_wanted(reads)
        if not last:
            return self.signals
        self.folded = self.pack.lexicon.fold(f"{self.item.title} {self.item.summary}")
        title = self.item.title.lower()
        self.idle = any(phrase in title for phrase in self.pack.forms["idle"])
        for read in reads[:last]:
            self.sentence(read, day, today)
        for read in reads[last:]:
            words = self.known(read)
            self.context.named |= _named(words)
            self.context.classes |= _classes(words)
        return self.signals

    def scanned(self, parts: Iterable[tuple[str, str]], day: int, today: date) -> list[Read]:
        """All sentences, their words known."""
        number = 0
        found: list[tuple[text.Sentence, Scan]] = []
        for part, body in parts:
            for sentence in text.sentences(part, body, self.pack.abbreviations, self.pack.boilerplate, number):
                number = sentence.number + 1
                found.append((sentence, self.pack.lexicon.scan(sentence.text, day)))
        named = bearers.learn((scan for sentence, scan in found if sentence.part != "title"), self.pack.nouns)
        reads: list[Read] = []
        envoy = 0
        envoys = reduce(or_, (scan.mask for _, scan in found), 0) & self.pack.sieve.envoys
        for sentence, scan in found:
            if named:
                bearers.apply(scan, named)
            if envoy and scan.triggers and bearers.begins_with_name(scan):
                scan.opening = envoy | NAMES
                scan.mask |= scan.opening
                scan.carriers += 1
            envoy = envoy or bearers.nameless(scan, self.pack.nouns)
            for code, there in bearers.hosts(scan, self.pack.nouns, self.pack.syntax.posted):
                self.context.hosts.setdefault(code, set()).update(there)
            needs = self.pack.sieve.wanted(scan, envoys) if scan.triggers else set()
            reads.append(Read(self.pack, today, sentence, scan, needs, before=reads[-1] if reads else None))
        return reads

    @property
    def named(self) -> frozenset[str]:
        """The states and bodies of the item; that of its dateline where it names no two."""
        named = frozenset(self.context.named)
        return named if len(named) > 1 else named | {*self.context.dateline}

    def last_wanted(self, reads: Sequence[Read]) -> int:
        """How many sentences there are up to the last in which an act may be; 0 where the item can tell of none."""
        codes = {*self.context.home, *self.context.dateline}.union(*(read.scan.codes for read in reads))
        for count in range(len(reads), 0, -1):
            if any(len(codes) > 1 or (codes and need.lone) for need in reads[count - 1].wanted):
                return count
        return 0

    def known(self, read: Read) -> list[Word]:
        """The words of a sentence."""
        words = self.pack.lexicon.words(read.scan)
        if not self.pack.lexicon.has_words:
            settle(words, read.tokens, spaced=self.pack.lexicon.spaced)
        if self.pack.shared:
            part_names(words, self.pack.shared, self.folded)
        return words

    def sentence(self, read: Read, day: int, today: date) -> None:
        """Read one sentence and try every act that may be in it."""
        read.words = self.known(read)
        sentence = read.sentence
        if sentence.part != "title" and sentence.paragraph == 0 and not _DASHES.isdisjoint(read.scan.norms):
            read.words = read.words[self.dateline(sentence.text, day) :]
        read.classes = _classes(read.words)
        self.context.classes |= read.classes
        read.named = _named(read.words)
        self.context.named |= read.named
        if sentence.part == "title":
            self.titled |= read.named
        triggered = self.triggered(read.words)
        if not triggered and sentence.part != "title":
            self.pass_over(read)
            return
        self.parse(read)
        self.lead(read)
        self.context.fellows = {}
        if read.wanted or (triggered and self.trace is not None):
            read.acts = frozenset(need.act for need in read.wanted)
            self.acts(read, today)
        if triggered or sentence.part == "title":
            self.remember(read)
        else:  # as it is where nobody asks for a trace
            self.pass_over(read)

    def lead(self, read: Read) -> None:
        """Note who acts in the first half of a headline of two, and on whose conduct a condition rests."""
        self.context.lead = self.context.condition = self.context.here = ()
        if self.pack.particles is not None and not read.sentence.number and len(read.nodes) > 1:
            first, mark = read.nodes[:2]
            if isinstance(first, Phrase) and first.speaks and isinstance(mark, Mark) and mark.role in _PAUSES:
                self.context.lead = self.context.opener = first.codes
        opening, place = (*read.nodes[:2], None, None)[:2]
        if isinstance(opening, Mark) and opening.name.lower() in self.pack.syntax.posted and isinstance(place, Phrase):
            self.context.here = place.codes if place.place else ()
        self.context.teller = teller(read.nodes, read.verbs, self.pack.syntax)
        stop = next((node.place for node in read.nodes if isinstance(node, Mark) and node.role == "stop"), -1)
        for verb in read.verbs:
            subject = verb.subject
            if subject is None or not subject.codes:
                continue
            if verb.conditional and not self.context.condition:
                self.context.condition = subject.codes
            if not read.sentence.number and subject.speaks and not self.context.opener:
                self.context.opener = subject.codes
            if verb.start < stop and subject.speaks and not self.context.lead:
                self.context.lead = subject.codes

    def pass_over(self, read: Read) -> None:
        """A sentence that tells of no act: only who speaks first in it is kept, for later sentences to refer to."""
        for word in read.words:
            if word.entry is not None and "preposition" in word.entry.roles:
                return
            if word.actor is not None and word.actor.form in SPEAKING_FORMS:
                self.context.speaker = word.actor.codes
                return

    def triggered(self, words: Sequence[Word]) -> bool:
        """Whether a verb or a noun of some act stands among the words."""
        return any(word.entry is not None and word.entry.trigger for word in words)

    def parse(self, read: Read) -> None:
        if self.pack.particles is not None:
            self.parse_plain(read, self.pack.particles)
            return
        syntax = self.pack.syntax
        chunker = Chunker(read.words, self.pack.nouns, told=syntax.told, plural=self.pack.plural, bare=syntax.bare_acts)
        letters = [word.capital for word in read.words if word.text[0].isalpha()]
        chunker.capitals = 2 * sum(letters) > len(letters)
        chunker.touching = frozenset(
            place for place, word in enumerate(read.words) if word.text == "-" and _touches(read.tokens, word.start)
        )
        nodes = chunker.run()
        inflect(nodes, self.pack.syntax)
        nodes = hang(nodes, self.pack.nouns, self.pack.syntax)
        order = ORDER.get(self.pack.syntax.order)
        read.nodes = order(nodes, self.pack.syntax) if order is not None else nodes
        self.topic(read)
        read.verbs = arrange(read.nodes, self.pack.syntax)
        read.finite = [verb for verb in read.verbs if _is_finite(verb)]
        self.refer(read)
        if read.verbs:
            _imperative(read.verbs[0], read.nodes)

    def parse_plain(self, read: Read, particles: Particles) -> None:
        """Read a sentence that particles hold together."""
        chunker = SuffixChunker if particles.suffixed else PlainChunker
        read.nodes = join(chunker(read.words, read.tokens, self.pack.nouns, particles).run())
        inflect(read.nodes, self.pack.syntax)
        self.topic(read)
        string = cases_verb if particles.suffixed else STRING[self.pack.syntax.order]
        read.verbs = string(read.nodes, self.pack.syntax)
        read.finite = [verb for verb in read.verbs if _is_finite(verb)]
        self.refer(read)

    def topic(self, read: Read) -> None:
        """Take a state that stands alone before a colon at the head of a title: "Belgium: US ambassador summoned"."""
        nodes = read.nodes
        if read.sentence.number or len(nodes) < 3 or not isinstance(nodes[0], Phrase):
            return
        if (
            (nodes[0].place or nodes[0].speaks)
            and len(nodes[0].codes) == 1
            and isinstance(nodes[1], Mark)
            and nodes[1].name == ":"
        ):
            self.context.topic = nodes[0].codes

    def refer(self, read: Read) -> None:
        """Give each "it" that is a subject the government that it means: who says so, acted before or spoke last."""
        self.context.envoy_named = refer_envoys(read.nodes, self.context.envoy_named, self.pack.nouns)
        speaker = self.context.speaker
        for verb in read.verbs:
            subject = verb.subject
            if subject is None:
                continue
            if subject.pronoun and not subject.codes:
                above = verb.governor.subject if verb.governor is not None else None
                told = above is not None and above.speaks and above.codes
                stranger = above is not None and not above.speaks and verb.governor is not None and verb.link == "told"
                subject.codes = above.codes if above is not None and told else () if stranger else speaker
                subject.speaks = bool(subject.codes)
                subject.pronoun = not stranger
            elif subject.speaks and subject.count == _BOTH and not subject.codes and not _names(verb.after):
                subject.codes = self.pair()
            elif subject.speaks and subject.codes:
                speaker = subject.codes

    def pair(self) -> tuple[str, ...]:
        """Whom "the two governments" means: the sides of the act before, or the only two that the item has named."""
        sides = self.context.prior[0] + self.context.prior[1]
        named = tuple(sorted(self.context.named))
        return sides if len(sides) == _BOTH else named if len(named) == _BOTH else ()

    def dateline(self, head: str, day: int) -> int:
        """Take a place before a dash at the head of a body, "ANKARA, Oct 3 (AP) -"; how many words it takes up."""
        tokens = self.pack.lexicon.tokens(head[: 2 * _HEAD])[: _DATELINE + 1]
        dash = next((i for i, token in enumerate(tokens) if token.norm in "-:" and not _touches(tokens, i)), -1)
        if dash <= 0 or not tokens[0].text[0].isupper():
            return 0
        lower = any(token.text[0].islower() and token.text.isalpha() for token in tokens[:dash])
        if lower and all(token.text != "(" for token in tokens[:dash]):
            return 0
        words = self.pack.lexicon.words(self.pack.lexicon.scan(head[: tokens[dash].start], day))
        places = (word.actor.codes for word in words if word.actor is not None and word.actor.form in PLACE_FORMS)
        codes = next(places, ())
        if not self.context.dateline:
            self.context.dateline = codes
        return len(words) + 1 if codes or tokens[0].text.isupper() else 0

    def acts(self, read: Read, today: date) -> None:
        for place, node in enumerate(read.nodes):
            if isinstance(node, Verb):
                for lemma, form in node.senses:
                    for act in self.tried(self.pack.by_lemma.get(lemma, ()), read):
                        self.verb_act(act, node, lemma, form, read, today)
            elif isinstance(node, Phrase) and not self.pack.nominal_classes.isdisjoint(node.classes):
                for act in self.tried(self.pack.nominal, read):
                    if any(all((name in node.classes) == want for want, name in option) for option in act.noun):
                        self.noun_act(act, node, place, read, today)

    def tried(self, acts: Sequence[CompiledAct], read: Read) -> Sequence[CompiledAct]:
        """Those of `acts` that the sieve let through; all where all is to be told."""
        return acts if self.trace is not None else [act for act in acts if act in read.acts]

    def verb_act(self, act: CompiledAct, verb: Verb, lemma: str, form: str, read: Read, today: date) -> None:
        failed: Failed | None = None
        _, split, particle = lemma.partition("~")
        if verb.free:
            failed = Failed("grounds", "a clause without a noun of its own tells of no act")
            self.note(act, failed, read, (verb.start, verb.end))
            return
        headline = read.sentence.part == "title" or read.finite == [verb] or not read.finite
        for frame in readings(verb, form, self.pack.past, self.pack.syntax, headline=headline):
            if act.voice != "any" and (act.voice == "passive") != frame.passive:
                continue
            if frame.passive and not verb.be and frame.second is not None and not act.asks_second:
                continue  # "a deal ended the blockade" has its object
            if split and (not frame.has_particle(particle) or f"{lemma.replace('~', ' ')}" not in act.lemmas):
                continue
            if "rest" in act.target:
                frame.rest = self.rest(verb, read)
            if any(place == "behind" for place, _ in act.where):
                frame.behind = self.behind(verb, read)
            found = match(act, frame, read.classes, self.context, self.pack)
            if isinstance(found, Found):
                things = (frame.object, frame.subject)
                status = modality.of_verb(verb, things, found.source, self.pack, cue=act.cue, under=act.under)
                if verb.ing and _is_denied_behind(verb, read.verbs):
                    status.put("denied", "not")
                if act.when and (status.name not in act.when or status.by == "possible"):
                    failed = failed or Failed("when", f"the act is not {' or '.join(sorted(act.when))}")
                    continue
                self.found(act, found, status, frame, (verb.start, verb.end), read, today)
                return
            failed = failed or found
        if failed is not None:
            self.note(act, failed, read, (verb.start, verb.end))

    def rest(self, verb: Verb, read: Read) -> list[Phrase]:
        """Whoever is named behind a verb; where particles say who does what, anywhere in its part of the headline."""
        start, end = verb.end, len(read.words)
        if self.pack.particles is not None:
            pauses = [node.place for node in read.nodes if isinstance(node, Mark) and node.name == " "]
            start = max((place for place in pauses if place <= verb.start), default=0)
            end = min((place for place in pauses if place > verb.start), default=end)
        else:
            stops = [node.place for node in read.nodes if isinstance(node, Mark) and node.role == "stop"]
            end = min((place for place in stops if place >= start), default=end)
        phrases = (node for node in read.nodes if isinstance(node, Phrase) and node.codes)
        return [phrase for phrase in phrases if start <= phrase.start < end and not _begins(phrase, read)]

    def is_told(self, verb: Verb) -> bool:
        return any(lemma in self.pack.syntax.told for lemma, _ in verb.senses)

    def is_passive(self, verb: Verb) -> bool:
        return verb.be and not verb.forms.isdisjoint(self.pack.past)

    def behind(self, verb: Verb, read: Read) -> frozenset[str]:
        """The classes of the words behind a verb, as far as the next stop."""
        stops = (node.place for node in read.nodes if isinstance(node, Mark) and node.role == "stop")
        return _classes(read.words[verb.end : next((place for place in stops if place >= verb.end), None)])

    def noun_act(self, act: CompiledAct, phrase: Phrase, place: int, read: Read, today: date) -> None:
        frame = of_noun(phrase, read.nodes, place, self.pack.syntax)
        governor = next((verb for verb in read.verbs if any(after is phrase for _, after in verb.after)), None)
        if governor is not None and frame.subject is None and governor.subject is not None and governor.subject.speaks:
            frame.subject = governor.subject
        frame.above = governor
        if governor is not None:
            bare = (after for prep, after in governor.after if not prep and after is not None and after is not phrase)
            frame.asked = next(bare, None)
        before = read.nodes[place - 1] if place else None
        if governor is None and frame.subject is None and isinstance(before, Phrase) and not before.prep:
            frame.subject = before  # "envoy no longer welcome"
        found = match(act, frame, read.classes, self.context, self.pack)
        if isinstance(found, Failed):
            self.note(act, found, read, (phrase.start, phrase.end))
            return
        governor = governor or next((verb for verb in read.verbs if verb.subject is phrase), None)
        above = _noun_above(read.nodes, place)
        status = modality.of_noun(phrase, governor, above, found.source, self.pack)
        if act.when and status.name not in act.when:
            failed = Failed("when", f"the act is not {' or '.join(sorted(act.when))}")
            self.note(act, failed, read, (phrase.start, phrase.end))
            return
        self.found(act, found, status, frame, (phrase.start, phrase.end), read, today)

    def found(
        self, act: CompiledAct, found: Found, status: modality.Status, frame: Frame, span: tuple[int, int],
        read: Read, today: date,
    ) -> None:  # fmt: skip
        """Make the signals of a match, one for each pair."""
        if self.context.condition and status.name in ("planned", "threatened"):
            status.conditional = True
        if frame.verb is not None and not frame.verb.have and self.is_ahead(frame.verb, read, today):
            status.put("planned", "date")
        past = self.past(span, read, today) or (
            act.lasting and frame.passive and frame.verb is not None and frame.verb.be and frame.verb.have
        )
        if past or self.idle:
            status.put("background", "date" if past else "form")
        told = act.modality or status.modality
        if found.target:
            self.context.prior = (found.source, found.target)
            self.context.fellows[act.kind] = self.context.fellows["any"] = (found.source, found.target)
        kinds = [(act.kind, told)]
        if (status.threatened or status.conditional) and told is Modality.PLANNED and act.if_conditional:
            kinds.append((act.if_conditional, Modality.OCCURRED))
        evidence = self.evidence(read, span, found)
        stated = detail.day_of(read.times, span[0], self.borders(read))
        day = stated.day if stated and not past else None
        behind = read.words[span[1] - 1].end
        grounds = detail.grounds_of(read.sentence.text, read.tokens, behind, self.pack.grounds)
        openers = (words[0] for words in self.pack.grounds if len(words) == 1)
        others = self.pack.syntax.agent | self.pack.syntax.attributed | {*openers}
        variant, scope = detail.variant_of(act, frame, others), detail.scope_of(act, frame, others)
        for kind, how in kinds:
            for source in found.source or (None,):
                for target in found.target or (None,):
                    if source == target and len(found.source) > 1:
                        continue  # "each other's envoys"
                    made = Signal(
                        kind=kind, source=source, target=target, modality=how, evidence=evidence, rule=act.id,
                        rule_version=act.version, scope=scope, variant=variant, shadow=act.shadow,
                        count=self.count(frame), stated_day=day, grounds=grounds,
                    )  # fmt: skip
                    near = () if source and target else (read.named, self.titled)
                    self.signals.append(
                        Draft(
                            made,
                            found.open,
                            act.need in ("one", "named"),
                            act.item,
                            near,
                            frozenset(found.source + found.target),
                            self.is_hosted(act, found),
                        )
                    )
        if self.trace is not None:
            words = self.spans(read, span, found)
            cue = cue_at(status, span, read.words)
            if cue is not None:
                words = (*words, self.span_of("modality", (cue, cue + 1), read))
            matched = Attempt(act.id, act.kind, read.sentence.text, read.sentence.part, "", "", words, status.by)
            self.trace.attempts.append(replace(matched, source=found.source, target=found.target, modality=told))

    def is_hosted(self, act: CompiledAct, found: Found) -> bool:
        """Whether the host of one envoy or mission does it, who may be named elsewhere."""
        many = any(role == "target" and phrase.many for role, phrase in found.phrases)
        return not many and any(place.endswith(".at") for place in act.source)

    def count(self, frame: Frame) -> int | None:
        phrase = frame.object
        return phrase.count if phrase is not None and phrase.classes & self.pack.nouns.envoys else None

    def past(self, span: tuple[int, int], read: Read, today: date) -> bool:
        """Whether the sentence puts the act at these words into an earlier episode."""
        if "^background" in read.classes and self.near(span, read):
            return True
        return any(time.is_past(today) for time in self.own_times(span[0], read))

    def is_ahead(self, verb: Verb, read: Read, today: date) -> bool:
        """Whether a verb in the present has a day to come in its clause: "flies to Delhi next week"."""
        present = (
            not verb.be
            and not verb.infinitive
            and not verb.forms.isdisjoint({"present", "base"})
            and "past" not in verb.forms
        )
        return present and any(time.day > today for time in self.own_times(verb.start, read))

    def own_times(self, place: int, read: Read) -> list[when.Stated]:
        """The times in the clause of the word at `place`."""
        if not read.times:
            return []
        borders = self.borders(read)
        stops = [node.place for node in read.nodes if isinstance(node, Mark) and node.role in ("stop", "pause")]
        strung = self.pack.particles is not None  # a day at the head of a sentence is that of all its clauses

        def between(time: when.Stated) -> list[int]:
            return stops if strung and time.place < place else borders

        return [time for time in read.times if not any(_parts(time, place, border) for border in between(time))]

    def borders(self, read: Read) -> list[int]:
        """Where clauses begin and end, as words of the sentence."""
        marks = [node.place for node in read.nodes if isinstance(node, Mark) and node.role in ("stop", "before-clause")]
        return [verb.start for verb in read.verbs] + marks

    def near(self, span: tuple[int, int], read: Read) -> bool:
        places = [
            i for i, word in enumerate(read.words) if word.entry is not None and "^background" in word.entry.marks
        ]
        return any(abs(place - span[0]) < 8 for place in places)

    def evidence(self, read: Read, span: tuple[int, int], found: Found) -> Evidence:
        words = self.spans(read, span, found)
        start = min(begin for _, _, begin, _ in words)
        end = max(stop for _, _, _, stop in words)
        return Evidence(read.sentence.text, start, end, tuple(said for _, said, _, _ in words), read.sentence.part)

    def spans(self, read: Read, span: tuple[int, int], found: Found) -> tuple[tuple[str, str, int, int], ...]:
        """The words of each part with their places in the sentence."""
        parts = [("act", span), *((role, (phrase.start, phrase.end)) for role, phrase in found.phrases)]
        return tuple(self.span_of(role, place, read) for role, place in parts)

    def span_of(self, role: str, place: tuple[int, int], read: Read) -> tuple[str, str, int, int]:
        """The words at `place` with where they stand in the sentence."""
        first, last = read.words[place[0]], read.words[min(place[1], len(read.words)) - 1]
        start, end = read.tokens[first.start].start, read.tokens[last.end - 1].end
        return role, read.sentence.text[start:end], start, end

    def note(self, act: CompiledAct, failed: Failed, read: Read, span: tuple[int, int]) -> None:
        if failed.exception:
            self.excepted.add(failed.exception)
        if self.trace is None:
            return
        words = self.spans(read, span, Found((), (), True, ()))
        self.trace.attempts.append(
            Attempt(act.id, act.kind, read.sentence.text, read.sentence.part, failed.part, failed.why, words)
        )

    def remember(self, read: Read) -> None:
        """What later sentences may refer to."""
        speaking = [
            verb.subject.codes
            for verb in sorted(read.verbs, key=self.is_told, reverse=True)
            if verb.subject is not None and verb.subject.speaks and verb.subject.codes and not self.is_passive(verb)
        ]
        source, _ = self.context.fellows.get("any", ((), ()))
        self.context.speaker = next(iter(speaking), self.context.speaker or source)
        envoys = self.pack.nouns.envoys
        for node in read.nodes:
            if isinstance(node, Phrase) and node.classes & envoys and node.codes:
                self.context.envoy = node.codes


def _parts(time: when.Stated, place: int, border: int) -> bool:
    """Whether a border stands between a time and a word.

    A clause that follows a time at once is of that time: "in March 2018, when it expelled".
    """
    if time.place < place:
        return time.end + 1 < border < place
    return place < border < time.place


def _names(after: Iterable[tuple[str, Phrase | None]]) -> bool:
    """Whether anything behind a verb names an actor, so that its subject may be two others."""
    return any(phrase is not None and phrase.codes for _, phrase in after)


def _is_denied_behind(act: Verb, verbs: Sequence[Verb]) -> bool:
    """Whether the act is the subject of a verb that is negated: "cancelling the treaty is not on the table"."""
    following = next((verb for verb in verbs if verb.start > act.start), None)
    if following is None or not following.negated or following.subject is None:
        return False
    return any(thing is following.subject for _, thing in act.after)


def _is_finite(verb: Verb) -> bool:
    return not verb.infinitive and not verb.ing and (verb.be or verb.have or bool(verb.modal) or not _is_bare(verb))


def _is_bare(verb: Verb) -> bool:
    return not verb.be and not verb.have and all(form == "participle" for _, form in verb.senses)


def _classes(words: Sequence[Word]) -> frozenset[str]:
    """The classes of all words of a sentence."""
    found: set[str] = set()
    for word in words:
        if word.entry is not None:
            found |= word.entry.nouns
            found |= word.entry.marks
    return frozenset(found)


def _named(words: Iterable[Word]) -> frozenset[str]:
    """Whom words name."""
    return frozenset(
        code for word in words if word.actor is not None and word.actor.form in _NAMING for code in word.actor.codes
    )


def _touches(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign stands between two words without blanks."""
    if not 0 < place < len(tokens) - 1:
        return False
    return tokens[place - 1].end == tokens[place].start and tokens[place].end == tokens[place + 1].start


def _imperative(verb: Verb, nodes: Iterable[Node]) -> None:
    if verb.subject is None and not verb.infinitive and nodes and next(iter(nodes)) is verb:
        verb.imperative = verb.forms <= {"base"} or verb.forms == {"base", "past"}


def _begins(phrase: Phrase, read: Read) -> bool:
    """Whether a phrase behind an "and" is who does something else there: "promises sanctions and Berlin says"."""
    if not any(verb.subject is phrase and acts_itself(verb) for verb in read.verbs):
        return False
    before = next((node for node in reversed(read.nodes) if isinstance(node, Mark) and node.place < phrase.start), None)
    return before is not None and before.role == "and"


def _noun_above(nodes: Sequence[Node], place: int) -> Phrase | None:
    """The noun on which a phrase hangs by a preposition: "plan for sanctions"."""
    if place < 2:
        return None
    mark, above = nodes[place - 1], nodes[place - 2]
    if isinstance(mark, Mark) and mark.role == "preposition" and isinstance(above, Phrase):
        return above
    return None


__all__ = ["Engine", "said"]
