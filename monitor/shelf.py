"""The rules in force: read anew when a file changes or when asked, the old ones kept where the new ones are broken."""

from collections.abc import Callable
from pathlib import Path

from consumers.classify import PackText, Rules, compile_rules
from monitor.errors import UserError
from monitor.logs import Logger


class Shelf:
    """Holds compiled rules. Calling it gives those in force. Making one raises `Faults`."""

    def __init__(self, read: Callable[[], tuple[PackText, ...]], folders: tuple[Path, ...], log: Logger) -> None:
        self._read, self._folders, self._log = read, folders, log
        self._seen = self._stamp()
        self._rules = compile_rules(read())

    def __call__(self) -> Rules:
        return self._rules

    def look(self) -> None:
        """Read the rules anew where a file changed since the last look."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self.reload()

    def reload(self) -> None:
        """Read the rules anew. A broken pack changes nothing, and the log says why."""
        try:
            fresh = compile_rules(self._read())
            fresh.packs.compile(self._rules.packs.compiled)  # here, where a fault keeps the old rules in force
        except UserError as why:
            self._log.error("rules.refused", why=str(why), kept=self._rules.hash)
            return
        if fresh.hash != self._rules.hash:
            self._log.info("rules.reloaded", before=self._rules.hash, now=fresh.hash)
        self._rules = fresh

    def _stamp(self) -> frozenset[tuple[str, int, int]]:
        """Every file with its time and size."""
        return frozenset(
            (str(path), found.st_mtime_ns, found.st_size)
            for folder in self._folders
            for path in folder.rglob("*.yaml")
            if (found := path.stat(follow_symlinks=True))
        )
