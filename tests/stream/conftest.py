"""The streams that the contract is tested on."""

from pathlib import Path

import pytest

from tests.stream.place import Place, SqlitePlace


@pytest.fixture(params=["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return SqlitePlace(tmp_path / "demarche.db")
