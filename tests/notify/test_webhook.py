"""The contract with those who receive the webhook: schema, samples, signatures, and the receiver to start from."""

import base64
import datetime as dt
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from consumers.notify.body import schema
from consumers.notify.event import DIGEST, NOTICE, TYPES, event
from consumers.notify.letter import Digest, DigestKind, Earlier, Form, Letter, Line
from consumers.notify.secret import Secret
from consumers.notify.signing import key_bytes, signed_headers
from monitor.message.alert import Notice, Reason
from monitor.message.kind import Level
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert, later
from tests.notify.server import Answer, Server

HERE = Path(__file__).parents[2] / "consumers" / "notify" / "webhook"
WRITE = bool(os.environ.get("DEMARCHE_WRITE_SAMPLES"))  # to make schema and samples anew, then look at the difference
SECRET, OTHER = ("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))


def letters() -> dict[str, Letter]:
    """One for each type."""
    found: dict[str, Letter] = {}
    for reason in Reason:
        one = alert("alt_1", reason=reason, incident="inc_1")
        withdrawn = reason in (Reason.CORRECTED, Reason.RETRACTED)
        earlier = Earlier(alert="alt_0", sentence=one.sentence, at=NOON, level=Level.MEDIUM) if withdrawn else None
        form = Form.CORRECTION if withdrawn else Form.POST
        found[TYPES[reason]] = Letter(key="alt_1", form=form, alerts=(one,), earlier=earlier, at=NOON)
    lines = (Line(alert=alert("alt_1", incident="inc_1"), why="first_sight"),)
    digest = Digest(kind=DigestKind.FIRST, lines=lines, total=1)
    notice = Notice(id="n_1", key="feed/a", at=NOON, trouble=True, event="feed.dead", text="A feed is dead")
    found[DIGEST] = Letter(key="d_1", form=Form.DIGEST, digest=digest, at=NOON)
    found[NOTICE] = Letter(key="n_1", form=Form.NOTICE, notice=notice, at=NOON)
    return found


def test_the_schema_is_that_of_the_code() -> None:
    text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if WRITE:
        (HERE / "schema.json").write_text(text, encoding="utf-8")
    assert (HERE / "schema.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("type_", [*dict.fromkeys(TYPES.values()), DIGEST, NOTICE])
def test_each_type_has_a_sample_that_the_schema_takes(type_: str) -> None:
    body = json.loads(event(letters()[type_]))
    text = json.dumps(body, indent=1, ensure_ascii=False) + "\n"
    path = HERE / "samples" / f"{type_}.json"
    if WRITE:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
    assert body["type"] == type_
    jsonschema.validate(body, json.loads((HERE / "schema.json").read_text()))


def test_a_signature_is_that_of_the_standard() -> None:
    """The vector that the standard gives."""
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", ["whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + "A" * 200])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        key_bytes(Secret(text))


async def test_both_keys_sign_while_they_are_changed(server: Server, http: httpx.AsyncClient) -> None:
    at = {"type": "webhook", "url": server.script("/hook"), "secret": SECRET, "previous_secret": OTHER}
    now = dt.datetime.now(dt.UTC)  # the verifier reads the clock
    desk = Desk(settings_of({"d": at}), http, now)
    await desk.tell(alert(at=now))
    (asked,) = server.asked
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(asked.body, dict(asked.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(asked.body + b" ", dict(asked.headers))


async def test_a_cloud_event_holds_the_same(server: Server, http: httpx.AsyncClient) -> None:
    at = {"type": "webhook", "url": server.script("/hook"), "format": "cloudevents"}
    desk = Desk(settings_of({"d": at}), http)
    await desk.tell(alert())
    (asked,) = server.asked
    assert asked.headers["content-type"].startswith("application/cloudevents+json")
    assert {"specversion", "id", "source", "type"} <= asked.json.keys()
    assert (asked.json["id"], asked.json["type"]) == ("a1", "incident.opened")


@contextmanager
def receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "DEMARCHE_WEBHOOK_SECRET": SECRET}
    command = [sys.executable, str(HERE / "receiver.py"), str(port)]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            while process.poll() is None and not _listens(port):
                pass
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


async def test_the_receiver_verifies_and_drops_repeats(http: httpx.AsyncClient) -> None:
    with receiver() as (url, process):
        now = dt.datetime.now(dt.UTC)
        desk = Desk(settings_of({"d": {"type": "webhook", "url": url, "secret": SECRET}}), http, now)
        first = alert(at=now)
        await desk.tell(first)
        (action,) = desk.step(later(first, "a2", Reason.CORROBORATED))
        desk.results = [await desk.notifier.perform(action), await desk.notifier.perform(action)]
        desk.step()
        wrong = await http.post(url, content=b"{}", headers={"webhook-id": "x", "webhook-signature": "v1,AAAA"})
        assert wrong.status_code == 401
        process.terminate()
        said = process.stdout.read().splitlines() if process.stdout else []
    sentence = "South Korea summons Russia's ambassador"
    assert said == [f"incident.opened: {sentence}", f"incident.updated: {sentence}"]


async def test_a_body_that_is_too_large_comes_shorter(server: Server, http: httpx.AsyncClient) -> None:
    at: dict[str, Any] = {"type": "webhook", "url": server.script("/hook", Answer(413), Answer(200))}
    desk = Desk(settings_of({"d": at}), http)
    await desk.tell(alert(why="x" * 390))
    first, second = server.asked
    assert len(second.body) < len(first.body)
