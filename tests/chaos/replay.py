"""Known items: each pair of them tells one summons, and between them stands what alerts nobody."""

from collections.abc import Iterator
from datetime import datetime

from monitor.message.item import DateSource, Item

STATES = (
    "Norway",
    "Chile",
    "Peru",
    "Kenya",
    "Ghana",
    "Nepal",
    "Japan",
    "Egypt",
    "Spain",
    "Italy",
    "France",
    "Poland",
    "Turkey",
    "Brazil",
    "Mexico",
    "Canada",
    "India",
    "Iraq",
    "Iran",
    "Qatar",
    "Oman",
    "Jordan",
    "Angola",
    "Cuba",
    "Haiti",
    "Fiji",
    "Malta",
    "Cyprus",
    "Greece",
    "Latvia",
    "Estonia",
    "Finland",
    "Sweden",
    "Denmark",
    "Austria",
    "Hungary",
    "Romania",
    "Bulgaria",
    "Serbia",
    "Albania",
    "Ukraine",
    "Georgia",
    "Armenia",
    "Morocco",
    "Algeria",
    "Tunisia",
    "Senegal",
    "Mali",
)
OUTLETS = ("Harbour Post", "Morning Ledger", "Valley Radio")


def known_items(now: datetime) -> Iterator[Item]:
    """Without end; a pair of states comes once only, as long as there are pairs (2,256)."""
    number = 0
    for shift in range(1, len(STATES)):
        for place, source in enumerate(STATES):
            target = STATES[(place + shift) % len(STATES)]
            for outlet in OUTLETS[:2]:
                yield _item(number, outlet, f"{source} summons ambassador of {target} over fishing rights", now)
                number += 1
            yield _item(number, OUTLETS[2], f"Ferries of {source} keep their timetable in spring", now)
            number += 1


def _item(number: int, outlet: str, title: str, now: datetime) -> Item:
    return Item(
        id=f"item-{number:06}",
        revision="1",
        feed=outlet.split()[0].lower(),
        outlet=outlet,
        country="NOR",
        lang="en",
        published=now,
        date_source=DateSource.PUBLISHED,
        first_seen=now,
        url=f"https://news.example/{number}",
        title=title,
        summary=f"{title}, the foreign ministry said in notice {number}.",
    )
