"""What is asked of the file, and written into it: each function is one question, on a connection that is handed in.

All of them block; they run on the writer's thread or on a reader's.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.message.step import Changes, Output
from monitor.stream.contract import STAGES, Record, check_topic
from monitor.stream.sqlite.file import on

READ_BYTES = 4 * 1024 * 1024  # a read ends early past this, so that large items do not fill the memory
FIRST = 1  # offset of a topic's first record
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_APPEND = "INSERT INTO the_topic (offset, at, key, value) VALUES "
_ROW = "(?, ?, ?, ?)"
_ROWS = 100  # rows a statement: each of its steps gives up the interpreter's lock, and has to win it back
_HEAD = "SELECT offset FROM heads WHERE topic = ?"
_MOVE_HEAD = "INSERT OR REPLACE INTO heads (topic, offset) VALUES (?, ?)"
_FROM = "SELECT offset, at, key, value FROM the_topic WHERE offset >= ? ORDER BY offset LIMIT ?"
_UNDER_KEY = "SELECT offset, at, key, value FROM the_topic WHERE key = ? ORDER BY offset"
_NEXT = "SELECT offset, at FROM the_topic WHERE offset >= ? ORDER BY offset LIMIT 1"
_OLDEST = "SELECT min(offset) FROM the_topic"
_DROP = "DELETE FROM the_topic WHERE offset >= ? AND offset < ?"


@dataclass(frozen=True, slots=True)
class Finish:
    """A batch that is done: where the share's input stands now, and what its state became."""

    stage: str
    share: int
    position: int | None  # the next offset to read; None where the stage has no input
    changes: Changes


def to_micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def append(db: sqlite3.Connection, outputs: Iterable[Output], at: datetime) -> dict[str, int]:
    """Write records in their order. Gives the next offset of each topic that was written to."""
    micros = to_micros(at)
    by_topic: dict[str, list[Output]] = {}
    for output in outputs:
        by_topic.setdefault(output.topic, []).append(output)
    heads: dict[str, int] = {}
    for topic, many in by_topic.items():  # numbered here: AUTOINCREMENT writes its count down for each record
        first = head(db, topic)
        for start in range(0, len(many), _ROWS):
            part = many[start : start + _ROWS]
            rows = [(first + start + place, micros, one.key, one.value) for place, one in enumerate(part)]
            values = [value for row in rows for value in row]
            db.execute(on(topic, _APPEND + ", ".join([_ROW] * len(part))), values)
        heads[topic] = first + len(many)
        db.execute(_MOVE_HEAD, (topic, heads[topic]))
    return heads


def finish(db: sqlite3.Connection, done: Finish) -> None:
    """Write down a batch's changes of state and its position."""
    where = (done.stage, done.share)
    put = [(*where, key, value) for key, value in done.changes.items() if value is not None]
    gone = [(*where, key) for key, value in done.changes.items() if value is None]
    if put:
        db.executemany("INSERT OR REPLACE INTO state (stage, share, key, value) VALUES (?, ?, ?, ?)", put)
    if gone:
        db.executemany("DELETE FROM state WHERE stage = ? AND share = ? AND key = ?", gone)
    if done.position is not None:
        db.execute("INSERT OR REPLACE INTO positions (stage, share, offset) VALUES (?, ?, ?)", (*where, done.position))


def head(db: sqlite3.Connection, topic: str) -> int:
    """The offset that the next record of a topic will have."""
    check_topic(topic)
    row = db.execute(_HEAD, (topic,)).fetchone()
    return int(row[0]) if row else FIRST


def position(db: sqlite3.Connection, stage: str, share: int) -> int:
    row = db.execute("SELECT offset FROM positions WHERE stage = ? AND share = ?", (stage, share)).fetchone()
    return int(row[0]) if row else FIRST


def state(db: sqlite3.Connection, stage: str) -> dict[str, bytes]:
    return dict(db.execute("SELECT key, value FROM state WHERE stage = ?", (stage,)).fetchall())


def fetch(db: sqlite3.Connection, topic: str, offset: int, limit: int) -> list[Record]:
    """Up to `limit` records from an offset on; fewer where they are large."""
    records: list[Record] = []
    size = 0
    times: dict[int, datetime] = {}  # few: what is written together has one time
    for number, micros, key, value in db.execute(on(topic, _FROM), (offset, limit)):
        at = times.get(micros) or times.setdefault(micros, _time(micros))
        records.append(Record(topic, 0, number, key, value, at))
        size += len(value)
        if size > READ_BYTES:
            break
    return records


def find(db: sqlite3.Connection, topic: str, key: str) -> list[Record]:
    rows = db.execute(on(topic, _UNDER_KEY), (key,))
    return [Record(topic, 0, offset, key, value, _time(micros)) for offset, micros, key, value in rows]


def first_since(db: sqlite3.Connection, topic: str, at: datetime) -> int:
    """The offset of the first record written at or after a time; the head where there is none.

    Found by halving, as records lie in the order of their times but for steps of the clock.
    """
    oldest = db.execute(on(topic, _OLDEST)).fetchone()[0]
    low, high, micros = int(oldest or FIRST), head(db, topic), to_micros(at)
    while low < high:
        middle = (low + high) // 2
        offset, written = db.execute(on(topic, _NEXT), (middle,)).fetchone() or (high, micros)
        if written >= micros:
            high = middle
        else:
            low = offset + 1
    return high


def _time(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def trim(db: sqlite3.Connection, topic: str, before: datetime, slice_: int) -> int:
    """Drop up to `slice_` records older than `before`, the oldest first. Gives how many are gone.

    What a stage has still to read stays, however old: one that stands still loses nothing.
    """
    oldest = db.execute(on(topic, _OLDEST)).fetchone()[0]
    if oldest is None:
        return 0
    unread = [position(db, spec.name, 0) for spec in STAGES if spec.input == topic and _has_read(db, spec.name)]
    end = min([first_since(db, topic, before), *unread, oldest + slice_])
    return db.execute(on(topic, _DROP), (oldest, end)).rowcount if end > oldest else 0


def _has_read(db: sqlite3.Connection, stage: str) -> bool:
    return db.execute("SELECT 1 FROM positions WHERE stage = ?", (stage,)).fetchone() is not None


def copy_to(db: sqlite3.Connection, target: Path) -> None:
    """A whole and compact copy as of now; writing goes on meanwhile."""
    db.execute("VACUUM INTO ?", (str(target),))
