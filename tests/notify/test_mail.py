"""Mail as a mail server sees it: what is sent, over which security, and what its answers mean."""

import ssl
import subprocess
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.notify.channels.email import Options
from consumers.notify.mime import mail
from monitor.message.alert import Reason
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level
from tests.notify.desk import Desk, settings_of
from tests.notify.post_office import OK, PostOffice, post_office
from tests.notify.samples import alert, later

DONE, RETRY, DEAD = DeliveryState.DELIVERED, DeliveryState.RETRYING, DeliveryState.DEAD


def desk_of(office: PostOffice, http: httpx.AsyncClient, trust: ssl.SSLContext | None = None, **more: Any) -> Desk:
    place = {"type": "email", "host": "127.0.0.1", "port": office.port, "from": "demarche@example.org", "rate": "off"}
    to = {"to": ["desk@example.org"], "security": "none", **more}
    return Desk(settings_of({"m": {**place, **to}}), http, trust=trust)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("authority")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


async def test_a_mail_says_it_in_plain_text_and_in_html(http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice()) as office:
        desk = desk_of(office, http, to=["desk@example.org", "Night Desk <night@example.org>"])
        await desk.tell(alert())
    (said,) = office.mails()
    assert said["subject"] == "MEDIUM · South Korea summons Russia's ambassador"
    assert [one.addr_spec for one in said["to"].addresses] == ["desk@example.org", "night@example.org"]
    assert said["auto-submitted"] == "auto-generated"
    plain, html = said.get_body(("plain",)), said.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Seoul summoned the Russian ambassador on Wednesday" in plain.get_content()
    assert "<b>summoned the Russian ambassador</b>" in html.get_content()
    assert desk.states() == [DONE]


async def test_a_withdrawal_stands_in_the_thread_of_what_it_withdraws(http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice()) as office:
        desk = desk_of(office, http)
        await desk.tell(alert())
        await desk.tell(later(alert(), "a2", Reason.RETRACTED))
    first, second = office.mails()
    assert second["subject"].startswith("CORRECTED: retracted: South Korea summons")
    assert second["in-reply-to"] == second["references"] == first["message-id"]


async def test_a_server_of_an_own_authority_is_trusted_and_a_strangers_is_not(
    http: httpx.AsyncClient, certificate: tuple[Path, Path]
) -> None:
    cert, key = certificate
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(cert, key)
    known = ssl.create_default_context(cafile=str(cert))
    async with post_office(PostOffice(passwords={"demarche": "s3cret"}), mine) as office:
        login = {"security": "starttls", "user": "demarche", "password": "s3cret"}
        stranger = desk_of(office, http, **login)
        await stranger.tell(alert())
        assert not office.asked
        friend = desk_of(office, http, known, **login)
        await friend.tell(alert())
    assert [pending.answer.partition(":")[0] for pending in stranger.pending()] == ["certificate refused"]
    assert not stranger.pending()[0].resent
    assert friend.states() == [DONE]


async def test_a_wrong_password_disables_and_is_not_told_to_anybody(
    http: httpx.AsyncClient, certificate: tuple[Path, Path]
) -> None:
    cert, key = certificate
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(cert, key)
    async with post_office(PostOffice(passwords={"demarche": "s3cret"}), mine) as office:
        trust = ssl.create_default_context(cafile=str(cert))
        desk = desk_of(office, http, trust, security="starttls", user="demarche", password="a-wrong-one")
        await desk.tell(alert())
    assert desk.states() == [DEAD]
    assert "destination.disabled" in desk.events("destination")
    assert "a-wrong-one" not in repr((desk.facts, desk.deliveries, desk.state, desk.settings))


async def test_security_is_never_dropped_where_the_server_offers_none(http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice()) as office:
        desk = desk_of(office, http, security="starttls")
        await desk.tell(alert())
    assert desk.states() == [RETRY]
    assert not office.asked
    assert "STARTTLS extension not supported" in desk.pending()[0].answer


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("421 4.3.0 closing", RETRY),
        ("450 4.2.1 busy", RETRY),
        ("451 4.3.0 later", RETRY),
        ("452 4.3.1 no space", RETRY),
        ("500 what", DEAD),
        ("530 5.7.0 log in first", DEAD),
        ("550 5.7.1 spam", DEAD),
        ("552 5.3.4 too large", DEAD),
        ("554 5.0.0 no", DEAD),
        ("cut", RETRY),
        ("hang", RETRY),
    ],
)
async def test_each_answer_has_its_fate(said: str, state: DeliveryState, http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice(says=[said, OK])) as office:
        desk = desk_of(office, http, timeout=0.3 if said == "hang" else 20)
        await desk.tell(alert())
        assert desk.states() == [state]
        doubt = said in ("cut", "hang")
        assert [one.resent for one in desk.pending()] == ([doubt] if state is RETRY else [])
        await desk.run(timedelta(seconds=10))
    if state is RETRY:
        assert desk.states() == [RETRY, DONE]
        said_again = office.mails()[-1].get_body(("plain",))
        assert said_again is not None
        assert ("re-sent" in said_again.get_content()) is doubt
        assert len({one["message-id"] for one in office.mails()}) == 1, "by which a mailbox drops repeats"


async def test_one_refused_recipient_does_not_keep_the_others_from_it(http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice(refuses={"gone@example.org": "550 5.1.1 no such mailbox"})) as office:
        desk = desk_of(office, http, to=["desk@example.org", "gone@example.org"])
        await desk.tell(alert())
    assert len(office.taken) == 1
    assert desk.states() == [DONE]
    assert "gone@example.org: 550" in desk.deliveries[-1].answer


async def test_all_recipients_refused_is_a_refusal(http: httpx.AsyncClient) -> None:
    async with post_office(PostOffice(refuses={"desk@example.org": "550 5.1.1 no such mailbox"})) as office:
        desk = desk_of(office, http)
        await desk.tell(alert(level=Level.HIGH))
    assert desk.states() == [DEAD]


async def test_nobody_listens(http: httpx.AsyncClient) -> None:
    desk = desk_of(PostOffice(port=1), http)
    await desk.tell(alert())
    assert (desk.pending()[0].answer, desk.pending()[0].resent) == ("connection refused", False)


LINES = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=300)
VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=250)


@given(subject=VALUES, plain=LINES, html=LINES)
@settings(max_examples=300, deadline=None)
def test_the_standard_library_reads_what_is_written(subject: str, plain: str, html: str) -> None:
    content = mail("a@example.org", ("b@example.org",), {"Subject": subject}, plain, html)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 100
    assert b"\n" not in content.replace(b"\r\n", b"")
    read = message_from_bytes(content, policy=default)
    assert str(read["subject"]).split() == subject.split()
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_payload(decode=True).decode().replace("\r\n", "\n") == plain
    if html:
        other = read.get_body(("html",))
        assert other is not None
        assert other.get_payload(decode=True).decode().replace("\r\n", "\n") == html


def test_an_address_cannot_bring_headers_of_its_own() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mail("a@example.org\r\nBcc: x@example.org", ("b@example.org",), {}, "text")


def test_an_address_that_is_none_is_a_fault_of_the_settings() -> None:
    good = {"type": "email", "host": "h", "from": "a@example.org", "to": "b@example.org"}
    assert Options.model_validate(good).to == ("b@example.org",)
    for bad in ({"from": "a\nBcc: c@example.org"}, {"to": ["nobody"]}, {"to": ["a@b.example\r\nBcc: c@example.org"]}):
        with pytest.raises(ValueError, match="address"):
            Options.model_validate({**good, **bad})
