"""One message over SMTP, and what the server's answer means as a reply."""

import ssl
from contextlib import suppress

import aiosmtplib

from consumers.notify.exchange import Mail, Outcome, Reply, Verdict
from consumers.notify.refusal import not_connected

_FAREWELL = 2.0  # seconds for it: the message is taken already


async def send_mail(mail: Mail, trust: ssl.SSLContext | None) -> Reply | Outcome:
    """The reply has the SMTP code as its status: 250 where the server took the message, for some recipient at least.

    `trust`: the authorities that may vouch for the server, None for the usual ones.
    """
    client = aiosmtplib.SMTP(
        hostname=mail.host,
        port=mail.port,
        use_tls=mail.security == "tls",
        start_tls=mail.security == "starttls",
        tls_context=trust,
    )
    try:
        return await _said(client, mail)
    except aiosmtplib.SMTPRecipientsRefused as why:
        worst = max(why.recipients, key=lambda one: one.code)
        return Reply(worst.code, worst.message.encode())
    except aiosmtplib.SMTPResponseException as why:
        return Reply(why.code, why.message.encode())
    except (aiosmtplib.SMTPException, OSError) as why:
        return Outcome(Verdict.RETRY, f"connection lost: {type(why).__name__}", ambiguous=True)
    finally:
        client.close()


async def _said(client: aiosmtplib.SMTP, mail: Mail) -> Reply | Outcome:
    try:
        await client.connect()
        if mail.user:
            await client.login(mail.user, mail.password.text if mail.password else "")
    except aiosmtplib.SMTPResponseException:
        raise  # it was reached, and said no
    except (
        aiosmtplib.SMTPConnectError,
        aiosmtplib.SMTPTimeoutError,
        aiosmtplib.SMTPServerDisconnected,
        OSError,
    ) as why:
        return Outcome(Verdict.RETRY, not_connected(why))
    except aiosmtplib.SMTPException as why:
        return Outcome(Verdict.RETRY, f"not connected: {why}")  # it offers no STARTTLS, or no login
    refused, said = await client.sendmail(mail.sender, list(mail.to), mail.content)
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_FAREWELL)
    others = "".join(f"; refused for {to}: {answer.code} {answer.message}" for to, answer in refused.items())
    return Reply(250, (said + others).encode())
