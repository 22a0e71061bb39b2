"""The fast path: feeds of a known form, read by lxml in a tenth of feedparser's time.

The form, all of it tested on each document:

1. well-formed XML once characters that XML forbids are gone, no deeper than 256 elements, no DOCTYPE;
2. the root is `rss` with a `channel` or with nothing, `rdf:RDF` of RSS 0.90 or 1.0, or `feed` of Atom 0.3 or 1.0
   or of no namespace;
3. each of the texts that are read stands once in its entry, holds text alone (XHTML in Atom 1.0 aside), and is in
   the vocabulary that its format has it in: no Atom texts in an RSS item, no Dublin Core twin beside the real one;
4. there is an entry, or nothing that looks like one.

Whatever fails the test is no worse for it: feedparser reads it. What passes comes out as feedparser has it.
"""

from typing import Final, cast

from lxml import etree

from monitor.ingest.parse.raw import RawEntry, RawFeed, published, updated

ATOM: Final = "http://www.w3.org/2005/Atom"
ATOM_03: Final = "http://purl.org/atom/ns#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS_10: Final = "http://purl.org/rss/1.0/"
RSS_090: Final = "http://my.netscape.com/rdf/simple/0.9/"
DC: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
MEDIA: Final = ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss/")
ITUNES: Final = ("http://www.itunes.com/dtds/podcast-1.0.dtd", "http://www.itunes.com/DTDs/PodCast-1.0.dtd")
YANDEX: Final = ("http://news.yandex.ru", "https://news.yandex.ru")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_OWN_RSS: Final = ("backend.userland.com/rss", "blogs.law.harvard.edu/tech/rss", "cyber.harvard.edu/rss")
_RSS_VERSIONS: Final = {"0.90": "rss-0.9x", "0.91": "rss-0.9x", "0.92": "rss-0.9x", "0.93": "rss-0.9x"}
_TOO_DEEP: Final = "Excessive depth in document"


class NotThisForm(ValueError):
    """The document fails the test of form: feedparser's."""


class TooDeep(ValueError):
    """Nested so deep that it is no feed."""


def read(text: str, *, recover: bool = False) -> RawFeed:
    """The document, whose text starts at its root. Raises `NotThisForm` or `TooDeep`.

    `recover` has libxml2 go on where the text is not well-formed, with what it makes of it: for documents that are
    lost otherwise.
    """
    root = _tree(text, recover=recover)
    name = etree.QName(root)
    if name.localname == "feed" and name.namespace in (ATOM, ATOM_03, None):
        return _atom(root, name.namespace or "")
    if name.localname == "RDF" and name.namespace == RDF:
        return _rdf(root)
    if name.localname == "rss" and _is_rss(name.namespace):
        return _rss(root, name.namespace or "")
    raise NotThisForm(f"root {_tag(root)}")


def _tree(text: str, *, recover: bool) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as fault:
        if _TOO_DEEP in str(fault):
            raise TooDeep("elements nested deeper than 256") from fault
        raise NotThisForm(str(fault)) from fault
    if root is None:
        raise NotThisForm("nothing to recover")
    return root


def _is_rss(namespace: str | None) -> bool:
    return not namespace or any(own in namespace.lower() for own in _OWN_RSS)


def _rss(root: etree._Element, namespace: str) -> RawFeed:
    space = f"{{{namespace}}}" if namespace else ""
    channel = root.find(f"{space}channel")
    if channel is None:
        if len(root):
            raise NotThisForm("no channel")
        channel = root  # <rss></rss>: a feed that says nothing
    version = root.get("version", "")
    form = "rss-0.9x" if version.startswith("0.") else "rss-2.0"
    feed = RawFeed(format=form, parser="fast", base=root.base or "")
    items = channel.findall(f"{space}item")
    _channel(feed, root, channel, space)
    if root.find(f"{space}item") is not None or (not items and _hidden_entry(root)):
        raise NotThisForm("items where there should be none")
    roles = _roles(space, _RSS)
    feed.entries = [_item(item, roles, RawEntry()) for item in items]
    return feed


def _rdf(root: etree._Element) -> RawFeed:
    for namespace in (RSS_10, RSS_090):
        space = f"{{{namespace}}}"
        channel = root.find(f"{space}channel")
        if channel is not None:
            break
    else:
        raise NotThisForm("no channel")
    feed = RawFeed(format="rss-1.0" if namespace == RSS_10 else "rss-0.9x", parser="fast")
    _channel(feed, root, channel, space)
    items = root.findall(f"{space}item")
    if channel.find(f"{space}item") is not None or (not items and _hidden_entry(root)):
        raise NotThisForm("items where there should be none")
    roles = _roles(space, _RSS)
    feed.entries = [_item(item, roles, RawEntry(guid=item.get(f"{{{RDF}}}about", "").strip())) for item in items]
    return feed


def _hidden_entry(root: etree._Element) -> bool:
    return any(
        isinstance(e.tag, str) and e.tag.rpartition("}")[2].lower() in ("item", "entry")
        for e in root.iter(etree.Element)
    )


def _channel(feed: RawFeed, root: etree._Element, channel: etree._Element, space: str) -> None:
    feed.title = _text(channel.findtext(f"{space}title"))
    feed.link = _text(channel.findtext(f"{space}link"))
    declared = channel.findtext(f"{space}language") or channel.findtext(f"{{{DC}}}language")
    feed.lang = _text(declared) or root.get(f"{_XML}lang", "") or channel.get(f"{_XML}lang", "")


_RSS: Final[dict[str, str]] = {
    "title": "title",
    "link": "link",
    "description": "description",
    "guid": "guid",
    "pubDate": "published",
    "pubdate": "published",  # Korea Times
    "source": "source",
}
_ELSEWHERE: Final[dict[str, str]] = {
    f"{{{CONTENT}}}encoded": "content",
    f"{{{DC}}}date": "dc_date",
    f"{{{DC}}}title": "dc_title",
    f"{{{DC}}}description": "dc_description",
    f"{{{DC}}}language": "lang",
    f"{{{DCTERMS}}}issued": "issued",
    f"{{{DCTERMS}}}created": "issued",
    f"{{{DCTERMS}}}modified": "modified",
    f"{{{ATOM}}}link": "atom_link",
    f"{{{ATOM}}}published": "issued",
    f"{{{ATOM}}}updated": "modified",
    **{f"{{{space}}}description": "media_description" for space in MEDIA},
    **{f"{{{space}}}title": "media_title" for space in MEDIA},
    **{f"{{{space}}}summary": "media_description" for space in ITUNES},
    **{f"{{{space}}}title": "media_title" for space in ITUNES},
    "{http://www.w3.org/1999/xhtml}body": "refused",
    **{f"{{{space}}}full-text": "full_text" for space in YANDEX},
    **{f"{{{ATOM}}}{name}": "refused" for name in ("id", "title", "summary", "content", "source", "entry")},
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# The same names in other letters, and others that feedparser takes for texts: not this form.
_NOT_IN_ATOM: Final = ("content", "dc_title", "dc_description", "dc_date", "issued", "modified")
_REFUSED: Final = _set(
    "title link description guid pubdate source item entry summary content id published updated issued modified "
    "created abstract body fullitem xhtml:body tagline"
)


def _roles(space: str, names: dict[str, str]) -> dict[str, str]:
    return {f"{space}{name}": role for name, role in names.items()} | _ELSEWHERE


def _item(item: etree._Element, roles: dict[str, str], entry: RawEntry) -> RawEntry:
    found: dict[str, etree._Element] = {}
    is_twice = False  # of media and podcasts there may be several texts, some within pictures
    for child in item:
        tag = _tag(child)
        role = roles.get(tag)
        if role is None:
            if not tag.startswith("{") and tag.lower() in _REFUSED:
                raise NotThisForm(f"<{tag}> in an item")
            is_twice = is_twice or bool(len(child))
            continue
        if role == "refused":
            raise NotThisForm(f"<{tag}> in an item")
        if role == "atom_link":
            if not entry.link and child.get("rel", "alternate") == "alternate":
                entry.link = child.get("href", "").strip()
            continue
        if len(child):
            raise NotThisForm(f"markup in <{tag}>")
        if role.startswith("media_"):
            is_twice = is_twice or role in found
            found.setdefault(role, child)
            continue
        if role in found:
            raise NotThisForm(f"<{tag}> twice in an item")
        found[role] = child
        if role == "link" and not entry.link:
            entry.link = _text(child.text) or child.get("href", "").strip()
    if {"dc_title", "title"} <= found.keys() or {"dc_description", "description"} <= found.keys():
        raise NotThisForm("a Dublin Core twin")
    _fill(entry, found)
    if is_twice and not (_has(found, "title", "dc_title") and _has(found, "description", "dc_description")):
        raise NotThisForm("several texts of media, and none of the item's own")
    entry.lang = entry.lang or item.get(f"{_XML}lang", "")
    if not entry.link.startswith(("http://", "https://")):
        entry.base = (found.get("link", item)).base or ""
    return entry


def _has(found: dict[str, etree._Element], *roles: str) -> bool:
    return any(role in found and _text(found[role].text) for role in roles)


def _fill(entry: RawEntry, found: dict[str, etree._Element]) -> None:
    def text(*roles: str) -> str:
        return next((t for r in roles if r in found and (t := _text(found[r].text))), "")

    entry.title = text("title", "dc_title", "media_title")
    entry.content = text("content", "full_text")
    own = text("description", "dc_description")
    entry.summary = (own if own != text("content") else "") or text("media_description")
    entry.lang = text("lang")
    entry.dates = [
        *(published(t) for role in ("published", "issued", "dc_date") if (t := text(role))),
        *(updated(t) for role in ("modified",) if (t := text(role))),
    ]
    if (guid := found.get("guid")) is not None and (value := _text(guid.text)):
        entry.guid = value
        entry.guid_is_link = guid.get("isPermaLink", "true").strip().lower() == "true"
    if (source := found.get("source")) is not None:
        entry.publisher = _text(source.text)
        entry.publisher_url = source.get("url", "").strip()


_ATOM: Final[dict[str, str]] = {
    "id": "id",
    "title": "title",
    "summary": "summary",
    "content": "content",
    "published": "published",
    "issued": "published",
    "created": "created",
    "updated": "updated",
    "modified": "updated",
    "link": "link",
    "source": "source",
}


def _atom(root: etree._Element, namespace: str) -> RawFeed:
    space = f"{{{namespace}}}" if namespace else ""
    form = "atom-0.3" if namespace == ATOM_03 or root.get("version") == "0.3" else "atom-1.0"
    feed = RawFeed(format=form, parser="fast", base=root.base or "", lang=root.get(f"{_XML}lang", ""))
    title = root.find(f"{space}title")
    feed.title = _construct(title) if title is not None else ""
    feed.link = _alternate(root.findall(f"{space}link"))
    entries = root.findall(f"{space}entry")
    if not entries and _hidden_entry(root):
        raise NotThisForm("entries where there should be none")
    roles = {f"{space}{name}": role for name, role in _ATOM.items()}
    feed.entries = [_entry(entry, roles, space) for entry in entries]
    return feed


def _entry(element: etree._Element, roles: dict[str, str], space: str) -> RawEntry:
    found: dict[str, etree._Element] = {}
    links: list[etree._Element] = []
    media: list[etree._Element] = []
    for child in element:
        tag = _tag(child)
        role = roles.get(tag)
        if role == "link":
            links.append(child)
        elif role is None:
            if _ELSEWHERE.get(tag, "") in _NOT_IN_ATOM or (space and tag.lower() in _REFUSED):
                raise NotThisForm(f"<{tag}> in an entry")
            media.extend(
                part for part in child.iter(etree.Element) if _ELSEWHERE.get(_tag(part), "").startswith("media_")
            )
        elif role in found:
            raise NotThisForm(f"<{tag}> twice in an entry")
        else:
            found[role] = child
    entry = RawEntry(link=_alternate(links), lang=element.get(f"{_XML}lang", ""))
    entry.guid = _plain(found.get("id"))
    entry.title = _construct(found["title"]) if "title" in found else ""
    entry.content = _construct(found["content"]) if "content" in found else ""
    entry.summary = _construct(found["summary"]) if "summary" in found else ""
    if media and not (entry.title and entry.summary and entry.summary != entry.content):
        _fall_back(entry, media)
    entry.dates = [
        *(published(t) for role in ("published", "created") if (t := _plain(found.get(role)))),
        *(updated(t) for role in ("updated",) if (t := _plain(found.get(role)))),
    ]
    if (source := found.get("source")) is not None:
        title = source.find(f"{space}title")
        entry.publisher = _construct(title) if title is not None else ""
        entry.publisher_url = _alternate(source.findall(f"{space}link"))
    if not entry.link.startswith(("http://", "https://")):
        entry.base = (links[0] if links else element).base or ""
    return entry


def _fall_back(entry: RawEntry, media: list[etree._Element]) -> None:
    """Title and description of the media in place of those that the entry lacks, as YouTube has them in a group."""
    texts = {_ELSEWHERE[_tag(part)]: _text(part.text) for part in media}
    if len(texts) < len(media) or any(len(part) for part in media):
        raise NotThisForm("several texts of media, and none of the entry's own")
    entry.title = entry.title or texts.get("media_title", "")
    if not entry.summary or entry.summary == entry.content:
        entry.summary = texts.get("media_description", "")


def _plain(element: etree._Element | None) -> str:
    if element is None:
        return ""
    if len(element):
        raise NotThisForm(f"markup in <{_tag(element)}>")
    return _text(element.text)


def _construct(element: etree._Element) -> str:
    """A text of Atom (RFC 4287 section 3.1): plain, escaped HTML, or XHTML, which is written out."""
    kind = element.get("type", "text").lower()
    if element.get("mode", "") == "base64" or (element.get("src") and (element.text or "").strip()):
        raise NotThisForm("content that is not text")
    if len(element):
        if kind not in ("xhtml", "application/xhtml+xml"):
            raise NotThisForm(f"markup in <{_tag(element)}>")
        if not "".join(element.itertext()).strip():
            return ""
        inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
        return _text((element.text or "") + inner)
    if kind in ("text", "html", "xhtml") or kind.startswith("text/") or kind == "application/xhtml+xml":
        return _text(element.text)
    raise NotThisForm(f"content of type {kind}")


def _alternate(links: list[etree._Element]) -> str:
    for link in links:
        if link.get("rel", "alternate").lower() == "alternate" and (href := link.get("href", "").strip()):
            return href
    return ""


def _tag(element: etree._Element) -> str:
    """Comments and instructions, whose tag is no string, are not in the tree."""
    return cast(str, element.tag)


def _text(text: str | None) -> str:
    return text.strip() if text else ""
