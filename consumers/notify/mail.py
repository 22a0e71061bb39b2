"""One message over SMTP, and what the server's answer means as a reply."""

import aiosmtplib

from consumers.notify.exchange import Mail, Outcome, Reply, Verdict


async def send_mail(mail: Mail) -> Reply | Outcome:
    """The reply has the SMTP code as its status: 250 where the server took the message."""
    try:
        _, said = await aiosmtplib.send(
            mail.content,
            sender=mail.sender,
            recipients=list(mail.to),
            hostname=mail.host,
            port=mail.port,
            use_tls=mail.security == "tls",
            start_tls=mail.security == "starttls",
            username=mail.user or None,
            password=mail.password.text if mail.password else None,
        )
    except aiosmtplib.SMTPRecipientsRefused as why:
        worst = max(why.recipients, key=lambda one: one.code)
        return Reply(worst.code, worst.message.encode())
    except aiosmtplib.SMTPResponseException as why:
        return Reply(why.code, why.message.encode())
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as why:
        return Outcome(Verdict.RETRY, f"not connected: {type(why).__name__}")
    except (aiosmtplib.SMTPException, OSError) as why:
        return Outcome(Verdict.RETRY, f"connection lost: {type(why).__name__}", ambiguous=True)
    return Reply(250, said.encode())
