"""The commands about deliveries, on a stream that holds some."""

import asyncio
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from consumers.notify.notifier import Notifier
from consumers.notify.send import Way
from monitor import wiring
from monitor.cli.app import HOMES, program_of
from monitor.errors import UserError
from monitor.logs import configure, logger
from monitor.message.alert import Alert
from monitor.message.codec import encode
from monitor.message.step import ALERTS, Output
from monitor.stage import Edge, run_stage
from monitor.stream.contract import NOTIFY
from monitor.stream.sqlite import open_owner
from tests.notify.samples import alert
from tests.notify.server import serving

app = program_of(HOMES.values())

SETTINGS = """
stream: {{url: "sqlite:///{file}"}}
log: {{level: error}}
destinations:
  desk: {{type: webhook, url: "http://127.0.0.1:1/nobody"}}
  gone: {{type: webhook, url: "{gone}"}}
  dear: {{type: file, path: "{folder}/alerts.jsonl", minimum_level: critical}}
"""


class Nothing:
    """Counts nothing."""

    def fact(self, stage: str, fact: object) -> None: ...

    def taken(self, stage: str, share: object, worker: object) -> None: ...

    def given_back(self, stage: str, share: object) -> None: ...

    def turn(self, stage: str, records: int) -> None: ...

    def blocked(self, stage: str, why: str) -> None: ...


def told(folder: Path, alerts: Sequence[Alert] = (), *, gone: str = "http://127.0.0.1:1/x") -> Path:
    """Settings of a stream on which notify has worked through these alerts and every order so far."""
    path = folder / "monitor.yaml"
    path.write_text(SETTINGS.format(file=folder / "demarche.db", folder=folder, gone=gone))
    asyncio.run(_work(path, alerts))
    return path


async def _work(path: Path, alerts: Sequence[Alert]) -> None:
    loaded = wiring.settings(path)
    configure("error", io.StringIO())  # a command that ran before had its own
    stream = await open_owner(
        loaded.stream.sqlite_file, retention=loaded.stream.retention(), clock=wiring.now, log=logger()
    )
    await stream.append([Output(ALERTS, one.id, encode(one)) for one in alerts])
    async with httpx.AsyncClient(trust_env=False) as client:
        telling = wiring.telling(loaded, once=True)
        edge = Edge(wiring.now, asyncio.Event(), logger(), Nothing(), once=True)
        await run_stage(stream, NOTIFY, lambda share: Notifier(lambda: telling, Way(client, io.StringIO())), edge)
    await stream.close()


def run(path: Path, *words: str) -> Result:
    result = CliRunner().invoke(app, [*words, "--settings", str(path)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def now_alert(id_: str) -> Alert:
    return alert(id_, at=wiring.now() - timedelta(seconds=30))


def test_what_waits_is_listed_and_shown(tmp_path: Path) -> None:
    path = told(tmp_path, [now_alert("a1")])
    listed = [json.loads(line) for line in run(path, "deliveries", "list", "--json").stdout.splitlines()]
    assert {(one["key"], one["state"], one["tries"]) for one in listed} == {
        ("a1@desk", "waiting", 1),
        ("a1@gone", "waiting", 1),
    }
    assert "connection refused" in run(path, "deliveries", "list", "--destination", "desk").stdout
    assert run(path, "deliveries", "list", "--older-than", "1h").stdout == ""
    assert "a1@dear" in run(path, "deliveries", "list", "--state", "held").stdout
    assert "Why: rule en/envoy-summoned" in run(path, "deliveries", "show", "a1@desk").stdout
    with pytest.raises(UserError, match="no delivery a9"):
        run(path, "deliveries", "show", "a9@desk")
    with pytest.raises(UserError, match="no such state"):
        run(path, "deliveries", "list", "--state", "lost")


def test_orders_are_carried_out_by_the_owner(tmp_path: Path) -> None:
    path = told(tmp_path, [now_alert("a1"), now_alert("a2")])
    run(path, "deliveries", "drop", "a1@desk", "--why", "told by telephone")
    run(path, "pause", "gone")
    told(tmp_path)
    keys = [json.loads(line)["key"] for line in run(path, "deliveries", "list", "--json").stdout.splitlines()]
    assert sorted(keys) == ["a1@gone", "a2@desk", "a2@gone"]
    run(path, "deliveries", "retry", "gone")
    for order in ("retry", "drop"):
        with pytest.raises(UserError, match="no delivery a9@desk waits"):
            run(path, "deliveries", order, "a9@desk")
    with pytest.raises(UserError, match="no destination nowhere"):
        run(path, "resume", "nowhere")


def test_a_silence_is_made_listed_and_ended(tmp_path: Path) -> None:
    path = told(tmp_path)
    made = run(path, "silences", "add", "pair=KOR-RUS", "--for", "8h", "--why", "known", "--author", "kim")
    name = made.stdout.split()[-1]
    path = told(tmp_path, [now_alert("a1")])
    said = run(path, "silences", "list").stdout
    assert f"{name}  until" in said
    assert "by kim: known  pair=KOR-RUS  held 2" in said
    assert said.count("South Korea summons") == 1 + 1
    run(path, "silences", "end", name)
    told(tmp_path)
    assert run(path, "silences", "list").stdout == ""
    with pytest.raises(UserError, match="no such matcher: pai"):
        run(path, "silences", "add", "pai=KOR-RUS")


def test_an_alert_is_previewed_and_its_routes_are_named(tmp_path: Path) -> None:
    path = told(tmp_path, [now_alert("a1")])
    shown = run(path, "alerts", "preview", "a1", "--to", "desk")
    assert json.loads(shown.stdout)["data"]["sentence"] == "South Korea summons Russia's ambassador"
    assert "of 20000" in shown.stderr
    where = run(path, "routes", "test", "sample").stdout.splitlines()
    assert where[0] == "desk: a message (route default)"
    assert where[2] == "dear: not told: below_level (route default)"
    with pytest.raises(UserError, match="no alert and no incident a9"):
        run(path, "alerts", "preview", "a9", "--to", "desk")


async def test_a_sample_is_sent_and_the_answer_said(tmp_path: Path) -> None:
    async with serving() as server:
        path = tmp_path / "monitor.yaml"
        path.write_text(SETTINGS.format(file=tmp_path / "demarche.db", folder=tmp_path, gone=server.script("/hook")))
        well = await asyncio.to_thread(run, path, "test-alert", "gone")
        assert well.stderr.strip() == "gone: taken: http 200 (ok)"
        assert server.asked[0].json["sample"] is True
        ill = await asyncio.to_thread(run, path, "test-alert", "desk")
    assert ill.exit_code == 1
    assert "desk: not taken, retry: connection refused" in ill.stderr


def test_replay_hands_alerts_over_once_more(tmp_path: Path) -> None:
    path = told(tmp_path, [now_alert("a1"), now_alert("a2")])
    assert "2 alerts" in run(path, "deliveries", "replay", "1h").stderr
    told(tmp_path)
    keys = [json.loads(line)["key"] for line in run(path, "deliveries", "list", "--json").stdout.splitlines()]
    assert len(keys) == 4, "none is told twice"
