"""A mail of plain text and HTML as it goes over the wire (RFC 2045 to 2047).

Written here since the standard library's message takes 5 ms, most of it for headers that are the same in each; what it
does in C, quoted-printable and base64, is its own.
"""

from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache

# It cannot stand in quoted-printable, where a digit or the end of the line follows each = (RFC 2045 6.7).
BOUNDARY = "=_demarche"
_WORD = 45  # bytes in one encoded word of at most 75 characters (RFC 2047 2)
_LINE = 66  # characters that a header's line has left behind its name


def mail(sender: str, to: tuple[str, ...], headers: Mapping[str, str], plain: str, html: str = "") -> bytes:
    """The bytes of a mail. Texts have `\\n` for a line's end; values of `headers` are one line each.

    Raises `ValueError` where an address holds a line's end.
    """
    head = _addresses(sender, to) + "".join(f"{name}: {_header(value)}\r\n" for name, value in headers.items())
    if not html:
        return f"{head}MIME-Version: 1.0\r\n".encode() + _part("plain", plain)
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'
    border = f"--{BOUNDARY}\r\n".encode()
    parts = border + _part("plain", plain) + b"\r\n" + border + _part("html", html)
    return (head + kind).encode() + parts + f"\r\n--{BOUNDARY}--\r\n".encode()


@lru_cache(maxsize=256)
def _addresses(sender: str, to: tuple[str, ...]) -> str:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, ", ".join(to)
    return message.as_bytes().decode("ascii").removesuffix("\r\n")


def _header(value: str) -> str:
    """A value in ASCII: as it is where it is short and plain, else in encoded words, none of which parts a letter."""
    if value.isascii() and value.isprintable() and len(value) <= _LINE and "=?" not in value:
        return value
    words, word = [], b""
    for char in value:
        if len(word) + len(more := char.encode("utf-8", "replace")) > _WORD:
            words.append(word)
            word = b""
        word += more
    return "\r\n ".join(f"=?utf-8?b?{b64encode(one).decode()}?=" for one in (*words, word))


def _part(kind: str, text: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    # it breaks long lines as the first break in the text has it, so that all are of one sort until the end
    lines = b2a_qp(text.replace("\r\n", "\n").encode("utf-8", "replace"), istext=True)
    return head.encode() + lines.replace(b"\n", b"\r\n")
