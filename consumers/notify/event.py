"""A letter as the body of the generic webhook, within its size."""

from typing import Any

import msgspec

from consumers.notify.body import (
    Actor,
    Acts,
    Brief,
    Corrects,
    DigestEvent,
    Event,
    Incident,
    IncidentEvent,
    Ladder,
    NoticeEvent,
    Proof,
    Source,
    Trouble,
)
from consumers.notify.clean import clean, cut, web_link
from consumers.notify.letter import Digest, Form, Letter, Line
from consumers.notify.phrase import sentence, shown
from consumers.notify.wording import words
from monitor.message.alert import Alert, Reason, Telling

SIZE = 19_000  # bytes; Standard Webhooks asks for less than 20 KB
ITEMS = 12  # shown at most, the oldest first and the newest after
TYPES = {
    Reason.FIRST: "incident.opened",
    Reason.ESCALATED: "incident.escalated",
    Reason.CORROBORATED: "incident.updated",
    Reason.NEW_DETAIL: "incident.updated",
    Reason.DE_ESCALATED: "incident.deescalated",
    Reason.CORRECTED: "incident.corrected",
    Reason.RETRACTED: "incident.retracted",
}
DIGEST, NOTICE = "digest", "operator.notice"


_encode = msgspec.json.Encoder().encode


def event(letter: Letter) -> bytes:
    """The body as bytes, at most `SIZE`: items give way first, then the length of texts."""
    sizes = ((ITEMS, 400), (6, 200), (2, 100), (1, 60))
    for items, length in sizes[-1:] if letter.plain else sizes:
        content = _encode(_event(letter, items, length))
        if len(content) <= SIZE:
            break
    return content


def cloud_event(letter: Letter) -> bytes:
    """The same as a CloudEvent 1.0 in structured mode; `source` and `id` are the receiver's key for repeats."""
    inner: dict[str, Any] = msgspec.json.decode(event(letter))
    return _encode(
        {
            "specversion": "1.0",
            "id": letter.key,
            "source": letter.public_url or "urn:demarche",
            "type": inner["type"],
            "time": inner["timestamp"],
            "datacontenttype": "application/json",
            "data": inner["data"],
        }
    )


def event_type(letter: Letter) -> str:
    if letter.digest:
        return DIGEST
    return NOTICE if letter.notice else TYPES[letter.alert.reason]


def _event(letter: Letter, items: int, length: int) -> Event:
    kind, marks = event_type(letter), {"sample": letter.sample, "resent": letter.resent}
    if letter.digest:
        at = max(line.alert.at for line in letter.digest.lines)
        return DigestEvent(type=kind, timestamp=at, data=_acts(letter.digest, length), **marks)
    if letter.notice:
        notice = letter.notice
        told = Trouble(notice.id, notice.key, notice.event, notice.trouble, cut(clean(notice.text), 1000))
        return NoticeEvent(type=kind, timestamp=notice.at, data=told, **marks)
    data = _incident(letter, letter.alert, items, length)
    return IncidentEvent(type=kind, timestamp=letter.alert.at, data=data, **marks)


def _incident(letter: Letter, alert: Alert, items: int, length: int) -> Incident:
    earlier = letter.earlier if letter.form is Form.CORRECTION else None
    return Incident(
        alert=alert.id,
        incident=alert.incident,
        message=alert.message,
        revision=alert.revision,
        reason=alert.reason,
        sentence=sentence(letter),
        kind=alert.kind,
        kinds=alert.kinds,
        source=Actor(alert.source, alert.source_name or None),
        target=Actor(alert.target, alert.target_name or None),
        scope=alert.scope,
        level=alert.level,
        modality=alert.modality,
        confirmed=alert.confirmed,
        outlets=alert.outlets,
        countries=alert.countries,
        evidence=_proof(alert, length),
        items=tuple(_source(one, length) for one in _chosen(alert, items)),
        items_total=len(alert.tellings),
        changed=tuple(cut(clean(one), 100) for one in alert.changed[:10]),
        ladder=Ladder(alert.ladder_before, alert.ladder_after),
        chain=tuple(step.incident for step in alert.chain[-20:]),
        cameo=alert.cameo,
        weight=alert.weight,
        tension=alert.tension,
        usual_tension=alert.usual,
        why=cut(clean(alert.why), length),
        headline=alert.headline or None,
        held=alert.held or None,
        row=alert.row or None,
        answers=alert.answers or None,
        contradicted=tuple(cut(clean(one), 80) for one in alert.contradicted[:10]),
        via=letter.via or None,
        corrects=Corrects(earlier.alert, cut(clean(earlier.sentence), length), earlier.at) if earlier else None,
        links={link.label: link.url for link in words(letter).links},
    )


def _chosen(alert: Alert, count: int) -> tuple[Telling, ...]:
    """The first telling, the one to show, and the newest."""
    if len(alert.tellings) <= count:
        return alert.tellings
    best = shown(alert)
    newest = alert.tellings[-(count - 1) :] if count > 1 else ()
    head = best if best is not None and count == 1 else alert.tellings[0]
    return (head, *newest)


def _proof(alert: Alert, length: int) -> Proof:
    said, start, end = alert.evidence.sentence, alert.evidence.start, alert.evidence.end
    telling = shown(alert)
    whole = clean(said) == said and len(said) <= 4 * length
    if not whole:
        said, start, end = _moved(said, start, end, 4 * length)
    found = tuple(cut(clean(word), 80) for word in alert.evidence.words[:8])
    return Proof(said, start, end, (telling.lang if telling else "") or None, found)


def _moved(said: str, start: int, end: int, length: int) -> tuple[str, int, int]:
    """The sentence cleaned and cut, with the span where it is then; no span where the act was cut off."""
    head, mark = clean(said[:start]), clean(said[start:end])
    gap = " " if head and said[start - 1 : start].isspace() else ""
    text = cut(clean(said), length)
    place = len(head + gap)
    return (text, place, place + len(mark)) if text[place : place + len(mark)] == mark else (text, 0, 0)


def _source(telling: Telling, length: int) -> Source:
    return Source(
        id=telling.item,
        outlet=cut(clean(telling.outlet), 80),
        country=telling.country,
        language=telling.lang or None,
        url=web_link(telling.url) or None,
        title=cut(clean(telling.title), length),
        published=telling.at,
    )


def _acts(digest: Digest, length: int) -> Acts:
    acts = tuple(_brief(line, length) for line in digest.lines)
    return Acts(str(digest.kind), digest.total, digest.page, digest.pages, acts)


def _brief(line: Line, length: int) -> Brief:
    alert, telling = line.alert, shown(line.alert)
    return Brief(
        alert=alert.id,
        incident=alert.incident,
        sentence=cut(clean(alert.sentence), length),
        kind=alert.kind,
        source=alert.source,
        target=alert.target,
        level=alert.level,
        modality=alert.modality,
        at=alert.at,
        url=(web_link(telling.url) if telling else "") or None,
        why=line.why,
        note=line.note,
    )
