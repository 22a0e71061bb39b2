"""What a feed says of its own rhythm."""

import pytest

from monitor.ingest.parse.hints import Hints, read

CASES = {
    "nothing": ("<channel><title>t</title>", Hints(None, None, (), ())),
    "ttl": ("<ttl>60</ttl>", Hints(3600, None, (), ())),
    "ttl of nothing": ("<ttl>0</ttl>", Hints(None, None, (), ())),
    "ttl of words": ("<ttl>often</ttl>", Hints(None, None, (), ())),
    "period": ("<sy:updatePeriod>\n hourly </sy:updatePeriod>", Hints(None, 3600, (), ())),
    "period and frequency": (
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
        Hints(None, 21_600, (), ()),
    ),
    "frequency alone is of a day": ("<sy:updateFrequency>2</sy:updateFrequency>", Hints(None, 43_200, (), ())),
    "frequency misspelt": ("<sy:updateFequency>24</sy:updateFequency>", Hints(None, 3600, (), ())),
    "frequency of nothing": (
        "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
        Hints(None, 604_800, (), ()),
    ),
    "hours": ("<skipHours><hour>23</hour><hour>24</hour><hour>7</hour></skipHours>", Hints(None, None, (0, 7, 23), ())),
    "days": ("<skipDays><day>Sunday</day><day>saturday</day><day>Mars</day></skipDays>", Hints(None, None, (), (5, 6))),
    "of an item, not of the feed": ("<item><ttl>60</ttl></item>", Hints(None, None, (), ())),
}  # fmt: skip


@pytest.mark.parametrize(("text", "hints"), CASES.values(), ids=CASES.keys())
def test_hints_are_read_from_before_the_first_entry(text: str, hints: Hints) -> None:
    assert read(text) == hints
