"""Entries of Firefox' cache: the content comes first, as it was sent, and facts about it behind.

Such a file begins like the picture that it holds.
"""

import os
from typing import BinaryIO, Final

from hashmatch.kinds.magic import Magic

_VERSIONS: Final = (1, 2, 3)
_CHUNK: Final = 1 << 18
_LONGEST: Final = 1 << 14
_KEY: Final = Magic(rb"[\w~:,^=&%!.;-]*:https?://")


def facts_of(content: int) -> int:
    """The start of the facts behind so many bytes of content, and the checksums of its chunks."""
    return content + 4 + 2 * -(-content // _CHUNK)


def firefox_entry(file: BinaryIO) -> tuple[int, bytes] | None:
    """Bytes of content in an entry of Firefox' cache, and its key; None where a file is none.

    The file is left at any place.

    Raises:
        OSError: it cannot be read.
    """
    end = file.seek(0, os.SEEK_END)
    content = int.from_bytes(_at(file, max(end - 4, 0), 4), "big")
    if not 0 < content < end - 4:
        return None
    facts = _at(file, facts_of(content), 32 + _LONGEST)
    version = int.from_bytes(facts[:4], "big")
    # Later versions have flags between the length of the key and the key.
    key = facts[28 if version < 2 else 32 :]  # noqa: PLR2004
    if version not in _VERSIONS or not _KEY.match(key):
        return None
    return content, key[: min(int.from_bytes(facts[24:28], "big"), _LONGEST)]


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)
