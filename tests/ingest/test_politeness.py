"""What the owner of a server counts: requests without condition, made-up validators, visits too early, cookies."""

import asyncio
import itertools
from datetime import datetime, timedelta

import pytest

from monitor.ingest.feed import Priority
from monitor.ingest.overview import overview
from monitor.ingest.poll import Policy
from monitor.ingest.state import Health, Why
from tests.ingest.newspaper import Asked, Given, Newspaper, always, in_turn, newspaper, with_validators
from tests.ingest.paper import Story, rss
from tests.ingest.rig import AGENT, START, feed, rig, soon

BODY = rss([Story(guid="1", link="https://paper.example/1", at=START)])
KIND = ("Content-Type", "application/rss+xml")


def gaps(paper: Newspaper, path: str) -> list[timedelta]:
    times = [one.at for one in paper.to(path) if one.at]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


async def test_one_request_without_condition_for_life_over_restarts_and_new_validators() -> None:
    """Validators go back byte for byte, quotes and all, and only those that were given."""
    edition = [1]
    script = with_validators(
        lambda: rss([Story(guid=str(number), at=START) for number in range(edition[0])]),
        lambda: f'W/"ä {edition[0]}"'.encode().decode("latin-1"),
        ("Last-Modified", "Tue, 32 Foo 2026 25:61 here"),
        ("Set-Cookie", "who=you; Path=/"),
    )
    async with newspaper(feed=script) as paper:
        committed: dict[str, bytes] = {}
        now = START
        for number in range(1, 5):
            edition[0] = number
            async with rig([feed(paper.url("/feed"))], committed=committed, now=now, paper=paper) as desk:
                for _ in range(3):
                    await desk.next_poll()
                committed, now = desk.committed, desk.now + soon(hours=1)
        assert len(paper.asked) == 12
        assert len(paper.unconditional) == 1
        assert paper.bogus == []
        assert paper.nosy == []
        assert all(one.headers["if-modified-since"] == "Tue, 32 Foo 2026 25:61 here" for one in paper.asked[1:])
        assert {one.headers["user-agent"] for one in paper.asked} == {AGENT}
        assert {one.headers["accept-encoding"] for one in paper.asked} == {"gzip, deflate"}


@pytest.mark.parametrize(
    ("headers", "status", "least", "why"),
    [
        pytest.param((("Cache-Control", "public, max-age=7200"),), 200, 7200, Why.CACHE, id="max-age"),
        pytest.param((("Cache-Control", "max-age=7200"), ("Age", "3600")), 200, 3600, Why.CACHE, id="max-age, aged"),
        pytest.param((("Expires", "Mon, 02 Nov 2026 10:00:00 GMT"),), 200, 7190, Why.CACHE, id="Expires"),
        pytest.param((("Cache-Control", "no-cache, max-age=9000"),), 200, 300, Why.FLOOR, id="no-cache is not sooner"),
        pytest.param((("Cache-Control", "max-age=999999999"),), 200, 6 * 3600, Why.CACHE, id="max-age of decades"),
        pytest.param((("Retry-After", "5000"),), 429, 5000, Why.RETRY_AFTER, id="429 with seconds"),
        pytest.param((("Retry-After", "Mon, 02 Nov 2026 12:00:00 GMT"),), 503, 14390, Why.RETRY_AFTER, id="503, date"),
        pytest.param((), 429, 1800, Why.BACK_OFF, id="429 without a word"),
        pytest.param((("Retry-After", "soon"),), 429, 1800, Why.BACK_OFF, id="429 with nonsense"),
        pytest.param((), 500, 600, Why.BACK_OFF, id="500"),
    ],
)  # fmt: skip
async def test_no_visit_before_the_server_wants_it(
    headers: tuple[tuple[str, str], ...], status: int, least: int, why: Why
) -> None:
    body = BODY if status == 200 else b""
    async with newspaper(feed=always(Given(status, body, (KIND, *headers)))) as paper:
        async with rig([feed(paper.url("/feed"))], paper=paper) as desk:
            await desk.next_poll()
            assert desk.state().why is why
            await desk.next_poll()
        assert timedelta(seconds=least) <= gaps(paper, "/feed")[0] <= timedelta(seconds=least * 1.11 + 15)


@pytest.mark.parametrize(
    ("extra", "least", "why"),
    [
        pytest.param("<ttl>45</ttl>", 2700, Why.TTL, id="ttl"),
        pytest.param("<ttl>1440</ttl>", 3600, Why.TTL, id="ttl of a day is a hint, not an order"),
        pytest.param("<skipHours><hour>8</hour><hour>9</hour></skipHours>", 7200 - 60, Why.SKIPPED, id="skipHours"),
        pytest.param(
            "<u:updatePeriod xmlns:u='http://purl.org/rss/1.0/modules/syndication/'>hourly</u:updatePeriod>"
            "<u:updateFrequency xmlns:u='http://purl.org/rss/1.0/modules/syndication/'>2</u:updateFrequency>",
            1800,
            Why.SYNDICATION,
            id="sy:",
        ),
    ],
)
async def test_what_the_document_asks_for_is_a_floor(extra: str, least: int, why: Why) -> None:
    async with newspaper(feed=always(Given(200, rss([Story(guid="1")], extra=extra), (KIND,)))) as paper:
        async with rig([feed(paper.url("/feed"))], paper=paper) as desk:
            await desk.next_poll()
            assert desk.state().why is why
            await desk.next_poll()
        assert timedelta(seconds=least) <= gaps(paper, "/feed")[0] <= timedelta(seconds=least * 1.11 + 600)


async def test_wires_are_asked_every_minute_and_a_quiet_feed_ever_more_rarely() -> None:
    start = START - soon(days=1)

    def stories(asked: Asked) -> Given:
        assert asked.at
        hours = int((asked.at - start).total_seconds()) // 600
        news = [Story(guid=str(number), at=start + soon(minutes=10 * number)) for number in range(hours - 20, hours)]
        return Given(200, rss(news), (KIND,))

    quiet = rss([Story(guid=str(number), at=START - soon(days=number)) for number in range(20)])
    async with newspaper(wire=stories, quiet=always(Given(200, quiet, (KIND,)))) as paper:
        feeds = [
            feed(paper.url("/wire"), "wire", priority=Priority.WIRE),
            feed(paper.url("/quiet"), "quiet"),
        ]
        async with rig(feeds, paper=paper) as desk:
            await desk.run_until(START + soon(hours=3))
            assert desk.state("quiet").why is Why.CEILING
        assert 30 <= len(paper.to("/wire")) <= 180
        assert min(gaps(paper, "/wire")) >= timedelta(seconds=60)
        assert len(paper.to("/quiet")) <= 7


async def test_one_request_at_once_to_a_host_and_spaced() -> None:
    scripts = {f"f{number}": always(Given(200, BODY, (KIND,))) for number in range(6)}
    async with newspaper(**scripts) as paper:
        feeds = [feed(paper.url(f"/{name}"), name) for name in scripts]
        async with rig(feeds, Policy(spacing=2.0), once=True, paper=paper) as desk:
            step = desk.worker.step((), (), desk.now)
            assert len(step.actions) == 1
            desk.take(step)
            result = await desk.worker.perform(step.actions[0])
            desk.take(desk.worker.step((), [result], desk.now))
            await desk.run_until(START + soon(minutes=1))
            assert desk.worker.settled(desk.now)
        times = sorted(one.at for one in paper.asked if one.at)
        assert len(times) == 6
        assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= timedelta(seconds=2)


async def test_a_host_that_says_429_is_left_alone_with_its_other_feeds() -> None:
    busy = always(Given(429, b"", (("Retry-After", "120"),)))
    async with newspaper(a=busy, b=busy) as paper:
        feeds = [feed(paper.url("/a"), "a"), feed(paper.url("/b"), "b")]
        async with rig(feeds, once=True, paper=paper) as desk:
            await desk.run_until(START + soon(minutes=5))
            assert desk.state("a").health is Health.RATE_LIMITED
        times = sorted(one.at for one in paper.asked if one.at)
        assert times[1] - times[0] >= timedelta(seconds=120)


def first_times(paper: Newspaper) -> list[datetime]:
    return sorted(one.at for one in paper.asked if one.at)


async def test_start_is_spread_also_after_a_restart() -> None:
    scripts = {f"f{number}": always(Given(200, BODY, (KIND, ("Cache-Control", "max-age=1")))) for number in range(40)}
    async with newspaper(**scripts) as paper:
        feeds = [feed(paper.url(f"/{name}"), name) for name in scripts]
        async with rig(feeds, Policy(spacing=0), paper=paper) as desk:
            await desk.run_until(START + soon(seconds=60))
            assert len(paper.asked) == 40
            first = first_times(paper)
            assert first[-1] - first[0] > timedelta(seconds=4)
            assert len(set(first)) > 30
            committed = desk.committed
        paper.asked.clear()
        later = START + soon(hours=8)
        async with rig(feeds, Policy(spacing=0), committed=committed, now=later, paper=paper) as desk:
            await desk.run_until(later + soon(seconds=60))
        assert len(paper.asked) == 40
        assert len(set(first_times(paper))) > 30


async def test_a_restart_asks_nothing_that_is_not_due() -> None:
    async with newspaper(feed=always(Given(200, BODY, (KIND,)))) as paper:
        async with rig([feed(paper.url("/feed"))], paper=paper) as desk:
            await desk.next_poll()
            committed, now = desk.committed, desk.now
        async with rig(
            [feed(paper.url("/feed"))], committed=committed, now=now + soon(seconds=30), paper=paper
        ) as desk:
            await desk.run_until(now + soon(seconds=290))
        async with rig([feed(paper.url("/feed"))], committed=committed, now=now + soon(seconds=30), once=True) as desk:
            await desk.turn()
            assert desk.worker.settled(desk.now)
        assert len(paper.asked) == 1


async def test_an_unchanged_body_is_not_parsed() -> None:
    async with newspaper(feed=always(Given(200, BODY, (KIND,)))) as paper, rig([feed(paper.url("/feed"))]) as desk:
        for _ in range(4):
            await desk.next_poll()
        assert desk.parsed == 1
        assert desk.state().health is Health.NOT_MODIFIED
        assert desk.state().ledger.unchanged == 3


async def test_credentials_go_to_their_own_server_alone() -> None:
    async with newspaper(there=always(Given(200, BODY, (KIND,)))) as other:
        away = in_turn(Given(302, b"", (("Location", other.url("/there").replace("127.0.0.1", "localhost")),)))
        async with newspaper(feed=away) as paper:
            secret = paper.url("/feed").replace("http://", "http://me:hush@")
            async with rig([feed(secret)]) as desk:
                await desk.next_poll()
                assert desk.state().health is Health.OK
            assert paper.asked[0].headers["authorization"].startswith("Basic ")
            assert "authorization" not in other.asked[0].headers


async def test_no_name_password_or_key_is_ever_told() -> None:
    """Not in facts, which are logged, nor in notices, nor in the tables."""
    bad = [Given(500), Given(302, b"", (("Location", "http://[x"),)), Given(200, b"", cut=0, length=9), Given(404)]
    async with newspaper(feed=in_turn(*bad, Given(200, BODY, (KIND,)), Given(410))) as paper:
        url = paper.url("/feed").replace("http://", "http://me:hush@")
        away = "http://me:hush@no-such-host.invalid/feed?token=hush"
        feeds = [feed(url), feed(away, "away"), feed("http://me:hush@[::ffff/feed", "broken")]
        async with rig(feeds, paper=paper) as desk:
            await desk.run_until(START + soon(days=2))
            rows = overview(feeds, desk.committed, desk.now)
        assert len(desk.notices) >= 2
        for told in (*desk.facts, *desk.notices, *rows):
            assert "hush" not in repr(told)


async def test_many_hosts_are_asked_at_once() -> None:
    scripts = {f"f{number}": always(Given(200, BODY, (KIND,))) for number in range(20)}
    async with newspaper(**scripts) as paper:
        # every address of 127/8 is this machine, and a host of its own
        feeds = [
            feed(paper.url(f"/f{number}").replace("127.0.0.1", f"127.0.0.{number + 1}"), f"f{number}")
            for number in range(20)
        ]
        async with rig(feeds, once=True) as desk:
            step = desk.worker.step((), (), desk.now)
            assert len({action.url for action in step.actions}) == 20


async def test_the_gate_counts_what_is_in_flight() -> None:
    """The server itself sees one request at a time from the tasks of one host."""
    scripts = {f"f{number}": always(Given(200, BODY, (KIND,))) for number in range(3)}
    async with newspaper(**scripts) as paper:
        feeds = [feed(paper.url(f"/{name}"), name) for name in scripts]
        async with rig(feeds, Policy(spacing=0), once=True) as desk:
            results: list[object] = []
            while not desk.worker.settled(desk.now):
                step = desk.worker.step((), results, desk.now)
                results = list(await asyncio.gather(*map(desk.worker.perform, step.actions)))
        assert (len(paper.asked), paper.most_in_flight) == (3, 1)
