"""The words of a message, the same for every destination; a channel only escapes them and lays them out."""

from dataclasses import dataclass
from datetime import UTC, datetime

from consumers.notify.clean import clean, cut, web_link
from consumers.notify.letter import Digest, DigestKind, Form, Letter
from monitor.message.alert import Alert, Notice, Reason, Telling
from monitor.message.kind import Level, Modality

ICONS = {Level.INFO: "⚪", Level.LOW: "🔵", Level.MEDIUM: "🟠", Level.HIGH: "🔴", Level.CRITICAL: "🚨"}
QUOTE_LENGTH, HEADLINE_LENGTH, SENTENCE_LENGTH = 280, 160, 200
NAMES_SHOWN = 6  # of a joint act
DOT = " · "


@dataclass(frozen=True, slots=True)
class Quote:
    """The evidence with the act in it marked: what stands before, the mark, what stands after."""

    before: str
    mark: str
    after: str

    @property
    def plain(self) -> str:
        return self.before + self.mark + self.after


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One act in a digest."""

    level: Level
    text: str
    link: Link | None
    note: str


@dataclass(frozen=True, slots=True)
class Text:
    """All that a message says, clean, cut and not yet escaped. Empty fields are left out by the channels."""

    title: str  # level in words and the act: header, fallback text and subject
    level: Level
    struck: str = ""  # what is withdrawn
    headline: Link | None = None
    quote: Quote | None = None
    told: str = ""  # outlet, time, delay
    at: datetime | None = None  # the time in `told`, for destinations that localise it
    told_before: str = ""  # `told` is told_before + time + told_after
    told_after: str = ""
    notes: tuple[str, ...] = ()  # lines of their own
    details: tuple[tuple[str, str], ...] = ()  # name and value, of the full form
    rows: tuple[Row, ...] = ()  # of a digest or a joint act
    why: str = ""
    links: tuple[Link, ...] = ()
    footer: str = ""
    mention: bool = False

    def lines(self) -> list[str]:
        """As plain text, one line for each thing."""
        out = [self.title]
        if self.struck:
            out.append(f"Told before: {self.struck}")
        out += [_row_line(row) for row in self.rows]
        if self.headline and not self.quote:
            out.append(f"{self.headline.label} {self.headline.url}".strip())
        if self.quote:
            out.append(f"“{self.quote.plain}”")
        if self.headline and self.quote:
            out.append(f"{self.headline.label} {self.headline.url}".strip())
        out += [line for line in (self.told, *self.notes) if line]
        out += [f"{name}: {value}" for name, value in self.details]
        out += [f"Why: {self.why}"] if self.why else []
        out += [f"{link.label}: {link.url}" for link in self.links]
        return out + ([self.footer] if self.footer else [])


def words(letter: Letter, *, full: bool = False) -> Text:
    """What the letter says."""
    if letter.digest:
        return _digest(letter, letter.digest)
    if letter.notice:
        return _notice(letter, letter.notice)
    if letter.form is Form.CORRECTION or (letter.form is Form.UPDATE and letter.earlier is not None):
        return _correction(letter)
    return _alert(letter, full)


def sentence(letter: Letter) -> str:
    """The act in words; of a joint act the sentence for all of them."""
    alert = letter.alert
    others = [one for one in letter.alerts if one.incident != alert.incident]
    if not others:
        return cut(clean(alert.sentence), SENTENCE_LENGTH)
    headline = max((one.headline for one in letter.alerts), key=len)  # the latest to join names them all
    return cut(clean(headline), SENTENCE_LENGTH) if headline else _joint(letter.alerts)


def title(letter: Letter) -> str:
    """Level in words, then what makes it different, then the act."""
    alert = letter.alert
    parts = [letter.level.upper()]
    if letter.sample:
        parts.insert(0, "TEST")
    if alert.modality is Modality.PLANNED:
        parts.append("PLANNED")
    if letter.form is Form.CONFIRMED:
        parts.append("CONFIRMED")
    if alert.reason is Reason.ESCALATED and alert.ladder_before and alert.ladder_before.rank < alert.level.rank:
        parts.append(f"up from {alert.ladder_before.upper()}")
    return DOT.join([*parts, sentence(letter)])


def when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def seen_after(seconds: float) -> str:
    """How long after publication, in words."""
    seconds = max(seconds, 0.0)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def shown(alert: Alert) -> Telling | None:
    """The item whose link and headline stand for the incident."""
    named = next((one for one in alert.tellings if one.item == alert.best), None)
    return named or (alert.tellings[0] if alert.tellings else None)


def standing(alert: Alert) -> str:
    """Single source or confirmed, and by how many."""
    outlets = _count(alert.outlets, "outlet", "outlets")
    if alert.confirmed:
        return f"confirmed: {outlets}, {_count(alert.countries, 'country', 'countries')}"
    return "single source, unconfirmed" if alert.outlets <= 1 else f"{outlets}, unconfirmed"


def _alert(letter: Letter, full: bool) -> Text:
    alert, telling = letter.alert, shown(letter.alert)
    headline = _headline(telling)
    quote = _quote(alert)
    if quote and telling and alert.evidence.part == "title":
        headline = Link("", headline.url) if headline else None  # the quote is the headline: the link goes on it
    before, at, after = _told(alert, telling)
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
        details=_details(alert) if full else (),
        rows=tuple(_row(one, "") for one in letter.alerts) if joint else (),
        why=cut(clean(alert.why), 400) if full and alert.why else _why(alert),
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
    before, at, after = _told(alert, telling)
    edit = letter.form is Form.UPDATE
    stamp = f" {letter.at.astimezone(UTC):%H:%M} UTC" if edit and letter.at else ""
    return Text(
        title=f"{_withdrawal(alert)}{stamp}: {said}",
        level=earlier.level if earlier else alert.level,
        struck=said if edit else "",
        headline=_headline(telling),
        quote=_quote(alert),
        told=before + (when(at) if at else "") + after,
        at=at,
        told_before=before,
        told_after=after,
        notes=tuple(note for note in (now_said, _changed(alert), first) if note),
        links=(Link("The first message", earlier.link),) if earlier and earlier.link else (),
        footer=_footer(letter, f"demarche trace {alert.incident}"),
    )


def _turn(letter: Letter, alert: Alert, telling: Telling | None) -> Text:
    """An act that takes back what was told, at the level of what it takes back."""
    earlier = letter.earlier
    before, at, after = _told(alert, telling)
    back = f"Takes back: {cut(clean(earlier.sentence), 160)}, told {when(earlier.at)}" if earlier else ""
    return Text(
        title=DOT.join([alert.level.upper(), "TAKEN BACK", sentence(letter)]),
        level=alert.level,
        headline=_headline(telling),
        quote=_quote(alert),
        told=before + (when(at) if at else "") + after,
        at=at,
        told_before=before,
        told_after=after,
        notes=(back,) if back else (),
        why=_why(alert),
        links=(Link("The first message", earlier.link),) if earlier and earlier.link else (),
        footer=_footer(letter, f"demarche trace {alert.incident}"),
    )


def _withdrawal(alert: Alert) -> str:
    if alert.modality is Modality.DENIED:
        return "CORRECTED: denied"
    return "CORRECTED: retracted" if alert.reason is Reason.RETRACTED else "CORRECTED"


def _digest(letter: Letter, digest: Digest) -> Text:
    names = {
        DigestKind.FIRST: "The last 24 hours",
        DigestKind.DAILY: "Digest",
        DigestKind.STORM: "Many acts at once",
        DigestKind.QUIET: "While it was quiet",
    }
    parts = [names[digest.kind], _count(digest.total, "act", "acts"), f"highest {letter.level.upper()}"]
    if digest.pages > 1:
        parts.append(f"part {digest.page} of {digest.pages}")
    if digest.going_on:
        parts.append("going on")
    return Text(
        title=DOT.join(parts),
        level=letter.level,
        rows=tuple(
            _row(line.alert, DOT.join(p for p in (line.note, _why_there(line.why)) if p)) for line in digest.lines
        ),
        notes=(_held_back(digest),) if digest.held else (),
        footer=_footer(letter, "demarche trace ID tells more of each"),
    )


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


_WHY_THERE = {
    "first_sight": "",
    "storm": "",
    "storm_folded": "",
    "quiet_hours": "",
    "daily_cap": "over the daily cap",
    "in_row": "part of a row",
    "routine": "routine",
}


def _why_there(why: str) -> str:
    return _WHY_THERE.get(why, why.replace("_", " "))


def _row(alert: Alert, note: str) -> Row:
    telling = shown(alert)
    url = web_link(telling.url) if telling else ""
    planned = "PLANNED" + DOT if alert.modality is Modality.PLANNED else ""
    text = f"{alert.level.upper()}{DOT}{planned}{cut(clean(alert.sentence), 160)}"
    outlet = cut(clean(telling.outlet), 40) if telling else ""
    link = Link(outlet or "link", url) if url else None
    return Row(alert.level, text, link, DOT.join(part for part in (note, when(alert.at)) if part))


def _row_line(row: Row) -> str:
    link = f"{DOT}{row.link.label} {row.link.url}" if row.link else ""
    return f"- {row.text}{DOT}{row.note}{link}"


def _headline(telling: Telling | None) -> Link | None:
    if telling is None:
        return None
    label, url = cut(clean(telling.title), HEADLINE_LENGTH), web_link(telling.url)
    return Link(label or url, url) if label or url else None


def _quote(alert: Alert) -> Quote | None:
    """The evidence, cut round the mark so that the mark is always in it."""
    said, start, end = alert.evidence.sentence, alert.evidence.start, alert.evidence.end
    if not said.strip():
        return None
    if not 0 <= start < end <= len(said):
        return Quote(cut(clean(said), QUOTE_LENGTH), "", "")
    while start < end and said[start].isspace():
        start += 1
    while end > start and said[end - 1].isspace():
        end -= 1
    before, mark, after = said[:start], cut(clean(said[start:end]), QUOTE_LENGTH), said[end:]
    room = (QUOTE_LENGTH - len(mark)) // 2
    head, tail = _spaced(before), _spaced(after)
    if len(head) > room:
        kept = head[len(head) - max(room, 0) :]
        head = "…" + (kept[kept.find(" ") :] if " " in kept else kept)
    return Quote(head, mark, cut(tail, max(room, 1)) if tail.strip() else "")


def _spaced(text: str) -> str:
    """Clean, with a blank at either end where there was one: it parts the mark from its neighbours."""
    lead = " " if text[:1].isspace() else ""
    last = " " if text[-1:].isspace() else ""
    inner = clean(text)
    return f"{lead}{inner}{last}" if inner else lead or last


def _told(alert: Alert, telling: Telling | None) -> tuple[str, datetime | None, str]:
    if telling is None:
        return "", alert.at, DOT + standing(alert)
    late = (telling.first_seen - telling.at).total_seconds()
    seen = f"{DOT}seen {seen_after(late)} after publication" if late >= 1 else ""
    return cut(clean(telling.outlet), 80) + DOT, telling.at, f"{seen}{DOT}{standing(alert)}"


def _notes(letter: Letter, alert: Alert) -> tuple[str, ...]:
    notes = [_ladder(alert) if letter.ladder else ""]
    if alert.row_opens:
        notes.append("A row: this pair had four posts within 7 days. Repeats now go into the digest")
    if alert.contradicted:
        notes.append(f"Denied in: {cut(clean(', '.join(alert.contradicted[:4])), 120)}")
    if letter.via:
        notes.append(f"via {letter.via}")
    if letter.form in (Form.UPDATE, Form.REPLY):
        notes.append(_changed(alert))
    if letter.earlier:
        notes.append(f"Earlier: {letter.earlier.level.upper()} {cut(clean(letter.earlier.sentence), 160)}")
    return tuple(note for note in notes if note)


def _ladder(alert: Alert) -> str:
    chain = [f"{step.at:%-d %b} {cut(clean(step.sentence), 80)} ({step.level})" for step in alert.chain[-3:]]
    here = f"now {alert.level}" + (f", {alert.ladder_before} before" if alert.ladder_before else "")
    return "Ladder: " + " ▸ ".join([*chain, here])


def _changed(alert: Alert) -> str:
    """What is new, but for what the standing says anyway."""
    said = []
    for one in alert.changed[:6]:
        if one == "kinds":
            said += [kind.replace("-", " ") for kind in alert.kinds]
        elif one not in ("confirmed", "outlets", "countries"):
            said.append(cut(clean(one), 80).replace("_", " "))
    return f"New: {', '.join(said)}" if said else ""


def _why(alert: Alert) -> str:
    said = [f"“{cut(clean(word), 40)}”" for word in alert.evidence.words[:4]]
    return " + ".join(said) or cut(clean(alert.why), 200)


def _details(alert: Alert) -> tuple[tuple[str, str], ...]:
    outlets = ", ".join(dict.fromkeys(cut(clean(one.outlet), 30) for one in alert.tellings[:8]))
    values = [
        ("Kinds", ", ".join(alert.kinds)),
        ("Direction", f"{alert.source or 'unnamed'} to {alert.target or 'unnamed'}"),
        ("Modality", str(alert.modality)),
        ("Weight", f"{alert.weight:+g}"),
        ("CAMEO", ", ".join(alert.cameo)),
        ("Tension", _tension(alert)),
        ("First of its kind in", f"{alert.quiet_days} days" if alert.quiet_days is not None else ""),
        ("In answer to", alert.answers),
        ("Outlets", outlets),
        ("Incident", f"{alert.incident}, revision {alert.revision}"),
    ]
    return tuple((name, value) for name, value in values if value)


def _tension(alert: Alert) -> str:
    if alert.tension is not None:
        return f"{alert.tension:+.1f}"
    return f"watching since {when(alert.watching_since)}" if alert.watching_since else ""


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


def _joint(alerts: tuple[Alert, ...]) -> str:
    """A sentence for several incidents: who acts, what it is, against whom."""
    sources = list(dict.fromkeys(alert.source_name or "unnamed" for alert in alerts))
    targets = list(dict.fromkeys(alert.target_name or "unnamed" for alert in alerts))
    act = alerts[0].kind.replace("-", " ")
    return cut(clean(f"{_names(sources)}: {act}, {_names(targets)}"), SENTENCE_LENGTH)


def _names(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
