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
from hashmatch.sources.diskimage.reading import Changed, clamped
from hashmatch.sources.diskimage.shadow_catalog import Store, catalog_of, stores_of
from hashmatch.sources.diskimage.spans import Span, merged, without
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

SCHEME: Final = "vss"
"""Scheme of the steps to shadow copies."""
MODULE: Final = "pyvshadow"
IDENTITY: Final = "3808876b-c176-4e48-b7ae-04046e6cc752"
"""What all files and headers of shadow copies are marked with."""
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


_DAMAGED: Final = "it is damaged: its list of blocks cannot be read"
_BUILDS_ON: Final = "it builds on a later shadow copy, which is damaged"
_NO_ENTRY: Final = (1).to_bytes(8, "little")
"""What an entry of the catalog begins with that holds nothing any more."""


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
        # The library needs its volume for as long as it reads a shadow copy of it.
        self._shadows = _Shadows(volume)
        self._file = self._shadows.file
        if number <= len(self._shadows.hidden):
            raise SnapshotError(Reason.DAMAGED, _BUILDS_ON)
        try:
            self._store = self._shadows.store(number)
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
    if not catalog_of(volume):
        return []
    opened = _Shadows(volume)
    damaged = len(opened.hidden)
    hidden = [
        Snapshot(number, made, problem=_DAMAGED if number == damaged else _BUILDS_ON)
        for number, made in enumerate(opened.hidden, 1)
    ]
    count = min(opened.count, _MOST)
    return [*hidden, *(_described(opened, damaged + each) for each in range(1, count + 1))]


def _described(opened: "_Shadows", number: int) -> Snapshot:
    try:
        store = opened.store(number)
        made = store.get_creation_time()
        text = f"{made.isoformat()}Z" if isinstance(made, datetime) else ""
        return Snapshot(number, text, int(store.volume_size))
    except (OSError, ValueError) as error:
        return Snapshot(number, problem=_words(error))


class _Shadows:
    """The shadow copies of a volume that the library reads.

    It refuses all of them if one is damaged. A shadow copy is read with the blocks of all later
    ones, but not of earlier ones: those before a damaged one are hidden with it.

    Attributes:
        file: the volume, as the library reads it.
        hidden: when the oldest ones were made, up to the last damaged one, which are not read.
        count: of the others.
    """

    def __init__(self, volume: "Bytes") -> None:
        """Open them.

        Raises:
            SnapshotError: none can be read.
            OSError: the volume cannot be read.
        """
        self.hidden: tuple[str, ...] = ()
        try:
            self._open(volume)
        except OSError as error:
            self._open_later_ones(volume, _words(error))
        except ImportError:
            why = f"its reader is not installed ({MODULE}): {to_install('disk')}"
            raise SnapshotError(Reason.CONTAINER, why) from None

    def _open(self, volume: "Bytes") -> None:
        self.file = LibraryFile(volume)
        self._opened = importlib.import_module(MODULE).volume()
        self._opened.open_file_object(self.file)
        self.count = int(self._opened.number_of_stores)

    def _open_later_ones(self, volume: "Bytes", why: str) -> None:
        """Open those behind the last one that is damaged."""
        stores = stores_of(volume)
        first, behind = 1, len(stores)
        while first < behind:
            middle = (first + behind) // 2
            try:
                self._open(Changed(volume, _without_stores(stores[:middle])))
                behind = middle
            except OSError:
                first = middle + 1
        if not stores or behind == len(stores):
            raise SnapshotError(Reason.DAMAGED, why)
        self._open(Changed(volume, _without_stores(stores[:behind])))
        self.hidden = tuple(each.made for each in stores[:behind])

    def store(self, number: int) -> Any:  # noqa: ANN401 (no types)
        """One of them, from 1, the oldest first.

        Raises:
            OSError: it cannot be opened.
        """
        return self._opened.get_store(number - len(self.hidden) - 1)


def _without_stores(stores: "list[Store]") -> dict[int, bytes]:
    """What to write where, for the library to pass over shadow copies."""
    return {place: _NO_ENTRY for each in stores for place in each.places}


def _words(error: Exception) -> str:
    """What the library says, in one line of bounded length."""
    return " ".join(str(error).split())[:200]
