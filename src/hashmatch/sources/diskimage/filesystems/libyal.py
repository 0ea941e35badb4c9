"""XFS, APFS and HFS+, read by libfsxfs, libfsapfs and libfshfs: deleted files are not listed."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import FileObject
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.diskimage.filesystems.base import Content, nothing, too_deep
from hashmatch.sources.diskimage.filesystems.ranges import gaps, union
from hashmatch.sources.diskimage.library_files import LibraryFile
from hashmatch.sources.diskimage.reading import as_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sources.diskimage.base import Bytes

KINDS: Final = {"xfs": "pyfsxfs", "apfs": "pyfsapfs", "hfsplus": "pyfshfs", "hfsx": "pyfshfs"}
"""Kinds of content, and the modules that read them."""

_REGULAR: Final = 0o100000
_FOLDER: Final = 0o040000
_KIND_OF_FILE: Final = 0o170000
_DEEPEST: Final = 2048
_SPARSE: Final = 1
_FORK: Final = 1
"""Type of attribute that is a resource fork."""
_KINDS_OF_TIME: Final = (
    ("modified", ("modification",)),
    ("accessed", ("access",)),
    ("changed", ("inode_change", "entry_modification")),
    ("created", ("creation",)),
)
_NEVER: Final = 1904
"""The year of times that are not known."""


class YalFileSystem:
    """A file system that one of these libraries reads.

    Attributes:
        kind: what it is called in locators.
        problems: folders that could not be read, and volumes that are locked.
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
        self._size = volume.size
        self._on_step: Callable[[], object] = nothing
        self._file = LibraryFile(volume)
        self._group: tuple[int, int] | None = None
        self._owned: NDArray[np.int64] = np.empty((0, 2), np.int64)
        try:
            self._volumes = self._opened()
        except OSError as error:
            raise self._told(error) from None

    def _opened(self) -> list[Any]:
        library = importlib.import_module(KINDS[self.kind])
        if self.kind != "apfs":
            self._group = _group(self._file) if self.kind == "xfs" else None
            volume = library.volume()
            volume.open_file_object(self._file)
            return [volume]
        container = library.container()
        container.open_file_object(self._file)
        self._container = container
        return list(container.volumes)

    def _told(self, error: OSError) -> Exception:
        fault, self._file.fault = self._file.fault, None
        words = " ".join(str(error).split())[:200]
        return fault or UnreadableError(Reason.DAMAGED, words)

    def entries(
        self, on_step: Callable[[], object] = nothing, *, by_names: bool = True
    ) -> Iterator[Entry]:
        """All files, in the order of their first bytes.

        Args:
            on_step: called now and then.
            by_names: whether folders are opened: nothing is read otherwise.

        Raises:
            OSError: the volume cannot be read.
        """
        found: list[Entry] = []
        owned: list[tuple[int, int]] = []
        self._on_step = on_step
        for number, volume in enumerate(self._volumes if by_names else ()):
            prefix = self._prefix(number, volume)
            if self.kind == "apfs" and volume.is_locked():
                self.problems.append(
                    Unreadable(Reason.ENCRYPTED, f"the volume {volume.name} is encrypted")
                )
                continue
            self._walk(number, volume, prefix, found, owned)
        self._owned = union(owned)
        found.sort(key=lambda each: (each.runs[0][0] if each.runs else -1, each.step.inode))
        yield from found

    def _walk(
        self,
        number: int,
        volume: Any,  # noqa: ANN401 (no types)
        prefix: str,
        found: list[Entry],
        owned: list[tuple[int, int]],
    ) -> None:
        try:
            stack = [(volume.get_root_directory(), prefix, 0)]
        except OSError as error:
            self._note(prefix, error)
            return
        seen, deep = set[int](), list[str]()
        while stack:
            folder, path, depth = stack.pop()
            for each, name in self._names(folder, path):
                where = f"{path}/{name}"
                try:
                    mode = int(each.file_mode or 0) & _KIND_OF_FILE
                    inode = self._number(each)
                    runs = list[tuple[int, int]]()
                    if mode == _REGULAR:
                        runs = self._runs(each)
                    else:
                        # Some folders have no blocks of their own.
                        with suppress(OSError):
                            runs = self._runs(each)
                    owned += runs
                    if mode == _FOLDER and inode not in seen:
                        seen.add(inode)
                        if depth < _DEEPEST:
                            stack.append((each, where, depth + 1))
                        else:
                            deep.append(where)
                    elif mode == _REGULAR:
                        found.append(self._entry(each, number, inode, where, runs))
                        if fork := self._fork(each):
                            owned += (forked := self._runs(fork))
                            found.append(self._entry(each, number, inode, where, forked, fork))
                except OSError as error:
                    self._note(where, error)
        self.problems += too_deep(deep, _DEEPEST)

    def _names(self, folder: Any, path: str) -> Iterator[tuple[Any, str]]:  # noqa: ANN401
        try:
            count = int(folder.number_of_sub_file_entries)
        except OSError as error:
            self._note(path, error)
            return
        for at in range(count):
            self._on_step()
            try:
                each = folder.get_sub_file_entry(at)
                yield each, str(each.name)
            except (OSError, UnicodeError) as error:
                self._note(path, error)

    def _note(self, path: str, error: Exception) -> None:
        self._file.fault = None
        words = " ".join(str(error).split())[:200]
        why = f"{path or '/'} cannot be read: {words}"
        self.problems.append(Unreadable(Reason.DAMAGED, why))

    def _number(self, each: Any) -> int:  # noqa: ANN401
        return int(each.inode_number if self.kind == "xfs" else each.identifier)

    def _fork(self, each: Any) -> Any:  # noqa: ANN401
        """The resource fork of a file of HFS+; None where it has none."""
        if KINDS[self.kind] != "pyfshfs" or not each.has_resource_fork():
            return None
        fork = each.get_resource_fork()
        return fork if fork.size else None

    def _entry(  # noqa: PLR0917 (what it is, and where it lies)
        self,
        each: Any,  # noqa: ANN401
        number: int,
        inode: int,
        path: str,
        runs: list[tuple[int, int]],
        fork: Any = None,  # noqa: ANN401
    ) -> Entry:
        step = FileObject(self.kind, inode, 0, number, path)
        if fork is not None:
            step = FileObject(self.kind, inode, _FORK, number, f"{path}/..namedfork/rsrc")
        return Entry(
            step,
            max(0, int((fork or each).size)),
            _times(each),
            runs=tuple(runs),
            links=max(1, int(each.number_of_links or 1)),
        )

    def _runs(self, each: Any) -> list[tuple[int, int]]:  # noqa: ANN401
        runs = []
        for at in range(int(each.number_of_extents)):
            offset, length, flags = each.get_extent(at)
            offset = self._placed(int(offset))
            if not flags & _SPARSE and 0 <= offset < self._size and length > 0:
                runs.append((int(offset), int(min(length, self._size - offset))))
        return runs

    def _placed(self, offset: int) -> int:
        """Where a byte lies on the volume.

        libfsxfs takes groups of blocks for as long as the next power of two.
        """
        if not self._group:
            return offset
        length, shift = self._group
        return (offset >> shift) * length + (offset & ((1 << shift) - 1))

    def open(self, step: FileObject) -> BinaryIO:
        """The bytes of a file.

        Raises:
            OSError: they cannot be read.
            UnreadableError: there is no such file.
        """
        if not step.instance < len(self._volumes):
            raise UnreadableError(Reason.DAMAGED, "the file system has no such file")
        volume = self._volumes[step.instance]
        try:
            if self.kind == "xfs":
                each = volume.get_file_entry_by_inode(step.inode)
            else:
                each = volume.get_file_entry_by_identifier(step.inode)
        except OSError as error:
            raise self._told(error) from None
        if each is not None and step.attribute == _FORK:
            each = self._fork(each)
        if each is None:
            raise UnreadableError(Reason.DAMAGED, "the file system has no such file")
        return as_file(Content(step.path, int(each.size), partial(self._read, each)))

    def _prefix(self, number: int, volume: Any) -> str:  # noqa: ANN401
        """What the paths of one of several volumes begin with."""
        return f"/{volume.name or number}" if len(self._volumes) > 1 else ""

    def find(self, path: str) -> BinaryIO | None:
        """The bytes of a file with this path; None where there is none, or it cannot be told."""
        for number, volume in enumerate(self._volumes):
            prefix = self._prefix(number, volume)
            if not path.startswith(f"{prefix}/"):
                continue
            try:
                each = volume.get_file_entry_by_path(path.removeprefix(prefix))
            except (OSError, UnicodeError):
                self._file.fault = None
                continue
            if each is not None:
                return as_file(Content(path, int(each.size), partial(self._read, each)))
        return None

    def _read(self, each: Any, offset: int, size: int) -> bytes:  # noqa: ANN401
        try:
            return bytes(each.read_buffer_at_offset(size, offset))
        except OSError as error:
            raise self._told(error) from None

    def unowned(self) -> Iterator[tuple[int, int]]:
        """Ranges of the volume that belong to no file, in order."""
        return gaps(self._owned, self._size)


def _group(file: LibraryFile) -> tuple[int, int] | None:
    """Bytes of a group of blocks of XFS, and bits of a place in one, as its superblock has them."""
    file.seek(0)
    block = file.read(128)
    if len(block) < 128:  # noqa: PLR2004
        return None
    size, blocks = int.from_bytes(block[4:8], "big"), int.from_bytes(block[84:88], "big")
    return size * blocks, block[124] + block[120]


def _times(each: Any) -> dict[str, str]:  # noqa: ANN401
    found = {}
    for kind, names in _KINDS_OF_TIME:
        for name in names:
            try:
                moment = getattr(each, f"get_{name}_time")()
            except (OSError, AttributeError, ValueError, OverflowError):
                continue
            if moment is not None and moment.year > _NEVER:
                rest = f".{moment.microsecond:06d}".rstrip("0").rstrip(".")
                found[kind] = f"{moment:%Y-%m-%dT%H:%M:%S}{rest}Z"
    return found
