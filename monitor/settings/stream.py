"""`stream:` of monitor.yaml: where records lie, for how long, and how brokers are reached."""

import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from consumers.notify.secret import Secret, read_secret
from monitor.errors import Fault, Faults
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS
from monitor.stream.contract import ALL_TOPICS, TOPICS, dead
from monitor.stream.kafka import KafkaSettings

SQLITE, KAFKA = "sqlite:///", "kafka://"
DAYS = {ITEMS: 30.0, REPORTS: 90.0, ALERTS: 400.0, DELIVERIES: 90.0, **{dead(topic): 90.0 for topic in TOPICS}}
PASSWORD, KEY_PASSWORD = "DEMARCHE_KAFKA_PASSWORD", "DEMARCHE_KAFKA_KEY_PASSWORD"  # names of variables
_ADDRESSES = re.compile(r"[^\s,/:]+:\d{1,5}(,[^\s,/:]+:\d{1,5})*|(\[[0-9a-fA-F:]+\]:\d{1,5},?)+")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsSection(_Section):
    """`tls:` an empty one trusts what the system trusts."""

    ca_file: Path | None = Field(None, description="who signed the brokers' certificates; none: the system's list")
    cert_file: Path | None = Field(None, description="of this client, where brokers ask for one")
    key_file: Path | None = None
    key_password: Secret | None = Field(None, description=f"or {KEY_PASSWORD}")
    check_hostname: bool = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.key_file and not self.cert_file:
            raise ValueError("key_file needs cert_file")
        return self


class SaslSection(_Section):
    """`sasl:`"""

    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str
    password: Secret | None = Field(None, description=f"better in {PASSWORD}, or a file named by {PASSWORD}_FILE")


class StreamSettings(_Section):
    """`stream:`"""

    url: str = Field(f"{SQLITE}demarche.db", description="sqlite:///PATH or kafka://HOST:PORT,HOST:PORT")
    retention_days: Mapping[str, float] = Field({}, description="by topic; 0 keeps for ever")
    name: str = Field("demarche", pattern=r"^[A-Za-z0-9._-]+$", description="begins Kafka's groups and transactions")
    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", description="begins the name of each Kafka topic")
    partitions: int = Field(6, ge=1, le=200, description="of items on Kafka: the most processes that share a stage")
    replication: int = Field(1, ge=1, le=7, description="copies of each record on Kafka")
    session_seconds: float = Field(15, ge=6, le=300, description="after which a silent process loses its shares")
    tls: TlsSection | None = None
    sasl: SaslSection | None = None

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if value.startswith(SQLITE) and value != SQLITE:
            return value
        if value.startswith(KAFKA) and _ADDRESSES.fullmatch(value.removeprefix(KAFKA)):
            return value
        raise ValueError(
            "must be sqlite:///PATH (four slashes for a path from the root) or kafka://HOST:PORT,HOST:PORT"
        )

    @field_validator("retention_days")
    @classmethod
    def _topics(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        unknown = sorted(set(value) - set(ALL_TOPICS))
        if unknown:
            raise ValueError(f"no such topic: {', '.join(unknown)}; there are {', '.join(ALL_TOPICS)}")
        if any(days < 0 for days in value.values()):
            raise ValueError("days must not be negative; 0 keeps for ever")
        return value

    @property
    def is_kafka(self) -> bool:
        return self.url.startswith(KAFKA)

    @property
    def sqlite_file(self) -> Path:
        """The file of the SQLite stream."""
        return Path(self.url.removeprefix(SQLITE))

    def placed(self, folder: Path) -> Self:
        """A relative path starts at the folder of the file that names it."""
        return self if self.is_kafka else self.model_copy(update={"url": f"{SQLITE}{folder / self.sqlite_file}"})

    def retention(self) -> dict[str, timedelta]:
        """How long each topic is kept; one that is not named is kept for ever."""
        days = {**DAYS, **self.retention_days}
        return {topic: timedelta(days=count) for topic, count in days.items() if count > 0}


def kafka_settings(section: StreamSettings, environ: Mapping[str, str]) -> KafkaSettings:
    """The frozen settings of the Kafka stream. Raises `Faults` for certificates and secrets that cannot be read."""
    faults: list[Fault] = []
    context = _context(section.tls, environ, faults)
    password = _secret(section.sasl.password if section.sasl else None, PASSWORD, environ, faults)
    if section.sasl and password is None and not faults:
        faults.append(Fault("stream.sasl", 0, f"has no password: set {PASSWORD}, or {PASSWORD}_FILE"))
    if faults:
        raise Faults(faults)
    return KafkaSettings(
        brokers=section.url.removeprefix(KAFKA),
        name=section.name,
        topic_prefix=section.topic_prefix,
        partitions=section.partitions,
        replication=section.replication,
        retention=section.retention(),
        session_timeout=section.session_seconds,
        heartbeat=section.session_seconds / 5,
        security_protocol=("SASL_" if section.sasl else "") + ("SSL" if section.tls else "PLAINTEXT"),
        ssl_context=context,
        sasl_mechanism=section.sasl.mechanism if section.sasl else "PLAIN",
        sasl_username=section.sasl.username if section.sasl else None,
        sasl_password=password.text if password else None,
    )


def _context(tls: TlsSection | None, environ: Mapping[str, str], faults: list[Fault]) -> ssl.SSLContext | None:
    if tls is None:
        return None
    password = _secret(tls.key_password, KEY_PASSWORD, environ, faults)
    context = ssl.create_default_context()
    context.check_hostname = tls.check_hostname
    try:
        if tls.ca_file:
            context.load_verify_locations(tls.ca_file)
    except (OSError, ssl.SSLError) as why:
        faults.append(Fault("stream.tls.ca_file", 0, f"{tls.ca_file} cannot be used: {why}"))
    try:
        if tls.cert_file:
            context.load_cert_chain(tls.cert_file, tls.key_file, (lambda: password.text) if password else (lambda: ""))
    except (OSError, ssl.SSLError) as why:
        faults.append(Fault("stream.tls.cert_file", 0, f"{tls.cert_file} cannot be used: {why}"))
    return context


def _secret(written: Secret | None, variable: str, environ: Mapping[str, str], faults: list[Fault]) -> Secret | None:
    """The secret in the environment, in the file that the environment names, or in the settings."""
    if text := environ.get(variable):
        return Secret(text)
    if path := environ.get(f"{variable}_FILE"):
        try:
            return read_secret(Path(path))
        except (OSError, UnicodeDecodeError) as why:
            faults.append(Fault("environment", 0, f"{variable}_FILE: {path} cannot be read: {why}"))
    return written
