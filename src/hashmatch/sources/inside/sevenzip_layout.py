"""Where a 7-Zip archive has nothing: what lies between its blocks, and before its list of members.

Places are counted from the end of its first 32 bytes, as the archive counts them.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final

from hashmatch.sources.inside.streams import UNSEARCHED

START: Final = 32
"""Bytes before the first block; the list of members lies behind the last one."""
_ENCODED: Final = b"\x17\x06"
"""A list that is compressed, and where its packed bytes lie."""
_LONGEST: Final = 1 << 16

Range = tuple[int, int]


def unused(file: BinaryIO, streams: Any, place: int, size: int) -> Iterator[Range]:  # noqa: ANN401
    """Start and end of all ranges that no block and no list covers, but for small ones.

    Args:
        file: the archive.
        streams: `main_streams` of py7zr: the blocks; None of an archive without.
        place: of the list of members, or of what leads to it.
        size: of that, in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    used = [(place, place + size), *_packed_list(file, place, size)]
    if streams is not None:
        used.append(_extent(streams.packinfo))
    at = 0
    for start, end in sorted(used):
        if min(start, place + size) - at > UNSEARCHED:
            yield at, min(start, place + size)
        at = max(at, end)


def _extent(packed: Any) -> Range:  # noqa: ANN401
    start = int(packed.packpos)
    return start, start + sum(map(int, packed.packsizes))


def _packed_list(file: BinaryIO, place: int, size: int) -> Iterator[Range]:
    """Where the compressed list of members lies."""
    from py7zr.archiveinfo import PackInfo

    file.seek(START + place)
    head = file.read(min(size, _LONGEST))
    if head.startswith(_ENCODED):
        # Whoever opened the archive read the same bytes.
        yield _extent(PackInfo.retrieve(BytesIO(head[len(_ENCODED) :])))
