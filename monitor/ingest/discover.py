"""The feeds that a web page names."""

from html.parser import HTMLParser
from urllib.parse import urljoin

TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_HINTS = ("/rss", "/feed", "/atom", ".rss", ".atom", "rss.xml", "feed.xml", "atom.xml", ".rdf", "feed=", "format=rss")
MOST = 10


def feeds_of(page: bytes, url: str) -> list[str]:
    """Addresses of what may be feeds: those that the page declares, then those that it links to and look like one."""
    finder = _Finder()
    finder.feed(page.decode("utf-8", "replace"))
    base = urljoin(url, finder.base)
    found = dict.fromkeys(urljoin(base, href) for href in [*finder.declared, *finder.linked])
    return [one for one in found if one.startswith(("http://", "https://")) and one != url][:MOST]


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.declared: list[str] = []
        self.linked: list[str] = []

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
        elif tag == "a" and any(hint in href.lower() for hint in _HINTS):
            self.linked.append(href)
