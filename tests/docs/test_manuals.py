"""The manuals name files, make targets and commands that are there."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from monitor.cli.app import HOMES, program_of

app = program_of(HOMES.values())

ROOT = Path(__file__).parent.parent.parent
MANUALS = [
    path
    for path in ("README.md", "monitor/README.md", "consumers/README.md", "rules/README.md")
    if (ROOT / path).exists()
]


def commands(command: Any, above: str = "") -> dict[str, Any]:
    """Every command by its words, such as `rules test`."""
    if not hasattr(command, "commands"):
        return {above: command}
    found = {above: command} if above else {}
    for name, below in command.commands.items():
        found |= commands(below, f"{above} {name}".strip())
    return found


COMMANDS = commands(typer.main.get_command(app))


@pytest.mark.parametrize("manual", MANUALS)
def test_paths_in_a_manual_exist(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:monitor|consumers|rules|tests|\.ci)/[\w./-]*)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("manual", MANUALS)
def test_commands_in_a_manual_exist(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    named = re.findall(r"\bdemarche ([a-z][a-z-]*(?: [a-z][a-z-]+)?)", text)
    known = set(COMMANDS)
    assert [words for words in named if words not in known and words.split()[0] not in known] == []


@pytest.mark.parametrize("manual", MANUALS)
def test_make_targets_in_a_manual_exist(manual: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z]+)\b", (ROOT / manual).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_a_command_has_an_example(name: str) -> None:
    command = COMMANDS[name]
    if not hasattr(command, "commands"):
        assert "Example" in (command.help or ""), f"`demarche {name} --help` shows no example"


def test_each_command_is_found_in_the_module_that_is_named_for_it() -> None:
    assert {name.split()[0] for name in COMMANDS if name} == set(HOMES)
    for word, home in HOMES.items():
        found = commands(typer.main.get_command(program_of([home, "run"])))
        assert any(name.split()[0] == word for name in found if name)
