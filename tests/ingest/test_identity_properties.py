"""Identity, for any document: nothing is lost, nothing comes twice, nothing flaps."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import PoisonRecord
from monitor.ingest.document import Document, Entry
from monitor.ingest.feed import Feed
from monitor.ingest.harvest import Harvest, Sight, gather
from monitor.ingest.identity import Distrust
from monitor.ingest.memory import Known, Memory
from monitor.ingest.poll import STORIES, Policy, Polling
from monitor.ingest.state import FEED as FEED_STATE
from monitor.ingest.state import FeedState, pack
from monitor.message.item import DateSource

NOW = datetime(2026, 11, 2, tzinfo=UTC)
FEED = Feed(id="paper", url="https://paper.example/feed", outlet="Paper")

GUIDS = st.sampled_from(["", "feed", *(f"https://paper.example/{n}" for n in range(4)), "page#1", "page#2", "7"])
LINKS = st.sampled_from(["", "https://paper.example/", *(f"https://paper.example/{n}" for n in range(4))])
ENTRIES = st.builds(
    Entry,
    guid=GUIDS,
    link=LINKS,
    title=st.sampled_from([f"Story {n}" for n in range(6)]),
    summary=st.sampled_from(["", "a", "b"]),
    published=st.sampled_from([None, NOW - timedelta(hours=1)]),
)
DOCUMENTS = st.builds(Document, format=st.just("rss-2.0"), parser=st.just("fast"), entries=st.lists(ENTRIES).map(tuple))


def read(document: Document, memory: Memory, distrust: Distrust, now: datetime = NOW, first: bool = False) -> Harvest:
    return gather(FEED, document, memory, distrust, Sight(now, first, 1))


@settings(max_examples=60)
@given(DOCUMENTS)
def test_the_same_document_again_gives_nothing_after_a_restart(document: Document) -> None:
    memory = Memory()
    first = read(document, memory, Distrust.NOTHING, first=True)
    again = read(document, Memory.unpack(memory.pack()), first.distrust)
    assert again.new == 0
    assert again.distrust == first.distrust


@settings(max_examples=60)
@given(st.lists(DOCUMENTS, max_size=5))
def test_distrust_only_grows_and_ids_are_never_shared(documents: list[Document]) -> None:
    memory, distrust, new = Memory(), Distrust.NOTHING, []
    for document in documents:
        harvest = read(document, memory, distrust)
        assert harvest.distrust & distrust == distrust
        distrust = harvest.distrust
        new += [item.id for item in harvest.items if not item.update]
        memory = Memory.unpack(memory.pack())
    assert len(new) == len(set(new))


@settings(max_examples=30)
@given(st.integers(1, 30), st.integers(0, 30), st.randoms(use_true_random=False))
def test_each_story_of_a_sound_feed_comes_once_whatever_the_window(total: int, step: int, dice) -> None:  # type: ignore[no-untyped-def]
    stories = [
        Entry(guid=f"tag:{n}", link=f"https://paper.example/{n}", title=f"Story {n}", published=NOW)
        for n in range(total)
    ]
    memory, told = Memory(), 0
    for start in range(0, total, max(step, 1)):
        window = stories[start : start + max(step, 1) + 3]
        dice.shuffle(window)
        harvest = read(Document(format="rss-2.0", parser="fast", entries=tuple(window)), memory, Distrust.NOTHING)
        assert harvest.updated == 0
        told += harvest.new
    assert told == total


@given(st.lists(st.builds(Known, *[st.integers(0, 2**64 - 1)] * 4, *[st.integers(0, 2**32 - 1)] * 2,
                          st.integers(0, 2**16 - 1), st.integers(0, 255), st.booleans(), st.booleans(),
                          st.integers(0, 63)), max_size=20))  # fmt: skip
def test_memory_packs_without_loss(stories: list[Known]) -> None:
    packed = Memory(stories).pack()
    assert list(Memory.unpack(packed)) == stories
    assert len(packed) <= 8 + 45 * len(stories)


def test_memory_of_another_form_is_none() -> None:
    assert len(Memory.unpack(b"\x03" + bytes(44))) == 0
    assert len(Memory.unpack(b"\x02" + bytes(43))) == 0
    assert len(Memory.unpack(b"\x01" + bytes(45))) == 0


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants bounds without a zone
def test_no_date_ahead_or_before_there_were_feeds_ever_leaves(published: datetime) -> None:
    entry = Entry(guid="1", title="Story", published=published, published_text="as printed",
                  date_source=DateSource.PUBLISHED)  # fmt: skip
    document = Document(format="rss-2.0", parser="fast", entries=(entry,))
    (item,) = read(document, Memory(), Distrust.NOTHING, first=True).items
    assert item.published is None or (item.published <= NOW and item.published.year >= 1990)
    assert item.published_text == "as printed"
    assert (item.published is None) == (item.date_source == "first_seen")


def test_a_new_cleaner_says_nothing_and_a_change_after_it_does() -> None:
    entry = Entry(guid="1", title="Story", content="as the old one cleaned it", published=NOW)
    memory = Memory()

    def at(entry: Entry, cleaner: int) -> Harvest:
        document = Document(format="rss-2.0", parser="fast", entries=(entry,))
        return gather(FEED, document, memory, Distrust.NOTHING, Sight(NOW, False, cleaner))

    assert at(entry, 1).new == 1
    assert at(msgspec.structs.replace(entry, content="as the new one cleans it"), 2).items == []
    (update,) = at(msgspec.structs.replace(entry, content="as the outlet changed it"), 2).items
    assert update.update


def test_a_feed_that_renames_all_its_undated_stories_floods_nobody() -> None:
    def entries(system: str) -> tuple[Entry, ...]:
        return tuple(Entry(guid=f"{system}-{n}", link=f"https://{system}.example/{n}", title=f"Story {n}")
                     for n in range(10))  # fmt: skip

    memory = Memory()
    document = Document(format="rss-2.0", parser="fast", entries=entries("old"))
    read(document, memory, Distrust.NOTHING, first=True)
    harvest = read(msgspec.structs.replace(document, entries=entries("new")), memory, Distrust.NOTHING)
    assert harvest.turned_over
    assert all(item.first_sight and item.published is None for item in harvest.items)


def test_google_news_gives_the_publisher_as_outlet() -> None:
    entry = Entry(guid="CBMx", link="https://news.google.com/rss/articles/CBMx?oc=5", title="Envoy leaves - The Paper",
                  publisher="The Paper", publisher_url="https://paper.example", published=NOW)  # fmt: skip
    feed = replace_feed(FEED, url="https://news.google.com/rss/search?q=x")
    document = Document(format="rss-2.0", parser="fast", entries=(entry,))
    (item,) = gather(feed, document, Memory(), Distrust.NOTHING, Sight(NOW, True, 1)).items
    assert (item.title, item.outlet, item.url) == (
        "Envoy leaves",
        "The Paper",
        "https://news.google.com/rss/articles/CBMx",
    )


def replace_feed(feed: Feed, **more: str) -> Feed:
    return msgspec.structs.replace(feed, **more)


def test_long_texts_are_cut_at_whole_characters() -> None:
    entry = Entry(guid="1", title="é" * 5000, summary="é" * 50_000, content="語" * 200_000, published=NOW)
    document = Document(format="rss-2.0", parser="fast", entries=(entry,))
    (item,) = read(document, Memory(), Distrust.NOTHING).items
    assert [len(text.encode()) for text in (item.title, item.summary, item.content)] == [4096, 65536, 262143]


def test_memory_of_earlier_releases_is_read() -> None:
    stories = [Known(n, n + 1, n + 2, n + 3, n + 4, present=n < 3, headline="Story" * (n < 3)) for n in range(5)]
    packed = Memory(stories).pack()
    bare = b"\x01" + packed[5 : 5 + 44 * 5]
    assert [(one.item, one.guid, one.present, one.headline) for one in Memory.unpack(bare)] == [
        (one.item, one.guid, one.present, "") for one in stories
    ]
    assert list(Memory.unpack(packed)) == stories


def test_memory_of_a_later_release_is_never_worked_without() -> None:
    polling = Polling([FEED], Policy())
    for key, packed in ((STORIES, b"\x03" + bytes(44)), (FEED_STATE, pack(FeedState(schema=2)))):
        with pytest.raises(PoisonRecord, match="later release"):
            polling.restore({key + FEED.id: packed})


def test_memory_that_is_damaged_is_no_traceback() -> None:
    packed = Memory([Known(1, 2, 3, 4, 5, headline="Story")]).pack()
    for cut in range(len(packed)):
        assert len(Memory.unpack(packed[:cut])) in (0, 1)
