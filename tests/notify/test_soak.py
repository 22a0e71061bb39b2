"""Random faults and kills: nothing is lost, and what comes twice says so."""

import pytest

from tests.notify.soak import soak


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_and_every_double_is_marked(seed: int) -> None:
    audit = await soak(seed, hours=0.15)
    assert audit.sent == 81
    assert (audit.lost, audit.unmarked) == (0, 0)
    assert audit.restarts > 0
