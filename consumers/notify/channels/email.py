"""E-mail over SMTP, plain and HTML; a withdrawal stands in the thread of what it withdraws."""

import html
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from consumers.notify import options as shared
from consumers.notify.channel import Sendable, Tells, Traits
from consumers.notify.exchange import Mail, Outcome, Reply, Verdict
from consumers.notify.judge import answer
from consumers.notify.letter import Letter
from consumers.notify.mime import mail
from consumers.notify.secret import Secret
from consumers.notify.template import templated
from consumers.notify.text import DOT, ICONS, Link, Row, Text
from consumers.notify.wording import words

TRAITS = Traits(Tells.ONCE, rate=0.5, burst=3, concurrency=1, page=100)
LIMITS = (("subject", 250),)
DOMAIN = "demarche.invalid"  # of message ids: nobody's (RFC 2606)
_NO_LOGIN = (530, 534, 535, 538)


def _address(value: str) -> str:
    """An address, with a name before it or without. Raises `ValueError`."""
    _, address = parseaddr(value)
    if not value.isprintable() or not address.partition("@")[0] or not address.partition("@")[2]:
        raise ValueError("an address is name@domain, or Name <name@domain>")
    return value


Address = Annotated[str, AfterValidator(_address)]


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


EXAMPLE = {
    "type": "email",
    "host": "mail.example",
    "user": "demarche",
    "password": "made-up-password",
    "from": "demarche@example.org",
    "to": ["desk@example.org"],
}
TAKES = Reply(250, b"2.0.0 queued")


class Options(shared.Options):
    """A mail server, a sender and recipients."""

    type: Literal["email"] = "email"
    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Secret | None = None
    password_file: Path | None = None
    sender: Address = Field(alias="from")
    to: Annotated[tuple[Address, ...], BeforeValidator(_many), Field(min_length=1)]

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        has_password = self.password is not None or self.password_file is not None
        if bool(self.user) is not has_password:
            raise ValueError("give user and password (or password_file), or neither")
        return self


def render(letter: Letter, options: shared.Options) -> Sendable:
    to = cast(Options, options)
    text = words(letter, full=options.detail == "full")
    headers = {"Subject": text.title[:250], "Message-ID": _id(letter.key)}
    if letter.at is not None:
        headers["Date"] = format_datetime(letter.at)
    if letter.earlier is not None:
        headers |= dict.fromkeys(("In-Reply-To", "References"), _id(letter.earlier.alert))
    headers["Auto-Submitted"] = "auto-generated"
    own = templated(options.template, letter, text, str, 20_000)
    plain = (own or "\n".join(text.lines())) + "\n"
    html_ = "" if letter.plain or own is not None else _html(text)
    return Mail(
        host=to.host,
        port=to.port,
        sender=to.sender,
        to=to.to,
        content=mail(to.sender, to.to, headers, plain, html_),
        security=to.security,
        user=to.user,
        password=to.password,
    )


def judge(reply: Reply) -> Outcome:
    """By the SMTP code (RFC 5321 4.2): 2xx taken, 4xx may pass, 5xx will not."""
    said, reason = answer(reply), f"smtp {reply.status}"
    if 200 <= reply.status < 300:
        return Outcome(Verdict.ACCEPTED, reason, said)  # and for whom it did not
    if reply.status in _NO_LOGIN:
        return Outcome(Verdict.GONE, reason, said)
    if 400 <= reply.status < 500:
        return Outcome(Verdict.RETRY, reason, said)
    return Outcome(Verdict.REFUSED, reason, said)


def used(sendable: Sendable) -> dict[str, int]:
    if not isinstance(sendable, Mail):
        return {}
    head = sendable.content.partition(b"\r\n\r\n")[0]
    return {"head": len(head), "body": len(sendable.content) - len(head)}


def _id(key: str) -> str:
    return f"<{key}@{DOMAIN}>"


def _html(text: Text) -> str:
    """Few tags and no style sheet: it is read on telephones and in clients that strip everything."""
    out = [f"<p><b>{ICONS[text.level]} {html.escape(text.title)}</b></p>"]
    if text.struck:
        out.append(f"<p><s>{html.escape(text.struck)}</s></p>")
    if text.headline and text.headline.label:
        out.append(f"<p><b>{_link(text.headline)}</b></p>")
    if text.quote:
        said = f"{html.escape(text.quote.before)}<b>{html.escape(text.quote.mark)}</b>{html.escape(text.quote.after)}"
        if text.headline and not text.headline.label and text.headline.url:
            said = f'<a href="{html.escape(text.headline.url)}">{said}</a>'
        out.append(f"<blockquote>“{said}”</blockquote>")
    if text.rows:
        out.append("<ul>" + "".join(f"<li>{_row(row)}</li>" for row in text.rows) + "</ul>")
    details = DOT.join(f"{name}: {value}" for name, value in text.details)
    why = f"Why: {text.why}" if text.why else ""
    small = [line for line in (text.told, *text.notes, details, why, text.footer) if line]
    out += [f"<p><small>{html.escape(line)}</small></p>" for line in small]
    out += [f"<p>{DOT.join(_link(one) for one in text.links)}</p>"] if text.links else []
    return "<html><body>\n" + "\n".join(out) + "\n</body></html>\n"


def _row(row: Row) -> str:
    link = DOT + _link(row.link) if row.link else ""
    return f"{ICONS[row.level]} {html.escape(row.text)}{DOT}{html.escape(row.note)}{link}"


def _link(one: Link) -> str:
    label = html.escape(one.label)
    return f'<a href="{html.escape(one.url)}">{label}</a>' if one.url else label
