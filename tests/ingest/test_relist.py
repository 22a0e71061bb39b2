"""Another list of feeds while the worker is at work: who stays keeps its turn, who comes is asked soon."""

from monitor.ingest.feed import Priority
from monitor.ingest.reply import Polled
from monitor.ingest.schedule import PACES
from tests.ingest.newspaper import Given, always, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.rig import START, feed, rig, soon

KIND = ("Content-Type", "application/rss+xml")
NEWS = always(Given(200, rss([Story(guid="1", at=START)]), (KIND,)))


async def test_a_feed_that_is_added_is_asked_within_seconds_and_the_others_keep_their_turn() -> None:
    async with newspaper(old=NEWS, new=NEWS) as paper, rig([feed(paper.url("/old"), "old")]) as desk:
        await desk.next_poll()
        planned = desk.state("old").next_poll
        desk.relist(feed(paper.url("/old"), "old"), feed(paper.url("/new"), "new"))
        await desk.run_until(desk.now + soon(seconds=10))
        assert len(paper.to("/new")) == 1
        assert len(paper.to("/old")) == 1
        assert desk.state("old").next_poll == planned
        assert [item.feed for item in desk.items] == ["old", "new"]


async def test_a_feed_that_is_removed_is_asked_no_more_and_known_when_it_returns() -> None:
    async with newspaper(a=NEWS, b=NEWS) as paper:
        both = feed(paper.url("/a"), "a"), feed(paper.url("/b"), "b")
        async with rig(both) as desk:
            await desk.run_until(START + soon(seconds=30))
            desk.relist(both[0])
            await desk.run_until(START + soon(hours=1))
            assert len(paper.to("/b")) == 1
            assert desk.worker.readings(desk.now)["feeds"] == 1
            desk.relist(*both)
            await desk.run_until(START + soon(hours=2))
            assert len(paper.to("/b")) > 1
            assert len(desk.items) == 2


async def test_another_address_under_the_same_id_is_asked_soon_and_tells_nothing_again() -> None:
    async with newspaper(a=NEWS, b=NEWS) as paper, rig([feed(paper.url("/a"))]) as desk:
        await desk.next_poll()
        desk.relist(feed(paper.url("/b")))
        await desk.run_until(desk.now + soon(seconds=10))
        assert [one.path for one in paper.asked] == ["/a", "/b"]
        assert not {"if-none-match", "if-modified-since"} & set(paper.to("/b")[0].headers)
        assert len(desk.items) == 1


async def test_an_answer_of_the_old_address_is_dropped_and_the_new_one_asked() -> None:
    async with newspaper(a=NEWS, b=NEWS) as paper, rig([feed(paper.url("/a"))]) as desk:
        desk.take(desk.worker.step((), (), desk.now))
        desk.now += soon(seconds=10)
        step = desk.worker.step((), (), desk.now)
        (order,) = step.actions
        desk.relist(feed(paper.url("/b")))
        assert not desk.worker.step((), (), desk.now).actions
        answer: Polled = await desk.worker.perform(order)
        assert desk.take(desk.worker.step((), [answer], desk.now)) == []
        await desk.run_until(desk.now + soon(seconds=10))
        assert [one.path for one in paper.asked] == ["/a", "/b"]
        assert len(desk.items) == 1


async def test_an_answer_for_a_feed_that_was_removed_frees_its_host() -> None:
    async with newspaper(a=NEWS, b=NEWS) as paper:
        both = feed(paper.url("/a"), "a"), feed(paper.url("/b"), "b")
        async with rig(both[:1]) as desk:
            desk.now += soon(seconds=10)
            desk.worker.step((), (), START)
            (order,) = desk.worker.step((), (), desk.now).actions
            desk.relist(both[1])
            desk.worker.step((), (), desk.now)
            desk.worker.step((), [await desk.worker.perform(order)], desk.now)
            await desk.run_until(desk.now + soon(seconds=20))
            assert [item.feed for item in desk.items] == ["b"]


async def test_a_higher_priority_brings_the_next_poll_forward() -> None:
    async with newspaper(feed=NEWS) as paper:
        slow = feed(paper.url("/feed"), priority=Priority.LOW)
        async with rig([slow]) as desk:
            await desk.next_poll()
            asked = desk.now
            assert (desk.state().next_poll or asked) - asked >= soon(seconds=PACES[Priority.LOW].floor)
            desk.relist(feed(paper.url("/feed"), priority=Priority.WIRE))
            await desk.run_until(asked + soon(seconds=70))
            assert len(paper.asked) == 2


async def test_a_mended_address_ends_the_trouble_that_was_told() -> None:
    gone = always(Given(404))
    async with newspaper(a=gone, b=NEWS) as paper, rig([feed(paper.url("/a"))]) as desk:
        for _ in range(4):
            await desk.next_poll()
        await desk.tell()
        desk.relist(feed(paper.url("/b")))
        await desk.next_poll()
        await desk.tell()
        assert [note.event for note in desk.notices] == ["feed.troubled", "feed.recovered"]
