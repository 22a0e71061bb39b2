"""The one thread that writes: it commits what waits in one transaction, with a savepoint for each job.

Commits on the event loop gave it 24 ms of lag (p99), a thread 1.4 ms; and with `synchronous=FULL` a commit costs
an fsync, which all that wait share.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.errors import StreamError
from monitor.stream.sqlite.file import as_stream_error

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
GROUP = 64  # jobs a transaction


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work[Any]
    future: "Future[Any]"


class Writer:
    """Runs jobs on its connection in the order they came; a job's future is done when its commit is on disk."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> "Future[T]":
        """Run `work` inside a transaction. The future raises what `work` raised, or the error of the commit.

        A fault of SQLite comes as `Unavailable` where it may pass, and then nothing was written.
        """
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(StreamError("the stream is closed"))
        else:
            self._jobs.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finish what waits, then close the connection. Blocks."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group: list[_Job] = []
            while going and len(group) < GROUP and (not group or not self._jobs.empty()):
                job = self._jobs.get()
                if job is None:
                    going = False
                elif job.future.set_running_or_notify_cancel():
                    group.append(job)
            if group:
                self._commit(group)
        self._db.close()

    def _commit(self, group: list[_Job]) -> None:
        outcomes: list[tuple[_Job, Any]] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            outcomes = [(job, self._attempt(job)) for job in group]
            self._db.execute("COMMIT")
        except sqlite3.Error as fault:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for job in group:
                job.future.set_exception(as_stream_error(fault))
            return
        for job, outcome in outcomes:
            if isinstance(outcome, _Failed):
                job.future.set_exception(outcome.why)
            else:
                job.future.set_result(outcome)

    def _attempt(self, job: _Job) -> Any:
        """One job in its savepoint: a fault of its own undoes it alone, one of the disk ends the whole group."""
        self._db.execute("SAVEPOINT job")
        try:
            outcome = job.work(self._db)
        except sqlite3.Error:
            raise
        except Exception as fault:  # noqa: BLE001  # handed to whoever waits for the job
            self._db.execute("ROLLBACK TO job")
            outcome = _Failed(fault)
        self._db.execute("RELEASE job")
        return outcome


@dataclass(frozen=True, slots=True)
class _Failed:
    why: Exception
