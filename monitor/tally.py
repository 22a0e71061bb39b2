"""What went through this process, in figures that a person can read at a glance."""

from collections import Counter
from collections.abc import Mapping

from monitor.message.fact import Fact

READ, ACTS = "item.read", "report.made"


class Tally:
    """Counts facts. The day's count begins anew each time that it is told."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._day: Counter[str] = Counter()

    def fact(self, fact: Fact) -> None:
        """Take one in."""
        count = int(fact.fields.get("count", 1)) if fact.counted else 1
        name = fact.event
        if name.startswith("delivery."):
            name = f"delivery.{fact.fields.get('state', name.removeprefix('delivery.'))}"
        self.total[name] += count
        self._day[name] += count

    def line(self, readings: Mapping[str, float]) -> dict[str, int]:
        """Keys and values of a line of progress."""
        feeds, well = int(readings.get("feeds", 0)), int(readings.get("feeds_well", 0))
        return {
            "feeds": feeds,
            "feeds_polled": int(readings.get("feeds_polled", 0)),
            "feeds_in_trouble": feeds - well,
            "items": self.total[READ],
            "items_with_acts": self.total[ACTS],
            "told": self.told(),
        }

    def told(self) -> int:
        """Messages that arrived somewhere."""
        return self.total["delivery.delivered"]

    def day(self, readings: Mapping[str, float]) -> str:
        """One line on the day until now, also of an empty one."""
        day, self._day = self._day, Counter()
        feeds, well = int(readings.get("feeds", 0)), int(readings.get("feeds_well", 0))
        told = day["delivery.delivered"]
        return f"{told:,} alert{'' if told == 1 else 's'}, {well} of {feeds} feeds well, {day[READ]:,} items read"
