"""From a feed to a Slack message, on both streams."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.program import Desk, Story, rss
from tests.notify.server import Answer, Server, serving

# In our own words: a long report in which the act stands near the end, as a machine translated it.
LONG = Story(
    guid="visit-1",
    title="Deputy minister of Denmark visits Mexico amid chill between the two capitals",
    content=(
        "<p>Deputy Foreign Minister Lund, in charge of the Americas, came to Mexico City two days ago and met "
        "officials of the Mexican foreign ministry, the ministry said.</p>"
        "<p>Lund spoke with Vice Minister Ortega about fisheries and about the safety of Danish firms in Mexico.</p>"
        "<p>The visit drew attention because on the same day a spokeswoman of the Danish foreign ministry called "
        "remarks of Mexico's president on Greenland &quot;blatant ignorance&quot;.</p>"
        "<p>Yesterday the Ministry of Foreign Affairs of Mexico summoned the Danish ambassador to Mexico, Holm, to "
        "protest against the words of the spokeswoman.</p>"
    ),
)
NOISE = [
    Story("n-1", "Court summons tycoon in tax case"),
    Story("n-2", "Carmaker recalls 20,000 vans over brakes"),
    Story("n-3", "Mexico beat Denmark 2-1 in friendly", "A late goal settled it."),
    Story("n-4", "Brand ambassador signs new deal with perfume house"),
]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def desk(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Desk:
    feed = server.script("/feed", Answer(body=rss([*NOISE, LONG]), headers={"content-type": "application/rss+xml"}))
    hook = server.script("/hook", Answer())
    settings = {"destinations": {"desk": {"type": "slack", "url": hook, "allow_private": True}}}
    stream = "sqlite:///demarche.db"
    if request.param == "kafka":
        stream = f"kafka://{request.getfixturevalue('kafka')}"
        settings["stream"] = {"url": stream, "topic_prefix": f"t{uuid.uuid4().hex[:8]}-", "partitions": 2}  # type: ignore[dict-item]
        settings["stream"]["name"] = settings["stream"]["topic_prefix"] + "d"  # type: ignore[index]
    made = Desk(tmp_path, stream, {"paper": feed}, settings)
    made.write()
    return made


async def test_a_summons_told_once_is_one_message(desk: Desk, server: Server) -> None:
    first = await desk.run("run", "--once")
    assert first.status == 0, first.err
    (post,) = server.at("/hook")
    assert "Mexico" in post.json["text"]
    assert "ambassador" in post.json["text"]
    told = [line["alert"] for line in first.lines if line.get("event") == "incident.told"]
    again = await desk.run("run", "--once")
    assert again.status == 0
    assert len(server.at("/hook")) == 1
    shown = await desk.run("tail", "alerts", "--json")
    (alert,) = shown.lines
    assert (alert["source"], alert["target"], alert["kind"]) == ("MEX", "DNK", "envoy-summoned")
    assert "formal-protest" in alert["kinds"]
    assert told == [alert["id"]]
    items = await desk.run("tail", "items", "--json")
    assert len(items.lines) == len(NOISE) + 1
    traced = await desk.run("trace", "https://news.example/visit-1")
    assert "delivered" in traced.out
    silent = await desk.run("trace", "Court summons tycoon")
    assert "no act was recognised" in silent.out
