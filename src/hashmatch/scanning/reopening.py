"""Single items of the evidence, opened once more: what they are, and their digests."""

import io
import json
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from hashmatch.errors import HashFormatError, Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.files.digesting import Digester, check_holes
from hashmatch.kinds import pictures
from hashmatch.kinds.sniffing import sniff_container
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Unreadable
from hashmatch.model.digests import Digests
from hashmatch.model.media import FileKind
from hashmatch.scanning import wire
from hashmatch.scanning.disks import medium_in, plain_medium
from hashmatch.scanning.job import SimpleJob
from hashmatch.scanning.members import LONGEST_ORIGINAL, original_name_in
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.sources.access import stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.expanded import HEAD
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.steps import NO_SUCH_ITEM, Reached, reach

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.verifying import StoredDigests
    from hashmatch.sources.inside.address import Address
    from hashmatch.sources.inside.disk_image import Near

_MOST: Final = (1 << 63) - 1
_PIECE: Final = 1 << 20
_LONGEST_WORD: Final = 60
_CHANGED: Final = Unreadable(Reason.CHANGED, "it was written to while it was read")

LIMITS: Final = replace(InsideLimits(), max_members=_MOST, max_bytes=_MOST, max_ratio=_MOST)
"""Bounds on the way to one item: a scan may have been allowed more than is by default. What is
held in memory and how long it takes stay bounded."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """An item that was opened once more.

    Attributes:
        found: the item.
        size: in bytes, as far as they could be read; None where it has none of its own.
        digests: of the bytes that could be read; none where there are none.
        kind: by its first bytes; None where none could be read.
        format: which one, as `jpeg`, `mp4` or `zip archive`; empty of what is none of these.
        is_made: whether it has no bytes of its own: its picture is made of pixels that its
            container holds, and no digests of it say anything.
        problem: why it could not be read, or not all of it.
        original_name: what it was called where it came from; empty where nothing says it.
        medium: of a disk image, where digests are computed: bytes of its medium, and the digests
            that the image keeps of it with those of its bytes.
    """

    found: Found
    size: int | None = None
    digests: Digests = field(default_factory=Digests)
    kind: FileKind | None = None
    format: str = ""
    is_made: bool = False
    problem: Unreadable | None = None
    original_name: str = ""
    medium: "tuple[int, StoredDigests] | None" = None

    @property
    def is_missing(self) -> bool:
        """Whether what it should lie in was read, and it is not there."""
        return self.problem == NO_SUCH_ITEM


@dataclass(frozen=True, slots=True)
class ReopenItems(SimpleJob):
    """The job of workers that read one item at a time; no picture is decoded.

    Attributes:
        opener: of the files, and of what lies in them.
        digests: whether they are computed; without them an item that can be sought is not read
            to its end.
    """

    opener: InsideOpener = field(default_factory=InsideOpener)
    digests: bool = True

    def local(self, task: Found) -> Reopened | None:
        """What is not to be read has a problem."""
        if task.problem is None:
            return None
        return Reopened(task, problem=task.problem, original_name=task.original_name)

    def name(self, task: Found) -> str:
        """The locator."""
        return task.locator

    def payload(self, task: Found) -> object:
        """What opens the file, and the steps from it."""
        return self.opener.handle(task.container or task), task.steps

    def size(self, task: Found) -> int:
        """The size of the file that is read on the way, in bytes."""
        return (task.container or task).size

    def result(self, task: Found, answer: bytes) -> Reopened:
        """The item.

        Raises:
            ProtocolError: the answer is none of ours.
        """
        try:
            said = json.loads(answer)
            size, form = said["size"], said["format"]
            kind = None if said["kind"] is None else FileKind(said["kind"])
            problem = None if said["problem"] is None else wire.unreadable(*said["problem"])
            digests = wire.digests_of(said["digests"])
            name = original_name_in(said["name"]) or task.original_name
            medium = None if said["medium"] is None else medium_in(said["medium"])
        except (ValueError, TypeError, KeyError, AttributeError, HashFormatError):
            raise ProtocolError from None
        is_size = size is None or (type(size) is int and 0 <= size <= _MOST)
        is_word = isinstance(form, str) and form.isprintable() and len(form) <= _LONGEST_WORD
        if not is_size or not is_word:
            raise ProtocolError
        return Reopened(
            *(task, size, digests, kind, form, said["made"] is True, problem, name), medium
        )

    def failed(self, task: Found, why: Unreadable, salvaged: bytes | None) -> Reopened:  # noqa: ARG002 (nothing is)
        """The item with the reason."""
        return Reopened(task, problem=why, original_name=task.original_name)

    def warm_up(self) -> None:
        """Load every parser, and what digests are computed with."""
        self.opener.warm_up()
        Digester().value()

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """What the item is, encoded."""
        address, steps = cast("tuple[Address, tuple[Any, ...]]", payload)
        seen = _Seen(counts_only=not self.digests)
        try:
            with (
                self.opener.open(address) as file,
                self.opener.finding(address) as beside,
                self.opener.near(address) as near,
            ):
                stamp = stamp_of(file)
                if steps:
                    how = self.opener
                    found = reach(
                        *(file, steps, how.limits),
                        passwords=how.passwords,
                        find_beside=beside,
                        near=near,
                    )
                else:
                    check_holes(file)
                    found = Reached(file)
                seen.take(found, on_progress)
                if not steps and self.digests:
                    seen.look_at_medium(file, near, on_progress)
                if stamp_of(file) != stamp:
                    seen.problem = _CHANGED
        except LimitError as error:
            seen.problem = error.why
        except UnreadableError as error:
            seen.problem = Unreadable(error.reason, error.detail)
        except (OSError, ValueError) as error:
            detail = getattr(error, "strerror", None) or fault_of(error)
            seen.problem = Unreadable(Reason.IO_ERROR, detail)
        return seen.encoded()


class _Seen:
    """What is seen of an item while it is read."""

    def __init__(self, *, counts_only: bool) -> None:
        self.problem: Unreadable | None = None
        self._counts_only = counts_only
        self._digester = Digester(counts_only=counts_only)
        self._is_begun = self._is_made = False
        self._head = b""
        self._name = ""
        self._size: int | None = None
        self._kind: FileKind | None = None
        self._format = ""
        self._medium: tuple[int, StoredDigests] | None = None

    def take(self, found: Reached, on_progress: Callable[[float], object]) -> None:
        """Read an item to its end; what was read until an error is kept."""
        file, self._is_made = found.file, found.is_made
        self._name = found.original_name[:LONGEST_ORIGINAL]
        self._is_begun = True
        try:
            while len(self._head) < HEAD and (data := file.read(HEAD - len(self._head))):
                self._head += data
                self._digester.update(data)
            if self._counts_only and file.seekable():
                self._size = file.seek(0, os.SEEK_END)
            else:
                # Pieces are as large as in a scan: where reading fails, both have read as much.
                while data := file.read(_PIECE):
                    self._digester.update(data)
                    on_progress(self._digester.size)
                self._size = self._digester.size
        finally:
            if self._head:
                self._look(file)

    def _look(self, file: BinaryIO) -> None:
        """Which kind it is."""
        size = self._size
        if form := pictures.sniff(self._head, size):
            self._kind, self._format = FileKind.PICTURE, form
        elif video := sniff_video(self._head):
            self._kind, self._format = FileKind.VIDEO, video.name
        else:
            self._kind = FileKind.OTHER
            with suppress(OSError, UnreadableError):
                seekable = file if file.seekable() else io.BytesIO(self._head)
                if container := sniff_container(seekable, self._head):
                    self._kind, self._format = FileKind.CONTAINER, container.detail

    def look_at_medium(
        self, file: BinaryIO, near: "Near", on_progress: Callable[[float], object]
    ) -> None:
        """Take the digests of the medium of a disk image, and those that the image keeps of it.

        Raises:
            OSError, UnreadableError: it cannot be opened.
        """
        from hashmatch.sources.inside.disk_image import DiskImage
        from hashmatch.sources.inside.parsers import IMAGES, is_installed

        file.seek(0)
        kind = sniff_container(file, self._head) if self._head else None
        if kind is not None and kind.form in IMAGES and is_installed(DiskImage()):
            self._medium = DiskImage().medium(file, near, on_progress)

    def encoded(self) -> bytes:
        """The answer."""
        has_bytes = self._is_begun and not self._is_made
        digests = self._digester.value() if has_bytes else Digests()
        size = self._digester.size if self._size is None else self._size
        said = {
            "size": size if has_bytes else None,
            "digests": [digests.md5, digests.sha1, digests.sha256],
            "kind": self._kind,
            # The digest of a generated picture is that of a file which only this program makes.
            "format": "" if self._is_made else self._format,
            "made": self._is_made,
            "name": self._name,
            "medium": None if self._medium is None else plain_medium(*self._medium),
            "problem": None if self.problem is None else [self.problem.reason, self.problem.detail],
        }
        return json.dumps(said).encode()


def reopen(
    items: Iterable[Found],
    opener: InsideOpener,
    workers: WorkerPool,
    *,
    digests: bool = True,
) -> Generator[tuple[Found, Reopened] | None]:
    """Each item with what it is, in any order; None now and then while there is none.

    Args:
        items: of a source, or what lies in them.
        opener: of the files, with the limits and passwords for what lies in them.
        workers: who reads.
        digests: whether they are computed.

    Raises:
        SandboxError, WorkerError: as `in_workers`.
    """
    return in_workers(ReopenItems(opener, digests), items, workers)
