"""What tests of several parts share."""

import os
from collections.abc import Iterator

import pytest
import structlog

from tests import kafka_broker


@pytest.fixture(autouse=True)
def log_as_at_first() -> Iterator[None]:
    """A command that ran in the test's process leaves its log with an output that is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """What a broker of one's own is started from; in CI it is never left out."""
    try:
        kafka_broker.jars()
    except kafka_broker.NoKafka as why:
        if os.environ.get("CI"):
            pytest.fail(f"no Kafka in CI: {why}")
        pytest.skip(f"no Kafka: {why}; or set DEMARCHE_TEST_KAFKA=host:port")


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a real Kafka: DEMARCHE_TEST_KAFKA, or one broker from its jars for the whole run."""
    if own := os.environ.get("DEMARCHE_TEST_KAFKA"):
        yield own
        return
    request.getfixturevalue("kafka_jars")
    with kafka_broker.running() as cluster:
        yield cluster.address
