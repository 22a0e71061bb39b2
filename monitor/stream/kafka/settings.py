"""How the brokers are reached, and what is wanted of them."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from monitor.stream.contract import PARTITIONED, StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """Times are in seconds. `name` begins the ids of groups and of transactions; `topic_prefix` each topic's name."""

    brokers: str  # host:port, several separated by commas
    name: str = "demarche"
    topic_prefix: str = ""
    partitions: int = 6  # of items, and so the most processes that fetch or classify
    replication: int = 1
    retention: Mapping[str, timedelta] = field(default_factory=dict)  # by topic; one not named is kept for ever

    security_protocol: str = "PLAINTEXT"
    ssl_context: ssl.SSLContext | None = None
    sasl_mechanism: str = "PLAIN"
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)

    session_timeout: float = 15.0  # a process that is silent for so long loses its shares
    heartbeat: float = 3.0
    rebalance_timeout: float = 20.0
    request_timeout: float = 30.0
    commit_timeout: float = 12.0  # after which a share is opened anew, with a producer that finds the brokers again
    transaction_timeout: float = 20.0  # a stalled owner holds up readers of its outputs for so long at most

    @property
    def min_insync(self) -> int:
        """Copies that must have a record before it is acknowledged: with three brokers, one may be down."""
        return 2 if self.replication > 2 else 1

    def topic(self, name: str) -> str:
        return self.topic_prefix + name

    def changelog(self, stage: str) -> str:
        """The topic that holds a stage's state and its positions."""
        return f"{self.topic_prefix}{stage}-state"

    def partitions_of(self, topic: str) -> int:
        return self.partitions if topic in PARTITIONED else 1

    def shares(self, spec: StageSpec) -> int:
        """How many shares a stage has."""
        return self.partitions if spec.input is None else self.partitions_of(spec.input)

    def membership_topic(self, spec: StageSpec) -> str:
        """The topic whose partitions the group of a stage deals out."""
        return self.changelog(spec.name) if spec.input is None else self.topic(spec.input)

    def client(self) -> dict[str, Any]:
        """What every client of the library is made with."""
        return {
            "bootstrap_servers": self.brokers,
            "security_protocol": self.security_protocol,
            "ssl_context": self.ssl_context,
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self.sasl_password,
            "retry_backoff_ms": 100,
        }
