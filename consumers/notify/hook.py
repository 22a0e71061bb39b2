"""What destinations share that are one secret URL, to which JSON is posted."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from pydantic import field_validator

from consumers.notify.exchange import Outcome, Reply, Request, Verdict
from consumers.notify.judge import answer, by_status
from consumers.notify.options import Options
from consumers.notify.secret import Secret


class HookOptions(Options):
    """`url` is the credential itself."""

    url: Secret | None = None
    url_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _of_the_web(cls, value: Secret | None) -> Secret | None:
        if value is not None and not is_web_url(value.text):
            raise ValueError("is no http or https URL")
        return value

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("url",)


def is_web_url(text: str) -> bool:
    """Whether it is an http or https URL with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        return False


JSON = {"content-type": "application/json; charset=utf-8"}


def posted(content: bytes, options: Options, *, query: str = "", headers: Mapping[str, str] = JSON) -> Request:
    """A POST to the URL of a destination whose secrets are read; `query` is added to what the URL asks."""
    url = cast(HookOptions, options).url or Secret("")
    more = ("&" if "?" in url.text else "?") + query if query else ""
    address = Secret(url.text + more, url.origin)
    return Request(address, content, headers, guarded=options.guards(url))


def by_hook_status(reply: Reply) -> Outcome:
    """By status; a URL that is refused or unknown stays so, for every message."""
    if reply.status in (401, 403, 404):
        return Outcome(Verdict.GONE, f"http {reply.status}", answer(reply))
    return by_status(reply)
