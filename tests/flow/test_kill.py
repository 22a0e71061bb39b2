"""kill -9 at any moment: after the restart every item has given its alert, and every destination has each."""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel import Locale

from monitor import wiring
from monitor.message.codec import encode
from monitor.message.item import DateSource, Item
from monitor.message.step import ITEMS, Output
from monitor.settings import load_settings
from tests.flow.program import Desk
from tests.notify.server import Server, serving

ROUNDS = {"sqlite": 20, "kafka": 5}
EACH = 12  # acts a round
STATES = [
    Locale("en").territories[code]
    for code in [
        "AR",
        "AU",
        "AT",
        "BE",
        "BR",
        "BG",
        "CA",
        "CL",
        "CO",
        "HR",
        "CU",
        "CZ",
        "DK",
        "EG",
        "EE",
        "FI",
        "FR",
        "DE",
        "GH",
        "GR",
        "HU",
        "IS",
        "IN",
        "ID",
        "IR",
        "IQ",
        "IE",
        "IL",
        "IT",
        "JP",
        "KZ",
        "KE",
        "LV",
        "LT",
        "MY",
        "MX",
        "MA",
        "NL",
        "NZ",
        "NO",
        "PK",
        "PE",
        "PH",
        "PL",
        "PT",
        "QA",
        "RO",
        "RS",
        "SG",
        "SI",
        "ES",
        "SE",
        "TH",
        "TN",
        "UA",
        "UY",
        "VN",
        "ZM",
    ]
]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def desk(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Desk:
    hook = server.script("/hook")
    stream: dict[str, object] = {"url": "sqlite:///demarche.db"}
    if request.param == "kafka":
        prefix = f"t{uuid.uuid4().hex[:8]}-"
        address = request.getfixturevalue("kafka")
        stream = {"url": f"kafka://{address}", "topic_prefix": prefix, "name": f"{prefix}d", "partitions": 2}
    destinations = {"hook": {"type": "webhook", "url": hook, "allow_private": True}}
    made = Desk(tmp_path, str(stream["url"]), settings={"stream": stream, "destinations": destinations})
    made.write()
    return made


def act(number: int) -> Item:
    """A summons that no other item tells of."""
    source, target = STATES[number % len(STATES)], STATES[(number + 1 + number // len(STATES)) % len(STATES)]
    now = datetime.now(UTC)
    return Item(
        id=f"act-{number}",
        revision="1",
        feed="paper",
        outlet="Paper",
        country="GBR",
        lang="en",
        published=now - timedelta(minutes=5),
        date_source=DateSource.PUBLISHED,
        first_seen=now,
        url=f"https://news.example/{number}",
        title=f"{source} summons ambassador of {target} over fishing boat {number}",
    )


async def put(desk: Desk, items: list[Item]) -> None:
    """Append to the stream, as ingest would."""
    loaded = load_settings(desk.folder / "monitor.yaml", {})
    async with wiring.reader(loaded) as stream:
        await stream.append([Output(ITEMS, item.id, encode(item)) for item in items])


@pytest.mark.timeout(600)
async def test_killed_again_and_again_it_tells_each_act_and_tells_it_once(
    desk: Desk, server: Server, request: pytest.FixtureRequest
) -> None:
    rounds = ROUNDS["kafka" if desk.stream.startswith("kafka") else "sqlite"]
    dice = random.Random(7)  # noqa: S311  # the same moments in every run
    assert (await desk.run("run", "--once")).status == 0
    for number in range(rounds):
        await put(desk, [act(number * EACH + one) for one in range(EACH)])
        running = await desk.start("run")
        seen = len(server.at("/hook"))
        async with asyncio.timeout(90):
            while len(server.at("/hook")) < seen + dice.randrange(EACH):
                await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0.005)
        await running.kill()
    last = await desk.run("run", "--once")
    assert last.status == 0, last.err
    alerts = (await desk.run("tail", "alerts", "--json")).lines
    told = [alert["id"] for alert in alerts]
    assert len(told) == len(set(told)), "an alert stands twice in the stream"
    firsts = Counter(alert["tellings"][0]["item"] for alert in alerts if alert["reason"] == "first")
    assert firsts == {f"act-{number}": 1 for number in range(rounds * EACH)}
    arrived = Counter(asked.headers["webhook-id"] for asked in server.at("/hook"))
    assert {alert["id"] for alert in alerts} <= set(arrived)
    deliveries = (await desk.run("tail", "deliveries", "--json")).lines
    marked = {line["alert"] for line in deliveries if line.get("resent")}
    assert {key for key, times in arrived.items() if times > 1} <= marked
    assert max(arrived.values()) <= 2
