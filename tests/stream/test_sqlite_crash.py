"""The file under kill -9, power cuts and a full disk: what was acknowledged is there, once, and the rest is whole."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from monitor.message.step import ALERTS, REPORTS
from monitor.stream import sqlite
from monitor.stream.contract import CORRELATE

ROUNDS = int(os.environ.get("DEMARCHE_KILLS", "20"))
COPIES = int(os.environ.get("DEMARCHE_COPIES", "20"))


def start(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", f"tests.stream.{program}", str(path)], stdout=-1, text=True)


def acknowledged(program: "subprocess.Popen[str]", lines: int) -> int:
    """Read so many lines; the number in the last one."""
    assert program.stdout
    return [int(program.stdout.readline()) for _ in range(lines)][-1]


async def check(path: Path, least: int) -> int:
    """The file is whole and holds at least so many alerts, each once, in order, and as many as the state counts."""
    stream = await sqlite.open_owner(path)
    try:
        reports = [record.key async for record in stream.read(REPORTS)]
        alerts = [record.key async for record in stream.read(ALERTS)]
        count = int((await stream.state("correlate")).get("count", b"0"))
        shares = stream.shares(CORRELATE)
        lag = await (await anext(shares)).lag()
        await shares.aclose()
    finally:
        await stream.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    assert reports == [str(number) for number in range(len(reports))]
    assert alerts == reports[: len(alerts)]
    assert len(alerts) == count == len(reports) - lag
    assert count >= least
    return count


async def test_nothing_acknowledged_is_lost_and_nothing_doubled_by_kill_9(tmp_path: Path) -> None:
    chance = random.Random(20260301)  # noqa: S311  # moments of a kill, not a secret
    path = tmp_path / "demarche.db"
    for _ in range(ROUNDS):
        with start("working", path) as program:
            least = acknowledged(program, chance.randint(1, 120))
            program.kill()
        assert program.returncode == -signal.SIGKILL
        await check(path, least)


async def test_a_copy_as_a_power_cut_leaves_it_opens_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  # moments of a cut, not a secret
    path = tmp_path / "demarche.db"
    with start("working", path) as program:
        for number in range(COPIES):
            least = acknowledged(program, chance.randint(1, 60))
            program.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WNOWAIT)
            folder = tmp_path / str(number)
            folder.mkdir()
            for name in (path.name, f"{path.name}-wal"):  # without its index in shared memory, as after a cut
                shutil.copy(path.with_name(name), folder)
            program.send_signal(signal.SIGCONT)
            await check(folder / path.name, least)
        program.kill()


def test_a_full_disk_is_said_and_the_work_goes_on_when_there_is_space(tmp_path: Path) -> None:
    with start("filling", tmp_path / "demarche.db") as program:
        output, _ = program.communicate(timeout=60)
    refused, went_on = output.splitlines()
    count = int(refused.split(":")[0].split()[-1])
    assert count > 5
    assert "cannot be written" in refused
    assert went_on == f"went on to {{'count': b'{count + 1}'}}"
