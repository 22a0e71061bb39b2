"""What the program withstands, as a user meets it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.program import Desk, Story, rss
from tests.notify.server import Answer, Server, serving

SUMMONS = Story("s-1", "Peru summons Cuban ambassador", "Peru's foreign ministry summoned the Cuban ambassador.")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


def desk_with(folder: Path, feeds: dict[str, str], hook: str, **settings: object) -> Desk:
    destinations = {"desk": {"type": "slack", "url": hook, "allow_private": True}}
    made = Desk(folder, feeds=feeds, settings={"destinations": destinations, **settings})
    made.write()
    return made


async def test_sick_feeds_do_not_hold_up_a_well_one(tmp_path: Path, server: Server) -> None:
    rows = {
        "html": Answer(body="<!doctype html><html><body>Sign in</body></html>", headers={"content-type": "text/html"}),
        "broken": Answer(status=500, body="oops"),
        "empty": Answer(body=""),
        "silent": Answer(fault="hang"),
        "reset": Answer(fault="reset"),
        "well": Answer(body=rss([SUMMONS]), headers={"content-type": "application/rss+xml"}),
    }
    feeds = {name: server.script(f"/{name}", answer) for name, answer in rows.items()}
    ingest = {"allow_private": True, "host_spacing": 0, "timeout": 2, "in_flight": 10}
    desk = desk_with(tmp_path, feeds, server.script("/hook", Answer()), ingest=ingest)
    ended = await desk.run("run", "--once")
    assert ended.status == 0, ended.err
    assert len(server.at("/hook")) == 1
    sick = {line["feed"]: line["state"] for line in ended.events("feed.read")}
    assert set(sick) == set(rows)
    assert sick.pop("well") == "ok"
    assert "ok" not in sick.values()
    assert all(line["next"] for line in ended.events("feed.read"))


async def test_a_second_owner_is_refused_and_readers_are_not(tmp_path: Path, server: Server) -> None:
    feed = server.script("/feed", Answer(body=rss([SUMMONS]), headers={"content-type": "application/rss+xml"}))
    desk = desk_with(tmp_path, {"paper": feed}, server.script("/hook", Answer()))
    owner = await desk.start("run")
    await owner.until("delivery.delivered")
    second = await desk.run("run")
    assert second.status == 1
    assert "belongs to the running process" in second.err
    assert "Traceback" not in second.err
    beside = await desk.run("tail", "alerts")
    assert "Peru summons Cuba's ambassador" in beside.out
    ended = await owner.stop()
    assert ended.status == 0, ended.err
    assert "Traceback" not in ended.err


async def test_optimised_python_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-O", "-m", "monitor", "check"),
        cwd=tmp_path,
        env=desk.environ(),
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 1
    assert b"-O" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feed: x\n", "feed: unknown key; did you mean 'feeds'?"),
        ("stream:\n  url: redis://x\n", "stream.url"),
        ("destinations:\n  a: {type: slak}\n", "destinations.a"),
        ("log: {level: loud}\nhealth: {port: 99999}\n", "health.port"),
        ("- a\n- b\n", "must hold keys"),
        ("a: [\n", "not YAML"),
        ("feeds: nowhere.yaml\n", "nowhere.yaml"),
    ],
    ids=["unknown key", "stream", "destination", "two faults", "no mapping", "no yaml", "no feeds"],
)
async def test_a_fault_in_the_settings_is_one_clear_message(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "monitor.yaml").write_text(text)
    words = ("run", "--once") if said.endswith("nowhere.yaml") else ("check",)
    ended = await Desk(tmp_path).run(*words)
    assert ended.status == 1
    assert said in ended.err
    assert re.search(r"^\S+\.yaml(:\d+(:\d+)?)?: ", ended.err)
    assert "Traceback" not in ended.err
