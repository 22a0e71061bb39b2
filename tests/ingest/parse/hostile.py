"""Documents made to do harm, and what is to become of each: a named trouble, or the titles that are saved."""

import gzip
from typing import Final

from monitor.ingest.document import Trouble

ITEM: Final = b"<item><title>%s</title><link>http://a.example/1</link><description>%s</description></item>"


def rss(title: bytes = b"Note", description: bytes = b"", prolog: bytes = b"") -> bytes:
    return (
        b"<?xml version='1.0'?>%s<rss version='2.0'><channel><title>t</title>" % prolog
        + ITEM % (title, description)
        + b"</channel></rss>"
    )


def laughs(levels: int) -> bytes:
    nested = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, levels))
    return b'<!DOCTYPE rss [<!ENTITY l0 "ha">%s]>' % nested


CASES: Final[dict[str, tuple[bytes, Trouble | list[str]]]] = {
    "billion laughs": (rss(b"&l9;", prolog=laughs(10)), Trouble.MALFORMED),
    "one long entity, often": (
        rss(b"&a;" * 5000, prolog=b'<!DOCTYPE rss [<!ENTITY a "%s">]>' % (b"A" * 50_000)),
        Trouble.MALFORMED,
    ),
    "an entity in itself": (rss(b"&a;", prolog=b'<!DOCTYPE rss [<!ENTITY a "x&a;">]>'), Trouble.MALFORMED),
    "external entity": (
        rss(b"A&x;B", prolog=b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        ["AB"],
    ),
    "external entity of the web": (
        rss(b"A&x;B", prolog=b'<!DOCTYPE rss [<!ENTITY x PUBLIC "p" "http://127.0.0.1:9/x">]>'),
        ["AB"],
    ),
    "external DTD": (rss(prolog=b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd">'), ["Note"]),
    "parameter entity": (
        rss(prolog=b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
        ["Note"],
    ),
    "xinclude": (
        rss(b"A<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/hostname'/>B"),
        ['A<include href="file:///etc/hostname"></include>B'],
    ),
    "the name of a file": (b"/etc/hostname", Trouble.NOT_A_FEED),
    "an address": (b"http://127.0.0.1:9/feed", Trouble.NOT_A_FEED),
    "deep elements": (rss(description=b"<b>" * 50_000 + b"</b>" * 50_000), Trouble.MALFORMED),
    "deep JSON": (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000, Trouble.MALFORMED),
    "deep HTML": (rss(description=b"<![CDATA[%sx]]>" % (b"<div>" * 50_000)), ["Note"]),
    "unclosed comments": (rss(description=b"<![CDATA[%s]]>" % (b"<!--" * 50_000)), ["Note"]),
    "many attributes": (rss(description=b"<![CDATA[<a %s>]]>" % (b"a=1 " * 50_000)), ["Note"]),
    "many namespaces": (rss(b"<a %s/>Note" % b" ".join(b"xmlns:a%d='u'" % n for n in range(5_000))), ["Note"]),
    "a title of two megabytes": (rss(b"war " * 500_000), ["war " * 248 + "war…"]),
    "gzip bomb": (gzip.compress(b" " * 100_000_000, 1), Trouble.TOO_LARGE),
    "broken gzip": (b"\x1f\x8b\x08\x00 no gzip at all", Trouble.UNSUPPORTED_ENCODING),
    "zstd": (b"\x28\xb5\x2f\xfd" + b"\x00" * 100, Trouble.UNSUPPORTED_ENCODING),
    "over the cap": (b"<rss>" + b" " * (10 * 1024 * 1024), Trouble.TOO_LARGE),
    "nothing": (b"", Trouble.EMPTY_BODY),
    "blanks": (b" \r\n\t\x00", Trouble.EMPTY_BODY),
    "a page": (b"<!DOCTYPE html><html><head><title>News</title></head><body/></html>", Trouble.NOT_A_FEED),
    "a page without doctype": (b"<html><body>News</body></html>", Trouble.NOT_A_FEED),
    "a wall": (b"<html><title>Just a moment...</title><body>Checking your browser</body></html>", Trouble.BOT_WALL),
    "another wall": (b"<html><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>", Trouble.BOT_WALL),
    "OPML": (b"<?xml version='1.0'?><opml><body><outline xmlUrl='|id'/></body></opml>", Trouble.NOT_A_FEED),
    "a sitemap": (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>", Trouble.NOT_A_FEED),
    "JSON": (b'{"error": "not found"}', Trouble.NOT_A_FEED),
    "a list in JSON": (b"[1, 2, 3]", Trouble.NOT_A_FEED),
    "plain text": (b"404 page not found", Trouble.NOT_A_FEED),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", Trouble.NOT_A_FEED),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, Trouble.NOT_A_FEED),
    "noise": (bytes(range(256)) * 20, Trouble.MALFORMED),
    "a comment alone": (b"<!-- nothing here -->", Trouble.MALFORMED),
    "cut before an entry": (b"<rss version='2.0'><channel><title>t</title><item><title>Half", Trouble.MALFORMED),
    "cut in CDATA": (b"<rss version='2.0'><channel><item><title><![CD", Trouble.MALFORMED),
    "unclosed items": (b"<rss><channel>" + b"<item><title>&" * 20_000, Trouble.MALFORMED),
    "end tags alone": (b"<rss><channel>" + b"</item>" * 20_000 + b"</channel></rss>", []),
    "categories that did not begin": (
        b"<rss version='2.0'><channel><item></category><title>Note</title></item></channel></rss>",
        ["Note"],
    ),
}  # fmt: skip
