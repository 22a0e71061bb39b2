"""The lock beside the file: one process owns it, on a disk of this machine."""

import fcntl
import os
from pathlib import Path
from typing import IO

from monitor.errors import Busy, UserError

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "9p",
        "beegfs",
        "ocfs2",
        "gfs2",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.ceph",
        "fuse.s3fs",
        "fuse.rclone",
    }
)


class Lock:
    """Ownership of a stream's file, until `release`. A crash gives it back at once.

    The descriptor is not inherited by programs that this process starts, or a worker that outlives a kill would
    go on holding it.
    """

    def __init__(self, path: Path) -> None:
        """Raises `Busy` where another process owns the file, `UserError` on a network file system.

        The folder is made where there is none.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise UserError(f"{path.parent}: cannot be made ({fault.strerror}); name another folder") from fault
        refuse_network(path)
        self._file = _locked(path)

    def release(self) -> None:
        self._file.close()


def _locked(path: Path) -> IO[str]:
    beside = path.with_name(f"{path.name}.lock")
    try:
        file = beside.open("a+", encoding="ascii")
    except OSError as fault:
        raise UserError(
            f"{beside}: cannot be written ({fault.strerror}); the stream needs a folder of its own"
        ) from fault
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        file.seek(0)
        owner = file.read().strip() or "?"
        file.close()
        raise Busy(f"{path} belongs to the running process {owner}; stop it first, or name another file") from fault
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises `UserError` where the folder lies on a network file system: SQLite's log needs shared memory.

    Known only on Linux; elsewhere it passes.
    """
    if not mounts.exists():
        return
    kind = _mounted_as(path.parent.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    if kind in NETWORK:
        raise UserError(
            f"{path} lies on a network file system ({kind}), where SQLite's write-ahead log is not safe;"
            " put it on a local disk, or use stream.url: kafka://..."
        )


def _mounted_as(folder: Path, mounts: str) -> str:
    """The type of the file system with the longest mount point above the folder. See proc(5), mountinfo."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = fields[4].encode().decode("unicode_escape")  # a space is written \040
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= best:  # a later mount on the same point hides the earlier
            best, kind = len(point), right.split(" ")[0]
    return kind
