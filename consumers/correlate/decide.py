"""Whether there is something to tell of an incident, and why; or why not. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from consumers.correlate.ladder import Ladder
from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.view import View
from monitor.message.alert import Reason
from monitor.message.incident import Claim, Told
from monitor.message.kind import Modality
from monitor.message.report import Form


class Why(StrEnum):
    """Why something was not told."""

    DUPLICATE = "duplicate"
    BELOW_LEVEL = "below_level"
    MODALITY = "modality"
    STALE_ITEM = "stale_item"
    ROUTINE = "routine"
    IN_ROW = "in_row"
    INHIBITED = "inhibited"
    NOT_NEWS = "not_news"  # an analysis, or named in passing by an item about something else
    NO_SIGNAL = "no_signal"


@dataclass(frozen=True, slots=True)
class Tell:
    """Something to tell. `rung` makes the alert's id; `held` says why it is a line of the digest alone."""

    reason: Reason
    rung: str
    changed: tuple[str, ...] = ()
    held: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing to tell."""

    why: Why


def end(told: Told | None, reason: Reason) -> Tell | Hold:
    """An incident that no longer holds: whoever was told is told so, once."""
    if told is None or told.ended is not None:
        return Hold(Why.MODALITY if reason is Reason.CORRECTED else Why.DUPLICATE)
    return Tell(reason, reason, held=told.held)


def bar(seen: View, trigger: Claim, live: Live, policy: Policy) -> Why | None:
    """What keeps an incident that was not told so far from being told as new; None where nothing does."""
    if seen.level.rank < policy.min_level.rank:
        return Why.BELOW_LEVEL
    if is_stale(trigger, policy):
        return Why.STALE_ITEM
    return None if is_news_enough(live, trigger, policy) else Why.NOT_NEWS


def first(seen: View, steps: Ladder, habit: str) -> Tell:
    """An incident that is told as new. `habit`: why it is no more than a line of the digest, "" where it is."""
    climbs = steps.climbs(seen.claimed)
    return Tell(Reason.ESCALATED if climbs else Reason.FIRST, seen.level if climbs else "1", held=habit)


def eased(seen: View, live: Live, trigger: Claim, policy: Policy) -> Tell | None:
    """An act that eases, in the middle of a row: it is told, whatever its level."""
    if seen.modality is not Modality.OCCURRED or is_stale(trigger, policy) or not is_news_enough(live, trigger, policy):
        return None
    return Tell(Reason.DE_ESCALATED, "eased", ("eased",))


def again(seen: View, told: Told, live: Live, trigger: Claim, policy: Policy) -> Tell | Hold:
    """An incident that was told: only what is new about it is."""
    if live.kinds.by_id[seen.head].deescalates:
        return Hold(Why.DUPLICATE)  # an ease is told once, and quietly
    added = tuple(kind for kind in seen.kinds if kind not in told.kinds)
    changed = _changes(seen, told, live, added)
    if seen.claimed.rank > told.claimed.rank:
        if is_stale(trigger, policy):
            return Hold(Why.STALE_ITEM)
        return Tell(Reason.ESCALATED, seen.level, changed)
    if told.held:
        return Hold(Why.DUPLICATE)
    if added or "named" in changed or "modality" in changed or "contradicted" in changed:
        return Tell(Reason.NEW_DETAIL, "+".join((*added, *(one for one in changed if one != "kinds"))), changed)
    if seen.level.rank > told.level.rank or (seen.confirmed and not told.confirmed):
        return Tell(Reason.CORROBORATED, f"{seen.level}-{'confirmed' if seen.confirmed else 'seconded'}", changed)
    reached = [rung for rung in policy.rungs if told.rung < rung <= seen.outlets]
    if reached:
        return Tell(Reason.CORROBORATED, str(max(reached)), ("outlets",))
    return Hold(Why.DUPLICATE)


def is_news(claim: Claim) -> bool:
    """A claim that may have its act told as new: it is not named in passing, nor read out of half a sentence."""
    if claim.form is Form.ANALYSIS:
        return False
    is_whole = claim.source is not None and claim.target is not None
    return (is_whole and not claim.passing) or _in_headline(claim)


def is_news_enough(live: Live, trigger: Claim, policy: Policy) -> bool:
    """Told by a headline, or by two outlets within a day; an act between missions is so rare that its mention will do.

    What many do to one target all the time must be said of somebody.
    """
    news = [claim for claim in live.record.claims if is_news(claim)]
    by_id = live.kinds.by_id
    is_whole = live.record.source is not None and live.record.target is not None
    if not news or (not is_whole and any(by_id[kind].serial for kind in live.acts)):
        return False
    if any(_in_headline(claim) or any(by_id[said.kind].envoy for said in claim.said) for claim in news):
        return True
    fresh = {claim.outlet for claim in news if trigger.at - claim.at <= policy.same_day}
    return len({claim.outlet for claim in live.witnesses.independent} & fresh) > 1


def _in_headline(claim: Claim) -> bool:
    return any(said.evidence.part == "title" for said in claim.said)


def is_stale(claim: Claim, policy: Policy) -> bool:
    """Old when it was first seen, or without a date where the whole feed was new."""
    if not claim.dated and claim.first_sight:
        return True
    return claim.first_seen - claim.at > policy.alert_window


def _changes(seen: View, told: Told, live: Live, added: tuple[str, ...]) -> tuple[str, ...]:
    changes = {
        "kinds": bool(added),
        "modality": told.modality is Modality.PLANNED and seen.modality is Modality.OCCURRED,
        "level": seen.level is not told.level,
        "named": not told.named and live.record.source is not None and live.record.target is not None,
        "contradicted": bool(seen.contradicted) and not told.contradicted,
        "confirmed": seen.confirmed and not told.confirmed,
        "outlets": seen.outlets > told.rung,
    }
    return tuple(name for name, holds in changes.items() if holds)
