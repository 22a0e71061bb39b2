"""The operator's correlation rules at work: what happened since they last spoke, and what they make of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from consumers.correlate.compose import act_sentence, alert_id, telling
from consumers.correlate.decide import is_news, is_stale
from consumers.correlate.live import Live
from consumers.correlate.pattern.rule import Field, Group, Happened, Measure, Pattern
from consumers.correlate.view import View, ending, view
from consumers.correlate.world import World
from monitor.message.alert import Alert, Reason, Step
from monitor.message.incident import Claim, Fired, pair_name
from monitor.message.kind import Modality
from monitor.message.report import Evidence
from monitor.message.wording import titled


@dataclass(slots=True)
class PatternWatch:
    """Every act counts once: what made a rule speak is spent, and it speaks again when as much has come anew.

    `fired` is state, by `key_of`.
    """

    world: World
    names: Mapping[str, str]
    fired: dict[str, Fired] = field(default_factory=dict)

    def look(self, live: Live, trigger: Claim) -> Iterator[tuple[str, Alert]]:
        """What the rules make of an incident that has changed; with the keys of `fired` that this changed."""
        for pattern in self.world.policy.patterns:
            group = pattern.group_of(live.record.source, live.record.target)
            if group is None:
                continue
            key = key_of(pattern, group)
            before = self.fired.get(key)
            if before is not None and live.record.id in before.members and not before.over:
                yield from self._again(pattern, key, before, trigger)
            elif not is_stale(trigger, self.world.policy) and not live.acts.keys().isdisjoint(pattern.kinds):
                yield from self._fresh(pattern, group, key, trigger)

    def forget(self) -> list[str]:
        """Let go of what has no incident left; the keys."""
        lives = self.world.lives
        gone = [key for key, fired in self.fired.items() if not any(one in lives for one in fired.members)]
        for key in gone:
            del self.fired[key]
        return gone

    def _fresh(self, pattern: Pattern, group: tuple[str, ...], key: str, trigger: Claim) -> Iterator[tuple[str, Alert]]:
        before = self.fired.get(key)
        spent = set(before.spent) if before else set()
        since = trigger.at - pattern.span
        acts = [
            act
            for other in self._group(pattern, group, since)
            if other.record.id not in spent
            for act in self._happened(pattern, other)
        ]
        met = pattern.met_by(acts)
        if not met:
            return
        members = tuple(dict.fromkeys(act.incident for act in met))
        made = hashlib.blake2b(f"{key}|{members[0]}".encode(), digest_size=8).hexdigest()
        still = (one for one in spent if one in self.world.lives and self.world.lives[one].last >= since)
        fired = Fired(key=key, id=f"cor_{made}", at=trigger.at, members=members, spent=(*sorted(still), *members))
        self.fired[key] = fired
        yield key, self._alert(pattern, group, fired, trigger, Reason.FIRST, pattern.value(met))

    def _again(self, pattern: Pattern, key: str, fired: Fired, trigger: Claim) -> Iterator[tuple[str, Alert]]:
        """One of those that made it speak has changed: where the rest is not enough, what was told is taken back."""
        lives = [self.world.lives[one] for one in fired.members if one in self.world.lives]
        if pattern.met_by([act for live in lives for act in self._happened(pattern, live)]):
            return
        over = self.fired[key] = structs.replace(fired, over=True)
        group = tuple(key.split("|")[1:])
        yield key, self._alert(pattern, group, over, trigger, Reason.RETRACTED, 0)

    def _group(self, pattern: Pattern, group: tuple[str, ...], since: datetime) -> Iterable[Live]:
        """The incidents that may belong to it and are young enough."""
        world = self.world
        match pattern.group:
            case Group.SOURCE:
                found: Iterable[Live] = world.of_side(0, group[0])
            case Group.TARGET:
                found = world.of_side(1, group[0])
            case Group.PAIR:
                found = world.of_pair(*group)
            case Group.DIRECTION:
                domain = world.domains.get((group[0], group[1]))
                found = domain.lives if domain else ()
        return (
            live
            for live in found
            if live.last >= since and pattern.group_of(live.record.source, live.record.target) == group
        )

    def _happened(self, pattern: Pattern, live: Live) -> Iterator[Happened]:
        """The acts of an incident that count; none of one that no longer holds, or that no news tells of."""
        seen = view(live, self.world.kinds, self.world.policy)
        if seen is None or ending(live, seen) is not None or not any(is_news(claim) for claim in live.record.claims):
            return
        record = live.record
        values = {
            Field.SOURCE: frozenset([record.source] if record.source else []),
            Field.TARGET: frozenset([record.target] if record.target else []),
            Field.PAIR: frozenset({pair_name(record.source, record.target)}),
            Field.OUTLET: frozenset(claim.outlet for claim in live.witnesses.independent),
            Field.COUNTRY: frozenset(claim.country for claim in live.witnesses.independent if claim.country),
            Field.WEIGHT: frozenset[str](),
        }
        for kind in pattern.kinds:
            act = live.acts.get(kind)
            if act is None or act.modality not in pattern.modalities:
                continue
            weight = self.world.kinds.by_id[kind].weight
            at = act.occurred_since or act.since
            yield Happened(record.id, kind, at, weight, {**values, Field.KIND: frozenset({kind})})

    def _alert(
        self, pattern: Pattern, group: tuple[str, ...], fired: Fired, trigger: Claim, reason: Reason, value: float
    ) -> Alert:
        world = self.world
        lives = [world.lives[one] for one in fired.members if one in world.lives]
        seen = [(live, found) for live in lives if (found := view(live, world.kinds, world.policy)) is not None]
        source, target = _sides(pattern.group, group)
        by_id = world.kinds.by_id
        kinds = tuple(kind for kind in pattern.kinds if any(kind in live.acts for live in lives)) or pattern.kinds
        tellings = {claim.item: telling(claim) for live in lives for claim in live.record.claims[:1]}
        title = titled(world.kinds, self.names, pattern.title, source, target, len(lives))
        return Alert(
            id=alert_id(fired.id, reason, "1"),
            incident=fired.id,
            message=fired.id,
            revision=1 + fired.over,
            reason=reason,
            at=trigger.at,
            kind=kinds[0],
            kinds=kinds,
            source=source,
            target=target,
            source_name=self.names.get(source or "", source or ""),
            target_name=self.names.get(target or "", target or ""),
            level=pattern.level,
            weight=sum(by_id[found.head].weight for _, found in seen),
            cameo=tuple(dict.fromkeys(code for kind in kinds for code in by_id[kind].cameo)),
            modality=Modality.OCCURRED,
            sentence=title,
            evidence=next((said.evidence for said in trigger.said if said.kind in pattern.kinds), Evidence("")),
            tellings=tuple(sorted(tellings.values(), key=lambda one: (one.at, one.item))) or (telling(trigger),),
            best=trigger.item if trigger.item in tellings else "",
            confirmed=bool(seen) and all(found.confirmed for _, found in seen),
            outlets=len({claim.outlet for live in lives for claim in live.witnesses.independent}) or 1,
            countries=len({claim.country for live in lives for claim in live.witnesses.independent}) or 1,
            why=_why(pattern, value, reason),
            chain=tuple(_step(live, found, self) for live, found in seen),
        )


def key_of(pattern: Pattern, group: tuple[str, ...]) -> str:
    """Of a rule and a group, in `fired`."""
    return "|".join((pattern.id, *group))


def _sides(group: Group, names: tuple[str, ...]) -> tuple[str | None, str | None]:
    match group:
        case Group.SOURCE:
            return names[0], None
        case Group.TARGET:
            return None, names[0]
        case _:
            return names[0], names[1]


def _why(pattern: Pattern, value: float, reason: Reason) -> str:
    days = f"within {pattern.span.total_seconds() / 3600:g} h"
    if reason is Reason.RETRACTED:
        return f"correlation {pattern.id}: not met any more"
    if pattern.measure in (Measure.TEMPORAL, Measure.TEMPORAL_ORDERED):
        then = ", then " if pattern.measure is Measure.TEMPORAL_ORDERED else " and "
        return f"correlation {pattern.id}: {then.join(pattern.kinds)} {days}"
    what = f"{pattern.measure} of {pattern.field}" if pattern.field else str(pattern.measure)
    return f"correlation {pattern.id}: {what} is {value:g} {days}"


def _step(live: Live, seen: View, watch: PatternWatch) -> Step:
    sentence = act_sentence(live, seen, watch.world.kinds, watch.names)
    return Step(incident=live.record.id, at=live.first, level=seen.claimed, sentence=sentence)
