"""What the stages do, counted for Prometheus."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from monitor.message.fact import Fact

# Fields of a fact that have few values, and so may be labels.
REASON_FIELDS = ("reason", "state", "outcome", "trouble")

RESTORED = "share.restored"
SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counters and gauges of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._facts = Counter(
            "demarche_events_total",
            "Events by stage, name and reason; the names are those of the log",
            ["stage", "event", "reason", "destination"],
            registry=self.registry,
        )
        self._records = Counter(
            "demarche_records_total", "Records of the input that a stage finished", ["stage"], registry=self.registry
        )
        self._lag = Gauge(
            "demarche_lag_records", "Records of the input not finished yet", ["stage", "share"], registry=self.registry
        )
        self._blocked = Gauge(
            "demarche_stage_blocked", "1 while the stream refuses the stage's writes", ["stage"], registry=self.registry
        )
        self._gauges = Gauge(
            "demarche_reading", "What the stages say of themselves", ["stage", "name"], registry=self.registry
        )

        self._restores = Histogram(
            "demarche_restore_seconds",
            "Fencing the owner before, restoring the state and finding the position",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._take_overs = Histogram(
            "demarche_take_over_seconds",
            "From the group's word that a share is this process's to the first read",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def fact(self, stage: str, fact: Fact) -> None:
        if fact.event == RESTORED:
            self._restores.labels(stage).observe(float(str(fact.fields["seconds"])))
            self._take_overs.labels(stage).observe(float(str(fact.fields["since_given"])))
        reason = next((str(fact.fields[name]) for name in REASON_FIELDS if fact.fields.get(name)), "")
        count = fact.fields.get("count", 1) if fact.counted else 1
        self._facts.labels(stage, fact.event, reason, str(fact.fields.get("destination", ""))).inc(count)

    def turn(self, stage: str, records: int) -> None:
        self._records.labels(stage).inc(records)

    def blocked(self, stage: str, why: str) -> None:
        self._blocked.labels(stage).set(1 if why else 0)

    def lag(self, stage: str, share: int, records: int) -> None:
        self._lag.labels(stage, str(share)).set(records)

    def readings(self, stage: str, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._gauges.labels(stage, name).set(value)
