"""A scripted mail server on loopback (aiosmtpd): it takes what it is told to take, and keeps it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 2.0.0 queued"


@dataclass
class PostOffice:
    """`says`: what it answers to each message in turn, the last again and again; `hang` and `cut` are faults.

    `refuses`: what it answers for a recipient.
    """

    port: int = 0
    says: Sequence[str] = (OK,)
    refuses: Mapping[str, str] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    asked: int = 0

    def mails(self) -> list[EmailMessage]:
        return [cast(EmailMessage, message_from_bytes(one, policy=default)) for one in self.taken]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, _: Any) -> str:
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = self.says[min(self.asked, len(self.says) - 1)]
        self.asked += 1
        if said.startswith("250") or said in ("hang", "cut"):
            self.taken.append(cast(bytes, envelope.content))
        if said == "hang":
            await asyncio.Event().wait()
        if said == "cut":
            assert server.transport is not None
            server.transport.abort()
        return said

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        known = isinstance(given, LoginPassword) and self.passwords.get(given.login.decode()) == given.password.decode()
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def post_office(office: PostOffice, tls: ssl.SSLContext | None = None) -> AsyncIterator[PostOffice]:
    """The office at work on a port of its own; with `tls` it offers STARTTLS and takes nothing without."""
    loop = asyncio.get_running_loop()

    def hire() -> SMTP:
        return SMTP(
            office,
            hostname="mail.example",
            loop=loop,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=bool(office.passwords),
            auth_require_tls=tls is not None,
            authenticator=office.authenticate,
        )

    listening = await loop.create_server(hire, "127.0.0.1", 0)
    office.port = listening.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        listening.close()
