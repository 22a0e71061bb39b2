"""Which story is which, over polls, restarts and all that servers do to their guids and links."""

import pytest

from monitor.ingest.feed import Basis
from monitor.ingest.identity import Distrust
from monitor.ingest.poll import STORIES
from monitor.message.item import Item
from tests.ingest.newspaper import Given, in_turn, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.rig import START, Rig, feed, rig, soon


def story(number: int, **more: object) -> Story:
    made = {
        "title": f"Ministers meet in round {number}",
        "guid": f"https://paper.example/news/{number}",
        "link": f"https://paper.example/news/{number}?at_campaign=rss",
        "at": START - soon(minutes=5 * number),
        "summary": f"They spoke of matter {number}.",
    }
    return Story(**made | more)  # type: ignore[arg-type]


async def told(*documents: bytes, basis: Basis | None = None) -> list[list[Item]]:
    """The items that each of the documents gave, polled one after the other."""
    script = in_turn(*(Given(200, body, (("Content-Type", "application/rss+xml"),)) for body in documents))
    async with newspaper(feed=script) as paper, rig([feed(paper.url("/feed"), basis=basis)]) as desk:
        return [await desk.next_poll() for _ in documents]


TEN = [story(number) for number in range(10)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: {}, id="nothing"),
        pytest.param(lambda one: {"guid": one.guid.replace("https:", "http:")}, id="guid to http"),
        pytest.param(
            lambda one: {"guid": one.guid.replace("https:", "http:"), "link": one.link.replace("https:", "http:")},
            id="guid and link to http",
        ),
        pytest.param(lambda one: {"link": one.link.replace("=rss", "=mail&utm_source=x")}, id="tracking"),
        pytest.param(lambda one: {"at": one.at + soon(minutes=3)}, id="re-dated"),
        pytest.param(lambda one: {"guid": one.guid + "#7"}, id="counter at the guid"),
        pytest.param(lambda one: {"guid": "another-system:" + one.guid[-1]}, id="another guid, same link"),
        pytest.param(lambda one: {"link": one.link.replace("/news/", "/archive/")}, id="another link, same guid"),
        pytest.param(lambda one: {"summary": "  " + one.summary.replace(" ", "\n ")}, id="space"),
    ],
)
async def test_what_changes_no_word_gives_nothing_new(change) -> None:  # type: ignore[no-untyped-def]
    changed = [msgspec_replace(one, **change(one)) for one in TEN]
    first, second = await told(rss(TEN), rss(changed))
    assert len(first) == 10
    assert second == []


def msgspec_replace(one: Story, **more: object) -> Story:
    from dataclasses import replace

    return replace(one, **more)  # type: ignore[arg-type]


async def test_a_corrected_title_is_one_update_of_the_same_item() -> None:
    corrected = [msgspec_replace(TEN[0], title="Ministers meet in round zero"), *TEN[1:]]
    first, second = await told(rss(TEN), rss(corrected))
    (update,) = second
    old = next(item for item in first if item.title == TEN[0].title)
    assert update.update
    assert (update.id, update.title) == (old.id, "Ministers meet in round zero")
    assert (update.title_before, old.title_before) == (TEN[0].title, "")
    assert update.revision != old.revision


async def test_an_update_of_the_text_alone_names_no_other_title() -> None:
    longer = [msgspec_replace(TEN[0], summary="They met for three hours."), *TEN[1:]]
    _, (update,) = await told(rss(TEN), rss(longer))
    assert (update.update, update.title_before) == (True, "")


async def test_each_correction_names_the_title_before_it_over_restarts() -> None:
    titles = ["Envoy recaled", "Envoy recalled", "Envoy called back"]
    versions = [rss([msgspec_replace(TEN[0], title=title), *TEN[1:]]) for title in titles]
    _, (second,), (third,) = await told(*versions)
    assert (second.title_before, third.title_before) == tuple(titles[:2])


async def test_one_article_twice_in_a_document_is_one_story_and_an_update() -> None:
    twice = [
        msgspec_replace(TEN[0], guid=TEN[0].guid + "#1"),
        *TEN[1:],
        msgspec_replace(TEN[0], guid=TEN[0].guid + "#8", title="Ministers meet: what we know"),
    ]
    bumped = [msgspec_replace(one, guid=one.guid.replace("#1", "#2").replace("#8", "#9")) for one in twice]
    more = [*bumped, story(11)]
    first, second, third = await told(rss(twice), rss(bumped), rss(more))
    assert [item.update for item in first].count(False) == 10
    assert [item.update for item in first].count(True) == 1
    assert second == []
    assert [item.title for item in third] == [story(11).title]


async def test_one_guid_for_all_is_seen_through_and_does_not_flap() -> None:
    def same(stories: list[Story]) -> bytes:
        return rss([msgspec_replace(one, guid="feed") for one in stories])

    single, whole, again, one_left, more = await told(
        same(TEN[:1]), same(TEN), same(TEN), same(TEN[4:5]), same([story(12), *TEN])
    )
    assert len(single) == 1
    assert len(whole) == 9
    assert (again, one_left) == ([], [])
    assert [item.title for item in more] == [story(12).title]


async def test_one_link_for_all_is_no_key() -> None:
    def same(stories: list[Story]) -> bytes:
        return rss([msgspec_replace(one, link="https://paper.example/live") for one in stories])

    first, second, third = await told(same(TEN[:4]), same(TEN), same(TEN[3:5]))
    assert len(first) == 4
    assert len(second) == 6
    assert third == []


async def test_the_channels_own_link_is_no_key() -> None:
    def same(number: int) -> bytes:
        return rss([story(number, guid=f"n{number}", link="https://paper.example/")])

    assert [len(items) for items in await told(*(same(number) for number in range(3)))] == [1, 1, 1]


async def test_one_guid_and_one_link_for_all_go_by_their_texts() -> None:
    def same(stories: list[Story]) -> bytes:
        return rss([msgspec_replace(one, guid="feed", link="https://paper.example/live") for one in stories])

    single, whole, again = await told(same(TEN[:1]), same(TEN), same(TEN))
    assert (len(single), len(whole), again) == (1, 9, [])


async def test_no_guid_goes_by_link() -> None:
    def bare(stories: list[Story]) -> bytes:
        return rss([msgspec_replace(one, guid="") for one in stories])

    corrected = [msgspec_replace(TEN[0], title="Ministers met"), *TEN[1:]]
    first, second = await told(bare(TEN), bare(corrected))
    assert len(first) == 10
    assert [item.update for item in second] == [True]


async def test_neither_guid_nor_link_goes_by_the_text() -> None:
    def bare(stories: list[Story]) -> bytes:
        return rss([msgspec_replace(one, guid="", link="") for one in stories])

    first, second = await told(bare(TEN), bare([story(20), *TEN]))
    assert len(first) == 10
    assert [item.title for item in second] == [story(20).title]


async def test_guids_that_differ_in_the_fragment_alone_are_different() -> None:
    def page(numbers: range) -> bytes:
        link = "https://paper.example/changes"
        return rss([story(number, guid=f"{link}#{number}", link=f"{link}#{number}") for number in numbers])

    first, second = await told(page(range(1, 6)), page(range(1, 8)))
    assert (len(first), len(second)) == (5, 2)


async def test_a_forced_basis_is_obeyed() -> None:
    def two(guid: str) -> bytes:
        return rss([story(1, guid=guid, link="https://paper.example/a")])

    by_guid = await told(two("x"), two("y"), basis=Basis.GUID)
    by_link = await told(two("x"), two("y"), basis=Basis.LINK)
    assert [len(items) for items in by_guid] == [1, 1]
    assert [len(items) for items in by_link] == [1, 0]


async def test_a_text_that_prints_a_clock_is_not_told_for_ever() -> None:
    documents = [rss([story(1, summary=f"It is {minute} past.")]) for minute in range(40)]
    items = [item for items in await told(*documents) for item in items]
    assert len(items) == 1 + 24


async def test_caches_that_take_turns_give_one_update() -> None:
    old, new = rss(TEN), rss([msgspec_replace(TEN[0], title="Ministers met"), *TEN[1:]])
    counts = [len(items) for items in await told(old, new, old, new, old)]
    assert counts == [10, 1, 0, 0, 0]


async def test_what_was_distrusted_stays_so_over_a_restart() -> None:
    same = rss([msgspec_replace(one, guid="feed") for one in TEN])
    kind = (("Content-Type", "application/rss+xml"),)
    left = rss([msgspec_replace(TEN[4], guid="feed"), msgspec_replace(story(13), guid="feed")])
    async with newspaper(feed=in_turn(Given(200, same, kind), Given(200, left, kind))) as paper:
        async with rig([feed(paper.url("/feed"))]) as desk:
            await desk.next_poll()
            assert Distrust(desk.state().distrust) is Distrust.GUID
            now, committed = desk.now, desk.committed
        async with rig([feed(paper.url("/feed"))], committed=committed, now=now) as desk:
            assert [item.title for item in await desk.next_poll()] == [story(13).title]


def stories_kept(desk: Rig) -> int:
    from monitor.ingest.memory import Memory

    return len(Memory.unpack(desk.committed[STORIES + "paper"]))


async def test_ids_stay_for_fourteen_days_and_old_stories_that_come_back_are_dropped() -> None:
    kind = (("Content-Type", "application/rss+xml"),)
    documents = in_turn(*(Given(200, rss(one), kind) for one in (TEN, [story(30)], TEN, [story(31)], TEN)))
    async with newspaper(feed=documents) as paper, rig([feed(paper.url("/feed"))]) as desk:
        await desk.next_poll()
        await desk.next_poll()
        desk.now += soon(days=13)
        assert await desk.next_poll() == []
        assert stories_kept(desk) == 11
        await desk.next_poll()
        desk.now += soon(days=40)
        desk.worker.restore(desk.committed)
        await desk.next_poll()
        assert stories_kept(desk) == 11
