"""What is read from files and may change while the program runs: read anew, and the old kept where the new is wrong."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from monitor.errors import UserError
from monitor.logs import Logger

T = TypeVar("T")


class Shelf(Generic[T]):
    """Holds a value. Calling it gives the one in force. Making one raises what `read` raises.

    `read` is given the value in force, None at first. `name` begins the events of the log; `describe` says of two
    values what is different, nothing where nothing is.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[T | None], T],
        files: Callable[[], Iterable[Path]],
        describe: Callable[[T, T], Mapping[str, object]],
        log: Logger,
    ) -> None:
        self._name, self._read, self._files, self._describe, self._log = name, read, files, describe, log
        self._asked = False
        self._seen = self._stamp()
        self._value = read(None)

    def __call__(self) -> T:
        return self._value

    def look(self) -> None:
        """Read it anew where a file changed since the last look, or somebody asked. It may be called in a thread."""
        stamp = self._stamp()
        if stamp != self._seen or self._asked:
            self._seen, self._asked = stamp, False
            self.reload()

    def ask(self) -> None:
        """Have it read anew at the next look."""
        self._asked = True

    def reload(self) -> None:
        """Read it anew. What is written wrong changes nothing, and the log says why."""
        try:
            fresh = self._read(self._value)
        except UserError as why:
            self._log.error(f"{self._name}.refused", why=str(why))
            return
        if changes := self._describe(self._value, fresh):
            self._log.info(f"{self._name}.reloaded", **changes)
            self._value = fresh

    def _stamp(self) -> frozenset[tuple[str, int, int]]:
        """Every file with its time and size; one that is gone while it is replaced counts as none."""
        found = []
        for path in self._files():
            try:
                file = path.stat()
            except OSError:
                continue
            found.append((str(path), file.st_mtime_ns, file.st_size))
        return frozenset(found)
