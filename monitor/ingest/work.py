"""What one step of polling gathers: items and notices to send, state to keep, facts to log."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from monitor.ingest.enter import Entered
from monitor.ingest.feed import Feed
from monitor.ingest.reply import Polled
from monitor.ingest.state import FeedState, Why
from monitor.message.alert import Notice
from monitor.message.codec import encode
from monitor.message.fact import Fact
from monitor.message.step import ALERTS, Output


@dataclass(slots=True)
class Work:
    """What one step has gathered."""

    outputs: list[Output] = field(default_factory=list)
    changes: dict[str, bytes | None] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    entries: int = 0

    def notice(self, key: str, since: datetime, now: datetime, event: str, text: str) -> None:
        trouble = event in ("feed.troubled", "network.went_down")
        digest = hashlib.blake2b(f"{key} {event} {since.isoformat()}".encode(), digest_size=10).hexdigest()
        note = Notice(id=digest, key=key, at=now, trouble=trouble, event=event, text=text)
        self.outputs.append(Output(ALERTS, key, encode(note)))
        self.facts.append(Fact(event, {"key": key, "notice": digest, "text": text}, "warning" if trouble else "info"))

    def report(self, feed: Feed, before: FeedState, state: FeedState, polled: Polled, entered: Entered) -> None:
        """The facts of one poll: a line where something changed, a count where not."""
        harvest = entered.harvest
        self.entries += 2 + sum(harvest.dropped.values()) + harvest.known + harvest.new + harvest.updated
        self.facts.append(Fact("poll.finished", {"state": state.health.name.lower()}, counted=True))
        for reason, count in harvest.dropped.items():
            self.facts.append(Fact("item.dropped", {"reason": str(reason), "count": count}, counted=True))
        if harvest.new or harvest.updated or state.health is not before.health:
            fields = {
                "feed": feed.id,
                "state": str(state.health),
                "new": harvest.new,
                "updated": harvest.updated,
                "took": round(polled.took, 3),
                "next": state.next_poll.isoformat() if state.next_poll else None,
                "why": str(state.why),
            }
            if state.detail:
                fields["detail"] = state.detail
            level = "info" if state.health.is_well else "warning"
            self.facts.append(Fact("feed.read", fields, level, counted=state.why is Why.NETWORK))
        for item in harvest.items:
            fields = {"item": item.id, "feed": item.feed, "update": item.update, "title": item.title[:120]}
            if item.title_before:
                fields["title_before"] = item.title_before[:120]
            self.facts.append(Fact("item.read", fields, counted=item.first_sight))
