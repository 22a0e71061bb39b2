"""A short run under fire; the long one is `python -m tests.chaos`."""

import gc

import pytest

from tests.chaos.run import run

SECONDS, SEED = 60.0, 20260301
FAULTS = (
    "kill_a_process",
    "stall_a_process",
    "scale_out_and_in",
    "kill_a_broker",
    "cut_connections",
    "write_poison",
    "write_oversized_poison",
    "block_the_event_loop",
    "set_a_clock",
)


@pytest.mark.kafka
@pytest.mark.timeout(180)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library drops cut connections
async def test_the_same_alerts_through_crashes_stalls_and_a_broker_that_dies(kafka_jars: None) -> None:
    outcome = await run(SECONDS, SEED, only=FAULTS)
    gc.collect()
    failed = [f"{finding.what}: {finding.figures}" for finding in outcome.findings if not finding.holds]
    assert not failed, f"{failed}; logs are in {outcome.folder}"
    assert outcome.findings
