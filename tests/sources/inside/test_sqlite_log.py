"""Blobs in the write-ahead log of a database: what the library and its shell read is the truth."""

import gzip
import hashlib
import io
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.kinds.sniffing import sniff_container
from hashmatch.kinds.sqlite_log import is_log
from hashmatch.model import Unreadable
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool
from hashmatch.scanning.reopening import reopen
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import roots_of
from hashmatch.sources.finding import Finder
from hashmatch.sources.folder import Folder
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.sqlite import Sqlite
from hashmatch.sources.inside.sqlite_frames import Log
from hashmatch.sources.inside.sqlite_log import SqliteLog
from hashmatch.sources.inside.view import View
from hashmatch.sources.opener import opener_of
from tests.support import program
from tests.support.archives import tarred, zipped
from tests.support.disk_images import need, run
from tests.support.expanded import opened, rows_of
from tests.support.inner_members import SimpleBudget, contents, picture, read

FIRST, SECOND, THIRD = (picture("JPEG", each) for each in (40, 300, 500))
LARGE = picture("PNG", 200)
CHANGED = LARGE[:60_000] + b"another!" + LARGE[60_008:]
_HEAD, _FRAME = 32, 24


def two(folder: Path, use: Callable[[sqlite3.Connection], object], **pragmas: object) -> "Pair":
    """A database and its log, as they are when a program is killed."""
    path = folder / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for name, value in {"wal_autocheckpoint": 0, **pragmas}.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.execute("PRAGMA journal_mode = WAL")
    use(connection)
    pair = Pair(path.read_bytes(), path.with_name("a.db-wal").read_bytes())
    connection.close()
    return pair


class Pair:
    def __init__(self, database: bytes, log: bytes) -> None:
        self.database, self.log = database, log

    def found(self, database: bytes | None = None) -> list[bytes]:
        """What the log gives beside the database, or another one."""
        return [data for _, data in self.members(database) if isinstance(data, bytes)]

    def members(self, database: bytes | None = None) -> "list[tuple[str, bytes | Unreadable]]":
        beside = io.BytesIO(self.database if database is None else database)
        given: list[tuple[str, bytes | Unreadable]] = []
        for each in SqliteLog()(io.BytesIO(self.log), SimpleBudget(), beside=lambda: beside):
            if isinstance(each, Unreadable):
                given.append(("", each))
            else:
                given.append((str(each.step), read(each)))
        return given

    def frames(self) -> Log:
        return Log(View(io.BytesIO(self.log)), lambda: None)


def insert(connection: sqlite3.Connection, *blobs: bytes) -> None:
    for blob in blobs:
        connection.execute("INSERT INTO t (b) VALUES (?)", (blob,))


def made(connection: sqlite3.Connection, *blobs: bytes) -> None:
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)")
    insert(connection, *blobs)


def change_a_blob(connection: sqlite3.Connection) -> None:
    """The database has the blob as it was, the log the page that was changed."""
    made(connection, LARGE)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with connection.blobopen("t", "b", 1) as blob:
        blob.seek(60_000)
        blob.write(b"another!")


@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_blobs_that_were_never_copied_to_the_database_are_found(tmp_path: Path, size: int) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST, SECOND, THIRD), page_size=size)
    assert contents(Sqlite(), pair.database) == set()
    assert sorted(pair.found()) == sorted([FIRST, SECOND, THIRD])
    names = [name for name, _ in pair.members()]
    assert names == ["wal:0:t/b/1", "wal:1:t/b/2", "wal:2:t/b/3"]


def test_without_the_database_the_log_is_read_alone(tmp_path: Path) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST, SECOND, THIRD))
    assert sorted(pair.found(b"")) == sorted([FIRST, SECOND, THIRD])


def test_what_the_database_holds_by_itself_is_not_given_again(tmp_path: Path) -> None:
    def use(it: sqlite3.Connection) -> None:
        made(it, *before)
        it.execute("PRAGMA wal_checkpoint(PASSIVE)")
        insert(it, THIRD)

    before = [FIRST, SECOND, *(picture("JPEG", each) for each in range(100, 160))]
    pair = two(tmp_path, use)
    assert contents(Sqlite(), pair.database) == set(before)
    assert pair.found() == [THIRD]


def test_pages_of_the_log_come_before_those_of_the_database(tmp_path: Path) -> None:
    """A blob that was changed in its middle begins in the database and goes on in the log."""
    pair = two(tmp_path, change_a_blob)
    assert contents(Sqlite(), pair.database) == {LARGE}
    assert pair.found() == [CHANGED]
    assert len(pair.log) < len(LARGE) // 4


def test_pictures_of_older_pages_stay_found(tmp_path: Path) -> None:
    def use(it: sqlite3.Connection) -> None:
        made(it, FIRST, SECOND)
        it.execute("UPDATE t SET b = ? WHERE id = 1", (THIRD,))
        it.execute("DELETE FROM t WHERE id = 2")

    pair = two(tmp_path, use, secure_delete="ON")
    found = pair.members()
    assert [data for name, data in found if "frame" not in name] == [THIRD]
    assert {FIRST, SECOND} <= {data for name, data in found if "frame" in name}
    assert len({name for name, _ in found}) == len(found)


def test_a_round_before_the_log_was_begun_anew_stays_found(tmp_path: Path) -> None:
    def use(it: sqlite3.Connection) -> None:
        made(it, *(picture("JPEG", each) for each in range(100, 400, 20)))
        it.execute("DELETE FROM t")
        it.execute("PRAGMA wal_checkpoint(RESTART)")
        insert(it, FIRST)

    pair = two(tmp_path, use, secure_delete="ON")
    assert FIRST in pair.found()
    assert len(pair.frames().numbers) > pair.frames().last + 1
    assert len({picture("JPEG", each) for each in range(200, 400, 20)} & set(pair.found())) > 5


@pytest.mark.parametrize("order", ["big", "little"])
def test_frames_count_as_sqlite_counts_them(tmp_path: Path, order: str) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST, SECOND, THIRD))
    log = in_order(pair.log, order)
    assert is_log(log)
    frames = Log(View(io.BytesIO(log)), lambda: None)
    assert frames.last == frames.count - 1 == (len(log) - _HEAD) // (4096 + _FRAME) - 1
    broken = bytearray(log)
    place = _HEAD + 3 * (4096 + _FRAME) + _FRAME + 77
    broken[place] ^= 1
    frames = Log(View(io.BytesIO(bytes(broken))), lambda: None)
    assert frames.last < 3
    assert frames.last == committed(pair.database, bytes(broken), tmp_path)


def test_a_transaction_that_was_not_finished_is_no_state_of_the_database(tmp_path: Path) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST, SECOND, THIRD))
    pair.log = pair.log[: -(4096 + _FRAME)]
    found = pair.members()
    assert [data for name, data in found if "frame" not in name] == [FIRST, SECOND]


def test_a_log_of_another_database_says_so(tmp_path: Path) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST))
    (tmp_path / "other").mkdir()
    other = two(tmp_path / "other", lambda it: made(it, SECOND), page_size=1024)
    found = pair.members(other.database)
    assert FIRST in [data for _, data in found]
    assert [each.reason for _, each in found if isinstance(each, Unreadable)] == [Reason.DAMAGED]


def test_a_log_with_a_wrong_checksum_is_searched_like_any_file(tmp_path: Path) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST))
    broken = pair.log[:24] + b"\0\0\0\0" + pair.log[28:]
    assert sniff_container(io.BytesIO(broken), broken) is None
    kind = sniff_container(io.BytesIO(pair.log), pair.log)
    assert kind is not None
    assert kind.name == "SQLite write-ahead log"


@pytest.mark.parametrize("names", [("x/a.db", "x/a.db-wal"), ("x/a.db-wal", "x/a.db")])
@pytest.mark.parametrize("how", ["zip", "tar"])
def test_the_database_is_found_beside_the_log_in_an_archive(
    tmp_path: Path, names: tuple[str, str], how: str
) -> None:
    pair = two(tmp_path, change_a_blob)
    files = [(name, pair.log if name.endswith("-wal") else pair.database) for name in names]
    other = [("a.db", b"no database"), ("y/a.db", b"x" * 100)]
    archive = (zipped if how == "zip" else tarred)([*other, *files])
    (row,) = [each for each in rows_of(archive) if each.data == CHANGED]
    assert "wal:0:t/b/1" in str(row.steps[-1])
    assert opened(archive, row.steps) == CHANGED


@pytest.mark.parametrize("has_database", [True, False])
def test_a_log_that_is_read_alone_says_so(tmp_path: Path, *, has_database: bool) -> None:
    pair = two(tmp_path, change_a_blob)
    files = [("x/a.db-wal", pair.log), *([("x/a.db", pair.database)] if has_database else [])]
    archive = tarred(files)
    for data in (archive, gzip.compress(archive)):
        logs = [each for each in expand(io.BytesIO(data)) if str(each.steps[-1:]).count("-wal")]
        reasons = [each.reason for log in logs for each in log.problems]
        is_found = has_database and data is archive
        assert reasons == ([] if is_found else [Reason.MISSING])


def test_a_scan_reads_the_database_that_lies_beside_the_log(tmp_path: Path) -> None:
    pair = two(tmp_path, change_a_blob)
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.db").write_bytes(pair.database)
    (evidence / "a.db-wal").write_bytes(pair.log)
    known = tmp_path / "known.csv"
    known.write_text("id,pdq\nx," + "0f" * 32 + "\n")
    items = [each.item for each in hm.iter_scan(evidence, against=known, workers=1)]
    changed = hashlib.sha256(CHANGED).hexdigest()
    (found,) = [each for each in items if each.digests.sha256 == changed]
    assert found.media is not None
    assert found.place is not None
    assert str(found.place.locator) == "a.db-wal!wal:0:t/b/1"
    source = Folder(evidence)
    task = Finder(source).find(found.place.locator)
    assert task is not None
    opener = InsideOpener(opener_of(source))
    workers = WorkerPool(limits=WorkerLimits(), sandbox=Sandbox(roots_of(source)), count=1)
    again = [each for each in reopen([task], opener, workers) if each is not None]
    assert [each.digests.sha256 for _, each in again] == [changed]


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the shell of SQLite is not installed")
def test_the_shell_of_sqlite_reads_the_same(tmp_path: Path) -> None:
    def use(it: sqlite3.Connection) -> None:
        made(it, FIRST, LARGE, *(picture("JPEG", 200 + each) for each in range(40)))
        it.execute("PRAGMA wal_checkpoint(PASSIVE)")
        it.execute("UPDATE t SET b = ? WHERE id % 3 = 0", (SECOND,))
        it.execute("DELETE FROM t WHERE id % 5 = 0")
        insert(it, *(picture("JPEG", 400 + each) for each in range(20)))

    pair = two(tmp_path, use)
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "a.db").write_bytes(pair.database)
    (lab / "a.db-wal").write_bytes(pair.log)
    shell = str(shutil.which("sqlite3"))
    out = subprocess.run(  # noqa: S603
        [shell, "a.db", "SELECT hex(b) FROM t"],
        cwd=lab, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    theirs = {bytes.fromhex(line) for line in out.stdout.split()}
    assert len(theirs) > 40
    current = {data for name, data in pair.members() if "frame" not in name}
    assert theirs <= contents(Sqlite(), pair.database) | current
    assert current <= theirs


def test_damaged_logs_raise_nothing(tmp_path: Path) -> None:
    pair = two(tmp_path, lambda it: made(it, FIRST, SECOND, LARGE), page_size=512)
    chance = random.Random(7)
    for log in mutated(pair.log, chance):
        damaged = Pair(pair.database, log)
        if is_log(log):
            damaged.members()
            damaged.members(b"")


def mutated(log: bytes, chance: random.Random) -> Iterator[bytes]:
    for _ in range(60):
        data = bytearray(log)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(_HEAD, len(data))] = chance.randrange(256)
        yield bytes(data[: chance.randrange(_HEAD, len(data))])


def in_order(log: bytes, order: str) -> bytes:
    """The same log with checksums over words in another order, as another processor writes it."""
    out = bytearray(log)
    out[3] = 0x83 if order == "big" else 0x82
    first = second = 0

    def add(data: bytes | bytearray) -> None:
        nonlocal first, second
        for at in range(0, len(data), 8):
            one, two_ = (int.from_bytes(data[x : x + 4], order) for x in (at, at + 4))  # type: ignore[arg-type]
            first = (first + one + second) & 0xFFFFFFFF
            second = (second + two_ + first) & 0xFFFFFFFF

    add(out[:24])
    out[24:32] = first.to_bytes(4, "big") + second.to_bytes(4, "big")
    size = int.from_bytes(out[8:12], "big")
    for at in range(_HEAD, len(out), size + _FRAME):
        add(bytes(out[at : at + 8] + out[at + _FRAME : at + _FRAME + size]))
        out[at + 16 : at + 24] = first.to_bytes(4, "big") + second.to_bytes(4, "big")
    return bytes(out)


def committed(database: bytes, log: bytes, folder: Path) -> int:
    """The last frame that SQLite counts."""
    lab = folder / f"count{len(list(folder.iterdir()))}"
    lab.mkdir()
    (lab / "a.db").write_bytes(database)
    (lab / "a.db-wal").write_bytes(log)
    connection = sqlite3.connect(lab / "a.db", isolation_level=None)
    frames = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    connection.close()
    return int(frames) - 1


@pytest.mark.parametrize("system", ["ext4", "xfs"])
def test_the_database_is_found_beside_the_log_on_a_disk_image(tmp_path: Path, system: str) -> None:
    need(f"mkfs.{system}")
    pair = two(tmp_path, change_a_blob)
    files = {"app/x.db": pair.database, "app/x.db-wal": pair.log}
    for name, data in files.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_bytes(data)
    image = tmp_path / "disk.img"
    image.write_bytes(b"")
    os.truncate(image, (8 if system == "ext4" else 300) << 20)
    given = ["-d", tmp_path / "root"]
    if system == "xfs":
        lines = (f"  {Path(name).name} ---644 0 0 {tmp_path / 'root' / name}\n" for name in files)
        proto = f"/dev/null\n0 0\nd--755 0 0\n app d--755 0 0\n{''.join(lines)} $\n$\n"
        (tmp_path / "proto").write_text(proto)
        given = ["-p", tmp_path / "proto"]
    run(f"mkfs.{system}", "-q", *given, image)
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    results = hm.iter_scan(image, against=tmp_path / "known.csv", workers=0)
    changed = hashlib.sha256(CHANGED).hexdigest()
    (found,) = (each.item for each in results if each.item.digests.sha256 == changed)
    assert found.media is not None
    assert "/app/x.db-wal!wal:0:t/b/1" in found.locator
    shown = program.run("show", found.locator, "--digest")
    assert changed in shown.stdout
