"""Where the stream lies, as monitor.yaml and the environment say it."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.errors import Faults
from monitor.settings.stream import StreamSettings, kafka_settings


def test_nothing_given_is_a_file_here() -> None:
    section = StreamSettings()
    assert not section.is_kafka
    assert section.sqlite_file == Path("demarche.db")
    assert section.placed(Path("/etc/demarche")).sqlite_file == Path("/etc/demarche/demarche.db")
    assert StreamSettings(url="sqlite:////var/lib/d.db").placed(Path("/etc")).sqlite_file == Path("/var/lib/d.db")


@pytest.mark.parametrize(
    ("url", "brokers"),
    [("kafka://one:9092", "one:9092"), ("kafka://10.0.0.1:9092,two.example:9093", "10.0.0.1:9092,two.example:9093")],
)
def test_brokers_are_read_from_the_url(url: str, brokers: str) -> None:
    section = StreamSettings(url=url)
    assert section.is_kafka
    assert section.placed(Path("/etc")) == section
    assert kafka_settings(section, {}).brokers == brokers


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "postgres://x"},
        {"url": "sqlite:///"},
        {"url": "kafka://"},
        {"url": "kafka://one"},
        {"url": "kafka://user:secret@one:9092"},
        {"retention_days": {"itmes": 3}},
        {"retention_days": {"items": -1}},
        {"partitions": 0},
        {"topic_prefix": "a/b"},
        {"tls": {"key_file": "k.pem"}},
        {"sasl": {"username": "u", "mechanism": "GSSAPI"}},
        {"bootstrap": "one:9092"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StreamSettings.model_validate(wrong)


def test_retention_is_by_topic_with_defaults_and_zero_keeps_for_ever() -> None:
    kept = StreamSettings(retention_days={"items": 2, "alerts": 0}).retention()
    assert kept["items"] == timedelta(days=2)
    assert "alerts" not in kept
    assert kept["reports"] == timedelta(days=90)


def test_a_password_comes_from_the_environment_a_file_or_the_settings_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from-file\n")
    section = StreamSettings.model_validate(
        {"url": "kafka://one:9093", "tls": {}, "sasl": {"username": "monitor", "password": "from-settings"}}
    )
    for environ, password in (
        ({}, "from-settings"),
        ({"DEMARCHE_KAFKA_PASSWORD_FILE": str(file)}, "from-file"),
        ({"DEMARCHE_KAFKA_PASSWORD": "from-environment"}, "from-environment"),
    ):
        settings = kafka_settings(section, environ)
        assert settings.sasl_password == password
        assert password not in repr(settings)
        assert (settings.security_protocol, settings.sasl_mechanism) == ("SASL_SSL", "SCRAM-SHA-512")
        assert settings.ssl_context is not None
        assert settings.ssl_context.verify_mode == ssl.CERT_REQUIRED
    assert "from-settings" not in repr(section)


def test_all_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    tls = {"ca_file": tmp_path / "ca.pem", "cert_file": tmp_path / "cert.pem", "key_file": tmp_path / "key.pem"}
    section = StreamSettings.model_validate({"url": "kafka://one:9093", "tls": tls, "sasl": {"username": "u"}})
    with pytest.raises(Faults) as caught:
        kafka_settings(section, {"DEMARCHE_KAFKA_PASSWORD_FILE": str(tmp_path / "none")})
    assert [fault.path for fault in caught.value.faults] == [
        "stream.tls.ca_file",
        "stream.tls.cert_file",
        "environment",
    ]


def test_a_user_without_a_password_is_named() -> None:
    section = StreamSettings.model_validate({"url": "kafka://one:9093", "sasl": {"username": "u"}})
    with pytest.raises(Faults, match="DEMARCHE_KAFKA_PASSWORD"):
        kafka_settings(section, {})
