"""The feeds that a web page names."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_HINTS = ("/rss", "/feed", "/atom", ".rss", ".atom", "rss.xml", "feed.xml", "atom.xml", ".rdf", "feed=", "format=rss")
_CALLED = re.compile(r"(?i)\b(?:rss|atom|feeds?)\b")
_COMMENTS = re.compile(r"(?i)comments?\b")
PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")  # where feeds lie that no page names
MOST = 10


def feeds_of(page: bytes, url: str) -> list[str]:
    """Addresses of what may be feeds: those that the page declares, then those that it links to and look like one.

    Those of comments come last.
    """
    finder = _Finder()
    finder.feed(page.decode("utf-8", "replace"))
    base = urljoin(url, finder.base)
    found = dict.fromkeys(urljoin(base, href) for href in [*finder.declared, *finder.linked])
    usable = [one for one in found if one.startswith(("http://", "https://")) and one != url]
    return sorted(usable, key=lambda one: bool(_COMMENTS.search(one)))[:MOST]


def usual_places(url: str) -> list[str]:
    """Where the feed of a site often lies."""
    return [urljoin(url, place) for place in PLACES]


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.declared: list[str] = []
        self.linked: list[str] = []
        self._open = ""  # the address of the link that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        href = given.get("href", "")
        if not href:
            return
        if tag == "base":
            self.base = self.base or href
        elif tag == "link" and "alternate" in given.get("rel", "").lower().split():
            if given.get("type", "").lower().partition(";")[0].strip() in TYPES:
                self.declared.append(href)
        elif tag == "a":
            self._open = href
            named = " ".join(given.get(name, "") for name in ("title", "aria-label", "class"))
            if any(hint in href.lower() for hint in _HINTS) or _CALLED.search(named):
                self.linked.append(href)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open and len(data) < 60 and _CALLED.search(data):
            self.linked.append(self._open)
