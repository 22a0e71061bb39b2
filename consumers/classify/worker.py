"""The stage at work: items in, reports out. It has no state and no clock."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from consumers.classify.report import classify
from consumers.classify.rules import Rules
from monitor.message.codec import decode_item, encode
from monitor.message.fact import Fact
from monitor.message.item import Item
from monitor.message.report import Report
from monitor.message.step import REPORTS, Output, Step


class Classifier:
    """A `Worker` (monitor/stage). `rules` gives the rules in force, which may change between steps."""

    decode: Callable[[bytes], Any] = staticmethod(decode_item)

    def __init__(self, rules: Callable[[], Rules]) -> None:
        self._rules = rules

    def restore(self, state: Mapping[str, bytes]) -> None:
        """There is nothing to remember."""

    def step(self, messages: Sequence[Item], results: Sequence[Any], now: datetime) -> Step:
        rules = self._rules()
        reports = [classify(item, rules) for item in messages]
        facts = [_fact(report) for report in reports if report.signals]
        if silent := len(reports) - len(facts):
            facts.append(Fact("report.empty", {"count": silent}, counted=True))
        unread = Counter(item.lang for item in messages if item.lang and item.lang not in rules.packs)
        facts += [Fact("item.unread", {"lang": lang, "count": count}) for lang, count in sorted(unread.items())]
        excepted = Counter(name for report in reports for name in report.excepted)
        facts += [
            Fact("act.excepted", {"reason": name, "count": count}, counted=True)
            for name, count in sorted(excepted.items())
        ]
        return Step([Output(REPORTS, report.item, encode(report)) for report in reports], facts=facts)

    async def perform(self, action: Any) -> Any:
        raise NotImplementedError("classify asks for no actions")

    def settled(self, now: datetime) -> bool:
        return True

    def readings(self, now: datetime) -> Mapping[str, float]:
        return {}


def _fact(report: Report) -> Fact:
    signals = [
        f"{signal.kind} {signal.source or '?'}>{signal.target or '?'} {signal.modality}"
        + (" (shadow)" if signal.shadow else "")
        for signal in report.signals
    ]
    fields = {"item": report.item, "feed": report.feed, "signals": signals, "title": report.title, "url": report.url}
    return Fact("report.made", fields)
