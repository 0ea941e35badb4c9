"""Members as files: windows, and small ones in memory."""

import io
from typing import BinaryIO, cast

import pytest

from hashmatch.errors import Reason, UnreadableError
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
