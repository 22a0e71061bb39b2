"""The rules in English, as files, and a command line to try."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from consumers.classify import PackText
from monitor.cli.app import HOMES, program_of
from monitor.rules_folder import read_packs

Demarche = Callable[..., Result]


@pytest.fixture(scope="session")
def english() -> tuple[PackText, ...]:
    """Tables, actors and English: what a folder of one's own lies over."""
    packs = read_packs()
    return tuple(pack for pack in packs if "/" not in pack.path or pack.path.partition("/")[0] in ("actors", "en"))


@pytest.fixture(scope="session")
def demarche() -> Demarche:
    """Run the program; a fault of the user's comes back as `result.exception`."""

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(program_of([HOMES[str(words[0])]]), [str(word) for word in words])

    return run


def put(folder: Path, **files: str) -> Path:
    """Write files into a folder: `en__kinds__x` is en/kinds/x.yaml."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
