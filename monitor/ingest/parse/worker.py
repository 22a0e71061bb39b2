"""The process that parses: jobs on standard input, documents on standard output, within a limit of memory."""

import resource
import struct
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from monitor.ingest.document import Document, Trouble, Unreadable

LENGTH: Final = struct.Struct(">I")
READY: Final = b"\x01"
_MEGABYTE: Final = 1024 * 1024
_WORN: Final = 0.8  # of the memory allowed: a process that has grown so far is replaced before it fails


class Job(msgspec.Struct, frozen=True):
    """One body to read."""

    body: bytes
    content_type: str
    url: str
    now: datetime


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a job; `last` where the process ends after it and must be replaced."""

    document: Document | None = None
    unreadable: Unreadable | None = None
    last: bool = False


def main(megabytes: int) -> None:
    """Answer jobs until standard input ends."""
    from monitor.ingest.parse import reading  # here, so that who starts workers need not carry what they import

    _limit_memory(megabytes)
    jobs, replies = sys.stdin.buffer, sys.stdout.buffer
    decoder = msgspec.msgpack.Decoder(Job)
    replies.write(READY)
    replies.flush()
    while frame := _frame(jobs):
        try:
            job = decoder.decode(frame)
            del frame
            result = reading.read(job.body, content_type=job.content_type, url=job.url, now=job.now)
        except MemoryError:
            result = Unreadable(Trouble.TOO_SLOW, f"needs more than {megabytes} MB to read")
            _answer(replies, result, last=True)
            return
        is_worn = _resident() > megabytes * _MEGABYTE * _WORN
        _answer(replies, result, last=is_worn)
        if is_worn:
            return


def _answer(replies: BinaryIO, result: Document | Unreadable, *, last: bool) -> None:
    reply = Reply(document=result, last=last) if isinstance(result, Document) else Reply(unreadable=result, last=last)
    data = msgspec.msgpack.encode(reply)
    replies.write(LENGTH.pack(len(data)) + data)
    replies.flush()


def _frame(stream: BinaryIO) -> bytes:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _limit_memory(megabytes: int) -> None:
    """Let the address space grow by what is left of the limit once everything is imported.

    Libraries map far more than they touch, so the limit is put on growth. Where there is no /proc (macOS, which does
    not enforce RLIMIT_AS either) the limits of body and time remain.
    """
    try:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return
    allowed = mapped + max(megabytes * _MEGABYTE - _resident(), 16 * _MEGABYTE)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
