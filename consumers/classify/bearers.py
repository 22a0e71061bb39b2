"""Who bears what office, and where: envoys by name and their hosts, as the item itself tells them."""

from collections.abc import Container, Iterable, Iterator, Sequence

from consumers.classify.lexicon import CARRIES, NAMES, Actor, Entry, Hit, Scan
from consumers.classify.nominal import PLACE_FORMS, Nouns

_WHOSE = frozenset({"adjective", "name", "capital"})
_LONGEST = 4  # words of a name
_SHORTEST = 3  # letters of a surname
_COMMA = ","


def learn(scans: Iterable[Scan], nouns: Nouns) -> dict[str, Entry]:
    """Surnames of envoys: "the Russian ambassador, Jane Doe", "Jane Doe, Russia's envoy to Poland"."""
    found: dict[str, Entry] = {}
    offices = nouns.envoys - nouns.missions
    for scan in scans:
        for at, (_, _, entry, actor) in enumerate(scan.hits):
            if actor is not None or offices.isdisjoint(entry.nouns) or entry.plural:
                continue
            first = _chain(scan.hits, at)
            owner = scan.hits[first][3]
            if first == at or owner is None:
                continue
            surname = _behind(scan, at) or _ahead(scan, first)
            if len(surname) >= _SHORTEST and surname not in found:
                made = Entry(surname, (Actor(owner.codes, "person"),), nouns=entry.nouns)
                made.mask = entry.mask | CARRIES | NAMES
                found[surname] = made
    return found


def nameless(scan: Scan, nouns: Nouns) -> int:
    """The classes of an envoy of whom a sentence says whose he is and not his name; 0 where there is none."""
    offices = nouns.envoys - nouns.missions
    for at, (_, _, entry, actor) in enumerate(scan.hits):
        if actor is not None or offices.isdisjoint(entry.nouns) or entry.plural:
            continue
        behind = scan.hits[at + 1][3] if at + 1 < len(scan.hits) else None  # where languages put the owner
        if _chain(scan.hits, at) != at or behind is not None:
            return entry.mask | CARRIES
    return 0


def hosts(scan: Scan, nouns: Nouns, posted: Container[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Whose envoys and missions a sentence names, each with the place where they are: "Iran's embassy in London"."""
    for at, (_, end, entry, actor) in enumerate(scan.hits[:-2]):
        if actor is not None or nouns.posted.isdisjoint(entry.nouns):
            continue
        (start, last, mark, _), (place, _, _, there) = scan.hits[at + 1 : at + 3]
        owner = scan.hits[_chain(scan.hits, at)][3]
        near = start == end and place == last and mark.phrase in posted
        if near and owner is not None and there is not None and there.form in PLACE_FORMS:
            yield owner.codes[0], there.codes


def begins_with_name(scan: Scan) -> bool:
    """Whether a sentence begins with the name of a person that no pack knows, who may be the envoy named before."""
    first = scan.hits[0][0] if scan.hits else len(scan.texts)
    return first > 1 and all(text[0].isupper() and text.isalpha() for text in scan.texts[:2])


def apply(scan: Scan, bearers: dict[str, Entry]) -> None:
    """Let a scan know the surnames that stand in it."""
    if bearers.keys().isdisjoint(scan.norms):
        return
    known = {place for start, end, _, _ in scan.hits for place in range(start, end)}
    for place, norm in enumerate(scan.norms):
        entry = bearers.get(norm)
        if entry is None or place in known or not scan.texts[place][0].isupper():
            continue
        scan.hits.append((place, place + 1, entry, entry.actors[0]))
        scan.mask |= entry.mask
        scan.carriers += 1
        scan.codes.update(entry.actors[0].codes)
    scan.hits.sort(key=lambda hit: hit[0])


def _chain(hits: Sequence[Hit], at: int) -> int:
    """Which word before an office says whose it is, with nothing unknown between: "Russia's | deputy | ambassador"."""
    first = at
    while first and hits[first - 1][1] == hits[first][0]:
        actor = hits[first - 1][3]
        owner = "owner" in hits[first - 1][2].roles
        if not owner and not hits[first - 1][2].nouns and (actor is None or actor.form not in _WHOSE):
            break
        first -= 1
        if actor is not None and actor.form in _WHOSE:
            return first
    return at


def _behind(scan: Scan, at: int) -> str:
    """The surname behind an office and the place where it is held; "" where there is none."""
    place, later = scan.hits[at][1], at + 1
    while later < len(scan.hits) and scan.hits[later][0] == place and later - at <= 2:
        actor, roles = scan.hits[later][3], scan.hits[later][2].roles
        if "preposition" not in roles and "determiner" not in roles and (actor is None or actor.form not in _WHOSE):
            return ""
        place, later = scan.hits[later][1], later + 1
    if place < len(scan.texts) and scan.texts[place] == _COMMA:
        place += 1
    known = {start for start, _, _, _ in scan.hits}
    return _name(scan, range(place, min(place + _LONGEST, len(scan.texts))), known)


def _ahead(scan: Scan, first: int) -> str:
    """The surname before a comma and an office."""
    place, earlier = scan.hits[first][0], first - 1
    if earlier >= 0 and scan.hits[earlier][1] == place and "determiner" in scan.hits[earlier][2].roles:
        place = scan.hits[earlier][0]
    if place < 2 or scan.texts[place - 1] != _COMMA:
        return ""
    known = {start for hit in scan.hits for start in range(hit[0], hit[1])}
    surname = _name(scan, range(place - 2, max(place - 2 - _LONGEST, -1), -1), known)
    return scan.norms[place - 2] if surname else ""


def _name(scan: Scan, places: Iterable[int], known: set[int]) -> str:
    """The last of the words at `places` that may be a name: unknown, with a capital."""
    surname = ""
    for place in places:
        text = scan.texts[place]
        if not text[0].isupper() or not text.isalpha():
            break
        if place in known:  # "Nicholas Burns": part of the name is a word of every day
            return ""
        surname = scan.norms[place]
    return surname
