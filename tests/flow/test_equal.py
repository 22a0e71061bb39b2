"""For equal order of reports both streams tell the same alerts, by the same ids."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from consumers.classify import classify, compile_rules
from monitor import wiring
from monitor.message.codec import encode
from monitor.message.step import REPORTS, Output
from monitor.rules_folder import read_packs
from monitor.settings import load_settings
from tests.flow.program import Desk
from tests.flow.test_kill import act


async def told(desk: Desk, reports: list[Output]) -> list[str]:
    """Put reports on the desk's stream, work them through, and give what was told, in order."""
    desk.write()
    assert (await desk.run("run", "--once")).status == 0
    async with wiring.reader(load_settings(desk.folder / "monitor.yaml", {})) as stream:
        await stream.append(reports)
    assert (await desk.run("run", "--once")).status == 0
    return [f"{alert['id']} {alert['reason']}" for alert in (await desk.run("tail", "alerts", "--json")).lines]


@pytest.mark.kafka
async def test_both_streams_tell_the_same(tmp_path: Path, kafka: str) -> None:
    rules = compile_rules(read_packs())
    now = datetime.now(UTC).replace(microsecond=0)
    reports = []
    for number in range(40):
        item = act(number % 25)  # the last ones tell again what the first ones told
        changed = {"id": f"i-{number}", "first_seen": now, "published": now - timedelta(hours=3, minutes=-number)}
        reports.append(
            Output(REPORTS, f"i-{number}", encode(classify(msgspec.structs.replace(item, **changed), rules)))
        )
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    on_kafka = {"url": f"kafka://{kafka}", "topic_prefix": prefix, "name": f"{prefix}d", "partitions": 1}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    quiet = {"destinations": {"lines": {"type": "file", "path": str(tmp_path / "told.jsonl")}}}
    one = await told(Desk(tmp_path / "a", settings=quiet), reports)
    other = await told(Desk(tmp_path / "b", settings={**quiet, "stream": on_kafka}), reports)
    assert one == other
    assert len(one) >= 25
