"""docker-compose.yml: each service is one stage as a process of its own, told by the environment alone."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.settings import VARIABLES
from tests.flow.program import ROOT, Desk, Process, Story, rss
from tests.notify.server import Answer, Server, serving

STAGES = ("ingest", "classify", "correlate", "notify")
SUMMONS = Story("s-1", "Peru summons Cuban ambassador", "Peru's foreign ministry summoned the Cuban ambassador.")


def compose() -> dict[str, Any]:
    """The file with its anchors written out."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


def test_the_file_has_a_service_for_each_stage_and_sets_only_what_is_known() -> None:
    services = compose()["services"]
    assert set(services) == {"kafka", *STAGES}
    for stage in STAGES:
        service = services[stage]
        assert service["command"] == ["run", stage]
        assert service["read_only"] is True
        assert service["healthcheck"]["test"]
        assert service["restart"] == "unless-stopped"
        assert service["deploy"]["resources"]["limits"]
        assert set(service["environment"]) <= {*VARIABLES, "DEMARCHE_SLACK_WEBHOOK_URL"}
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked == {"DEMARCHE_SLACK_WEBHOOK_URL"}
    kafka = services["kafka"]
    assert kafka["environment"]["KAFKA_LOG_DIRS"] == kafka["volumes"][0].partition(":")[2]


@pytest.mark.kafka
@pytest.mark.timeout(300)
async def test_the_stages_as_processes_of_their_own_tell_an_act(tmp_path: Path, server: Server, kafka: str) -> None:
    empty = Answer(body=rss([]), headers={"content-type": "application/rss+xml"})
    feed = server.script("/feed", empty, Answer(body=rss([SUMMONS]), headers={"content-type": "application/rss+xml"}))
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    stream = {"topic_prefix": prefix, "name": f"{prefix}d", "partitions": 2}
    environment = {
        "DEMARCHE_STREAM_URL": f"kafka://{kafka}",
        "DEMARCHE_SLACK_WEBHOOK_URL": server.script("/hook"),
        "DEMARCHE_ALLOW_PRIVATE": "1",
    }
    desk = Desk(tmp_path, f"kafka://{kafka}", {"paper": feed}, {"stream": stream}, environment)
    desk.write()
    async with AsyncExitStack() as ending:
        running: list[Process] = []
        for stage in STAGES:
            running.append(await desk.start("run", stage))
            ending.push_async_callback(running[-1].kill)
        for process in running:
            await process.until("share.taken")
        async with asyncio.timeout(90):
            while not server.at("/hook"):
                await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0.05)
        ended = [await process.stop() for process in running]
    assert [one.status for one in ended] == [0, 0, 0, 0], [one.err for one in ended]
    (post,) = server.at("/hook")
    assert "Peru summons Cuba's ambassador" in json.dumps(post.json, ensure_ascii=False)
