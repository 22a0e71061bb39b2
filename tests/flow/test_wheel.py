"""What is shipped: the wheel, installed away from the checkout without the tools of development."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.flow.program import ROOT, Story, rss
from tests.notify.server import Answer, Server, serving

EMBEDDED = """
from datetime import UTC, datetime
from consumers.classify import classify, compile_rules
from monitor.message.item import Item
from monitor.rules_folder import read_packs

item = Item(id="1", revision="1", feed="f", outlet="Paper", lang="en", first_seen=datetime.now(UTC),
            title="Peru summons Cuban ambassador over remarks")
for signal in classify(item, compile_rules(read_packs())).signals:
    print(signal.kind, signal.source, signal.target, signal.modality)
"""


async def done(*words: str, cwd: Path, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run to the end: exit status, output, errors."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEMARCHE_", "PYTHON"))}
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=cwd,
        env={**kept, **(environment or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


@pytest.mark.timeout(400)
async def test_the_wheel_works_away_from_the_checkout(tmp_path: Path, server: Server) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    status, out, err = await done(*build, cwd=ROOT)
    assert status == 0, out + err
    (wheel,) = tmp_path.glob("demarche-*.whl")
    assert (await done(sys.executable, "-m", "venv", "own", cwd=tmp_path))[0] == 0
    pip = [str(tmp_path / "own/bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    status, out, err = await done(*pip, "-c", str(ROOT / "constraints.txt"), str(wheel), cwd=tmp_path)
    assert status == 0, out + err

    desk = tmp_path / "desk"
    decoy = desk / "rules"  # a package of this name on the path must not be taken for ours
    decoy.mkdir(parents=True)
    (decoy / "__init__.py").write_text("raise RuntimeError('imported')\n")
    program, here = str(tmp_path / "own/bin/demarche"), {"PYTHONPATH": str(desk)}

    status, out, err = await done(program, "check", cwd=desk, environment=here)
    assert (status, "all right" in out) == (0, True), err
    status, out, err = await done(str(tmp_path / "own/bin/python"), "-c", EMBEDDED, cwd=desk, environment=here)
    assert out.strip() == "envoy-summoned PER CUB occurred", err

    story = Story("s-1", "Peru summons Cuban ambassador", "Peru's foreign ministry summoned the Cuban ambassador.")
    url = server.script("/feed", Answer(body=rss([story]), headers={"content-type": "application/rss+xml"}))
    (desk / "feeds.yaml").write_text(f"feeds: [{{url: '{url}', outlet: Paper}}]\n")
    (desk / "monitor.yaml").write_text("ingest: {allow_private: true}\n")
    status, out, err = await done(program, "run", "--once", cwd=desk, environment=here)
    assert status == 0, err
    assert "Peru summons Cuba's ambassador" in err  # alerts are shown beside the log where that is piped
    assert "; +https://" in server.asked[0].headers["user-agent"]  # whom to write to, without a setting
