"""The worker over time: first sight, outages, crashes, changes of the list, what it counts."""

from dataclasses import replace

import pytest

from monitor.errors import PoisonRecord
from monitor.ingest.feed import Feed, share_of
from monitor.ingest.overview import overview
from monitor.ingest.poll import STORIES, Policy
from monitor.ingest.reply import Fetch
from monitor.ingest.state import FEED, Health, delays
from monitor.message.step import Broken
from tests.ingest.newspaper import Asked, Given, always, in_turn, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.rig import START, feed, rig, soon

KIND = ("Content-Type", "application/rss+xml")


def given(*stories: Story) -> Given:
    return Given(200, rss(stories), (KIND,))


def story(number: int, **more: object) -> Story:
    made = Story(title=f"Story {number}", guid=str(number), at=START - soon(minutes=number))
    return replace(made, **more)  # type: ignore[arg-type]


async def test_the_first_document_is_first_sight_and_the_next_is_not() -> None:
    later = story(2, at=START + soon(minutes=4))
    script = in_turn(given(story(1)), given(later, story(1)))
    async with newspaper(feed=script) as paper, rig([feed(paper.url("/feed"), official=True)]) as desk:
        (first,) = await desk.next_poll()
        (second,) = await desk.next_poll()
    assert (first.first_sight, second.first_sight) == (True, False)
    assert (second.published, second.first_seen) == (later.at, desk.now)
    assert (second.outlet, second.country, second.lang, second.official) == ("Paper", "FRA", "en", True)


async def test_the_first_document_after_failures_is_still_first_sight() -> None:
    script = in_turn(Given(500), Given(500), given(story(1)))
    async with newspaper(feed=script) as paper, rig([feed(paper.url("/feed"))]) as desk:
        items = [item for _ in range(3) for item in await desk.next_poll()]
    assert [item.first_sight for item in items] == [True]


@pytest.mark.parametrize(("hours", "first"), [(1, False), (9, True)])
async def test_after_an_outage_of_ours_all_is_first_sight(hours: int, first: bool) -> None:
    async with newspaper(feed=in_turn(given(story(1)), given(story(2), story(1)))) as paper:
        async with rig([feed(paper.url("/feed"))]) as desk:
            await desk.next_poll()
            committed = desk.committed
        async with rig([feed(paper.url("/feed"))], committed=committed, now=START + soon(hours=hours)) as desk:
            (item,) = await desk.next_poll()
    assert item.first_sight is first


async def test_after_an_outage_of_theirs_all_is_first_sight() -> None:
    script = [given(story(1)), *[Given(502)] * 6, given(story(2), story(1))]
    async with newspaper(feed=in_turn(*script)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        items = [item for _ in script for item in await desk.next_poll()]
    assert [item.first_sight for item in items] == [True, True]


async def test_undated_items_at_first_sight_say_so() -> None:
    async with newspaper(feed=always(given(story(1, at=None)))) as paper, rig([feed(paper.url("/feed"))]) as desk:
        (item,) = await desk.next_poll()
        assert desk.state().ledger.undated == 1
    assert (item.published, item.date_source, item.first_sight) == (None, "first_seen", True)


async def test_a_story_that_comes_back_after_weeks_is_stopped_by_its_date() -> None:
    old = story(1, at=START - soon(days=30))
    script = in_turn(given(old), given(story(2)), given(story(3), old))
    async with newspaper(feed=script) as paper, rig([feed(paper.url("/feed"))]) as desk:
        assert len(await desk.next_poll()) == 1  # at first sight the whole document is told
        await desk.next_poll()
        desk.committed.pop(STORIES + "paper")
        desk.worker.restore(desk.committed)
        items = await desk.next_poll()
        assert [item.title for item in items] == ["Story 3"]
        assert desk.state().ledger.dropped == {"age": 1}


async def test_a_crash_before_the_commit_gives_the_same_items_again() -> None:
    async with newspaper(feed=always(given(story(1), story(2)))) as paper:
        async with rig([feed(paper.url("/feed"))]) as desk:
            lost = await desk.next_poll()
        async with rig([feed(paper.url("/feed"))]) as desk:
            again = await desk.next_poll()
    assert [(item.id, item.revision) for item in lost] == [(item.id, item.revision) for item in again]


async def test_items_come_the_oldest_first() -> None:
    script = always(given(*(story(number) for number in range(5))))
    async with newspaper(feed=script) as paper, rig([feed(paper.url("/feed"))]) as desk:
        items = await desk.next_poll()
    assert [item.title for item in items] == [f"Story {number}" for number in (4, 3, 2, 1, 0)]


async def test_a_new_address_under_the_old_id_tells_nothing_again() -> None:
    body = given(story(1), story(2))
    async with newspaper(feed=always(body), other=always(body)) as paper:
        async with rig([feed(paper.url("/feed"))]) as desk:
            await desk.next_poll()
            committed = desk.committed
        async with rig([feed(paper.url("/other"))], committed=committed, now=START + soon(minutes=1)) as desk:
            assert await desk.next_poll() == []
            assert desk.state().health is Health.OK
    assert paper.bogus == []


async def test_what_is_remembered_of_feeds_no_longer_listed_goes_after_a_month() -> None:
    async with newspaper(feed=always(given(story(1)))) as paper:
        async with rig([feed(paper.url("/feed"))]) as desk:
            await desk.next_poll()
            committed = desk.committed
        for days, left in ((29, True), (31, False)):
            async with rig([], committed=committed, now=START + soon(days=days)) as desk:
                await desk.turn()
                assert (FEED + "paper" in desk.committed) is left


async def test_a_fetch_that_broke_is_a_failed_try() -> None:
    async with newspaper(feed=always(given(story(1)))) as paper, rig([feed(paper.url("/feed"))], once=True) as desk:
        (order,) = desk.worker.step((), (), desk.now).actions
        assert isinstance(order, Fetch)
        desk.take(desk.worker.step((), [Broken(order, "KeyError: 'x'")], desk.now))
        assert desk.state().health is Health.UNREACHABLE
        assert "our-fault" in desk.state().detail


async def test_a_result_for_a_feed_of_another_share_is_passed_over() -> None:
    async with newspaper(feed=always(given(story(1)))) as paper, rig([feed(paper.url("/feed"))]) as desk:
        polled = await desk.fetcher.fetch(Fetch("stranger", paper.url("/feed")))
        step = desk.worker.step((), [polled], desk.now)
        assert (step.outputs, step.changes) == ([], {})


async def test_ingest_has_no_input() -> None:
    async with rig([]) as desk:
        with pytest.raises(PoisonRecord):
            desk.worker.decode(b"x")


async def test_a_step_does_not_work_for_long_at_a_time() -> None:
    """Many documents at once are entered over several steps, none of them lost."""
    scripts = {f"f{number}": always(given(*(story(n) for n in range(40)))) for number in range(12)}
    async with newspaper(**scripts) as paper:
        feeds = [
            feed(paper.url(f"/f{number}").replace("127.0.0.1", f"127.0.0.{number + 1}"), f"f{number}")
            for number in range(12)
        ]
        async with rig(feeds, Policy(spacing=0), once=True) as desk:
            results = [await desk.worker.perform(action) for action in desk.worker.step((), (), desk.now).actions]
            step = desk.worker.step((), results, desk.now)
            assert 40 <= len(desk.take(step)) < 480
            assert step.wake_at == desk.now
            assert not desk.worker.settled(desk.now)
            while not desk.worker.settled(desk.now):
                desk.take(desk.worker.step((), (), desk.now))
            assert len(desk.items) == 480


def test_shares_part_the_feeds_by_host() -> None:
    from monitor.ingest.worker import mine

    feeds = [Feed(id=f"f{n}", url=f"https://h{n % 9}.example/{n}", outlet="x") for n in range(90)]
    shares = [mine(feeds, number, 4) for number in range(4)]
    assert sorted(one.id for share in shares for one in share) == sorted(one.id for one in feeds)
    for number, share in enumerate(shares):
        assert {share_of(one.host, 4) for one in share} <= {number}


async def test_the_ledger_adds_up_and_delays_are_measured() -> None:
    def fresh(asked: Asked) -> Given:
        assert asked.at
        return given(*(story(n, at=START + soon(minutes=n)) for n in range(200) if START + soon(minutes=n) < asked.at))

    async with newspaper(feed=fresh) as paper, rig([feed(paper.url("/feed"))], paper=paper) as desk:
        await desk.run_until(START + soon(hours=2))
        ledger = desk.state().ledger
        assert ledger.read == ledger.known + ledger.new + sum(ledger.dropped.values())
        assert ledger.new == len(desk.items)
        (row,) = overview([feed(paper.url("/feed"))], desk.committed, desk.now)
        assert row.delay_p50 is not None
        assert row.delay_p95 is not None
        assert 60 <= row.delay_p50 <= row.delay_p95 <= 360


async def test_readings_count_feeds_by_state_also_those_that_have_none() -> None:
    async with newspaper(good=always(given(story(1))), bad=always(Given(404))) as paper:
        feeds = [feed(paper.url("/good"), "good"), feed(paper.url("/bad"), "bad")]
        async with rig(feeds, once=True) as desk:
            await desk.run_until(START + soon(minutes=1))
            found = desk.worker.readings(desk.now)
    assert (found["feeds"], found["feeds_polled"], found["feeds_well"]) == (2, 2, 1)
    assert (found["feeds_refused"], found["feeds_gone"], found["polls_in_flight"]) == (1, 0, 0)
    assert found["oldest_overdue_poll"] == 0


def test_delays_of_few_and_of_none() -> None:
    assert delays(()) == (None, None)
    assert delays((7,)) == (7, 7)
    assert delays(tuple(range(101))) == (50, 95)


async def test_a_clock_that_is_set_back_leaves_no_feed_unasked() -> None:
    async with newspaper(feed=always(given(story(1)))) as paper, rig([feed(paper.url("/feed"))]) as desk:
        await desk.next_poll()
        asked = len(paper.asked)
        desk.now -= soon(hours=1)
        await desk.turn()
        await desk.run_until(desk.now + soon(minutes=20))
        assert len(paper.asked) > asked


async def test_a_state_of_a_clock_ahead_leaves_no_feed_unasked() -> None:
    async with newspaper(feed=always(given(story(1)))) as paper:
        async with rig([feed(paper.url("/feed"))], now=START + soon(hours=1)) as desk:
            await desk.next_poll()
            committed = desk.committed
        asked = len(paper.asked)
        async with rig([feed(paper.url("/feed"))], committed=committed) as desk:
            await desk.run_until(START + soon(minutes=20))
        assert len(paper.asked) > asked
