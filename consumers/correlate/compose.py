"""An alert made of an incident and what there is to tell of it. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consumers.correlate.decide import Tell, is_news
from consumers.correlate.ladder import Ladder, Rung
from consumers.correlate.live import Live
from consumers.correlate.view import View
from monitor.message.alert import Alert, Reason, Step, Telling
from monitor.message.incident import Claim, Row, Said
from monitor.message.kind import Kinds, Level
from monitor.message.report import Evidence, Form
from monitor.message.wording import joint_sentence, sentence

_CHAIN = 6  # steps shown


@dataclass(frozen=True, slots=True)
class Setting:
    """What an alert shows beside its incident."""

    message: str
    joint: Sequence[Live]  # the others in that message
    steps: Ladder
    watched: datetime | None  # since when
    row: Row | None
    row_opens: bool
    reversed: Live | None  # what this act takes back
    told_level: Level  # shown
    row_span: timedelta  # a row is over when it was quiet for so long


def alert_id(incident: str, reason: Reason, rung: str) -> str:
    """The idempotency key: the same for the same thing to tell, on every stream and in every replay."""
    return "alt_" + hashlib.blake2b(f"{incident}|{reason}|{rung}".encode(), digest_size=8).hexdigest()


def compose(
    live: Live, seen: View, tell: Tell, trigger: Claim, setting: Setting, kinds: Kinds, names: Mapping[str, str]
) -> Alert:
    """The alert in full."""
    record, steps = live.record, setting.steps
    best = _best(live, seen, trigger)
    said = _said(best, seen)
    return Alert(
        id=alert_id(record.id, tell.reason, tell.rung),
        incident=record.id,
        message=setting.message,
        revision=(record.told.revision if record.told else 0) + 1,
        reason=tell.reason,
        at=trigger.at,
        kind=seen.head,
        kinds=seen.kinds,
        source=record.source,
        target=record.target,
        source_name=names.get(record.source or "", record.source or ""),
        target_name=names.get(record.target or "", record.target or ""),
        level=setting.told_level,
        weight=kinds.by_id[seen.head].weight,
        cameo=kinds.by_id[seen.head].cameo,
        modality=seen.modality,
        scope=seen.scope,
        sentence=act_sentence(live, seen, kinds, names),
        headline=_headline(live, seen, setting.joint, kinds, names),
        evidence=said.evidence,
        tellings=_tellings(record.claims),
        best=best.item if best else "",
        confirmed=seen.confirmed,
        outlets=seen.outlets,
        countries=seen.countries,
        changed=tell.changed,
        why=_why(live, tell, said),
        ladder_before=steps.before,
        ladder_after=max((level for level in (steps.before, seen.claimed) if level), key=lambda level: level.rank),
        tension=steps.tension if steps.usual is not None else None,
        usual=steps.usual,
        watching_since=setting.watched if steps.usual is None else None,
        chain=tuple(_step(rung, kinds, names) for rung in steps.chain[-_CHAIN:]),
        answers=steps.answers.record.id if steps.answers else "",
        quiet_days=None if steps.quiet is None else steps.quiet.days,
        contradicted=seen.contradicted,
        held=tell.held,
        row=setting.row.id if setting.row else "",
        row_opens=setting.row_opens,
        row_until=setting.row.last + setting.row_span if setting.row else None,
        first_sight=all(claim.first_sight for claim in record.claims),
    )


def act_sentence(live: Live, seen: View, kinds: Kinds, names: Mapping[str, str]) -> str:
    """The incident in words."""
    said = _said(_best(live, seen, None), seen)
    record = live.record
    variant = said.variant or _known(live, seen, "variant") or ""
    count = said.count or _known(live, seen, "count")
    return sentence(kinds, names, seen.head, record.source, record.target, seen.modality, str(variant), count)


def _known(live: Live, seen: View, what: str) -> int | None:
    """What the first claim that tells it says of the head kind."""
    for claim in live.record.claims:
        for said in claim.said:
            if said.kind == seen.head and said.modality is seen.modality and getattr(said, what):
                return getattr(said, what)  # type: ignore[no-any-return]  # a field chosen by name
    return None


def _headline(live: Live, seen: View, joint: Sequence[Live], kinds: Kinds, names: Mapping[str, str]) -> str:
    if not joint:
        return ""
    all_of_them = sorted([*joint, live], key=lambda one: (one.first, one.record.id))
    sources = list(dict.fromkeys(one.record.source for one in all_of_them))
    targets = list(dict.fromkeys(one.record.target for one in all_of_them))
    return joint_sentence(kinds, names, seen.head, sources, targets, seen.modality)


def _best(live: Live, seen: View, trigger: Claim | None) -> Claim | None:
    """The claim whose headline and link are shown: a report of this very act before a round-up or a mention."""

    def merit(claim: Claim) -> tuple[bool, bool, bool, bool, datetime]:
        heads = [said for said in claim.said if said.kind == seen.head and said.modality is seen.modality]
        in_title = any(said.evidence.part == "title" for said in heads)
        return (not heads, claim.form is not Form.REPORT, not is_news(claim), not in_title, claim.at)

    return min(live.record.claims, key=merit, default=trigger)


def _said(claim: Claim | None, seen: View) -> Said:
    unsaid = Said(kind=seen.head, modality=seen.modality, evidence=Evidence(""))

    def merit(said: Said) -> tuple[bool, bool]:
        return (said.kind != seen.head, said.modality is not seen.modality)

    return min(claim.said if claim else (), key=merit, default=unsaid)


def _why(live: Live, tell: Tell, said: Said) -> str:
    if live.record.verdict is not None and tell.reason in (Reason.CORRECTED, Reason.RETRACTED):
        return live.record.verdict.why
    words = ", ".join(f'"{word}"' for word in said.evidence.words)
    rule = f"rule {said.rule} v{said.rule_version}" if said.rule else ""
    return ": ".join(part for part in (rule, words) if part)


def _tellings(claims: Sequence[Claim]) -> tuple[Telling, ...]:
    """One for each item, the oldest first."""
    told: dict[str, Telling] = {}
    for claim in claims:
        if claim.item not in told:
            told[claim.item] = telling(claim)
    return tuple(told.values())


def telling(claim: Claim) -> Telling:
    """What a claim tells, as an alert names it."""
    return Telling(
        item=claim.item,
        revision=claim.revision,
        outlet=claim.outlet,
        country=claim.country,
        lang=claim.lang,
        url=claim.url,
        title=claim.title,
        at=claim.at,
        first_seen=claim.first_seen,
        form=claim.form,
        official=claim.official,
    )


def _step(rung: Rung, kinds: Kinds, names: Mapping[str, str]) -> Step:
    return Step(
        incident=rung.live.record.id,
        at=rung.live.first,
        level=rung.seen.claimed,
        sentence=act_sentence(rung.live, rung.seen, kinds, names),
    )
