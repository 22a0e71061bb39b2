"""Parse hostile documents where whatever is opened is told: `python -m tests.ingest.parse.watched`.

Prints what was opened, sent or started beside modules and data of the installed libraries; nothing is right.
"""

import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from monitor.ingest.parse import parse
from tests.ingest.parse.hostile import CASES

ALLOWED = (
    *map(str, (Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[3])),
    sysconfig.get_path("stdlib"),
)
EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib.Request")


def main() -> None:
    told: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(EVENTS) or (event == "open" and not str(arguments[0]).startswith(ALLOWED)):
            told.append(f"{event} {arguments[:2]}")

    sys.addaudithook(watch)
    for name, (body, _) in CASES.items():
        before = len(told)
        parse(body, url="http://feed.example/rss", now=datetime(2026, 5, 1, tzinfo=UTC))
        for line in told[before:]:
            sys.stdout.write(f"{name}: {line}\n")


if __name__ == "__main__":
    main()
