"""OPML, as feed readers write it: folders kept, what is there twice or is no feed left out and named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from monitor.errors import Fault, Faults
from monitor.ingest.feed import Feed, feed_id, host_of
from monitor.ingest.link import canonical

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file."""

    url: str
    title: str
    folder: tuple[str, ...]
    line: int

    def feed(self) -> Feed:
        outlet = self.title or host_of(self.url).removeprefix("www.")
        return Feed(id=feed_id(self.url), url=self.url, outlet=outlet, folder=self.folder)


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file lists, and what was passed over, each with its reason."""

    outlines: tuple[Outline, ...]
    passed_over: tuple[Fault, ...]


def read_opml(path: str, body: bytes) -> Outlines:
    """The feeds of an OPML file. Raises `Faults` for a file that is no OPML at all."""
    from lxml import etree  # 8 MB that a run without OPML has no use for

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise Faults([Fault(path, getattr(why, "lineno", 0) or 0, f"not OPML: {why}")]) from None
    if root is None or _name(root) not in ("opml", "outline"):
        raise Faults([Fault(path, 0, "not OPML: there is no <opml> in it")])
    return _sorted_out(path, _outlines(root))


def _outlines(root: "etree._Element") -> Iterator[Outline]:
    """Every outline with an address, whatever stands around it; folders are the outlines above it."""
    for element in root.iter():
        if _name(element) != "outline":
            continue
        given = {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}
        if url := given.get("xmlurl", ""):
            above = reversed(list(element.iterancestors()))
            folder = tuple(name for one in above if (name := _title(one)))
            yield Outline(_mended(url), _title(element), folder, element.sourceline or 0)


def _name(element: "etree._Element") -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _title(element: "etree._Element") -> str:
    if _name(element) != "outline":
        return ""
    said = str(element.get("title") or element.get("text") or "")
    return " ".join(said.split())[:120]


def _mended(url: str) -> str:
    # seen in exports: & escaped twice, and the scheme feed:
    url = url.replace("&amp;", "&")
    if url.startswith("feed:"):
        url = url.removeprefix("feed:")
        url = f"http:{url}" if url.startswith("//") else url
    return url


def _sorted_out(path: str, outlines: Iterable[Outline]) -> Outlines:
    kept: dict[str, Outline] = {}
    passed: list[Fault] = []
    for outline in outlines:
        key = canonical(outline.url)
        if not key:
            passed.append(Fault(path, outline.line, f"'{outline.url[:100]}' is no web address; left out"))
        elif key in kept:
            passed.append(
                Fault(path, outline.line, f"'{outline.url[:100]}' is also on line {kept[key].line}; left out")
            )
        else:
            kept[key] = outline
    return Outlines(tuple(kept.values()), tuple(passed))


def write_opml(feeds: Iterable[Feed]) -> bytes:
    """The feeds as OPML 2.0, in their folders."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Feeds of Demarche"
    folders: dict[tuple[str, ...], ElementTree.Element] = {(): ElementTree.SubElement(root, "body")}
    for feed in feeds:
        for depth in range(1, len(feed.folder) + 1):
            path = feed.folder[:depth]
            if path not in folders:
                folders[path] = ElementTree.SubElement(folders[path[:-1]], "outline", text=path[-1], title=path[-1])
        ElementTree.SubElement(
            folders[feed.folder], "outline", type="rss", text=feed.outlet, title=feed.outlet, xmlUrl=feed.url
        )
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
