"""The feeds in force: read anew when their file changes or when asked; a broken list leaves the old one in force."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from monitor.errors import UserError
from monitor.ingest.feed import Feed
from monitor.logs import Logger

SETTLED = timedelta(seconds=1)  # a file that was written to more lately may not be whole yet

Stamp = tuple[str, int, int, int]


class FeedsInForce:
    """Calling it gives the feeds in force: the same list until it changes. Making one raises `UserError`.

    `find` names the file of the list, None for the one that comes along; `read` reads it.
    """

    def __init__(
        self,
        find: Callable[[], Path | None],
        read: Callable[[Path | None], Sequence[Feed]],
        clock: Callable[[], datetime],
        log: Logger,
    ) -> None:
        self._find, self._read, self._clock, self._log = find, read, clock, log
        self._file = find()
        self._seen = self._stamp()
        self._feeds = tuple(read(self._file))

    def __call__(self) -> tuple[Feed, ...]:
        return self._feeds

    def look(self) -> None:
        """Read the list anew where its file changed since the last look, and nobody writes to it any more."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        if stamp and 0 <= self._clock().timestamp() - stamp[1] / 1e9 < SETTLED.total_seconds():
            return
        self.reload()

    def reload(self) -> None:
        """Read the list anew. A broken one, or none where there was one, changes nothing, and the log says why."""
        self._seen = self._stamp()
        file = self._find()
        try:
            if self._file is not None and file is None:
                raise UserError(f"{self._file} is gone")
            fresh = tuple(self._read(file))
            if self._feeds and not fresh:
                raise UserError(f"{file} lists no feed; to watch none, end the program")
        except UserError as why:
            self._log.error("feeds.refused", why=str(why), kept=len(self._feeds))
            return
        self._file = file
        if fresh != self._feeds:
            self._say(fresh)
            self._feeds = fresh

    def _say(self, fresh: Sequence[Feed]) -> None:
        before, now = {feed.id: feed for feed in self._feeds}, {feed.id: feed for feed in fresh}
        self._log.info(
            "feeds.reloaded",
            feeds=len(fresh),
            added=sorted(now.keys() - before.keys())[:20],
            removed=sorted(before.keys() - now.keys())[:20],
            changed=sorted(name for name in now.keys() & before.keys() if now[name] != before[name])[:20],
        )

    def _stamp(self) -> Stamp | None:
        """The file with its time, size and number; None where there is none to look at."""
        file = self._find() or self._file
        try:
            found = file.stat() if file else None
        except OSError:
            return None
        return (str(file), found.st_mtime_ns, found.st_size, found.st_ino) if found else None
