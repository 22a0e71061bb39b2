"""How a feed is said to be, when the operator hears of it, and what becomes of it."""

import itertools

import pytest

from monitor.ingest.move import DAYS, SUCCESSES
from monitor.ingest.poll import Policy
from monitor.ingest.schedule import GONE_WAIT, MAX_WAIT
from monitor.ingest.state import Health, Why
from tests.ingest.newspaper import Given, always, in_turn, newspaper
from tests.ingest.paper import Story, rss
from tests.ingest.rig import START, Rig, feed, rig, soon

KIND = ("Content-Type", "application/rss+xml")
NEWS = rss([Story(guid=str(number), at=START - soon(hours=number)) for number in range(12)])
GOOD = Given(200, NEWS, (KIND,))
PAGE = Given(200, b"<!doctype html><html><head><title>Ministry</title></head><body>Welcome</body></html>",
             (("Content-Type", "text/html"),))  # fmt: skip
WALL = Given(
    200,
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>"
    b"<script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>"
    b"<noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
    (("Content-Type", "text/html"),),
)


@pytest.mark.parametrize(
    ("given", "health"),
    [
        pytest.param(GOOD, Health.OK, id="ok"),
        pytest.param(PAGE, Health.HTML, id="page"),
        pytest.param(WALL, Health.BOT_WALL, id="wall"),
        pytest.param(Given(403, b"", (("x-datadome", "protected"),)), Health.BOT_WALL, id="wall by header"),
        pytest.param(Given(200, b""), Health.UNREADABLE, id="no byte"),
        pytest.param(Given(404), Health.REFUSED, id="404"),
        pytest.param(Given(401), Health.REFUSED, id="401"),
        pytest.param(Given(500), Health.UNREACHABLE, id="500"),
        pytest.param(Given(429), Health.RATE_LIMITED, id="429"),
        pytest.param(Given(503, b"", (("Retry-After", "60"),)), Health.RATE_LIMITED, id="503 with Retry-After"),
        pytest.param(Given(200, rss([]), (KIND,)), Health.EMPTY, id="never an entry"),
        pytest.param(Given(200, NEWS[:-300], (KIND,)), Health.SALVAGED, id="cut in the middle"),
    ],
)
async def test_each_state_has_its_name(given: Given, health: Health) -> None:
    async with newspaper(feed=always(given)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        await desk.next_poll()
        assert desk.state().health is health


async def history(*given: Given) -> Rig:
    async with newspaper(feed=in_turn(*given)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        for _ in given:
            await desk.next_poll()
        await desk.tell()
        return desk


async def test_trouble_is_told_once_and_its_end_once() -> None:
    desk = await history(GOOD, *[PAGE] * 5, GOOD, GOOD)
    assert [(note.event, note.trouble, note.key) for note in desk.notices] == [
        ("feed.troubled", True, "feed:paper"),
        ("feed.recovered", False, "feed:paper"),
    ]
    assert "HTML instead of a feed" in desk.notices[0].text
    assert "Next try" in desk.notices[0].text
    assert len({note.id for note in desk.notices}) == 2


async def test_a_page_instead_of_a_feed_is_told_at_the_second_poll() -> None:
    assert (await history(GOOD, PAGE)).notices == []
    assert len((await history(GOOD, PAGE, PAGE)).notices) == 1


async def test_a_short_failure_is_nobodys_business() -> None:
    assert (await history(GOOD, Given(500), Given(502), GOOD)).notices == []


async def test_a_feed_that_empties_is_told_at_the_second_poll() -> None:
    empty = Given(200, rss([]), (KIND,))
    other = Given(200, rss([], extra="<ttl>5</ttl>"), (KIND,))
    assert (await history(GOOD, empty)).notices == []
    desk = await history(GOOD, empty, other)
    assert desk.state().health is Health.EMPTY
    assert [note.event for note in desk.notices] == ["feed.troubled"]


async def test_an_empty_feed_that_says_not_modified_is_still_empty() -> None:
    empty = Given(200, rss([]), (KIND,))
    desk = await history(GOOD, empty, empty, empty)
    assert desk.state().health is Health.EMPTY


async def test_silence_is_measured_against_the_feeds_own_rhythm() -> None:
    async with newspaper(feed=always(GOOD)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        await desk.next_poll()
        desk.now += soon(hours=22)
        await desk.next_poll()
        assert desk.state().health is Health.NOT_MODIFIED
        desk.now += soon(hours=4)
        await desk.next_poll()
        assert desk.state().health is Health.STALE
        await desk.tell()
        assert [note.event for note in desk.notices] == ["feed.troubled"]


async def test_gone_takes_three_and_is_looked_at_again_after_a_week() -> None:
    gone = Given(410)
    async with newspaper(feed=in_turn(GOOD, gone, gone, gone, GOOD)) as paper:
        async with rig([feed(paper.url("/feed"))], paper=paper) as desk:
            for _ in range(3):
                await desk.next_poll()
            assert desk.state().health is Health.REFUSED
            await desk.next_poll()
            assert desk.state().health is Health.GONE
            assert desk.state().why is Why.GONE
            await desk.tell()
            assert [note.event for note in desk.notices] == ["feed.troubled"]
            await desk.next_poll()
            await desk.tell()
            assert [note.event for note in desk.notices] == ["feed.troubled", "feed.recovered", "feed.troubled"]
            assert "stale" in desk.notices[-1].text  # it is there again, and has nothing new
        times = [one.at for one in paper.asked if one.at]
        assert (times[-1] - times[-2]).total_seconds() >= GONE_WAIT


async def test_it_never_stops_and_waits_six_hours_at_most() -> None:
    async with newspaper(feed=always(Given(500))) as paper:
        async with rig([feed(paper.url("/feed"))], paper=paper) as desk:
            for _ in range(40):
                await desk.next_poll()
        times = [one.at for one in paper.asked if one.at]
        waits = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
        assert waits == sorted(waits) or max(waits) <= MAX_WAIT * 1.1
        assert MAX_WAIT <= waits[-1] <= MAX_WAIT * 1.1 + 1
        assert 600 <= waits[0] <= 661


async def test_a_move_is_stored_after_successes_over_days_and_survives_the_old_address() -> None:
    redirect = Given(301, b"", (("Location", "/new"),))
    async with newspaper(feed=always(redirect), new=always(GOOD)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        for number in range(SUCCESSES + 3):
            await desk.next_poll()
            move = desk.state().move
            assert move
            assert not move.stored, number
        desk.now += soon(days=DAYS)
        await desk.next_poll()
        move = desk.state().move
        assert move
        assert (move.stored, move.url) == (True, paper.url("/new"))
        paper.asked.clear()
        paper.scripts["/feed"] = always(Given(404))
        await desk.next_poll()
        assert [one.path for one in paper.asked] == ["/new"]
        assert len(desk.items) == 12


@pytest.mark.parametrize(
    ("status", "target"),
    [
        pytest.param(302, GOOD, id="302"),
        pytest.param(307, GOOD, id="307"),
        pytest.param(301, PAGE, id="301 to a page"),
        pytest.param(301, Given(404), id="301 to nothing"),
    ],
)
async def test_no_other_redirect_is_ever_stored(status: int, target: Given) -> None:
    away = always(Given(status, b"", (("Location", "/new"),)))
    async with newspaper(feed=away, new=always(target)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        for _ in range(12):
            await desk.next_poll()
            desk.now += soon(days=1)
        assert desk.state().move is None
        paper.asked.clear()
        await desk.next_poll()
        assert paper.asked[0].path == "/feed"


async def test_a_stored_move_that_breaks_is_undone() -> None:
    redirect = Given(301, b"", (("Location", "/new"),))
    async with newspaper(feed=always(redirect), new=always(GOOD)) as paper, rig([feed(paper.url("/feed"))]) as desk:
        for _ in range(SUCCESSES + 1):
            await desk.next_poll()
            desk.now += soon(days=1)
        assert desk.state().move
        paper.scripts |= {"/feed": always(GOOD), "/new": always(Given(404))}
        for _ in range(4):
            await desk.next_poll()
        assert desk.state().failures == 0
        assert desk.state().move is None


async def test_many_at_once_is_one_notice_of_our_own_network_and_all_are_asked_soon_after() -> None:
    async with newspaper(feed=always(GOOD)) as paper:
        port = paper.port
        # every address of 127/8 is this machine, and a host of its own
        feeds = [feed(f"http://127.0.0.{number}:{port}/feed", f"f{number}") for number in range(1, 13)]
        async with rig(feeds, Policy(spacing=0)) as desk:
            await desk.run_until(START + soon(minutes=1))
            assert len(desk.items) == 12 * 12
            paper.close()
            await desk.run_until(START + soon(hours=1))
            assert [note.event for note in desk.notices] == ["network.went_down"]
            waits = {desk.state(f"f{number}").why for number in range(1, 13)}
            assert Why.NETWORK in waits
            await paper.open(port)
            up = desk.now
            await desk.run_until(up + soon(minutes=12))
            assert [note.event for note in desk.notices] == ["network.went_down", "network.came_up"]
            assert all(desk.state(f"f{number}").health.is_well for number in range(1, 13))


async def test_feeds_that_break_together_are_one_notice_and_so_is_their_recovery() -> None:
    nothing = Given(200, b"")
    scripts = {name: in_turn(bad, bad, bad, GOOD) for name, bad in (("a", PAGE), ("b", PAGE), ("c", nothing))}
    async with newspaper(**scripts, d=always(GOOD)) as paper:
        here = [feed(paper.url(f"/{name}"), name) for name in "abcd"]
        async with rig(here, Policy(spacing=0)) as desk:
            await desk.run_until(START + soon(hours=3))
            assert [(note.event, note.key) for note in desk.notices] == [
                ("feed.troubled", "feeds"),
                ("feed.recovered", "feeds"),
            ]
            told, over = (note.text for note in desk.notices)
            assert told.startswith("3 feeds are in trouble: 2 HTML instead of a feed (a, b); 1 unreadable (c).")
            assert over == "3 feeds are read again: a, b, c."


async def test_what_was_gathered_when_the_process_ended_is_told_after_it() -> None:
    async with newspaper(feed=in_turn(GOOD, PAGE)) as paper:
        here = [feed(paper.url("/feed"))]
        async with rig(here) as desk:
            for _ in range(3):
                await desk.next_poll()
            assert desk.notices == []
        async with rig(here, committed=desk.committed, now=desk.now) as after:
            await after.tell()
            assert [note.event for note in after.notices] == ["feed.troubled"]


async def test_one_round_tells_before_it_ends() -> None:
    async with newspaper(feed=always(PAGE)) as paper:
        here = [feed(paper.url("/feed"))]
        async with rig(here) as desk:
            await desk.next_poll()
        later = desk.now + soon(hours=8)
        async with rig(here, committed=desk.committed, now=later, once=True) as once:
            await once.turn()
            assert [note.event for note in once.notices] == ["feed.troubled"]
            assert once.wake_at is None
