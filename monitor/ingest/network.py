"""Whether it is our own network that is down: many hosts fail at once, and none answers in between."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from monitor.ingest.reply import OF_THE_NETWORK, Failed, Reply

FEWEST, MOST = 3, 10  # hosts that must fail in a row; a third of all, within these


class NetworkState(msgspec.Struct, frozen=True):
    """What is remembered: since when it is down."""

    down_since: datetime | None = None


@dataclass(slots=True)
class Network:
    """`hosts` is how many there are to ask."""

    hosts: int
    down_since: datetime | None = None
    _silent: set[str] = field(default_factory=set)

    @property
    def is_down(self) -> bool:
        return self.down_since is not None

    def heard(self, host: str, reply: Reply, now: datetime) -> bool | None:
        """Take one reply into account: True where the network is found to be down by it, False to be up again."""
        if not (isinstance(reply, Failed) and reply.fault in OF_THE_NETWORK):
            self._silent.clear()
            if self.is_down:
                self.down_since = None
                return False
            return None
        self._silent.add(host)
        if not self.is_down and len(self._silent) >= max(FEWEST, min(self.hosts // 3, MOST)):
            self.down_since = now
            return True
        return None
