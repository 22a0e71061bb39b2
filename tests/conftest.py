"""What tests of several parts share."""

import os
from collections.abc import Iterator

import pytest

from tests import kafka_broker


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The address of a real Kafka: DEMARCHE_TEST_KAFKA, or one broker from its jars for the whole run."""
    if own := os.environ.get("DEMARCHE_TEST_KAFKA"):
        yield own
        return
    try:
        with kafka_broker.running() as cluster:
            yield cluster.address
    except kafka_broker.NoKafka as why:
        if os.environ.get("CI"):
            pytest.fail(f"no Kafka in CI: {why}")
        pytest.skip(f"no Kafka: {why}; or set DEMARCHE_TEST_KAFKA=host:port")
