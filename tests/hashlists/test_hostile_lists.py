"""Files that are made to take time or memory: read within bounds, and what is left out is counted.

Each is read in a process of its own that may take 1.5 GB of memory: more ends it.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.reading import read_list
from tests.support import unix

_MD5 = "0123456789abcdef0123456789abcdef"
_MEDIA = '{"MediaID": %d, "Category": 1, "MD5": "%032x"}'
_CONTEXT = (
    '"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/'
    '$metadata#Media"'
)

_READER = r"""
import re, resource, sys
from hashmatch.errors import ListFormatError
from hashmatch.hashlists.reading import read_list
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try:
    known = read_list(sys.argv[1])
    print(len(known.entries), len(known.quarantined))
except ListFormatError as error:
    print("refused:", str(error)[-200:])
# What getrusage says begins with what the process had that started this one.
print(int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) >> 10)
"""


def _read(path: Path) -> tuple[str, int]:
    """What is said of a list, and the megabytes that it took."""
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", _READER, str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *said, memory = done.stdout.splitlines()
    return " ".join(said), int(memory)


def _vics(around: Iterator[str], media: int = 3) -> Iterator[str]:
    yield "{" + _CONTEXT + ", "
    yield from around
    rows = ", ".join(_MEDIA % (number, number) for number in range(1, media + 1))
    yield '"value": [' + rows + "]}"


def _keys_around() -> Iterator[str]:
    return _vics(f'"k{number}": {number}, ' for number in range(200_000))


def _long_keys_around() -> Iterator[str]:
    return _vics(f'"{"k" * 3_000_000}{number}": 1, ' for number in range(20))


def _long_text_around() -> Iterator[str]:
    return _vics(iter([f'"x": "{"y" * 30_000_000}", ']))


def _keys_in_a_row() -> Iterator[str]:
    yield "{" + _CONTEXT + ', "value": [' + _MEDIA % (1, 1) + ", {"
    yield ", ".join(f'"k{number}": 1' for number in range(400_000))
    yield "}, " + _MEDIA % (2, 2) + "]}"


def _brackets_in_a_row() -> Iterator[str]:
    yield "{" + _CONTEXT + ', "value": [' + _MEDIA % (1, 1) + ', {"MediaID": 2, "x": ['
    yield ",".join(["[]"] * 2_000_000)
    yield "]}, " + _MEDIA % (3, 3) + "]}"


def _depth() -> Iterator[str]:
    yield "{" + _CONTEXT + ', "value": [' + _MEDIA % (1, 1) + ', {"MediaID": 2, "x": '
    yield "[" * 3_000_000 + "]" * 3_000_000
    yield "}, " + _MEDIA % (3, 3) + "]}"


def _depth_around() -> Iterator[str]:
    return _vics(iter(['"x": ' + '{"y":' * 1_000_000 + "1" + "}" * 1_000_000 + ", "]))


def _long_number() -> Iterator[str]:
    yield "{" + _CONTEXT + ', "value": [' + _MEDIA % (1, 1) + ', {"MediaID": '
    yield "9" * 1_000_000 + ', "MD5": "' + _MD5 + '"}, ' + _MEDIA % (3, 3) + "]}"


def _long_keys_of_broken_rows() -> Iterator[str]:
    yield "{" + _CONTEXT + ', "value": ['
    yield ", ".join('{"' + "k" * 1_000_000 + f'": {each} x}}' for each in range(10))
    yield ", " + _MEDIA % (3, 3) + "]}"


def _objects_of_many_kinds() -> Iterator[str]:
    yield "["
    for number in range(1000):
        more = ", ".join(f'"{number}-{each}": 1' for each in range(200))
        yield f'{{"md5": "{number:032x}", {more}}}, '
    yield f'{{"md5": "{_MD5}"}}]'


def _cases() -> Iterator[str]:
    yield "{" + _CONTEXT.replace("Media", "Cases") + ', "value": ['
    for number in range(1000):
        comment = "x" * 20_000
        media = _MEDIA % (number, number)
        yield f'{{"CaseID": {number}, "Comments": "{comment}", "Media": [{media}]}},'
    yield "]}"


def _one_line() -> Iterator[str]:
    yield "md5,name\n"
    yield f"{_MD5},a\n"
    for _ in range(100):
        yield "x" * 1_000_000
    yield f"\n{_MD5},b\n"


def _one_quoted_field() -> Iterator[str]:
    yield "md5,name\n"
    yield f'{_MD5},"a\n'
    for _ in range(100):
        yield "x" * 999_999 + "\n"


def _columns() -> Iterator[str]:
    yield "md5," + ",".join(f"c{number}" for number in range(100_000)) + "\n"
    yield f"{_MD5}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (_keys_around, "3 1"),
        (_long_keys_around, "3 1"),
        (_long_text_around, None),
        (_keys_in_a_row, "2 1"),
        (_brackets_in_a_row, "2 1"),
        (_depth, "2 1"),
        (_depth_around, None),
        (_long_number, "2 1"),
        (_long_keys_of_broken_rows, "1 10"),
        (_objects_of_many_kinds, "1001 0"),
        (_cases, "1000 0"),
        (_one_line, "2 1"),
        (_one_quoted_field, None),
        (_columns, None),
    ],
)
def test_time_and_memory_are_bounded(
    pieces: Callable[[], Iterator[str]], said: str | None, tmp_path: Path
) -> None:
    path = tmp_path / ("list.csv" if "md5," in next(pieces()) else "list.json")
    with path.open("w") as file:
        file.writelines(pieces())
    found, memory = _read(path)
    assert memory < 1500
    if said is not None:
        assert found == said


_GENUINE = """
    CREATE TABLE METADATA (object_id, sha256, sha1, md5, file_name, extension, bytes);
    CREATE TABLE PACKAGE_OBJECT (object_id, package_id);
    CREATE VIEW FILE AS SELECT UPPER(md.sha256) AS sha256, UPPER(md.sha1) AS sha1,
        UPPER(md.md5) AS md5, CASE md.extension WHEN '' THEN md.file_name
        ELSE md.file_name||'.'||md.extension END AS file_name, md.bytes AS file_size, po.package_id
    FROM METADATA AS md, PACKAGE_OBJECT AS po WHERE md.object_id = po.object_id;
    CREATE VIEW PKG AS SELECT package_id, 'x' AS name FROM PACKAGE_OBJECT;
    CREATE TABLE VERSION (version, release_date);
"""


def test_a_view_as_nist_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rds.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_GENUINE)
        for number in range(3000):
            values = (number, "", "", f"{number:032x}", "a", "jpg", 9)
            database.execute("INSERT INTO METADATA VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        database.execute("INSERT INTO PACKAGE_OBJECT SELECT object_id, 1 FROM METADATA")
    known = read_list(path)
    assert len(known.entries) == 3000
    assert known.entries[2999].known_good


def _database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return path


_ENDLESS = "WITH RECURSIVE r(b) AS (SELECT 'x' UNION ALL SELECT b || b FROM r)"
_NESTED = f"SELECT {' || '.join('x' * 16)} AS x FROM (" * 6 + "SELECT 'x' AS x" + ")" * 6  # noqa: S608
_FILE = "CREATE VIEW FILE AS SELECT "
_TEN = "CREATE TABLE t AS SELECT 0 AS x " + " ".join(f"UNION ALL SELECT {n}" for n in range(1, 10))
_CROSS = ", ".join(f"t AS t{number}" for number in range(9))
_DOUBLED = [f"CREATE VIEW v{n + 1} AS SELECT x || x AS x FROM v{n}" for n in range(30)]  # noqa: S608


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE VIEW FILE AS SELECT hex(zeroblob(900000000)) AS md5"],
        ["CREATE VIEW FILE AS SELECT hex(randomblob(400000000)) AS md5"],
        ["CREATE VIEW FILE AS SELECT printf('%0*d', 900000000, 1) AS md5"],
        [_TEN, "CREATE VIEW FILE AS SELECT replace(hex(zeroblob(500)), '0', '00') AS md5 FROM t"],
        [f"CREATE VIEW FILE AS {_ENDLESS} SELECT b AS md5 FROM r ORDER BY b"],  # noqa: S608
        [_TEN, f"{_FILE} t1.x || t2.x || t8.x AS md5 FROM {_CROSS} ORDER BY 1"],
        [_TEN, f"{_FILE} DISTINCT t1.x || t5.x AS md5 FROM {_CROSS}"],
        [_TEN, f"{_FILE} count(*) AS md5 FROM {_CROSS} WHERE t1.x > 99"],
        [_TEN, f"{_FILE} group_concat(t1.x) AS md5 FROM {_CROSS}"],
        [
            "CREATE TABLE v0 AS SELECT 'abcdefghij' AS x",
            *_DOUBLED,
            "CREATE VIEW FILE AS SELECT x AS md5 FROM v30",
        ],
        [f"{_FILE} x AS md5 FROM ({_NESTED})"],
        [
            "CREATE TABLE w AS SELECT 'x' AS md5",
            "CREATE VIEW VERSION AS SELECT md5 || md5 AS md5 FROM w",
            "CREATE VIEW PKG AS SELECT md5 || md5 AS md5 FROM VERSION",
            f"{_FILE} md5 || md5 AS md5 FROM PKG",
        ],
        [
            "CREATE TABLE w AS SELECT 'x' AS x",
            *(
                f"CREATE VIEW w{n} AS SELECT x FROM w{n - 1 or ''} UNION ALL "  # noqa: S608
                f"SELECT x FROM w{n - 1 or ''}"
                for n in range(1, 40)
            ),
            "CREATE VIEW FILE AS SELECT x AS md5 FROM w39",
        ],
    ],
)
def test_a_database_of_some_kilobytes_takes_no_gigabytes(
    statements: list[str], tmp_path: Path
) -> None:
    path = _database(tmp_path / "rds.db", *statements)
    assert path.stat().st_size < 1 << 18
    found, memory = _read(path)
    assert found.startswith("refused: ")
    assert memory < 1500


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs what Unix systems have")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "list.csv"
    unix.os.mkfifo(pipe)
    with pytest.raises(ListFormatError, match=r"list\.csv: it is a pipe"):
        read_list(pipe)
    with pytest.raises(ListFormatError, match="a device"):
        read_list("/dev/zero")
    link = tmp_path / "link.csv"
    link.symlink_to(pipe)
    with pytest.raises(ListFormatError, match="a pipe"):
        read_list(link)
    with unix.socket.socket(unix.socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(tmp_path)
        try:
            one.bind("socket.csv")
        finally:
            os.chdir(here)
    with pytest.raises(ListFormatError, match="a socket"):
        read_list(tmp_path / "socket.csv")
    plain = tmp_path / "plain.json"
    plain.write_text(json.dumps([{"md5": _MD5}]))
    other = tmp_path / "other.json"
    other.symlink_to(plain)
    assert len(read_list(other).entries) == 1
