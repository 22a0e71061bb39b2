"""What a parser reads from a document: texts as they stand, before clean-up, dates and language."""

from dataclasses import dataclass, field

from monitor.message.item import DateSource


@dataclass(slots=True)
class RawEntry:
    """One entry; HTML is still HTML, links may be relative to `base`."""

    guid: str = ""
    guid_is_link: bool = False
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    lang: str = ""
    dates: list[tuple[DateSource, str]] = field(default_factory=list)  # as printed, the best first
    publisher: str = ""
    publisher_url: str = ""
    base: str = ""


@dataclass(slots=True)
class RawFeed:
    """One document."""

    format: str
    parser: str
    title: str = ""
    link: str = ""
    lang: str = ""
    base: str = ""
    entries: list[RawEntry] = field(default_factory=list)
    partial: bool = False


def published(text: str) -> tuple[DateSource, str]:
    return DateSource.PUBLISHED, text


def updated(text: str) -> tuple[DateSource, str]:
    return DateSource.UPDATED, text
