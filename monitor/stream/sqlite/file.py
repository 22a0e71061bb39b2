"""The file: its tables, how it is opened, and the questions that are asked of it.

Each topic is a table of its own, so that an offset is its row number. All functions block; they run on the
writer's thread or on a reader's.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.errors import StreamError, Unavailable, UserError
from monitor.message.step import Changes, Output
from monitor.stream.contract import ALL_TOPICS, STAGES, Record, check_topic

SCHEMA = 1
APPLICATION = 0x44454D31  # "DEM1", so that another program's file is not taken for ours
READ_BYTES = 4 * 1024 * 1024  # a read ends early past this, so that large items do not fill the memory
FIRST = 1  # offset of a topic's first record
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_TOPIC = (
    "CREATE TABLE the_topic (offset INTEGER PRIMARY KEY, at INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL)",
    "CREATE INDEX the_topic_key ON the_topic (key)",
)
_HEADS = "CREATE TABLE heads (topic TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID"
_POSITIONS = (
    "CREATE TABLE positions (stage TEXT, share INTEGER, offset INTEGER NOT NULL, PRIMARY KEY (stage, share))"
    " WITHOUT ROWID"
)
_STATE = (
    "CREATE TABLE state (stage TEXT, share INTEGER, key TEXT, value BLOB NOT NULL, PRIMARY KEY (stage, share, key))"
    " WITHOUT ROWID"
)
_APPEND = "INSERT INTO the_topic (offset, at, key, value) VALUES (?, ?, ?, ?)"
_HEAD = "SELECT offset FROM heads WHERE topic = ?"
_MOVE_HEAD = "INSERT OR REPLACE INTO heads (topic, offset) VALUES (?, ?)"
_FROM = "SELECT offset, at, key, value FROM the_topic WHERE offset >= ? ORDER BY offset LIMIT ?"
_UNDER_KEY = "SELECT offset, at, key, value FROM the_topic WHERE key = ? ORDER BY offset"
_NEXT = "SELECT offset, at FROM the_topic WHERE offset >= ? ORDER BY offset LIMIT 1"
_OLDEST = "SELECT min(offset) FROM the_topic"
_DROP = "DELETE FROM the_topic WHERE offset >= ? AND offset < ?"


def _on(topic: str, statement: str) -> str:
    """The statement on the table of a topic; the names are our own, never a user's."""
    check_topic(topic)
    return statement.replace("the_topic_", f"{topic.replace('.', '_')}_").replace("the_topic", f'"{topic}"')


@dataclass(frozen=True, slots=True)
class Finish:
    """A batch that is done: where the share's input stands now, and what its state became."""

    stage: str
    share: int
    position: int | None  # the next offset to read; None where the stage has no input
    changes: Changes


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes. It makes the tables of a new file.

    Raises `UserError` for a file that is not ours, or of a later version.
    """
    with _clear_faults(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=10.0, check_same_thread=False, cached_statements=256)
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        db.execute("PRAGMA journal_mode = WAL")  # once: just after a kill it may answer "locked"
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA fullfsync = ON")  # macOS: its plain fsync does not reach the platter
    db.execute("PRAGMA cache_size = -16384")
    version, application = _versions(db)
    if version == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        _create(db)
    else:
        _check_version(path, version, application)


def _create(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    for topic in ALL_TOPICS:
        for statement in _TOPIC:
            db.execute(_on(topic, statement))
    db.execute(_HEADS)
    db.execute(_POSITIONS)
    db.execute(_STATE)
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write and never checkpoints, for use beside the owner."""
    if not path.exists():
        raise UserError(f"{path}: there is no stream here yet; `demarche run` makes it")
    with _clear_faults(path):
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10.0, check_same_thread=False
        )
        try:
            _check_version(path, *_versions(db))
        except BaseException:
            db.close()
            raise
    return db


def _versions(db: sqlite3.Connection) -> tuple[int, int]:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    return version, application


def _check_version(path: Path, version: int, application: int) -> None:
    if application != APPLICATION:
        raise UserError(f"{path}: this SQLite file is another program's; name a file of its own in stream.url")
    if version > SCHEMA:
        raise UserError(f"{path}: written by a later version of demarche (form {version}, known here: {SCHEMA})")


class _clear_faults:
    """Faults of SQLite at opening, as errors that say what to do."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, fault: BaseException | None, _traceback: object) -> None:
        if isinstance(fault, sqlite3.DatabaseError) and not isinstance(fault, sqlite3.OperationalError):
            raise UserError(f"{self._path}: not a file that SQLite can read ({fault})") from fault
        if isinstance(fault, sqlite3.Error):
            raise as_stream_error(fault) from fault


def as_stream_error(fault: sqlite3.Error) -> StreamError:
    """The fault as one that knows its fate: a full disk passes, a broken file does not."""
    name = getattr(fault, "sqlite_errorname", "")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_LOCKED")):
        return Unavailable(f"the stream's file cannot be written: {fault} ({name})")
    return StreamError(f"the stream's file is at fault: {fault} ({name or type(fault).__name__})")


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
        rows = ((number, micros, output.key, output.value) for number, output in enumerate(many, first))
        db.executemany(_on(topic, _APPEND), rows)
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
    for number, micros, key, value in db.execute(_on(topic, _FROM), (offset, limit)):
        at = times.get(micros) or times.setdefault(micros, _time(micros))
        records.append(Record(topic, 0, number, key, value, at))
        size += len(value)
        if size > READ_BYTES:
            break
    return records


def find(db: sqlite3.Connection, topic: str, key: str) -> list[Record]:
    rows = db.execute(_on(topic, _UNDER_KEY), (key,))
    return [Record(topic, 0, offset, key, value, _time(micros)) for offset, micros, key, value in rows]


def first_since(db: sqlite3.Connection, topic: str, at: datetime) -> int:
    """The offset of the first record written at or after a time; the head where there is none.

    Found by halving, as records lie in the order of their times but for steps of the clock.
    """
    oldest = db.execute(_on(topic, _OLDEST)).fetchone()[0]
    low, high, micros = int(oldest or FIRST), head(db, topic), to_micros(at)
    while low < high:
        middle = (low + high) // 2
        offset, written = db.execute(_on(topic, _NEXT), (middle,)).fetchone() or (high, micros)
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
    oldest = db.execute(_on(topic, _OLDEST)).fetchone()[0]
    if oldest is None:
        return 0
    unread = [position(db, spec.name, 0) for spec in STAGES if spec.input == topic and _has_read(db, spec.name)]
    end = min([first_since(db, topic, before), *unread, oldest + slice_])
    return db.execute(_on(topic, _DROP), (oldest, end)).rowcount if end > oldest else 0


def _has_read(db: sqlite3.Connection, stage: str) -> bool:
    return db.execute("SELECT 1 FROM positions WHERE stage = ?", (stage,)).fetchone() is not None


def copy_to(db: sqlite3.Connection, target: Path) -> None:
    """A whole and compact copy as of now; writing goes on meanwhile."""
    db.execute("VACUUM INTO ?", (str(target),))
