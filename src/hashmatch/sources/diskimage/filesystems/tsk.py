"""NTFS, FAT, exFAT, ext, ISO 9660, UFS, HFS+ and YAFFS2, read by The Sleuth Kit."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import pytsk3

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import AllocationState, PlaceConfidence, Unreadable
from hashmatch.model.locator import FileObject
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.diskimage.filesystems.base import Content, nothing
from hashmatch.sources.diskimage.filesystems.ext_pointers import without_pointers
from hashmatch.sources.diskimage.filesystems.ranges import gaps, overlap, union
from hashmatch.sources.diskimage.filesystems.tsk_volume import (
    TskVolume,
    attributes_of,
    content_at,
    time_of,
    words_of,
)
from hashmatch.sources.diskimage.filesystems.tsk_walk import (
    ALLOCATED,
    LOCAL,
    LostName,
    TskWalk,
)
from hashmatch.sources.diskimage.reading import as_file
from hashmatch.sources.diskimage.snapshots import IDENTITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sources.diskimage.base import Bytes

KINDS: Final = {
    "ntfs": ("NTFS_DETECT",),
    "fat12": ("FAT12",),
    "fat16": ("FAT16",),
    "fat32": ("FAT32",),
    "exfat": ("EXFAT",),
    "ext2": ("EXT_DETECT",),
    "ext3": ("EXT_DETECT",),
    "ext4": ("EXT_DETECT",),
    "iso9660": ("ISO9660_DETECT",),
    "udf-bridge": ("ISO9660_DETECT",),
    "hfsplus": ("HFS_DETECT",),
    "hfsx": ("HFS_DETECT",),
    "ufs1": ("FFS_DETECT",),
    "ufs2": ("FFS_DETECT",),
    "yaffs2": ("YAFFS2_DETECT",),
}
"""Kinds of content, and what The Sleuth Kit calls them."""

_DATA: Final = frozenset({1, 128, 0x1100, 0x1101})
"""Types of attributes that hold the bytes of a file, or of a further stream or fork of it."""
_RESOURCE_FORK: Final = 0x1101
_OF_NTFS: Final = frozenset({1, 3, 4, 6, 7, 8, 9, 10})
"""What NTFS keeps for itself: a copy of the first entries, its name, lists of attributes, clusters
and access rights, the boot sector, bad clusters, capital letters. No user writes there."""
_STREAMS_OF_NTFS: Final = frozenset({b"", b"$Data", b"$Bad", b"$SDS", b"$Info"})
_BAD_CLUSTERS: Final = 8
"""The entry of NTFS with the clusters that are said to be bad: anything may lie there."""
_WITH_LISTS: Final = frozenset({"ext2", "ext3"})
"""File systems that keep lists of the blocks of a file amid them."""
_SHADOW_STORE: Final = re.compile(
    rf"/System Volume Information/(?:\{{[0-9a-f-]{{36}}\}})?\{{{IDENTITY}\}}", re.IGNORECASE
)
_COMPRESSED: Final = 0x20
_ENCRYPTED: Final = 0x10
_SPARSE_RUN: Final = 2
_FILLER_RUN: Final = 1
_MOST_RUNS: Final = 1 << 16
_NO_SIZE: Final = Unreadable(
    Reason.DAMAGED, "its file system gives it a size below zero: its blocks are searched instead"
)
_NAME_ONLY: Final = Unreadable(
    Reason.EMPTY, "deleted, and its entry was used again or wiped: only its name is left"
)
_LEADS_NOWHERE: Final = Unreadable(Reason.DAMAGED, "its name leads to no entry of the file system")
_KINDS_OF_TIME: Final = (
    ("modified", "mtime"),
    ("accessed", "atime"),
    ("changed", "ctime"),
    ("created", "crtime"),
)


class TskFileSystem:
    """A file system that The Sleuth Kit reads.

    Attributes:
        kind: what it is called in locators.
        problems: folders that could not be read.
    """

    def __init__(self, volume: "Bytes", kind: str) -> None:
        """Open the file system on a volume.

        Args:
            volume: that it lies on.
            kind: one of `KINDS`.

        Raises:
            OSError: the volume cannot be read.
            UnreadableError: there is no such file system.
        """
        self.kind = kind
        self.problems: list[Unreadable] = []
        self._volume = volume
        self._image = TskVolume(volume)
        self._system = self._opened(kind)
        self._block = int(self._system.info.block_size)
        self._owned: NDArray[np.int64] = np.empty((0, 2), np.int64)

    def _opened(self, kind: str) -> Any:  # noqa: ANN401 (no types)
        why = ""
        for name in KINDS[kind]:
            try:
                return pytsk3.FS_Info(
                    self._image, offset=0, type=getattr(pytsk3, f"TSK_FS_TYPE_{name}")
                )
            except OSError as error:
                why = words_of(error)
        self._raise_fault()
        raise UnreadableError(Reason.DAMAGED, f"its {kind} file system cannot be opened: {why}")

    def _raise_fault(self) -> None:
        """Raise what a read of the volume raised, which The Sleuth Kit knows nothing of."""
        fault, self._image.fault = self._image.fault, None
        if fault is not None:
            raise fault

    def entries(
        self, on_step: Callable[[], object] = nothing, *, by_names: bool = True
    ) -> Iterator[Entry]:
        """All files, also deleted ones, in the order of their first bytes.

        Args:
            on_step: called now and then.
            by_names: whether folders are opened. FAT has no other list of its files.

        Raises:
            OSError: the volume cannot be read.
        """
        found, owned = list[Entry](), list[tuple[int, int]]()

        def on_file(file: Any, path: str, deleted: bool) -> None:  # noqa: ANN401, FBT001
            found.extend(self._streams(file, path, owned, deleted=deleted))

        def on_other(inode: int, file: Any) -> None:  # noqa: ANN401
            owned.extend(self._taken(inode, file))

        walk = TskWalk(self._system, self.kind, self._image, on_file, on_other)
        if by_names:
            walk.by_names(on_step)
        walk.sweep(self._volume, on_step)
        self.problems += walk.problems
        self._owned = union(owned)
        if walk.lost:
            # The space of folders has old copies of names, also of those that are there.
            named = {each.step.path for each in found}
            found += [self._lost(each) for each in walk.lost if each.path not in named]
        found.sort(key=_place)
        yield from (self._judged(each) for each in found)

    def _lost(self, name: LostName) -> Entry:
        """What is left of a file of which nothing but its name is."""
        step = FileObject(self.kind, name.inode, 0, 0, name.path)
        if name.deleted:
            state, sure = AllocationState.DELETED, PlaceConfidence.OVERWRITTEN
            return Entry(step, state=state, confidence=sure, problem=_NAME_ONLY)
        return Entry(step, problem=_LEADS_NOWHERE)

    def _streams(
        self,
        file: Any,  # noqa: ANN401
        path: str,
        owned: list[tuple[int, int]],
        *,
        deleted: bool,
    ) -> Iterator[Entry]:
        """All streams of a file; what of the volume belongs to it is added to `owned`."""
        meta = file.info.meta
        is_allocated = bool(int(meta.flags) & ALLOCATED)
        state = (
            AllocationState.DELETED if deleted or not is_allocated else AllocationState.ALLOCATED
        )
        if not path and not is_allocated:
            state = AllocationState.ORPHANED
        times = self._times(meta)
        for attribute in attributes_of(file):
            runs = self._runs(attribute)
            is_own = self._is_own(attribute, int(meta.addr))
            is_bad = is_own and int(meta.addr) == _BAD_CLUSTERS
            # What cannot be read as this file is searched as space that belongs to none.
            if is_allocated and not is_bad and int(attribute.info.size) >= 0:
                owned += runs
            if int(attribute.info.type) not in _DATA or is_own:
                continue
            yield Entry(
                self._step(attribute, int(meta.addr), path),
                max(0, int(attribute.info.size)),
                times,
                state,
                self._confidence(runs, state),
                runs=tuple(runs) if not int(attribute.info.flags) & _COMPRESSED else (),
                links=max(1, int(meta.nlink)),
                problem=self._problem(attribute, path if is_allocated else ""),
            )

    def _is_own(self, attribute: Any, inode: int) -> bool:  # noqa: ANN401
        """Whether it is a stream that NTFS keeps for itself: others may be hidden beside these."""
        name = bytes(attribute.info.name or b"")
        return self.kind == "ntfs" and inode in _OF_NTFS and name in _STREAMS_OF_NTFS

    def _step(self, attribute: Any, inode: int, path: str) -> FileObject:  # noqa: ANN401
        info = attribute.info
        name = bytes(info.name or b"").decode("utf-8", "surrogateescape")
        if int(info.type) == _RESOURCE_FORK:
            path = f"{path}/..namedfork/rsrc" if path else path
        elif name and name not in ("$Data", "DATA"):
            path = f"{path}:{name}"
        return FileObject(self.kind, inode, int(info.type), int(info.id), path)

    def _confidence(self, runs: list[tuple[int, int]], state: AllocationState) -> PlaceConfidence:
        is_guess = self.kind in LOCAL and state is not AllocationState.ALLOCATED
        is_long = sum(length for _, length in runs) > self._block
        guessed = is_guess and is_long
        return PlaceConfidence.CONTIGUOUS_ASSUMED if guessed else PlaceConfidence.CERTAIN

    def _judged(self, entry: Entry) -> Entry:
        """The same; of a deleted file whether other files have its bytes now."""
        if entry.state is AllocationState.ALLOCATED or not overlap(self._owned, entry.runs):
            return entry
        return replace(entry, confidence=PlaceConfidence.OVERWRITTEN)

    def _times(self, meta: Any) -> dict[str, str]:  # noqa: ANN401
        end = "" if self.kind in LOCAL else "Z"
        found = {}
        for kind, name in _KINDS_OF_TIME:
            seconds, nanoseconds = int(getattr(meta, name)), int(getattr(meta, f"{name}_nano"))
            if seconds and (text := time_of(seconds, nanoseconds)):
                found[kind] = text + end
        return found

    def _taken(self, inode: int, file: Any = None) -> Iterator[tuple[int, int]]:  # noqa: ANN401
        """What a folder or other file takes of the volume."""
        try:
            file = file or self._system.open_meta(inode=inode)
        except OSError:
            self._image.fault = None
            return
        for attribute in attributes_of(file):
            yield from self._runs(attribute)

    def _runs(self, attribute: Any) -> list[tuple[int, int]]:  # noqa: ANN401
        """Offset and length of the pieces of an attribute on the volume."""
        runs: list[tuple[int, int]] = []
        try:
            for run in attribute:
                if int(run.flags) & (_SPARSE_RUN | _FILLER_RUN):
                    continue
                offset, length = int(run.addr) * self._block, int(run.len) * self._block
                if 0 <= offset < self._volume.size and length > 0:
                    runs.append((offset, min(length, self._volume.size - offset)))
                if len(runs) > _MOST_RUNS:
                    break
        except (OSError, KeyError):
            self._image.fault = None
        return runs

    def _problem(self, attribute: Any, path: str) -> Unreadable | None:  # noqa: ANN401
        if int(attribute.info.size) < 0:
            return _NO_SIZE
        if int(attribute.info.flags) & _ENCRYPTED:
            return Unreadable(Reason.ENCRYPTED, "encrypted by its file system (EFS)")
        if _SHADOW_STORE.fullmatch(path) and getattr(self._volume, "shadow_stores", False):
            return Unreadable(Reason.OPENED, "a store of shadow copies, read as volumes (vss)")
        return None

    def open(self, step: FileObject) -> BinaryIO:
        """The bytes of a file.

        Raises:
            OSError: they cannot be read.
            UnreadableError: there is no such file.
        """
        self._image.fault = None
        try:
            file = self._system.open_meta(inode=step.inode)
            for attribute in attributes_of(file):
                info = attribute.info
                if (int(info.type), int(info.id)) == (step.attribute, step.instance):
                    if int(info.size) < 0:
                        raise UnreadableError(_NO_SIZE.reason, _NO_SIZE.detail)
                    read = partial(self._read, file, step)
                    return as_file(Content(step.path, int(info.size), read))
        except OSError as error:
            self._raise_fault()
            raise UnreadableError(Reason.DAMAGED, words_of(error)) from None
        raise UnreadableError(Reason.DAMAGED, "the file system has no such file")

    def find(self, path: str) -> BinaryIO | None:
        """The bytes of a file with this path; None where there is none, or it cannot be told."""
        found = content_at(self._system, path)
        self._image.fault = None
        return None if found is None else as_file(found)

    def _read(self, file: Any, step: FileObject, offset: int, size: int) -> bytes:  # noqa: ANN401
        """Some bytes of an opened file."""
        # What could not be read until now was of other files.
        self._image.fault = None
        try:
            data = file.read_random(offset, size, step.attribute, step.instance)
        except OSError as error:
            self._raise_fault()
            raise UnreadableError(Reason.CORRUPT_DATA, words_of(error)) from None
        if len(data) < size:
            self._raise_fault()
        return bytes(data)

    def unowned(self) -> Iterator[tuple[int, int]]:
        """Ranges of the volume that belong to no file, in order."""
        free = gaps(self._owned, self._volume.size)
        if self.kind in _WITH_LISTS:
            return without_pointers(self._volume, free, self._block)
        return free


def _place(entry: Entry) -> tuple[int, int, int, int, str]:
    first = entry.runs[0][0] if entry.runs else -1
    return first, entry.step.inode, entry.step.attribute, entry.step.instance, entry.step.path
