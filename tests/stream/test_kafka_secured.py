"""A broker that wants TLS and a password (SASL with SCRAM), reached as monitor.yaml says it."""

import gc
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import Unavailable
from monitor.message.step import ALERTS, REPORTS, Output
from monitor.settings.stream import StreamSettings, kafka_settings
from monitor.stream import kafka
from monitor.stream.contract import CORRELATE
from tests import kafka_broker
from tests.stream.test_contract import only_share, some, values

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl for certificates"),
]
USER, PASSWORD = "monitor", "made-up-password"
DROPPED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # connections that were refused


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a certificate for 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("certificates")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    (folder / "broker.pem").write_text((folder / "key.pem").read_text() + (folder / "ca.pem").read_text())
    return folder


@pytest.fixture(scope="module")
def secured(kafka_jars: None, folder: Path) -> Iterator[str]:
    """The address of a broker that takes nobody without TLS and a password."""
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    settings = {
        "listener.security.protocol.map": "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",  # the first is but a name
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.plaintext.scram-sha-512.sasl.jaas.config": f'{login} username="{USER}" password="{PASSWORD}";',
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
    }
    with kafka_broker.running(settings=settings, users={USER: PASSWORD}) as cluster:
        yield cluster.address


def stream_settings(brokers: str, folder: Path, *, ca: bool = True) -> StreamSettings:
    tls = {"ca_file": folder / "ca.pem"} if ca else {}
    return StreamSettings.model_validate(
        {"url": f"kafka://{brokers}", "partitions": 2, "tls": tls, "sasl": {"username": USER}}
    )


async def test_records_go_through_tls_and_scram(secured: str, folder: Path) -> None:
    settings = kafka_settings(stream_settings(secured, folder), {"DEMARCHE_KAFKA_PASSWORD": PASSWORD})
    stream = await kafka.open_stream(settings, patience=20.0)
    await stream.append([Output(REPORTS, "a", b"1")])
    async with only_share(stream, CORRELATE) as share:
        await (await some(share)).done([Output(ALERTS, "a", b"told")], {"k": b"1"})
    assert await values(stream, ALERTS) == [b"told"]
    assert await stream.state("correlate") == {"k": b"1"}
    await stream.close()


@DROPPED
async def test_a_wrong_password_is_told(secured: str, folder: Path) -> None:
    settings = kafka_settings(stream_settings(secured, folder), {"DEMARCHE_KAFKA_PASSWORD": "wrong"})
    with pytest.raises(Unavailable, match=r"(?i)authentication") as caught:
        await kafka.open_stream(settings, patience=1.0)
    assert "wrong" not in str(caught.value)
    gc.collect()


@DROPPED
async def test_a_certificate_that_nobody_vouches_for_is_told(secured: str, folder: Path) -> None:
    settings = kafka_settings(stream_settings(secured, folder, ca=False), {"DEMARCHE_KAFKA_PASSWORD": PASSWORD})
    with pytest.raises(Unavailable, match=r"(?i)certificate"):
        await kafka.open_stream(settings, patience=1.0)
    gc.collect()
