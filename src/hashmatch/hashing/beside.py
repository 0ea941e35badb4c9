"""What lies in one file beside a film or a picture in boxes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from hashmatch.decoding.extents import extent_of
from hashmatch.decoding.recognition import Recognised

LONGEST_BOX: Final = 32 << 20
LONGEST_TAIL: Final = 256 << 20
"""Bytes behind a film that are searched; a film that begins in them may be longer."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies in a file and is no part of its film or picture in boxes.

    Attributes:
        file: opened for reading and seekable.
        size: of it, in bytes.
        end: the byte behind the film or picture.
        others: first bytes, and bytes behind the last, of what lies inside.
    """

    file: BinaryIO
    size: int
    end: int
    others: tuple[tuple[int, int], ...]

    def boxes(self) -> Iterator[tuple[int, bytes]]:
        """What lies inside, each with its place, up to `LONGEST_BOX` bytes of it."""
        for first, stop in self.others:
            self.file.seek(first)
            yield first, self.file.read(min(stop - first, LONGEST_BOX))

    def tail(self) -> bytes:
        """What lies behind, up to `LONGEST_TAIL` bytes of it."""
        self.file.seek(self.end)
        return self.file.read(LONGEST_TAIL)


def beside_film(file: BinaryIO, found: Recognised) -> Beside | None:
    """What lies beside a film or picture in boxes; None where its format does not tell its end.

    The box with the preview that stands for the film is left out.
    """
    size = file.seek(0, os.SEEK_END)

    def read(at: int, length: int) -> bytes:
        file.seek(at)
        return file.read(length)

    extent = extent_of(read, size, found.name, found.start)
    if extent is None:
        return None
    others = [each for each in extent.others if not each[0] <= found.preview < each[1]]
    return Beside(file, size, extent.end, tuple(others))
