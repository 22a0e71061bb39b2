"""The words of a message, the same for every destination: of an alert, a withdrawal, a digest, a notice."""

from datetime import UTC

from consumers.notify.clean import clean, cut, web_link
from consumers.notify.letter import Digest, DigestKind, Form, Letter
from consumers.notify.phrase import (
    SENTENCE_LENGTH,
    counted,
    details_of,
    evidence_of,
    headline_of,
    ladder_of,
    news_of,
    row_of,
    sentence,
    shown,
    title,
    told_by,
    when,
    why_of,
)
from consumers.notify.text import DOT, Link, Text
from monitor.message.alert import Alert, Notice, Reason, Telling
from monitor.message.kind import Level, Modality


def words(letter: Letter, *, full: bool = False) -> Text:
    """What the letter says."""
    if letter.digest:
        return _digest(letter, letter.digest)
    if letter.notice:
        return _notice(letter, letter.notice)
    if letter.form is Form.CORRECTION or (letter.form is Form.UPDATE and letter.earlier is not None):
        return _correction(letter)
    return _alert(letter, full)


def _alert(letter: Letter, full: bool) -> Text:
    alert, telling = letter.alert, shown(letter.alert)
    headline = headline_of(telling)
    quote = evidence_of(alert)
    if quote and telling and alert.evidence.part == "title":
        headline = Link("", headline.url) if headline else None  # the quote is the headline: the link goes on it
    before, at, after = told_by(alert, telling)
    joint = len(letter.alerts) > 1
    return Text(
        title=title(letter),
        level=letter.level,
        headline=headline,
        quote=quote,
        told=before + (when(at) if at else "") + after,
        at=at,
        told_before=before,
        told_after=after,
        notes=_notes(letter, alert),
        details=details_of(alert) if full else (),
        rows=tuple(row_of(one, "") for one in letter.alerts) if joint else (),
        why=cut(clean(alert.why), 400) if full and alert.why else why_of(alert),
        links=_links(letter, alert, headline),
        footer=_footer(letter, f"demarche trace {alert.incident}"),
        mention=not letter.sample,
    )


def _correction(letter: Letter) -> Text:
    alert, telling = letter.alert, shown(letter.alert)
    earlier = letter.earlier
    if alert.reason is Reason.DE_ESCALATED:
        return _turn(letter, alert, telling)
    said = cut(clean(earlier.sentence), SENTENCE_LENGTH) if earlier else cut(clean(alert.sentence), SENTENCE_LENGTH)
    now_said = "" if clean(alert.sentence) == said else f"Now: {cut(clean(alert.sentence), SENTENCE_LENGTH)}"
    first = f"First told {when(earlier.at)} as {earlier.level.upper()}, alert {earlier.alert}" if earlier else ""
    before, at, after = told_by(alert, telling)
    edit = letter.form is Form.UPDATE
    stamp = f" {letter.at.astimezone(UTC):%H:%M} UTC" if edit and letter.at else ""
    return Text(
        title=f"{_withdrawal(alert)}{stamp}: {said}",
        level=earlier.level if earlier else alert.level,
        struck=said if edit else "",
        headline=headline_of(telling),
        quote=evidence_of(alert),
        told=before + (when(at) if at else "") + after,
        at=at,
        told_before=before,
        told_after=after,
        notes=tuple(note for note in (now_said, news_of(alert), first) if note),
        links=(Link("The first message", earlier.link),) if earlier and earlier.link else (),
        footer=_footer(letter, f"demarche trace {alert.incident}"),
    )


def _turn(letter: Letter, alert: Alert, telling: Telling | None) -> Text:
    """An act that takes back what was told, at the level of what it takes back."""
    earlier = letter.earlier
    before, at, after = told_by(alert, telling)
    back = f"Takes back: {cut(clean(earlier.sentence), 160)}, told {when(earlier.at)}" if earlier else ""
    return Text(
        title=DOT.join([alert.level.upper(), "TAKEN BACK", sentence(letter)]),
        level=alert.level,
        headline=headline_of(telling),
        quote=evidence_of(alert),
        told=before + (when(at) if at else "") + after,
        at=at,
        told_before=before,
        told_after=after,
        notes=(back,) if back else (),
        why=why_of(alert),
        links=(Link("The first message", earlier.link),) if earlier and earlier.link else (),
        footer=_footer(letter, f"demarche trace {alert.incident}"),
    )


def _withdrawal(alert: Alert) -> str:
    if alert.modality is Modality.DENIED:
        return "CORRECTED: denied"
    return "CORRECTED: retracted" if alert.reason is Reason.RETRACTED else "CORRECTED"


def _digest(letter: Letter, digest: Digest) -> Text:
    parts = _row_title(digest) if digest.kind is DigestKind.ROW else [_DIGESTS[digest.kind]]
    if digest.kind is not DigestKind.ROW or digest.going_on:
        parts += [counted(digest.total, "act", "acts"), f"highest {letter.level.upper()}"]
    if digest.pages > 1:
        parts.append(f"part {digest.page} of {digest.pages}")
    if digest.going_on:
        parts.append("going on")
    return Text(
        title=DOT.join(parts),
        level=letter.level,
        rows=tuple(
            row_of(line.alert, DOT.join(p for p in (line.note, _why_there(line.why)) if p)) for line in digest.lines
        ),
        notes=(_held_back(digest),) if digest.held else (),
        footer=_footer(letter, "demarche trace ID tells more of each"),
    )


def _row_title(digest: Digest) -> list[str]:
    alert = digest.lines[0].alert
    named = sorted(clean(one) or "unnamed" for one in (alert.source_name, alert.target_name))
    row = f"The row between {cut(named[0], 60)} and {cut(named[1], 60)}"
    return [row, "since the last summary"] if digest.going_on else [f"{row} is over", f"quiet since {alert.at:%-d %B}"]


def _notice(letter: Letter, notice: Notice) -> Text:
    lead = "TROUBLE" if notice.trouble else "OVER"
    return Text(
        title=f"{'TEST' + DOT if letter.sample else ''}{lead}{DOT}{cut(clean(notice.text), 300)}",
        level=Level.HIGH if notice.trouble else Level.INFO,
        told=f"{notice.event}{DOT}{clean(notice.key)}{DOT}{when(notice.at)}",
        footer=_footer(letter, ""),
    )


def _held_back(digest: Digest) -> str:
    """How many were not told at all, and why."""
    counts = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(digest.held.items()))
    return f"Held back: {counts}"


_DIGESTS = {
    DigestKind.FIRST: "The last 24 hours",
    DigestKind.DAILY: "Digest",
    DigestKind.STORM: "Many acts at once",
    DigestKind.QUIET: "While it was quiet",
}
_WHY_THERE = {
    "first_sight": "",
    "storm": "",
    "storm_folded": "",
    "quiet_hours": "",
    "daily_cap": "over the daily cap",
    "in_row": "part of a row",
    "routine": "routine",
    "row_over": "the last act of a row that is over",
}


def _why_there(why: str) -> str:
    return _WHY_THERE.get(why, why.replace("_", " "))


def _notes(letter: Letter, alert: Alert) -> tuple[str, ...]:
    notes = [ladder_of(alert) if letter.ladder else ""]
    if alert.row_opens:
        notes.append("A row: the pair had many posts within days. Repeats stay in this thread, or in the digest")
    if alert.contradicted:
        notes.append(f"Denied in: {cut(clean(', '.join(alert.contradicted[:4])), 120)}")
    if letter.via:
        notes.append(f"via {letter.via}")
    if letter.form in (Form.UPDATE, Form.REPLY):
        notes.append(news_of(alert))
    if letter.earlier:
        notes.append(f"Earlier: {letter.earlier.level.upper()} {cut(clean(letter.earlier.sentence), 160)}")
    return tuple(note for note in notes if note)


def _links(letter: Letter, alert: Alert, headline: Link | None) -> tuple[Link, ...]:
    if not letter.public_url:
        return ()
    root = letter.public_url.rstrip("/")
    pair = "-".join(sorted(code for code in (alert.source, alert.target) if code))
    return tuple(
        Link(label, web_link(f"{root}/{path}"))
        for label, path in (
            ("Timeline", f"pairs/{pair}"),
            ("Silence 24 h", f"silences/new?incident={alert.incident}"),
            ("Not a signal", f"feedback/{alert.incident}"),
        )
    )


def _footer(letter: Letter, command: str) -> str:
    parts = [] if letter.public_url or letter.form is Form.NOTICE or letter.sample else [command]
    if letter.resent:
        parts.append("(re-sent: an earlier attempt may have arrived)")
    if letter.sample:
        parts.append("A sample that somebody asked for; nothing happened")
    return DOT.join(part for part in parts if part)
