"""A file system that The Sleuth Kit reads, walked through by names, and then entry by entry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.diskimage.filesystems.base import too_deep
from hashmatch.sources.diskimage.filesystems.ext_inodes import used_inodes
from hashmatch.sources.diskimage.filesystems.tsk_volume import words_of

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes
    from hashmatch.sources.diskimage.filesystems.tsk_volume import TskVolume

REGULAR: Final = 1
ALLOCATED: Final = 1
LOCAL: Final = frozenset({"fat12", "fat16", "fat32", "exfat"})
"""File systems whose times are those of a clock on the wall."""
EXT: Final = frozenset({"ext2", "ext3", "ext4"})
_FOLDERS: Final = frozenset({2, 11})
_NAMED_FILES: Final = frozenset({0, 5})
"""Types of names: of a file, or of what is not said."""
_OF_EXT: Final = frozenset({7, 8})
"""What ext keeps for itself: space for growing, and the journal. Nothing tells what else lies in
entries that it reserves: that is read."""
_BAD_BLOCKS: Final = 1
"""The entry of ext with the blocks that are said to be bad: anything may lie there."""
_VIRTUAL_FOLDER: Final = 11
_DEEPEST: Final = 2048


@dataclass(frozen=True, slots=True)
class LostName:
    """A name that leads to no file.

    Attributes:
        inode: that it leads to; 0 where it leads nowhere.
        path: of it.
        deleted: whether it, or a folder that it lies in, is deleted.
    """

    inode: int
    path: str
    deleted: bool


@dataclass(slots=True)
class _Folder:
    """A folder on the way."""

    inode: int
    path: str
    depth: int
    deleted: bool = False


class TskWalk:
    """All files of a file system.

    Attributes:
        problems: folders that could not be read.
        lost: names that lead to no file, each once.
    """

    def __init__(
        self,
        system: Any,  # noqa: ANN401 (no types)
        kind: str,
        image: "TskVolume",
        on_file: Callable[[Any, str, bool], object],
        on_other: Callable[[int, Any], object],
    ) -> None:
        """Read nothing yet.

        Args:
            system: the file system.
            kind: of it.
            image: the volume that it lies on.
            on_file: called of each file, with its path and whether it is deleted.
            on_other: called of whatever else takes space, by its number; the file too, where it
                is open.
        """
        self._system, self._kind, self._image = system, kind, image
        self._on_file, self._on_other = on_file, on_other
        self._files: set[int] = set()
        self._folders: set[int] = set()
        self._deep: list[str] = []
        self.problems: list[Unreadable] = []
        self.lost: dict[LostName, None] = {}

    def by_names(self, on_step: Callable[[], object]) -> None:
        """Follow all names from the root.

        Args:
            on_step: called now and then.
        """
        stack = [_Folder(int(self._system.info.root_inum), "", 0)]
        self._folders.add(stack[0].inode)
        self._on_other(stack[0].inode, None)
        while stack:
            folder = stack.pop()
            on_step()
            try:
                names = self._system.open_dir(inode=folder.inode)
                for file in names:
                    self._name(stack, folder, file)
            except OSError as error:
                self._image.fault = None
                where = folder.path or "/"
                why = f"the folder {where} cannot be read: {words_of(error)}"
                self.problems.append(Unreadable(Reason.DAMAGED, why))
        self.problems += too_deep(self._deep, _DEEPEST)

    def _name(self, stack: list[_Folder], folder: _Folder, file: Any) -> None:  # noqa: ANN401
        name = file.info.name
        raw = bytes(name.name or b"")
        if raw in (b".", b"..", b""):
            return
        deleted = folder.deleted or not int(name.flags) & ALLOCATED
        path = f"{folder.path}/{raw.decode('utf-8', 'surrogateescape')}"
        file = self._with_metadata(file)
        meta = None if file is None else file.info.meta
        # Another file has the entry of what was deleted: its bytes are none of this name.
        is_reused = meta is not None and int(meta.flags) & ALLOCATED and not folder.deleted
        if file is None or meta is None or (is_reused and deleted):
            if int(name.type) in _NAMED_FILES:
                self.lost[LostName(int(name.meta_addr), path, deleted)] = None
            return
        inode, kind = int(meta.addr), int(meta.type)
        if kind == _VIRTUAL_FOLDER and self._kind not in LOCAL:
            # The Sleuth Kit looks at every entry to list orphans in it: the sweep does that.
            return
        if kind in _FOLDERS:
            if inode not in self._folders:
                self._folders.add(inode)
                self._on_other(inode, None)
                if folder.depth < _DEEPEST:
                    stack.append(_Folder(inode, path, folder.depth + 1, deleted))
                else:
                    self._deep.append(path)
        elif kind == REGULAR:
            self._files.add(inode)
            self._on_file(file, path, deleted)
        elif int(meta.flags) & ALLOCATED:
            self._files.add(inode)
            self._on_other(inode, None)

    def _with_metadata(self, file: Any) -> Any:  # noqa: ANN401
        """The file of a name with its metadata, which is not given of a deleted file of NTFS."""
        name, meta = file.info.name, file.info.meta
        if meta is not None:
            return file
        try:
            opened = self._system.open_meta(inode=int(name.meta_addr))
        except OSError:
            self._image.fault = None
            return None
        meta = opened.info.meta
        if meta is None or int(meta.flags) & ALLOCATED:
            return None
        # Deleting counts the sequence up: another number is that of a later file.
        if self._kind == "ntfs" and int(meta.seq) != int(name.meta_seq) + 1:
            return None
        return opened

    def sweep(self, volume: "Bytes", on_step: Callable[[], object]) -> None:
        """Read every file that no name led to.

        Args:
            volume: that the file system lies on.
            on_step: called now and then.

        Raises:
            OSError: the volume cannot be read.
        """
        if self._kind in LOCAL:
            # Inodes are places of names here: the folder of orphans has what is found at them.
            return
        info = self._system.info
        inodes: Iterable[int] = range(int(info.first_inum), int(info.last_inum) + 1)
        if self._kind in EXT:
            inodes = used_inodes(volume)
        for inode in inodes:
            on_step()
            is_bad = self._kind in EXT and inode == _BAD_BLOCKS
            if is_bad or inode in self._files or inode in self._folders:
                continue
            try:
                file = self._system.open_meta(inode=inode)
            except OSError:
                self._image.fault = None
                continue
            meta = file.info.meta
            if meta is None:
                continue
            is_allocated = bool(int(meta.flags) & ALLOCATED)
            is_own = self._kind in EXT and inode in _OF_EXT
            if int(meta.type) == REGULAR and int(meta.size) and not is_own:
                self._on_file(file, "", not is_allocated)
            elif is_allocated:
                self._on_other(inode, file)
