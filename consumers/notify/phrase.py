"""The phrases of an alert: its title, its evidence, who told it and when, where the pair stands."""

from datetime import UTC, datetime

from consumers.notify.clean import clean, cut, web_link
from consumers.notify.letter import Form, Letter
from consumers.notify.text import DOT, Link, Quote, Row
from monitor.message.alert import Alert, Reason, Telling
from monitor.message.kind import Modality

QUOTE_LENGTH, HEADLINE_LENGTH, SENTENCE_LENGTH = 280, 160, 200

NAMES_SHOWN = 6  # of a joint act


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
    if "eased" in alert.changed:
        parts.append("EASING")
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
    outlets = counted(alert.outlets, "outlet", "outlets")
    if alert.confirmed:
        return f"confirmed: {outlets}, {counted(alert.countries, 'country', 'countries')}"
    return "single source, unconfirmed" if alert.outlets <= 1 else f"{outlets}, unconfirmed"


def row_of(alert: Alert, note: str) -> Row:
    telling = shown(alert)
    url = web_link(telling.url) if telling else ""
    planned = "PLANNED" + DOT if alert.modality is Modality.PLANNED else ""
    text = f"{alert.level.upper()}{DOT}{planned}{cut(clean(alert.sentence), 160)}"
    outlet = cut(clean(telling.outlet), 40) if telling else ""
    link = Link(outlet or "link", url) if url else None
    return Row(alert.level, text, link, DOT.join(part for part in (note, when(alert.at)) if part))


def headline_of(telling: Telling | None) -> Link | None:
    if telling is None:
        return None
    label, url = cut(clean(telling.title), HEADLINE_LENGTH), web_link(telling.url)
    return Link(label or url, url) if label or url else None


def evidence_of(alert: Alert) -> Quote | None:
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


def told_by(alert: Alert, telling: Telling | None) -> tuple[str, datetime | None, str]:
    if telling is None:
        return "", alert.at, DOT + standing(alert)
    late = (telling.first_seen - telling.at).total_seconds()
    seen = f"{DOT}seen {seen_after(late)} after publication" if late >= 1 else ""
    return cut(clean(telling.outlet), 80) + DOT, telling.at, f"{seen}{DOT}{standing(alert)}"


def ladder_of(alert: Alert) -> str:
    chain = [f"{step.at:%-d %b} {cut(clean(step.sentence), 80)} ({step.level})" for step in alert.chain[-3:]]
    here = f"now {alert.level}" + (f", {alert.ladder_before} before" if alert.ladder_before else "")
    return "Ladder: " + " ▸ ".join([*chain, here])


def news_of(alert: Alert) -> str:
    """What is new, but for what the standing says anyway."""
    said = []
    for one in alert.changed[:6]:
        if one == "kinds":
            said += [kind.replace("-", " ") for kind in alert.kinds]
        elif one not in ("confirmed", "outlets", "countries"):
            said.append(cut(clean(one), 80).replace("_", " "))
    return f"New: {', '.join(said)}" if said else ""


def why_of(alert: Alert) -> str:
    said = [f"“{cut(clean(word), 40)}”" for word in alert.evidence.words[:4]]
    return " + ".join(said) or cut(clean(alert.why), 200)


def details_of(alert: Alert) -> tuple[tuple[str, str], ...]:
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
        return f"{alert.tension:+.1f}" + (f", usually {alert.usual:+.1f}" if alert.usual is not None else "")
    return f"watching since {when(alert.watching_since)}" if alert.watching_since else ""


def _joint(alerts: tuple[Alert, ...]) -> str:
    """A sentence for several incidents: who acts, what it is, against whom."""
    sources = list(dict.fromkeys(alert.source_name or "unnamed" for alert in alerts))
    targets = list(dict.fromkeys(alert.target_name or "unnamed" for alert in alerts))
    act = alerts[0].kind.replace("-", " ")
    return cut(clean(f"{_names(sources)}: {act}, {_names(targets)}"), SENTENCE_LENGTH)


def _names(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
