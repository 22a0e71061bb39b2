"""A made-up alert: for trying a destination, and for checking templates. Its names and outlets are nobody's."""

from datetime import datetime, timedelta

import msgspec

from consumers.notify.letter import Earlier, Form, Letter
from monitor.message.alert import Alert, Reason, Telling
from monitor.message.kind import Level, Modality
from monitor.message.report import Evidence

_SAID = "The foreign ministry summoned the ambassador on Monday and handed over a note of protest."


def sample_alert(now: datetime) -> Alert:
    """One that looks like a real one in every part."""
    told = now - timedelta(seconds=41)
    outlets = ("A wire", "A broadcaster", "A daily")
    return Alert(
        id=f"sample-{int(now.timestamp())}",
        incident="sample",
        message="sample",
        revision=1,
        reason=Reason.FIRST,
        at=told,
        kind="envoy-summoned",
        kinds=("envoy-summoned", "formal-protest"),
        source="KOR",
        target="RUS",
        source_name="South Korea",
        target_name="Russia",
        level=Level.MEDIUM,
        weight=-4.0,
        cameo=("110",),
        modality=Modality.OCCURRED,
        sentence="South Korea summons Russia's ambassador",
        evidence=Evidence(_SAID, 21, 44, ("summoned", "ambassador"), "content"),
        tellings=tuple(
            Telling(
                item=f"sample-{number}",
                outlet=outlet,
                country="KOR",
                lang="en",
                url="https://news.example/sample",
                title="Ministry summons ambassador over a made-up matter",
                at=told,
                first_seen=now,
            )
            for number, outlet in enumerate(outlets)
        ),
        best="sample-0",
        outlets=3,
        countries=2,
        why="rule en/envoy-summoned v1: summoned + ambassador",
    )


def sample_letters(now: datetime) -> list[Letter]:
    """One for each reason that there is to tell something."""
    first = sample_alert(now)
    letters = []
    for reason in Reason:
        alert = msgspec.structs.replace(first, reason=reason)
        withdrawn = reason in (Reason.CORRECTED, Reason.RETRACTED, Reason.DE_ESCALATED)
        earlier = Earlier(alert=first.id, sentence=first.sentence, at=now, level=first.level) if withdrawn else None
        form = Form.CORRECTION if withdrawn else Form.POST
        letters.append(Letter(key="sample", form=form, alerts=(alert,), earlier=earlier, sample=True, at=now))
    return letters
