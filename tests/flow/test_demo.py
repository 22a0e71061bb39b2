"""The week of a row is played with no network, and its acts are told, each once, and nothing else."""

from pathlib import Path

from tests.flow.program import Desk

ACTS = (
    "Portugal summons Uruguay's ambassador",
    "Uruguay expels 2 of Portugal's diplomats",
    "Portugal recalls its ambassador from Uruguay",
    "Portugal expels 3 of Uruguay's diplomats",
)
NOISE = ("Court", "Carmaker", "Perfume", "rents", "friendly", "croissants")


async def test_the_week_is_told(tmp_path: Path) -> None:
    ended = await Desk(tmp_path).run("demo", "--seconds", "20")
    assert ended.status == 0, ended.err
    assert [act for act in ACTS if act not in ended.out] == []
    assert [word for word in NOISE if word in ended.out] == []
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []
