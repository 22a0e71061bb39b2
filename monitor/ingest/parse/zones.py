"""Offsets from UTC as feeds write them."""

import re
from typing import Final

_OFFSET: Final = re.compile(
    r"(?P<name>utc|gmt|ut|z|uhr)?\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d|[-/.]\d)"
)
_WORD: Final = re.compile(r"[a-z]{1,5}(?![^\W_])")
# Minutes east of UTC. RFC 822 has the American ones; a summer name is taken at its word in any month.
_MINUTES: Final = {
    **dict.fromkeys(["z", "ut", "utc", "gmt", "wet", "azost", "egst"], 0),
    **dict.fromkeys(["cet", "mez", "met", "west", "wat", "bst"], 60),
    **dict.fromkeys(["cest", "mesz", "mest", "eet", "cat", "sast", "kalt"], 120),
    **dict.fromkeys(["eest", "msk", "eat", "trt", "idt", "fet"], 180),
    **dict.fromkeys(["msd", "gst", "samt", "azt", "get"], 240),
    **dict.fromkeys(["pkt", "uzt", "yekt", "tmt"], 300),
    **dict.fromkeys(["irst"], 210),
    **dict.fromkeys(["npt"], 345),
    **dict.fromkeys(["ict", "wib"], 420),
    **dict.fromkeys(["hkt", "sgt", "myt", "pht", "awst", "wita", "ulat"], 480),
    **dict.fromkeys(["jst", "kst", "wit"], 540),
    **dict.fromkeys(["acst"], 570),
    **dict.fromkeys(["aest", "vlat"], 600),
    **dict.fromkeys(["acdt"], 630),
    **dict.fromkeys(["aedt"], 660),
    **dict.fromkeys(["nzst"], 720),
    **dict.fromkeys(["nzdt"], 780),
    **dict.fromkeys(["brst", "ndt"], -120),
    **dict.fromkeys(["brt", "art", "clst", "adt", "uyt"], -180),
    **dict.fromkeys(["nst"], -210),
    **dict.fromkeys(["edt", "clt", "bot", "vet"], -240),
    **dict.fromkeys(["est", "cdt", "pet", "cot", "ect"], -300),
    **dict.fromkeys(["mdt"], -360),
    **dict.fromkeys(["mst", "pdt"], -420),
    **dict.fromkeys(["pst", "akdt"], -480),
    **dict.fromkeys(["akst"], -540),
    **dict.fromkeys(["hst"], -600),
}
# Names that several countries use: the one of the feed's language or region, else the first.
_SHARED: Final[dict[str, list[tuple[str, int]]]] = {
    "ist": [("", 330), ("he", 120), ("il", 120), ("ie", 60), ("ga", 60)],
    "cst": [("", -360), ("zh", 480), ("cn", 480), ("tw", 480)],
    "ast": [("", -240), ("ar", 180)],
    "bst": [("", 60), ("bn", 360), ("bd", 360)],
    "est": [("", -300), ("au", 600)],
    "edt": [("", -240), ("au", 660)],
    "pst": [("", -480), ("ph", 480), ("pk", 300)],
}


def offset(text: str, position: int) -> tuple[int, int] | None:
    """Minutes east of UTC of an offset like `+0900`, `GMT+9` or `-03:00` at `position`, and where it ends."""
    found = _OFFSET.match(text, position)
    if not found:
        return None
    hours, minutes = found["hours"], int(found["minutes"] or 0)
    if int(hours) > 14 or minutes > 59:
        return None
    east = int(hours) * 60 + minutes
    return (east if found["sign"] == "+" else -east), found.end()


def named(text: str, position: int, tag: str) -> tuple[int, int] | None:
    """Minutes east of UTC of a name like `EDT` at `position`, and where it ends; `tag` is the feed's language."""
    found = _WORD.match(text, position)
    if not found:
        return None
    name = found[0]
    if name in _SHARED:
        parts = set(re.split(r"[-_]", tag.lower()))
        choices = _SHARED[name]
        return next((minutes for part, minutes in choices[1:] if part in parts), choices[0][1]), found.end()
    return (_MINUTES[name], found.end()) if name in _MINUTES else None
