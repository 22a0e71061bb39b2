"""Signatures of Standard Webhooks: HMAC-SHA256 over id, time and the exact bytes that are sent."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from consumers.notify.secret import Secret

PREFIX = "whsec_"


def key_bytes(secret: Secret) -> bytes:
    """The key in a secret, `whsec_` and base64 of 24 to 64 bytes. Raises `ValueError`."""
    try:
        key = base64.b64decode(secret.text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"a webhook secret is {PREFIX} and base64") from None
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook secret holds 24 to 64 bytes")
    return key


def signed_headers(id_: str, at: datetime, content: bytes, secrets: Iterable[Secret]) -> dict[str, str]:
    """The three headers of an attempt; one signature for each secret, so that keys can be changed without a gap."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((id_.encode(), stamp.encode(), content))
    marks = [base64.b64encode(hmac.digest(key_bytes(one), signed, hashlib.sha256)).decode() for one in secrets]
    headers = {"webhook-id": id_, "webhook-timestamp": stamp}
    return {**headers, "webhook-signature": " ".join(f"v1,{mark}" for mark in marks)} if marks else headers
