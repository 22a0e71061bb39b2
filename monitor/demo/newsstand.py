"""A feed server on loopback that plays a week of news: each outlet's feed holds what was published by then."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from xml.sax.saxutils import escape

from pydantic import BaseModel, ConfigDict

from monitor.yaml_file import read_yaml, validated

HOURS = 168


class Outlet(BaseModel):
    """One made-up outlet."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    name: str
    country: str
    official: bool = False


class Story(BaseModel):
    """One made-up story; `at` is hours from the start of the week."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    at: float
    outlet: str
    title: str
    summary: str


class Week(BaseModel):
    """What is played."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    outlets: list[Outlet]
    items: list[Story]


def read_week() -> Week:
    """The week that ships with the program."""
    path = files("monitor.demo") / "week.yaml"
    return validated(Week, "week.yaml", read_yaml("week.yaml", path.read_text(encoding="utf-8")))


def feed(week: Week, outlet: Outlet, start: datetime, now: datetime) -> bytes:
    """The outlet's RSS document at `now`, the newest first."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{outlet.id}-{number}</guid>"
        f"<link>http://{outlet.id}.example/{number}</link>"
        f"<title>{escape(story.title)}</title><description>{escape(story.summary)}</description>"
        f"<pubDate>{format_datetime(start + timedelta(hours=story.at))}</pubDate></item>"
        for number, story in reversed(list(enumerate(week.items, 1)))
        if story.outlet == outlet.id and start + timedelta(hours=story.at) <= now
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{escape(outlet.name)}</title>"
        f"<link>http://{outlet.id}.example/</link><description>made up</description><language>en</language>"
        f"{items}</channel></rss>"
    ).encode()


def open_newsstand(week: Week, start: datetime, clock: Callable[[], datetime]) -> tuple[str, Callable[[], None]]:
    """Serve every outlet at `/ID` on a free port. Returns the address and how to end it."""
    by_path = {f"/{outlet.id}": outlet for outlet in week.outlets}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outlet = by_path.get(self.path)
            body = feed(week, outlet, start, clock()) if outlet else b""
            self.send_response(200 if outlet else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The poller's own log tells of each poll."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, name="newsstand", daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return f"http://127.0.0.1:{server.server_port}", end
