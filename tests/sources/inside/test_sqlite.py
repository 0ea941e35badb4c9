import base64
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.sqlite import Sqlite
from tests.support.inner_members import contents, endure, members, picture

LARGE = picture("PNG", 200)
WORDS = (
    "CREATE TABLE small (id INTEGER PRIMARY KEY, [the name] TEXT, photo BLOB DEFAULT (x'00'))",
    'CREATE TABLE "with / slash" (photo BLOB, note TEXT, CHECK (length(note) < 999999))',
    "CREATE TABLE keyed (a TEXT PRIMARY KEY, photo BLOB) WITHOUT ROWID",
    "CREATE INDEX named ON small ([the name])",
)


def database(statements: Iterable[tuple[str, tuple[object, ...]]], **pragmas: object) -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
    for statement, values in statements:
        connection.execute(statement, values)
    data = connection.serialize()
    connection.close()
    return data


def filled(**pragmas: object) -> bytes:
    rows: list[tuple[str, tuple[object, ...]]] = [(each, ()) for each in WORDS]
    rows += [
        ("INSERT INTO small VALUES (?, ?, ?)", (7, "a" * 50, picture("JPEG"))),
        ("INSERT INTO small VALUES (?, ?, ?)", (-3, "b", picture("GIF"))),
        ("INSERT INTO small VALUES (?, ?, ?)", (9, "c", b"no picture" * 99)),
        ("INSERT INTO small VALUES (?, ?, ?)", (10, "c", b"\x0a\x99" * 9 + picture("WEBP"))),
        ('INSERT INTO "with / slash" VALUES (?, ?)', (LARGE, "text")),
        ('INSERT INTO "with / slash" VALUES (?, ?)', (None, "n" * 100_000)),
        ("INSERT INTO keyed VALUES (?, ?)", ("x", picture("BMP"))),
    ]
    rows += [("INSERT INTO small (photo) VALUES (?)", (b"z" * 40,)) for _ in range(2000)]
    return database(rows, **pragmas)


@pytest.mark.parametrize("size", [512, 1024, 4096, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_values_of_every_table_are_found_by_their_first_bytes(size: int, encoding: str) -> None:
    found = {
        step.name.removesuffix(step.name.rpartition("/")[2])
        if "keyed" in step.name
        else step.name: data
        for step, data in members(Sqlite(), filled(page_size=size, encoding=f"'{encoding}'"))
        if isinstance(step, Member)
    }
    assert found == {
        "small/photo/-3": picture("GIF"),
        "small/photo/7": picture("JPEG"),
        "small/photo/10": b"\x0a\x99" * 9 + picture("WEBP"),
        "with / slash/photo/1": LARGE,
        "keyed/1/": picture("BMP"),
    }


def test_text_that_holds_a_picture_is_given_as_text() -> None:
    text = '{"photo": "' + base64.b64encode(picture("JPEG")).decode() + '"}'
    rows = [("CREATE TABLE t (b)", ()), ("INSERT INTO t VALUES (?)", (text,))]
    assert contents(Sqlite(), database(rows)) == {text.encode()}


def test_many_rows_are_given_in_order() -> None:
    rows = [("CREATE TABLE t (b)", ())]
    blobs = [picture("JPEG", 24) + bytes([each % 256, each // 256]) for each in range(1500)]
    rows += [("INSERT INTO t VALUES (?)", (blob,)) for blob in blobs]  # type: ignore[misc]
    assert [data for _, data in members(Sqlite(), database(rows))] == blobs


def test_a_database_in_the_mode_of_a_log_is_read_as_it_is() -> None:
    data = bytearray(filled())
    data[18:20] = b"\2\2"
    assert LARGE in contents(Sqlite(), bytes(data))


def test_deleted_rows_are_found_as_long_as_their_pages_are_there() -> None:
    rows: list[tuple[str, tuple[object, ...]]] = [("CREATE TABLE gone (b)", ())]
    rows += [("INSERT INTO gone VALUES (?)", (picture("JPEG", each),)) for each in (40, 48, 64)]
    data = database([*rows, ("DROP TABLE gone", ())], secure_delete="OFF")
    found = members(Sqlite(), data)
    assert {each for _, each in found} & {picture("JPEG", each) for each in (40, 48, 64)}
    assert all("page " in step.name for step, _ in found if isinstance(step, Member))


def test_without_its_schema_rows_are_found_by_their_pages() -> None:
    data = bytearray(filled())
    data[100:4096] = bytes(3996)
    found = members(Sqlite(), bytes(data))
    assert {picture("JPEG"), LARGE} <= {each for _, each in found if isinstance(each, bytes)}
    assert any(step is None for step, _ in found)


def test_a_cut_database_gives_what_is_there() -> None:
    data = filled()
    found = members(Sqlite(), data[: len(data) // 2])
    assert any(isinstance(each, Unreadable) for _, each in found)
    whole = {each for _, each in members(Sqlite(), data) if isinstance(each, bytes)}
    kept = {each for _, each in found if isinstance(each, bytes)}
    assert kept
    assert kept <= whole


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the shell of SQLite is not installed")
def test_the_shell_of_sqlite_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(filled())
    query = 'SELECT hex(photo) FROM small UNION SELECT hex(photo) FROM "with / slash"'
    shell = str(shutil.which("sqlite3"))
    out = subprocess.run(  # noqa: S603
        [shell, "a.db", query], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60
    )
    theirs = {bytes.fromhex(line) for line in out.stdout.split()}
    ours = contents(Sqlite(), filled()) - {picture("BMP")}
    assert ours == {each for each in theirs if each[:2] not in (b"no", b"zz", b"")}


def test_damaged_databases_raise_nothing() -> None:
    rows = [("CREATE TABLE t (b)", ()), ("INSERT INTO t VALUES (?)", (picture("JPEG"),))]
    seeds = {"filled": filled(), "small": database(rows), "wide": filled(page_size=512)}
    assert endure(Sqlite(), seeds, 40) > 100
