"""Which incidents share a message: states that act together, and an act that takes back another."""

from collections.abc import Iterable

from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.view import View
from consumers.correlate.world import World
from monitor.message.incident import Claim
from monitor.message.kind import Kinds, Modality

_ENOUGH = 3  # words on either side before their difference says anything
_SURE = 2  # words in common


def joint_with(world: World, live: Live, seen: View, trigger: Claim) -> list[Live]:
    """The incidents in whose message this one is told: the same act against the same target, or by the same source."""
    if world.kinds.by_id[seen.head].symmetric or world.kinds.by_id[seen.head].site:
        return []
    direction = (live.record.source, live.record.target)
    for side in (1, 0):
        others = [
            other
            for other in world.of_side(side, direction[side], trigger.at - world.policy.longest)
            if (other.record.source, other.record.target) != direction
            and _is_told_with(other, seen, trigger, world.policy)
        ]
        if others:
            told = [other.record.told for other in others if other.record.told]
            message = min(told, key=lambda one: (one.at, one.message)).message
            return [other for other in others if other.record.told and other.record.told.message == message]
    return []


def reversal_of(live: Live, seen: View, pair: Iterable[Live], source: Iterable[Live], kinds: Kinds) -> Live | None:
    """The incident, told and still standing, that this act takes back; the latest."""
    entry = kinds.by_id[seen.head]
    if not entry.reverses or seen.modality is not Modality.OCCURRED:
        return None
    found = [other for other in pair if _is_taken_back(other, live, entry.reverses, entry.symmetric)]
    if not found and not entry.symmetric:  # a pact of many: the item names another party, or none
        found = [other for other in source if _is_taken_back(other, live, entry.reverses, symmetric=False)]
        found = [other for other in found if _shared_words(other, live) >= _SURE]
    return max(found, key=lambda other: (other.first, other.record.id), default=None)


def _is_told_with(other: Live, seen: View, trigger: Claim, policy: Policy) -> bool:
    told = other.record.told
    return (
        told is not None
        and not told.held
        and told.ended is None
        and told.kinds[0] == seen.head
        and told.modality is seen.modality
        and abs(trigger.at - told.at) <= policy.joint
    )


def _is_taken_back(other: Live, live: Live, kinds: tuple[str, ...], symmetric: bool) -> bool:
    told = other.record.told
    return (
        told is not None
        and told.ended is None
        and not other.record.reversed_by
        and other.first < live.first
        and _speak_of_one(other, live)
        and bool(set(kinds) & other.acts.keys())
        and (symmetric or other.record.source == live.record.source)
    )


def _speak_of_one(act: Live, reversal: Live) -> bool:
    """Whether the words allow that one takes back the other; where many such acts are done they must say so."""
    shared = _shared_words(act, reversal)
    by_id = act.kinds.by_id
    is_talk = any(by_id[kind].symmetric and not by_id[kind].lasting for kind in reversal.acts)  # states talk of much
    if is_talk or any(by_id[kind].serial for kind in act.acts):
        return shared >= _SURE
    enough = any(min(len(words), len(reversal.words.get(lang, ()))) >= _ENOUGH for lang, words in act.words.items())
    return shared > 0 or not enough


def _shared_words(one: Live, other: Live) -> int:
    return max((len(words & other.words.get(lang, set())) for lang, words in one.words.items()), default=0)
