"""An incident as it stands: what it amounts to, who says so, and whether it still holds. Pure."""

from dataclasses import dataclass

from consumers.correlate.live import Act, Live
from consumers.correlate.policy import Policy
from monitor.message.alert import Reason
from monitor.message.kind import Kinds, Level, Modality, Scope
from monitor.message.report import Form


@dataclass(frozen=True, slots=True)
class View:
    """`claimed` is the level of what is said, `level` what it is told at: a critical act waits for a second outlet."""

    head: str
    kinds: tuple[str, ...]  # head first; those below medium only where nothing weighs more
    modality: Modality
    scope: Scope | None
    claimed: Level
    level: Level
    outlets: int
    countries: int
    confirmed: bool
    contradicted: tuple[str, ...]


def view(live: Live, kinds: Kinds, policy: Policy) -> View | None:
    """None where no claim is left that tells of an act."""
    acts = list(live.acts.values())
    if not acts:
        return None
    if len(acts) > 1:
        acts.sort(key=lambda act: _order(act, live, kinds, policy))
    head = acts[0]
    claimed = _level(head, live, kinds, policy)
    witnesses = live.witnesses
    independent, official = witnesses.independent, witnesses.official
    countries = {claim.country for claim in independent}
    confirmed = official or (len(independent) >= policy.confirm_outlets and len(countries) >= policy.confirm_countries)
    sure = official or len(independent) > 1
    heavy = [act for act in acts if kinds.by_id[act.kind].level.rank >= Level.MEDIUM.rank]
    return View(
        head=head.kind,
        kinds=tuple(act.kind for act in heavy or acts),
        modality=head.modality,
        scope=head.scope,
        claimed=claimed,
        level=claimed if sure or claimed is not Level.CRITICAL else Level.HIGH,
        outlets=len(independent),
        countries=len(countries),
        confirmed=confirmed,
        contradicted=_deniers(live),
    )


def ending(live: Live, seen: View | None) -> Reason | None:
    """`CORRECTED` or `RETRACTED` where the incident no longer holds.

    A denial is the acting government's. Where its own outlet, ministry or press tells of it, it ends an incident; as
    another's headline it does so unless three outlets stand by the act.
    """
    if live.record.verdict is not None:
        return live.record.verdict.reason
    if seen is None:
        return Reason.CORRECTED if live.denied_since else Reason.RETRACTED
    if live.denied_since is None:
        return None
    own = {live.record.source}
    for claim in live.record.claims:
        denials = [said for said in claim.said if said.modality is Modality.DENIED]
        if not denials or claim.form is not Form.REPORT:
            continue
        if claim.official or claim.country in own or claim.outlet in live.witnesses.outlets:
            return Reason.CORRECTED
        if not seen.confirmed and any(said.evidence.part == "title" for said in denials):
            return Reason.CORRECTED
    return None


def _level(act: Act, live: Live, kinds: Kinds, policy: Policy) -> Level:
    level = kinds.level(act.kind, act.scope, act.modality)
    if act.kind in policy.war_kinds and any(
        war.covers(live.record.source, live.record.target, live.day) for war in policy.wars
    ):
        return min(level, Level.LOW, key=lambda one: one.rank)
    return level


def _order(act: Act, live: Live, kinds: Kinds, policy: Policy) -> tuple[int, bool, float, str]:
    entry = kinds.by_id[act.kind]
    level = _level(act, live, kinds, policy)
    return (-level.rank, act.modality is not Modality.OCCURRED, -abs(entry.weight), act.kind)


def _deniers(live: Live) -> tuple[str, ...]:
    if live.denied_since is None:
        return ()
    deniers = {
        claim.outlet: None
        for claim in live.record.claims
        if any(said.modality is Modality.DENIED for said in claim.said)
    }
    return tuple(deniers)
