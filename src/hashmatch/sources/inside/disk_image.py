"""Disk images as containers: volumes, their files, and pictures in space that belongs to none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sqlite_log import SUFFIX
from hashmatch.model import Unreadable
from hashmatch.model.digests import TITLES
from hashmatch.model.locator import Step
from hashmatch.sources.diskimage import warming
from hashmatch.sources.diskimage.beside import Folder
from hashmatch.sources.diskimage.detecting import RAW
from hashmatch.sources.diskimage.filesystems import opening as filesystems
from hashmatch.sources.diskimage.opening import open_inside
from hashmatch.sources.diskimage.reading import FromFile
from hashmatch.sources.diskimage.verifying import (
    StoredDigests,
    compared,
    digests_of,
    stored_in,
)
from hashmatch.sources.inside.backup_places import folder_of
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.image_items import ImageItems
from hashmatch.sources.inside.image_selection import ImageSelection
from hashmatch.sources.inside.parsers import IMAGES
from hashmatch.sources.inside.siblings import FindBeside, nothing

if TYPE_CHECKING:
    from hashmatch.sources.inside.volume_reports import VolumeReport


@dataclass(frozen=True, slots=True)
class Near:
    """Where a file lies whose image may have further files.

    Attributes:
        name: of the file.
        folder: that it lies in.
        has: of the list of files of a backup, whether there is one with a path below its folder.
        alone: whether no other file is evidence too.
    """

    name: str
    folder: Folder | None = None
    has: Callable[[str], bool] | None = None
    alone: bool = False


ALONE: Final = Near("the image")
_ALL: Final = ImageSelection()


class DiskImage:
    """Gives the files of all volumes, also deleted ones, and what is found by content.

    Attributes:
        reports: what became of the volumes, once all was given.
        unread: offset, length and reason of ranges of the medium that are missing.
        size: of the medium, in bytes.
        digests: that the image keeps of it.
    """

    kinds: tuple[str, ...] = IMAGES
    modules: tuple[str, ...] = filesystems.MODULES
    optional: tuple[str, ...] = filesystems.FURTHER
    extra = "disk"

    def __init__(self) -> None:
        """Read nothing yet."""
        self.reports: list[VolumeReport] = []
        self.unread: list[tuple[int, int, str]] = []
        self.size, self.digests = 0, StoredDigests()

    def prepare(self) -> None:
        """Load all that readers load when they are first used."""
        warming.warm_up()
        filesystems.warm_up()

    def __call__(
        self,
        file: BinaryIO,
        budget: Budget,
        passwords: tuple[str, ...] = (),
        near: Near = ALONE,
        selection: ImageSelection = _ALL,
        *,
        verify: bool = False,
    ) -> Iterator[Inner | Unreadable]:
        """The items, volume by volume.

        Args:
            file: the first file of the image.
            budget: as for `Parser`.
            passwords: none is tried.
            near: where the file lies.
            selection: of what is read.
            verify: whether digests that the image keeps are compared with its bytes.
        """
        del passwords
        items = self.items(file, near, selection)
        self.reports = items.reports
        self.unread = [(each.offset, each.length, each.reason) for each in items.medium.unread]
        self.size, self.digests = items.medium.size, stored_in(items.medium)
        if verify:
            self.digests = compared(items.medium, lambda _: budget.check())
        if self.digests.is_different:
            yield Unreadable(Reason.CORRUPT_DATA, self.digests.verdict)
        yield from items(budget)

    def medium(
        self,
        file: BinaryIO,
        near: Near = ALONE,
        on_progress: Callable[[int], object] = lambda _: None,
    ) -> tuple[int, StoredDigests] | None:
        """The size of the medium with its digests, those that the image keeps and its own.

        Args:
            file: the first file of the image.
            near: where the file lies.
            on_progress: told of the bytes that were read, now and then.

        Returns:
            None where the file holds nothing but the bytes of the medium.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged, or of a kind that is not read.
        """
        image = open_inside(FromFile(file, near.name), near.folder)
        if image.spec.kind == RAW.name and len(image.spec.names) == 1:
            return None
        stored = stored_in(image.medium).stored
        try:
            computed = digests_of(image.medium, [*TITLES], on_progress)
        except UnreadableError as error:
            return image.medium.size, StoredDigests(stored, problem=error.detail)
        return image.medium.size, StoredDigests(stored, computed)

    def items(
        self, file: BinaryIO, near: Near = ALONE, selection: ImageSelection = _ALL
    ) -> ImageItems:
        """What lies on the image.

        Args:
            file: the first file of the image.
            near: where the file lies.
            selection: of what is read.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged, or of a kind that is not read.
        """
        image = open_inside(FromFile(file, near.name), near.folder)
        return ImageItems(image.medium, selection, image.spec.names)

    def reach(
        self, file: BinaryIO, steps: tuple[Step, ...], near: Near = ALONE
    ) -> tuple[BinaryIO, int]:
        """What lies behind some steps, and how many of them lead to it.

        Args:
            file: the first file of the image.
            steps: from the image to an item, or further.
            near: where the file lies.

        Raises:
            OSError: it cannot be read.
            UnreadableError: there is no such item.
        """
        return self.items(file, near).open(steps)

    def original_name(self, file: BinaryIO, steps: tuple[Step, ...], near: Near = ALONE) -> str:
        """What an item was called where it came from; empty where nothing says it.

        Args:
            file: the first file of the image.
            steps: from the image to an item that `reach` opened.
            near: where the file lies.
        """
        if folder_of(getattr(steps[-1], "path", "")) is None:
            return ""
        return self.items(file, near).original_name(steps)

    def beside(self, file: BinaryIO, steps: tuple[Step, ...], near: Near = ALONE) -> FindBeside:
        """What opens the file beside an item that has its name without an ending.

        Args:
            file: the first file of the image.
            steps: from the image to an item that `reach` opened.
            near: where the file lies.
        """
        if not getattr(steps[-1], "path", "").endswith(SUFFIX):
            return nothing
        return self.items(file, near).beside(steps) or nothing
