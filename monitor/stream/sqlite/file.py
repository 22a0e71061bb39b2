"""The file: its tables, and how it is opened. Each topic is a table of its own, an offset its row number."""

import sqlite3
from pathlib import Path

from monitor.errors import StreamError, Unavailable, UserError
from monitor.stream.contract import ALL_TOPICS, check_topic

SCHEMA = 1
APPLICATION = 0x44454D31  # "DEM1", so that another program's file is not taken for ours

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


def on(topic: str, statement: str) -> str:
    """The statement on the table of a topic; the names are our own, never a user's."""
    check_topic(topic)
    return statement.replace("the_topic_", f"{topic.replace('.', '_')}_").replace("the_topic", f'"{topic}"')


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
            db.execute(on(topic, statement))
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
