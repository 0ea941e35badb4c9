"""Archives that are made to fill memory or time end at a limit, with a reason on record."""

import bz2
import gzip
import io
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from hashmatch.errors import Reason
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.expanding import expand
from tests.support.archives import MADE, tarred, zipped
from tests.support.tracing import traced
from tests.support.unix import resource

ROOT = Path(__file__).parents[3]


def reasons(archive: bytes, limits: InsideLimits) -> list[Reason]:
    """Of the file itself; all that lies in it is read on the way, in little memory."""
    last = None
    for last in expand(io.BytesIO(archive), limits):  # noqa: B007
        pass
    assert last is not None
    assert last.steps == ()
    return [why.reason for why in last.problems]


def directory_of(names: list[bytes], headers: list[int], packed: int, size: int, crc: int) -> bytes:
    rows = [
        b"PK\1\2"
        + struct.pack(
            "<HHHHHHLLLHHHHHLL", 20, 20, 0, 8, 0, 33, crc, packed, size, len(name), *[0] * 5, at
        )
        + name
        for name, at in zip(names, headers, strict=True)
    ]
    return b"".join(rows)


def test_members_that_share_bytes_are_told_and_end_at_the_limit() -> None:
    data = bytes(1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    name = b"a"
    local = (
        b"PK\3\4"
        + struct.pack("<5H3L2H", 20, 0, 8, 0, 33, zlib.crc32(data), len(packed), len(data), 1, 0)
        + name
        + packed
    )
    count = 400
    directory = directory_of([name] * count, [0] * count, len(packed), len(data), zlib.crc32(data))
    end = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(local), 0)
    archive = local + directory + end
    limits = InsideLimits(free_bytes=1 << 24, max_ratio=100)
    assert reasons(archive, limits) == [Reason.TOO_MUCH]
    wide = InsideLimits(max_bytes=1 << 40, max_ratio=1 << 20)
    assert Reason.CORRUPT_DATA in reasons(archive, wide)


def test_archives_in_archives_end_at_the_depth() -> None:
    data = b"the innermost"
    for _ in range(300):
        data = zipped([("a.zip", data)], 0)
    items = list(expand(io.BytesIO(data), InsideLimits()))
    assert len(items) == 1 + InsideLimits().max_depth
    assert [why.reason for why in items[0].problems] == [Reason.TOO_DEEP]
    assert items[0].steps == (Member("zip", 0, "a.zip"),) * 5


def test_compressed_files_in_each_other_end_at_the_depth() -> None:
    data = b"the innermost"
    for _ in range(300):
        data = gzip.compress(data)
    items = list(expand(io.BytesIO(data), InsideLimits()))
    assert [why.reason for why in items[0].problems] == [Reason.TOO_DEEP]
    assert len(items[0].steps) == 1 + InsideLimits().max_depth


def test_a_compressed_tar_archive_is_one_level() -> None:
    data = b"the innermost"
    for _ in range(InsideLimits().max_depth):
        data = gzip.compress(tarred([("a", data)]))
    items = expand(io.BytesIO(data))
    first = next(items)
    assert first.file is not None
    first.file.seek(0)
    assert first.file.read() == b"the innermost"
    assert len(first.steps) == 2 * InsideLimits().max_depth


def test_archives_of_archives_of_archives_end_at_the_limit() -> None:
    data = zipped([(f"{number}", bytes(1 << 22)) for number in range(16)])
    for _ in range(3):
        data = zipped([(f"{number}.zip", data) for number in range(16)])
    limits = InsideLimits(free_bytes=1 << 26)
    assert Reason.TOO_MUCH in reasons(data, limits)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_stream_of_zeros_ends_at_the_limit_in_little_memory(
    pack: Callable[[bytes], bytes],
) -> None:
    bomb = pack(bytes(64 << 20))
    limits = InsideLimits(free_bytes=16 << 20, max_ratio=10, max_member_bytes=4 << 20)
    tracemalloc.start()
    try:
        assert reasons(bomb, limits) == [Reason.TOO_MUCH]
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def test_more_members_than_are_read_are_told() -> None:
    archive = tarred([(str(number), b"") for number in range(300)])
    rows = list(expand(io.BytesIO(archive), InsideLimits(max_members=100)))
    assert len(rows) == 101
    assert [why.reason for why in rows[-1].problems] == [Reason.TOO_MUCH]


def test_a_member_is_counted_though_it_is_a_folder() -> None:
    archive = zipped([(f"{number}/", b"") for number in range(300)])
    assert reasons(archive, InsideLimits(max_members=100)) == [Reason.TOO_MUCH]


def test_a_large_archive_may_expand_to_more_than_a_small_one() -> None:
    limits = InsideLimits(max_bytes=1000, free_bytes=1 << 20)
    Spending(limits, 10_000).bytes(80_000)
    with pytest.raises(LimitError, match="80,000 bytes"):
        Spending(limits, 10_000).bytes(80_001)


_CALLS = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "write"),
    *("link", "symlink", "rename"),
)
CODE = r"""
import sys
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.parsers import warm_up
warm_up()
sys.stdout.write("BEGIN\n")
sys.stdout.flush()
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        for item in expand(file):
            if item.file is not None:
                item.file.seek(0)
                item.file.read()
"""


def test_no_file_is_made_and_none_but_the_archive_is_opened(tmp_path: Path) -> None:
    paths = []
    for number, kind in enumerate(MADE):
        path = tmp_path / str(number)
        path.write_bytes(MADE[kind]())
        paths.append(str(path))
    command = [sys.executable, "-B", "-c", CODE, *paths]
    done, lines = traced(command, _CALLS, tmp_path / "log")
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    begin = next(at for at, line in enumerate(lines) if "BEGIN" in line)
    touched = [
        line for line in lines[begin + 1 :] if not any(f'"{path}"' in line for path in paths)
    ]
    touched = [line for line in touched if "exited" not in line]
    assert touched == []
    assert not [line for line in lines[begin:] if "O_CREAT" in line or "O_WRONLY" in line]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited in another way there")
def test_a_million_lies_fit_in_little_memory() -> None:
    before = resource().getrusage(resource().RUSAGE_SELF).ru_maxrss
    names = [b"%d" % number for number in range(60_000)]
    directory = directory_of(names, [number * 7 for number in range(60_000)], 5, 1 << 31, 1)
    end = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 60_000, 60_000, len(directory), 4, 0)
    archive = b"PK\3\4" + directory + end
    assert Reason.CORRUPT_DATA in reasons(archive, InsideLimits())
    after = resource().getrusage(resource().RUSAGE_SELF).ru_maxrss
    assert after - before < 200_000
