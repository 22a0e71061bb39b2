"""What is particular to the SQLite stream: its lock, its socket, its retention, its backup, and faults at opening."""

import asyncio
import sqlite3
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import Busy, StreamError, UserError
from monitor.message.step import ALERTS, REPORTS, Output
from monitor.stream import sqlite
from monitor.stream.contract import CORRELATE
from monitor.stream.sqlite.lock import refuse_network
from tests.stream.place import Ticking


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "demarche.db"


async def keys(stream: sqlite.SqliteOwner | sqlite.SqliteReader, topic: str = REPORTS) -> list[str]:
    return [record.key async for record in stream.read(topic)]


async def test_a_second_owner_is_refused(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    with pytest.raises(Busy, match=r"belongs to the running process \d+; stop it first"):
        await sqlite.open_owner(path)
    await owner.close()
    await (await sqlite.open_owner(path)).close()


async def test_a_closed_stream_says_so(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    await owner.close()
    with pytest.raises(StreamError, match="closed"):
        await owner.append([Output(REPORTS, "k", b"1")])


async def test_a_reader_works_on_no_share(path: Path) -> None:
    await (await sqlite.open_owner(path)).close()
    reader = await sqlite.open_reader(path)
    with pytest.raises(StreamError, match="only in the process that owns the file"):
        reader.shares(CORRELATE)
    await reader.close()


async def test_a_reader_says_where_there_is_no_stream(path: Path) -> None:
    with pytest.raises(UserError, match="no stream here yet"):
        await sqlite.open_reader(path)
    assert not path.exists()


async def test_what_is_no_sqlite_file_is_left_alone(path: Path) -> None:
    path.write_text("feeds:\n  - url: https://example.org/rss\n" * 100)
    before = path.read_bytes()
    for opener in (sqlite.open_owner, sqlite.open_reader):
        with pytest.raises(UserError, match="not a file that SQLite can read"):
            await opener(path)
    assert path.read_bytes() == before


async def test_a_file_of_another_program_is_left_alone(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    for opener in (sqlite.open_owner, sqlite.open_reader):
        with pytest.raises(UserError, match="another program's"):
            await opener(path)


async def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    await (await sqlite.open_owner(path)).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    for opener in (sqlite.open_owner, sqlite.open_reader):
        with pytest.raises(UserError, match="later version"):
            await opener(path)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be"):
        await sqlite.open_owner(tmp_path / "file" / "demarche.db")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("ext4", False), ("overlay", False), ("nfs4", True), ("cifs", True), ("9p", True), ("fuse.sshfs", True)],
)
def test_a_network_file_system_is_refused(tmp_path: Path, kind: str, refused: bool) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    mounts = tmp_path / "mountinfo"
    named = str(folder).replace(" ", "\\040")
    mounts.write_text(
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        f"40 22 0:44 / {named} rw,relatime shared:9 master:2 - {kind} server:/share rw\n"
        f"41 22 0:45 / {named}-other rw - nfs server:/other rw\n"
    )
    if refused:
        with pytest.raises(UserError, match=f"network file system \\({kind}\\)"):
            refuse_network(folder / "demarche.db", mounts)
    else:
        refuse_network(folder / "demarche.db", mounts)


async def test_orders_reach_the_owner_under_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    owner = await sqlite.open_owner(folder / "demarche.db")
    reader = await sqlite.open_reader(folder / "demarche.db")
    await reader.append([Output(REPORTS, "order", b"1")])
    assert await keys(owner) == ["order"]
    await reader.close()
    await owner.close()


async def test_an_owner_takes_over_the_socket_of_one_that_died(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    await owner.close()
    path.with_name(f"{path.name}.sock").write_text("left over")
    owner = await sqlite.open_owner(path)
    reader = await sqlite.open_reader(path)
    await reader.append([Output(REPORTS, "order", b"1")])
    await reader.close()
    await owner.close()


async def test_a_request_that_is_none_is_answered_and_the_owner_goes_on(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    for request in (b"\0\0\0\x03abc", b"\xff\xff\xff\xff", b"\0\0"):
        reader, writer = await asyncio.open_unix_connection(path.with_name(f"{path.name}.sock"))
        writer.write(request)
        writer.write_eof()
        answer = await reader.read()
        assert (b"not a request" in answer) == (request[3:4] == b"\x03")
        writer.close()
        await writer.wait_closed()
    assert await keys(owner) == []
    await owner.close()


async def test_many_at_once_are_committed_and_one_that_fails_fails_alone(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    many = [owner.append([Output(REPORTS, str(n), b"1"), Output(ALERTS, str(n), b"1")]) for n in range(300)]
    broken = owner.append([Output(REPORTS, "broken", b"1"), Output(ALERTS, None, b"1")])  # type: ignore[arg-type]
    results = await asyncio.gather(*many[:150], broken, *many[150:], return_exceptions=True)
    assert [result for result in results if result is not None] == [results[150]]
    assert sorted(map(int, await keys(owner))) == list(range(300))
    assert await keys(owner) == await keys(owner, ALERTS)
    await owner.close()


async def test_what_is_older_than_the_retention_goes_and_offsets_go_on(path: Path) -> None:
    clock = Ticking()
    owner = await sqlite.open_owner(path, retention={REPORTS: timedelta(days=7)}, clock=clock)
    await owner.append([Output(REPORTS, f"old-{n}", b"1") for n in range(5000)])
    await owner.append([Output(ALERTS, "kept", b"1")])
    clock.move(days=7, seconds=1)
    assert await owner.trim() == 5000
    assert await keys(owner) == []
    await owner.append([Output(REPORTS, "new", b"1")])
    assert [record.offset async for record in owner.read(REPORTS)] == [5001]
    assert await keys(owner, ALERTS) == ["kept"]
    await owner.close()


async def test_retention_spares_what_a_stage_has_still_to_read(path: Path) -> None:
    clock = Ticking()
    owner = await sqlite.open_owner(path, retention={REPORTS: timedelta(days=7)}, clock=clock)
    await owner.append([Output(REPORTS, str(n), b"1") for n in range(10)])
    async with aclosing(owner.shares(CORRELATE)) as shares:
        share = await anext(shares)
        await (await share.read(6, 1.0)).done([], {})
        clock.move(days=30)
        assert await owner.trim() == 6
        batch = await share.read(10, 1.0)
        assert [record.key for record in batch.records] == ["6", "7", "8", "9"]
        await batch.done([], {})
        assert await owner.trim() == 4
    await owner.close()


async def test_a_backup_is_whole_while_the_owner_works(path: Path, tmp_path: Path) -> None:
    owner = await sqlite.open_owner(path)
    target = tmp_path / "backup.db"
    target.write_text("an older backup")
    async with aclosing(owner.shares(CORRELATE)) as shares, asyncio.TaskGroup() as tasks:
        share = await anext(shares)
        await owner.append([Output(REPORTS, "0", b"1")])
        await (await share.read(1, 1.0)).done([Output(ALERTS, "0", b"1")], {"count": b"1"})
        copying = tasks.create_task(owner.backup(target))
        for number in range(1, 200):
            await owner.append([Output(REPORTS, str(number), b"1")])
        await copying
    await owner.close()
    restored = await sqlite.open_owner(target)
    copied = await keys(restored)
    assert copied == [str(number) for number in range(len(copied))]
    assert await restored.state("correlate") == {"count": b"1"}
    async with aclosing(restored.shares(CORRELATE)) as shares:
        assert await (await anext(shares)).lag() == len(copied) - 1
    await restored.append([Output(REPORTS, "after", b"1")])
    assert (await keys(restored))[-1] == "after"
    await restored.close()


async def test_a_backup_does_not_overwrite_the_stream(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    with pytest.raises(UserError, match="the stream itself"):
        await owner.backup(path)
    await owner.close()


async def test_a_clean_end_leaves_one_file(path: Path) -> None:
    owner = await sqlite.open_owner(path)
    await owner.append([Output(REPORTS, "a", b"1")])
    await owner.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["demarche.db", "demarche.db.lock"]
