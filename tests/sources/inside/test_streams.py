"""Members as files: windows, and small ones in memory."""

import gzip
import io
import random
import tarfile
import zlib
from contextlib import suppress
from typing import BinaryIO, cast

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside import decompressors
from hashmatch.sources.inside.decompressors import gunzip
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.streams import copied, extent_in, window

BYTES = bytes(range(256)) * 8


class Damaged(io.BytesIO):
    """A file that cannot be read beyond its first kibibyte."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() + (len(BYTES) if size is None or size < 0 else size) > 1024:
            raise UnreadableError(Reason.IO_ERROR, "a bad sector")
        return super().read(size)


def test_a_copy_is_read_once_and_lies_where_the_member_lies() -> None:
    outer = cast("BinaryIO", io.BytesIO(BYTES))
    member = window(outer, 100, 500)
    held = copied(member, 500)
    outer.close()
    assert held.read() == BYTES[100:600]
    inner = window(held, 30, 70)
    assert inner.read() == BYTES[130:200]
    assert extent_in(held, outer) == (100, 500)
    assert extent_in(inner, outer) == (130, 70)


def test_a_member_that_is_damaged_at_its_end_still_gives_its_beginning() -> None:
    member = window(cast("BinaryIO", Damaged(BYTES)), 900, 600)
    held = copied(member, 600)
    assert held is member
    held.seek(0)
    with pytest.raises(UnreadableError, match="a bad sector"):
        held.read(600)


def test_what_lies_in_no_file_and_what_is_large_is_not_copied() -> None:
    made = cast("BinaryIO", io.BytesIO(BYTES))
    large = window(made, 0, 9 << 20)
    assert copied(made, len(BYTES)) is made
    assert copied(large, 9 << 20) is large


def byte_by_byte(data: bytes) -> bytes:
    """What gzip data expand to before their damage, asked for as little as zlib gives."""
    inflater, given = zlib.decompressobj(31), b""
    fed = data
    with suppress(zlib.error):
        while (piece := inflater.decompress(fed, 1)) or inflater.unconsumed_tail:
            given += piece
            fed = inflater.unconsumed_tail
    return given


@pytest.mark.parametrize("place", [18, 40, 900, 5000, 6050, -7])
@pytest.mark.parametrize("most", [-1, 100, 1 << 20])
@pytest.mark.parametrize("library", ["zlib", "zlib-ng"])
def test_nothing_is_lost_that_lies_before_damage(
    place: int, most: int, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With either library that expands it."""
    if library == "zlib":
        monkeypatch.setattr(decompressors, "_DEFLATE", zlib)
    elif decompressors._DEFLATE is zlib:
        pytest.skip("zlib-ng is not installed")
    data = bytearray(gzip.compress(random.Random(7).randbytes(6000) + BYTES * 4, mtime=0))
    data[place] ^= 0x5A
    inflater, given = gunzip(), b""
    fed = bytes(data)
    with suppress(zlib.error):
        while True:
            given += inflater.decompress(fed, most)
            fed = b""
            assert not inflater.eof, "no damage was found"
    assert given == byte_by_byte(bytes(data))


def test_members_before_damage_in_a_compressed_tar_are_whole_also_if_they_are_read_ahead() -> None:
    draw = random.Random(8)
    contents = {f"{number}.txt": draw.randbytes(450).hex().encode() for number in range(200)}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, data in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    damaged = bytearray(made.getvalue())
    damaged[len(damaged) // 2] ^= 0xFF
    sound = byte_by_byte(bytes(damaged))
    before = {
        name
        for name, data in contents.items()
        if (at := sound.find(data)) >= 0 and at + len(data) <= len(sound)
    }
    found = {
        str(each.steps[-1]).split(":", 2)[2]
        for each in expand(io.BytesIO(bytes(damaged)))
        if each.file is not None and not each.file.seek(0) and each.file.read() in contents.values()
    }
    assert found == before
    assert len(before) > 50
