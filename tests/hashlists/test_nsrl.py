import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import ListFile
from hashmatch.hashlists.nsrl import NsrlFormat
from hashmatch.hashlists.reading import read_list
from tests.support.list_files import listed, numbers, rows
from tests.support.text_list_seeds import (
    MD5,
    NSRL_HEADER,
    SEEDS,
    SHA1,
    SHA1_B,
    SHA256,
    nsrl_database,
)


@pytest.mark.parametrize("view", [False, True])
def test_all_of_version_3_is_known_good(view: bool) -> None:  # noqa: FBT001
    known = listed(nsrl_database(view=view))
    assert (known.format, known.version, known.owner) == ("nsrl", "2024.03.1", "NIST")
    assert [entry.digests.md5 for entry in known.entries] == [
        MD5,
        "00112233445566778899aabbccddeeff",
    ]
    assert all(entry.known_good and entry.scheme == "NSRL" for entry in known.entries)
    assert [entry.number for entry in known.entries] == [1, 3]


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return path


def test_nothing_is_written_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rds #1?.db"
    data = bytearray(nsrl_database())
    data[18:20] = 2, 2  # says that it has a write-ahead log, which SQLite would make
    path.write_bytes(data)
    before = hashlib.sha256(path.read_bytes()).digest()
    for _ in NsrlFormat().read(ListFile(path)):
        assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_a_database_that_was_not_closed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rds.db"
    path.write_bytes(nsrl_database())
    path.with_name("rds.db-wal").write_bytes(b"x")
    with pytest.raises(ListFormatError, match=r"rds\.db-wal"):
        read_list(path)


def test_other_databases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ListFormatError, match="without a table FILE"):
        read_list(made(tmp_path / "a.db", "CREATE TABLE x (md5)"))
    with pytest.raises(ListFormatError, match="without a table FILE"):
        read_list(made(tmp_path / "b.db", "CREATE TABLE FILE (name)"))
    with pytest.raises(ListFormatError, match="SQLite"):
        listed(b"SQLite format 3\0" + bytes(5000))


def test_broken_digests_are_quarantined(tmp_path: Path) -> None:
    values = f"('{MD5}'), ('x'), (NULL), (7), (x'00ff'), ('{MD5[1:]}')"
    path = made(tmp_path / "a.db", "CREATE TABLE FILE (md5)", "INSERT INTO FILE VALUES " + values)  # noqa: S608
    assert numbers(rows("nsrl", path.read_bytes())) == ([1], [2, 3, 4, 5, 6])


def test_what_comes_before_damage_stands(tmp_path: Path) -> None:
    many = ", ".join(f"('{n:032x}')" for n in range(2000))
    path = made(tmp_path / "a.db", "CREATE TABLE FILE (md5)", "INSERT INTO FILE VALUES " + many)  # noqa: S608
    data = bytearray(path.read_bytes())
    data[12 * 4096 : 13 * 4096] = b"\xff" * 4096
    known = listed(bytes(data))
    assert 500 < len(known.entries) < 2000
    assert "from this row on" in known.quarantined[-1].reason


def test_a_view_without_end_is_refused(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r) "
    view = f"CREATE VIEW FILE AS {endless} SELECT printf('%032x', n) AS md5 FROM r"  # noqa: S608
    with pytest.raises(ListFormatError, match=r"not authorized|prohibited|recurs"):
        read_list(made(tmp_path / "a.db", view))


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (f'"{SHA1_B}","","","a ""b"".gif",1,2,"",""', True),
        (f'"{SHA1_B}"', True),
        ('"","","","a.gif",1,2,"",""', False),
        (f'"{SHA1_B[1:]}","{MD5}","","a.gif",1,2,"",""', False),
        (f'"{SHA1_B}","{MD5}","","a"b".gif",1,2,"",""', False),
        (f'"{SHA1_B}","{MD5}","",a,b,c,d,e,f,g', False),
    ],
)
def test_rows_of_version_2(row: str, kept: bool) -> None:  # noqa: FBT001
    good = f'"{SHA1}","{MD5.upper()}","EBD105A0","a.gif",1,2,"WIN",""'
    found = rows("nsrl-text", f"{NSRL_HEADER}\r\n{good}\r\n{row}\r\n{good}\r\n")
    assert numbers(found) == ([2, *([3] * kept), 4], [3] * (not kept))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            '"SHA-1","MD5","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"',
            f'"{SHA1}","{MD5}","a.jpg",1,690,"0",""',
        ),
        (
            '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode"',
            f'"{SHA1}","{MD5}","EBD105A0","a.jpg",1,690,"0"',
        ),
        (
            NSRL_HEADER.replace('"SHA-1"', '"SHA-256","SHA-1"'),
            f'"{SHA256}","{SHA1}","{MD5}","EBD105A0","a.jpg",1,690,"0",""',
        ),
        (NSRL_HEADER + ',"Case"', f'"{SHA1}","{MD5}","EBD105A0","a.jpg",1,690,"0","","7"'),
        ("SHA-1;FileName;ProductCode", f"{SHA1};a.jpg;690"),
    ],
)
def test_other_lists_in_similar_columns_are_ordinary_ones(header: str, row: str) -> None:
    known = listed(f"{header}\n{row}\n")
    (entry,) = known.entries
    assert known.format == "csv"
    assert (entry.digests.sha1, entry.known_good) == (SHA1, False)


@pytest.mark.parametrize(
    ("crc32", "code", "good"),
    [
        ("EBD105A0", "", True),
        ("ebd105a0", " ", True),
        ("EBD105A0", "M", False),
        ("EBD105A0", "S", False),
        ("EBD105A0", "x", False),
        ("", "", False),
        ("0", "", False),
    ],
)
def test_only_ordinary_rows_of_version_2_are_known_good(crc32: str, code: str, good: bool) -> None:  # noqa: FBT001
    (entry,) = listed(f'{NSRL_HEADER}\n"{SHA1}","{MD5}","{crc32}","a",1,2,"WIN","{code}"\n').entries
    assert entry.known_good is good
    assert entry.category == code.strip()


def test_version_1_is_known_good() -> None:
    header = (
        '"SHA-1","FileName","FileSize","ProductCode","OpSystemCode","MD4","MD5","CRC32",'
        '"SpecialCode"'
    )
    (entry,) = listed(f'{header}\n"{SHA1}","a",1,2,"WIN","{MD5}","{MD5}","EBD105A0",""\n').entries
    assert (entry.known_good, entry.digests.md5) == (True, MD5)


@pytest.mark.parametrize("without", ["PKG", "VERSION"])
def test_a_table_of_files_alone_is_an_ordinary_list(tmp_path: Path, without: str) -> None:
    path = tmp_path / "own.db"
    path.write_bytes(nsrl_database())
    known = read_list(made(path, f"DROP TABLE {without}"))
    assert (len(known.entries), known.owner) == (2, "")
    assert not any(entry.known_good or entry.scheme for entry in known.entries)


def test_version_2_is_known_good() -> None:
    known = listed(SEEDS["nsrl-text/file"])
    assert (known.format, len(known.entries)) == ("nsrl-text", 2)
    assert all(entry.known_good for entry in known.entries)
