"""What a body is, from its first tag on: which feed vocabulary, or what else."""

import re
from dataclasses import dataclass
from typing import Final

from monitor.ingest.document import Trouble, Unreadable

# What stands before the root: blanks, byte order marks in odd places, declarations, comments.
_SKIP: Final = re.compile(
    r"(?:[\s\ufeff\x00]++|<\?(?:[^?>]++|\?(?!>)|(?<!\?)>)*+(?:\?>|\Z)|<!--(?:[^-]++|-(?!->))*+-->)++"
)
_DOCTYPE: Final = re.compile(
    r"<!DOCTYPE(?P<head>[^\[>]*+)(?:\[(?P<subset>(?:\"[^\"]*+\"|'[^']*+'|[^\]\"']++)*+)\]\s*+)?+>", re.I
)
_TAG: Final = re.compile(r"<(?P<name>(?:(?P<prefix>[A-Za-z][\w.-]{0,40}):)?(?P<local>[A-Za-z][\w.-]{0,60}))(?=[\s/>])")
_FEED_TAG: Final = re.compile(r"<(?:rss|feed|(?:\w{1,20}:)?RDF|channel)(?=[\s>])")
_ROOTS: Final = frozenset(["rss", "feed", "rdf", "channel", "item", "entry", "items"])
_OTHERS: Final = {
    "opml": "an OPML list of feeds, not a feed; `demarche feeds import` reads it",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "a sitemap, not a feed",
    "svg": "an image (SVG), not a feed",
    "html": "a web page, not a feed; `demarche feeds add` looks for the feed of a page",
    "error": "an error message in XML, not a feed",
}
# What walls say of themselves: Cloudflare, Akamai, Imperva, F5, DataDome, AWS WAF, PerimeterX, DDoS-Guard, Sucuri,
# and the two phrases that they all share.
_WALLS: Final = re.compile(
    "just a moment|checking your browser|cf-chl|challenge-platform|attention required! \\| cloudflare|cf-error"
    "|_incapsula_|incapsula incident|pardon our interruption|datadome|captcha|awswaf|aws-waf|px-captcha|ddos-guard"
    "|sucuri website firewall|the requested url was rejected|your support id is|bobcmn|tspd|/_sec/cp_challenge"
    "|errors\\.edgesuite\\.net|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|not a robot"
    "|enable javascript and cookies|please enable javascript|unusual traffic|access denied|ddos protection"
)
_BINARY: Final = [
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"RIFF", "a media file"),
    (b"ID3", "a media file"),
    (b"\x00\x00\x00\x18ftyp", "a media file"),
]


@dataclass(frozen=True, slots=True)
class Xml:
    """A document that may be a feed: its text from the root's start tag on, and what its DOCTYPE declared."""

    root: str  # local name, lower case
    text: str
    subset: str = ""


@dataclass(frozen=True, slots=True)
class Json:
    """A document that may be a JSON Feed."""

    text: str


def binary(body: bytes) -> Unreadable | None:
    """What is not text at all, by its first bytes."""
    for magic, name in _BINARY:
        if body.startswith(magic):
            return Unreadable(Trouble.NOT_A_FEED, f"{name}, not a feed")
    if body.startswith(b"\x28\xb5\x2f\xfd"):
        return Unreadable(Trouble.UNSUPPORTED_ENCODING, "compressed with zstd, which was not asked for")
    return None


def sniff(text: str) -> Xml | Json | Unreadable:
    """What the text is."""
    start = _skip(text, 0)
    subset = ""
    if doctype := _DOCTYPE.match(text, start):
        subset = doctype["subset"] or ""
        start = _skip(text, doctype.end())
    if text.startswith(("{", "["), start):
        return Json(text[start:])
    tag = _TAG.match(text, start)
    if tag and tag["local"].lower() in _ROOTS:
        return Xml(tag["local"].lower(), text[start:], subset)
    return _buried(text, start, subset, tag)


def _skip(text: str, position: int) -> int:
    found = _SKIP.match(text, position)
    return found.end() if found else position


def _buried(text: str, start: int, subset: str, tag: re.Match[str] | None) -> Xml | Unreadable:
    """A feed behind something else (a warning of PHP, a stray line), or no feed."""
    name = tag["local"].lower() if tag else ""
    if name not in ("html", "head", "body", "opml") and (feed := _FEED_TAG.search(text, start, start + 20_000)):
        found = _TAG.match(text, feed.start())
        if found:
            return Xml(found["local"].lower(), text[feed.start() :], subset)
    if name in _OTHERS and name != "html":
        return Unreadable(Trouble.NOT_A_FEED, _OTHERS[name])
    if name in ("html", "head", "body", "div", "p", "script", "meta", "title", "center", "h1", "br", "b"):
        return _page(text)
    if tag:
        return Unreadable(Trouble.NOT_A_FEED, f"a document <{tag['name']}>, not a feed")
    if "<" not in text:
        return _wall(text) or Unreadable(Trouble.NOT_A_FEED, "plain text, not a feed")
    return Unreadable(Trouble.MALFORMED, "no tag could be read")


def _page(text: str) -> Unreadable:
    return _wall(text) or Unreadable(Trouble.NOT_A_FEED, _OTHERS["html"])


def _wall(text: str) -> Unreadable | None:
    """A page of the wall before the server. Long pages are pages: many of those carry a captcha in some form."""
    if len(text) < 60_000 and (found := _WALLS.search(text.lower())):
        return Unreadable(Trouble.BOT_WALL, f"a bot wall's page, not a feed: it says {found[0]!r}")
    return None
