"""What archives hold that is no member: fields of tar archives, and data of links and folders."""

import gzip
import io
import random
import subprocess
import tarfile
from collections.abc import Callable
from itertools import count

import pytest

from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.steps import reach
from tests.sources.inside.test_rest import HIDDEN, MEMBERS
from tests.support.archives import tarred, tool
from tests.support.expanded import rows_of


def block(kind: bytes, size: int, name: bytes = b"x") -> bytes:
    """A header of a tar archive."""
    made = bytearray(name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2)
    made += b"%011o\0" % size + b"%011o\0" % 0 + b" " * 8 + kind
    made += bytes(100) + b"ustar\x0000" + bytes(247)
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def field(kind: bytes, value: bytes) -> bytes:
    """What a tar archive says of a member, as POSIX has it: the length of its length counts."""
    rest = b" comment=" + value + b"\n"
    size = next(each for each in count() if each == len(rest) + len(str(each)))
    data = b"%d" % size + rest
    return block(kind, len(data)) + padded(data)


HEADERS: dict[str, Callable[[], bytes]] = {
    "field of a member": lambda: field(b"x", HIDDEN),
    "field of all members": lambda: field(b"g", HIDDEN),
    "long name": lambda: block(b"L", len(HIDDEN) + 2) + padded(b"n\0" + HIDDEN),
    "very long field": lambda: field(b"x", HIDDEN + b"." * (2 << 20)),
    "hard link": lambda: block(b"1", len(HIDDEN)) + padded(HIDDEN),
    "list of a folder": lambda: block(b"D", len(HIDDEN), b"x/") + padded(HIDDEN),
}


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("place", HEADERS)
def test_what_lies_where_a_tar_archive_has_no_member_is_an_item(
    place: str, *, is_large: bool
) -> None:
    """Another program reads the same members, and knows nothing of it."""
    noise = [("noise", random.Random(5).randbytes(1 << 17))] if is_large else []
    archive = HEADERS[place]() + tarred([*noise, *MEMBERS])
    names = [item.steps[-1] for item in expand(io.BytesIO(archive)) if item.steps]
    command = [tool("tar"), "-t"]
    listed = subprocess.run(command, input=archive, capture_output=True, check=False).stdout  # noqa: S603
    assert {str(each).split(":")[2] for each in names if isinstance(each, Member)} == {
        each for each in listed.decode().split() if not each.endswith("/")
    }
    evidence = gzip.compress(archive) if is_large else archive
    (steps,) = [
        item.steps
        for item in expand(io.BytesIO(evidence))
        if len(item.steps) == 1 + is_large and isinstance(item.steps[-1], Range)
    ]
    reached = reach(io.BytesIO(evidence), steps).file.read()
    assert HIDDEN in reached
    assert isinstance(where := steps[-1], Range)
    assert archive[where.offset :][: where.length] == reached


def test_what_programs_say_of_members_of_a_tar_archive_is_no_item() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number, (name, data) in enumerate(MEMBERS):
            member = tarfile.TarInfo(f"{'folder/' * 30}{name}")
            member.size, member.mtime = len(data), 1.5 + number
            member.pax_headers = {"SCHILY.xattr.user.x": "a note " * 20}
            archive.addfile(member, io.BytesIO(data))
    assert [len(item.steps) for item in expand(io.BytesIO(buffer.getvalue()))] == [1, 0]


@pytest.mark.parametrize("is_large", [False, True])
def test_a_hard_link_with_a_size_and_no_data_hides_no_member(*, is_large: bool) -> None:
    """Some programs write the size of the file that it leads to."""
    noise = [("noise", random.Random(5).randbytes(1 << 17))] if is_large else []
    archive = block(b"1", 100_000) + tarred([*noise, *MEMBERS])
    found = rows_of(gzip.compress(archive) if is_large else archive)
    assert [row.data for row in found if row.steps and "o.jpg" in str(row.steps[-1])] == [
        MEMBERS[0][1]
    ]


def test_a_file_that_is_called_as_a_folder_is_read_and_an_old_folder_is_none() -> None:
    archive = block(b"\0", 0, b"old/") + block(b"0", len(HIDDEN), b"a/") + padded(HIDDEN)
    names = [str(row.steps[-1]) for row in rows_of(archive) if row.steps and row.data == HIDDEN]
    assert names == ["tar:1:a/"]
    assert len(rows_of(archive)) == 2
