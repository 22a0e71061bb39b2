"""Whether a claim tells of an act that is known, or of another one. Decided when it comes, by event time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from consumers.correlate.likeness import Likeness, likeness
from consumers.correlate.live import Act, Live
from consumers.correlate.policy import Policy
from consumers.correlate.unit import is_told_as_news
from monitor.message.incident import Claim, Said
from monitor.message.kind import Kinds, Modality
from monitor.message.terms import words_of

_DAY = timedelta(days=1)
_PLAN_HOLDS = timedelta(days=2)  # a plan and its deed are worded apart: not judged by words so soon


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds the incident of one direction that a claim's act belongs to."""

    policy: Policy
    kinds: Kinds

    def find(self, lives: Iterable[Live], claim: Claim, said: Said) -> Live | None:
        """The best fit among `lives`, the latest first, or None: another act."""
        family = self.kinds.family(said.kind)
        since = claim.at - self.policy.longest
        best: Live | None = None
        best_rank: tuple[int, int, float] | None = None
        for live in lives:
            if live.first < since:
                break
            rank = self._rank(live, claim, said) if family in live.families else None
            if rank is not None and (best_rank is None or rank > best_rank):
                best, best_rank = live, rank
        return best

    def _rank(self, live: Live, claim: Claim, said: Said) -> tuple[int, int, float] | None:
        family = self.kinds.family(said.kind)
        act = live.act_of_family(family)
        if act is None or live.first > claim.at:
            return None
        alike = likeness(claim, live)
        near = _is_near(live, said)
        if not self._fits(live, act, claim, said, alike, near):
            return None
        return (int(near is True), int(alike), live.first.timestamp())

    def _fits(self, live: Live, act: Act, claim: Claim, said: Said, alike: Likeness, near: bool | None) -> bool:
        age, gap = claim.at - live.first, claim.at - live.last
        lasting, serial = self.kinds.by_id[said.kind].lasting, self.kinds.by_id[said.kind].serial
        over = live.denied_since or live.record.reversed_since
        if over and is_told_as_news(claim) and claim.at - over > self.policy.package:
            return False  # it was taken back since: this is done anew
        if near is not None:
            return near or (lasting and alike is Likeness.SAME)
        if act.modality is Modality.PLANNED and said.modality is Modality.OCCURRED:
            return age <= _PLAN_HOLDS or alike is not Likeness.DIFFERENT
        if act.modality is Modality.OCCURRED and said.modality is Modality.PLANNED and age > self.policy.same_day:
            return alike is Likeness.SAME or not is_told_as_news(claim)
        if not is_told_as_news(claim):
            return age <= self.policy.fresh or alike is not Likeness.DIFFERENT
        if lasting:
            return age <= self.policy.fresh or alike is not Likeness.DIFFERENT
        if alike is Likeness.DIFFERENT:
            another = (
                serial and claim.at - (act.occurred_since or act.since) > self.policy.package
            ) or self._says_another(claim, live)
            return age <= self.policy.same_day and not another
        if age <= self.policy.fresh:
            return True
        return alike is Likeness.SAME and gap <= self.policy.fresh

    def _says_another(self, claim: Claim, live: Live) -> bool:
        """The headline says that it was done once more, and `live` is not itself the second time."""
        return not live.record.is_repeat and not self.policy.repeat_words.isdisjoint(words_of(claim.title))

    def find_denied(self, lives: Iterable[Live], claim: Claim, said: Said) -> Live | None:
        """The incident that a denial speaks of: the latest of its kind."""
        family = self.kinds.family(said.kind)
        for live in lives:
            age = claim.at - live.first
            if age > self.policy.longest:
                return None
            if family not in live.families or age < timedelta(0):
                continue
            if age <= self.policy.fresh or likeness(claim, live) is not Likeness.DIFFERENT:
                return live
        return None

    def find_past(self, lives: Iterable[Live], claim: Claim, said: Said) -> Live | None:
        """The incident that an item looks back on: that of the day it states, else the latest of its kind."""
        family = self.kinds.family(said.kind)
        past = [live for live in lives if family in live.families and live.first <= claim.at]
        if said.stated_day is not None:
            past = [live for live in past if abs(live.day - said.stated_day) <= _DAY]
        return max(past, key=lambda live: live.first, default=None)


def _is_near(live: Live, said: Said) -> bool | None:
    """Whether the day that the text states is that of the incident; None where it states none, or the plan's."""
    if said.stated_day is None or said.modality is not Modality.OCCURRED or not live.occurred:
        return None
    days = live.stated or {live.day}
    if any(abs(said.stated_day - day) <= _DAY for day in days):
        return True
    return None if said.stated_day < live.day else False
