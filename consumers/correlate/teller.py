"""What is told of the incidents that a report changed: decisions put together with what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import structs

from consumers.correlate import decide
from consumers.correlate.compose import Setting, compose
from consumers.correlate.deadline import states_term
from consumers.correlate.decide import Hold, Tell, Why
from consumers.correlate.habit import after_post, after_repeat, is_inhibited, is_routine, row_of, stays_in_row
from consumers.correlate.ladder import Ladder, ladder
from consumers.correlate.live import Live
from consumers.correlate.message import joint_with, reversal_of
from consumers.correlate.view import View, ending, view
from consumers.correlate.world import World
from monitor.message.alert import Alert, Reason
from monitor.message.incident import Claim, PairState, Row, Told, pair_name


@dataclass(slots=True)
class Teller:
    """Decides for one incident at a time, and remembers what was told. `pairs` is state, by name of the pair."""

    world: World
    names: Mapping[str, str]
    pairs: dict[str, PairState]
    messages: dict[str, list[str]] = field(default_factory=dict)  # message -> the incidents told in it

    def __post_init__(self) -> None:
        for live in self.world.lives.values():
            if live.record.told is not None:
                self.messages.setdefault(live.record.told.message, []).append(live.record.id)

    def speak(self, live: Live, trigger: Claim) -> Alert | Hold:
        """The alert that this incident now asks for, or why there is none. `trigger` is what changed it."""
        world, told = self.world, live.record.told
        seen = view(live, world.kinds, world.policy)
        over = ending(live, seen)
        if over is not None:
            verdict = decide.end(told, over)
            return verdict if isinstance(verdict, Hold) else self._ended(live, seen, verdict, trigger)
        if seen is None:
            return Hold(Why.NO_SIGNAL)
        if told is not None:
            return self._again(live, seen, told, trigger)
        if world.kinds.by_id[seen.head].deescalates:
            undone = reversal_of(live, seen, self._pair(live), world.of_side(0, live.record.source), world.kinds)
            if undone is not None:
                return self._taken_back(live, seen, trigger, undone)
            easing = decide.eased(seen, live, trigger, world.policy) if self._row(live, trigger) else None
            if easing is not None:
                steps = self._steps(live, seen)
                return self._told(live, seen, easing, trigger, steps)
        barred = decide.bar(seen, trigger, live, world.policy)
        if barred is not None:
            return Hold(barred)
        pair = self._pair(live)
        if is_inhibited(live, seen, pair, world.policy):
            return Hold(Why.INHIBITED)
        steps = self._steps(live, seen)
        return self._told(live, seen, decide.first(seen, steps, self._habit(live, seen, trigger, pair)), trigger, steps)

    def forget(self) -> None:
        """Let go of messages whose incidents are gone."""
        lives = self.world.lives
        kept = {message: [one for one in ids if one in lives] for message, ids in self.messages.items()}
        self.messages = {message: ids for message, ids in kept.items() if ids}

    def _again(self, live: Live, seen: View, told: Told, trigger: Claim) -> Alert | Hold:
        if told.ended is not None:
            return Hold(Why.DUPLICATE)
        verdict = decide.again(seen, told, live, trigger, self.world.policy)
        if isinstance(verdict, Hold):
            return verdict
        steps = self._steps(live, seen)
        return self._told(live, seen, verdict, trigger, steps)

    def _pair(self, live: Live) -> list[Live]:
        return list(self.world.of_pair(live.record.source, live.record.target))

    def _habit(self, live: Live, seen: View, trigger: Claim, pair: list[Live]) -> str:
        if seen.level.rank < self.world.policy.min_level.rank:
            return ""
        if states_term(trigger, self.world.kinds, self.world.policy.deadlines):
            return ""
        row = self._row(live, trigger)
        if stays_in_row(row, seen, self.world.policy, self.world.kinds):
            return Why.IN_ROW
        return Why.ROUTINE if is_routine(live, seen, pair, self.world.kinds, self.world.policy) else ""

    def _steps(self, live: Live, seen: View) -> Ladder:
        """The ladder of the pair, as this incident finds it."""
        return ladder(live, seen, self._pair(live), self.world.kinds, self.world.policy, self.world.since)

    def _row(self, live: Live, trigger: Claim) -> Row | None:
        """The row that the pair is in when this is told."""
        state = self.pairs.get(pair_name(live.record.source, live.record.target))
        return row_of(state, trigger.at, self.world.policy)

    def _told(
        self,
        live: Live,
        seen: View,
        tell: Tell,
        trigger: Claim,
        steps: Ladder,
        undone: Live | None = None,
    ) -> Alert:
        world, record, told = self.world, live.record, live.record.told
        state = self._pair_state(live)
        row = row_of(state, trigger.at, world.policy)
        opens = False
        is_new = tell.reason in (Reason.FIRST, Reason.ESCALATED) and not tell.held
        joint = joint_with(world, live, seen, trigger) if is_new and told is None else self._companions(live)
        message = told.message if told else record.id
        if undone is not None and undone.record.told is not None:
            message = undone.record.told.message
        elif told is None and joint and joint[0].record.told is not None:
            message = joint[0].record.told.message
        if is_new:
            earlier = self._posted(trigger, live)
            after = after_post(state, record.id, seen, trigger.at, earlier, world.policy)
            opens, row = row is None and after.row is not None, after.row
            state = after
        elif tell.held == Why.IN_ROW:
            state = after_repeat(state, trigger.at, world.policy)
            row = state.row
        self.pairs[state.pair] = state
        level = undone.record.told.level if undone is not None and undone.record.told else seen.level
        if tell.rung == "eased":
            level = max(level, world.policy.min_level, key=lambda one: one.rank)
        setting = Setting(message, joint, steps, world.since, row, opens, undone, level, world.policy.row_span)
        alert = compose(live, seen, tell, trigger, setting, world.kinds, self.names)
        if told is None:
            self.messages.setdefault(message, []).append(record.id)
        record.told = Told(
            message=message,
            at=told.at if told else trigger.at,
            revision=alert.revision,
            level=level,
            claimed=seen.claimed,
            kinds=seen.kinds,
            modality=seen.modality,
            named=record.source is not None and record.target is not None,
            confirmed=seen.confirmed,
            rung=seen.outlets,
            contradicted=bool(seen.contradicted),
            held=tell.held,
        )
        return alert

    def _taken_back(self, live: Live, seen: View, trigger: Claim, undone: Live) -> Alert | Hold:
        """A U-turn is told where the act was told, at its level."""
        if decide.is_stale(trigger, self.world.policy):
            return Hold(Why.STALE_ITEM)
        if not decide.is_news_enough(live, trigger, self.world.policy):
            return Hold(Why.NOT_NEWS)
        steps = self._steps(live, seen)
        undone.record.reversed_by = live.record.id
        self.world.changed.setdefault(undone.record.id, undone)
        held = undone.record.told.held if undone.record.told else ""
        tell = Tell(Reason.DE_ESCALATED, undone.record.id, ("reversed",), held)
        return self._told(live, seen, tell, trigger, steps, undone)

    def _ended(self, live: Live, seen: View | None, tell: Tell, trigger: Claim) -> Alert:
        """What was told is taken back, in the words in which it was told."""
        world, told = self.world, live.record.told
        assert told is not None  # noqa: S101  # `decide.end` tells nothing otherwise
        shown = seen or View(
            head=told.kinds[0],
            kinds=told.kinds,
            modality=told.modality,
            scope=None,
            claimed=told.level,
            level=told.level,
            outlets=0,
            countries=0,
            confirmed=False,
            contradicted=(),
        )
        steps = self._steps(live, shown)
        setting = Setting(told.message, (), steps, world.since, None, False, None, told.level, world.policy.row_span)
        alert = compose(live, shown, tell, trigger, setting, world.kinds, self.names)
        live.record.told = structs.replace(told, ended=tell.reason, revision=alert.revision)
        return alert

    def _companions(self, live: Live) -> list[Live]:
        """The other incidents in the message that this one was told in."""
        told = live.record.told
        if told is None:
            return []
        ids = self.messages.get(told.message, ())
        others = [self.world.lives[one] for one in ids if one in self.world.lives and one != live.record.id]
        return [one for one in others if one.record.told and one.record.told.kinds[0] == told.kinds[0]]

    def _posted(self, trigger: Claim, live: Live) -> list[View]:
        """What was posted of this pair in the last days."""
        span = self.world.policy.row_span
        views = [
            view(other, self.world.kinds, self.world.policy)
            for other in self._pair(live)
            if other is not live
            and other.record.told is not None
            and not other.record.told.held
            and abs(trigger.at - other.record.told.at) <= span
        ]
        return [one for one in views if one is not None]

    def _pair_state(self, live: Live) -> PairState:
        name = pair_name(live.record.source, live.record.target)
        return self.pairs.get(name) or PairState(pair=name, since=live.first)
