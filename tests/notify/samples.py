"""Alerts of our own wording for the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from monitor.message.alert import Alert, Reason, Telling
from monitor.message.kind import Level, Modality
from monitor.message.report import Evidence

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HEADLINE = "Seoul summons Russian ambassador over troop dispatch"
SENTENCE = "The foreign ministry in Seoul summoned the Russian ambassador on Wednesday over a troop dispatch."


def telling(number: int = 1, **more: Any) -> Telling:
    """One item behind an incident."""
    at = NOON - timedelta(seconds=60)
    fields: dict[str, Any] = {
        "item": f"item-{number}",
        "outlet": f"Outlet {number}",
        "country": "KOR",
        "lang": "en",
        "url": f"https://news.example/story/{number}",
        "title": HEADLINE,
        "at": at,
        "first_seen": at + timedelta(seconds=41),
    }
    return Telling(**fields | more)


def alert(id_: str = "a1", **more: Any) -> Alert:
    """South Korea summons Russia's ambassador; incident and message are named after the id unless given."""
    incident = more.pop("incident", f"i-{id_}")
    fields: dict[str, Any] = {
        "id": id_,
        "incident": incident,
        "message": more.pop("message", incident),
        "revision": 1,
        "reason": Reason.FIRST,
        "at": NOON - timedelta(seconds=60),
        "kind": "envoy-summoned",
        "kinds": ("envoy-summoned",),
        "source": "KOR",
        "target": "RUS",
        "source_name": "South Korea",
        "target_name": "Russia",
        "level": Level.MEDIUM,
        "weight": -4.0,
        "cameo": ("110",),
        "modality": Modality.OCCURRED,
        "sentence": "South Korea summons Russia's ambassador",
        "evidence": Evidence(SENTENCE, 30, 62, ("summoned", "Russian ambassador"), "content"),
        "tellings": (telling(),),
        "best": "item-1",
        "why": "rule en/envoy-summoned v1: summoned + Russian ambassador",
    }
    return Alert(**fields | more)


def later(first: Alert, id_: str, reason: Reason, **more: Any) -> Alert:
    """The same incident, told again with another reason."""
    changed: dict[str, Any] = {"id": id_, "reason": reason, "revision": first.revision + 1}
    return msgspec.structs.replace(first, **changed | more)
