"""The stream in one SQLite file: no broker, one process that writes, as many as wanted that read."""

from monitor.stream.sqlite.owner import SqliteOwner, open_owner
from monitor.stream.sqlite.reader import SqliteReader, open_reader

__all__ = ["SqliteOwner", "SqliteReader", "open_owner", "open_reader"]
