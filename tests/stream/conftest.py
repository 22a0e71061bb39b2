"""The streams that the contract is tested on."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.stream.place import KafkaPlace, Place, SqlitePlace


@pytest.fixture
def kafka_place(kafka: str) -> KafkaPlace:
    return KafkaPlace(kafka, f"test-{uuid4().hex[:8]}")


@pytest.fixture
def sqlite_place(tmp_path: Path) -> SqlitePlace:
    return SqlitePlace(tmp_path / "demarche.db")


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return SqlitePlace(tmp_path / "demarche.db")
    kafka: KafkaPlace = request.getfixturevalue("kafka_place")
    return kafka
