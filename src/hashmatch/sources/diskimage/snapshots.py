"""Shadow copies (VSS) of NTFS volumes, read by libvshadow: each is a volume of its own.

A volume keeps the former bytes of blocks that were written to since a shadow copy was made, in
files in its folder `System Volume Information`.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.library_files import LibraryFile
from hashmatch.sources.diskimage.reading import clamped, read_around
from hashmatch.sources.diskimage.spans import Span, merged, without

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

SCHEME: Final = "vss"
"""Scheme of the steps to shadow copies."""
MODULE: Final = "pyvshadow"
IDENTITY: Final = "3808876b-c176-4e48-b7ae-04046e6cc752"
"""What all files and headers of shadow copies are marked with."""
_MARK: Final = bytes.fromhex("6b87083876c1484eb7ae04046e6cc752")
_HEADER: Final = 0x1E00
"""Where the header of shadow copies lies on a volume."""
_CATALOG: Final = slice(48, 56)
_BLOCK: Final = 1 << 14
_AROUND: Final = 4 << 20
"""Bytes before and behind a block of a shadow copy that are searched with it."""
_MOST: Final = 4096
"""Shadow copies of a volume: Windows keeps 512."""
_MOST_BLOCKS: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A shadow copy of a volume.

    Attributes:
        number: of it, from 1, the oldest first.
        made: when, ISO 8601 in UTC; empty where it does not say.
        size: of the volume then, in bytes.
        problem: why it cannot be read; empty where it can.
    """

    number: int
    made: str = ""
    size: int = 0
    problem: str = ""


class SnapshotError(UnreadableError):
    """A volume whose shadow copies cannot be listed."""


class SnapshotBytes:
    """The bytes of a volume when a shadow copy of it was made.

    Attributes:
        name: of what the volume lies in.
        size: of it then, in bytes.
        shadow_stores: the files that hold shadow copies are none to be read: their bytes are read
            as volumes.
    """

    shadow_stores = True

    def __init__(self, volume: "Bytes", number: int) -> None:
        """Open a shadow copy.

        Args:
            volume: of which it is a shadow copy, as it is now.
            number: as of `Snapshot`.

        Raises:
            UnreadableError: it cannot be read.
        """
        self._file = LibraryFile(volume)
        try:
            # The library needs its volume for as long as it reads a shadow copy of it.
            self._shadows = _opened(self._file)
            self._store = self._shadows.get_store(number - 1)
            self.size = min(int(self._store.volume_size), volume.size)
        except OSError as error:
            raise SnapshotError(Reason.DAMAGED, _words(error)) from None
        self.name = volume.name

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            UnreadRangeError: they are damaged, on the volume or in the shadow copy.
        """
        size = clamped(self.size, offset, size)
        pieces = []
        while size:
            try:
                piece = bytes(self._store.read_buffer_at_offset(size, offset))
            except OSError as error:
                fault, self._file.fault = self._file.fault, None
                why, reason = f"the shadow copy is damaged: {_words(error)}", Reason.CORRUPT_DATA
                if fault is not None:
                    why, reason = fault.detail, fault.reason
                raise self._bad(reason, why, offset, size) from None
            if not piece:
                raise self._bad(Reason.TRUNCATED, "the shadow copy ends before it", offset, size)
            pieces.append(piece)
            offset, size = offset + len(piece), size - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @staticmethod
    def _bad(reason: Reason, why: str, offset: int, size: int) -> UnreadRangeError:
        """The error of the first block of a range: the others may be sound."""
        return UnreadRangeError(reason, why, offset, min(size, _BLOCK - offset % _BLOCK))

    def holes(self) -> Iterator[Span]:
        """What lies far from the bytes that the shadow copy holds itself.

        It is no zeros, but it is what it is on the volume or on a later shadow copy, where space
        that belongs to no file is searched: it need not be searched once more.
        """
        kept = []
        try:
            for number in range(min(int(self._store.number_of_blocks), _MOST_BLOCKS)):
                start = int(self._store.get_block(number).original_offset)
                kept.append((max(0, start - _AROUND), 2 * _AROUND + _BLOCK))
        except OSError:
            self._file.fault = None
            return
        yield from without(0, self.size, merged(sorted(kept)))


class WithSnapshots:
    """A volume whose shadow copies are read as volumes of their own.

    Attributes:
        name: of what it lies in.
        size: in bytes.
        shadow_stores: as of `SnapshotBytes`.
    """

    shadow_stores = True

    def __init__(self, volume: "Bytes") -> None:
        """Take the volume."""
        self.name, self.size, self._volume = volume.name, volume.size, volume

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        return self._volume.pread(offset, size)

    def holes(self) -> Iterator[Span]:
        """Ranges of the volume that are not stored."""
        return self._volume.holes()


def snapshots_of(volume: "Bytes") -> list[Snapshot]:
    """The shadow copies of a volume of NTFS, the oldest first; none where it has none.

    Raises:
        OSError: the volume cannot be read.
        UnreadableError: they cannot be listed.
    """
    header = read_around(volume, min(_HEADER, volume.size), 512)[0]
    if not header.startswith(_MARK) or not any(header[_CATALOG]):
        return []
    try:
        opened = _opened(LibraryFile(volume))
        count = int(opened.number_of_stores)
    except OSError as error:
        raise SnapshotError(Reason.DAMAGED, _words(error)) from None
    return [_described(opened, number) for number in range(1, min(count, _MOST) + 1)]


def _described(opened: Any, number: int) -> Snapshot:  # noqa: ANN401 (no types)
    try:
        store = opened.get_store(number - 1)
        made = store.get_creation_time()
        text = f"{made.isoformat()}Z" if isinstance(made, datetime) else ""
        return Snapshot(number, text, int(store.volume_size))
    except (OSError, ValueError) as error:
        return Snapshot(number, problem=_words(error))


def _opened(file: LibraryFile) -> Any:  # noqa: ANN401
    volume = importlib.import_module(MODULE).volume()
    volume.open_file_object(file)
    return volume


def _words(error: Exception) -> str:
    """What the library says, in one line of bounded length."""
    return " ".join(str(error).split())[:200]
