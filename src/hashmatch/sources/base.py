"""What every source of evidence gives."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, Protocol

from hashmatch.model import (
    AllocationState,
    Locator,
    Place,
    PlaceConfidence,
    Unreadable,
    UnreadRange,
    VolumeFacts,
)
from hashmatch.model.confidence import Confidence
from hashmatch.model.locator import File, Range, Step
from hashmatch.sources.left_out import LeftOut

HEAD = 1 << 12
"""Bytes of a file that kinds of sources look at."""


class Identity(NamedTuple):
    """Which file it is, whatever its names are.

    Attributes:
        device: number of the file system.
        inode: number of the file in it.
        links: how many names the file has; with more than one, equal device and inode mean the
            same file.
    """

    device: int
    inode: int
    links: int


@dataclass(frozen=True, slots=True)
class Found:
    """One file of evidence, or what lies in one, not yet read.

    Attributes:
        path: of the file on this system: itself, or the one that holds its bytes.
        locator: where it lies, for the record.
        problem: why it cannot or shall not be read; None for a readable file.
        size: in bytes, as the file system says; 0 where unknown.
        times: as the file system says, by kind (`modified`, `accessed`, `changed`, `created`):
            ISO 8601 in UTC. Kinds that it does not know are left out.
        identity: which file it is; None where unknown.
        within: where it lies below the root of its source, with `/` between names: the same
            however the root is written and wherever it is mounted. Empty where the source has no
            root; its files are on record by their locators then.
        address: what its source opens it by, where that is not the path: any value that can be
            pickled and compared.
        place: where it lies, where no path alone says it, as in a disk image: a place that is
            `from_source`, and whose locator begins with the path below the root. None of a file.
        container: the file of the source that it lies in; None of such a file itself.
        steps: from that file to it; none of such a file itself.
        extent: offset and length of its bytes in that file, where they lie there as they are.
        original_name: what it was called where it came from, as a file beside it says; empty where
            none does.
        remark: what is to be said of it if nothing is found in it, as of a file of an encrypted
            backup.
        medium: of a disk image that was read: its volumes, and what of it is missing.
        alone: whether it is all of the evidence: a file that another one leads to is not read with
            that one then.
        left_out: which files beside it are not to be read; None where all are.
    """

    path: str
    locator: str
    problem: Unreadable | None = None
    size: int = 0
    times: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    within: str = ""
    address: object = None
    place: Place | None = None
    container: "Found | None" = None
    steps: tuple[Step, ...] = ()
    extent: tuple[int, int] | None = None
    medium: tuple[VolumeFacts | UnreadRange, ...] = ()
    original_name: str = ""
    remark: Unreadable | None = None
    alone: bool = False
    left_out: LeftOut | None = None

    @property
    def recorded(self) -> str:
        """The locator on record; of a file its path, as it is."""
        return str(self.place.locator) if self.place else self.within or self.locator

    @property
    def where(self) -> Locator:
        """Its location as it is on record; items in it have locations `inside` this one."""
        return self.place.locator if self.place else Locator((File(self.recorded),))

    def inside(
        self,
        steps: tuple[Step, ...],
        problem: Unreadable | None = None,
        size: int = 0,
        times: Mapping[str, str] | None = None,
        extent: tuple[int, int] | None = None,
        *,
        state: AllocationState | None = None,
        confidence: PlaceConfidence | None = None,
        runs: tuple[tuple[int, int], ...] = (),
        original_name: str = "",
        remark: Unreadable | None = None,
    ) -> "Found":
        """What lies in this file of a source.

        Args:
            steps: from the file to it.
            problem: why it cannot or shall not be read.
            size: in bytes; 0 where unknown.
            times: as its container says.
            extent: offset and length in the file, where its bytes lie there as they are.
            state: whether its bytes belong to a file; None where the steps say it.
            confidence: how sure it is that the bytes are its own; None where the steps say it.
            runs: where they lie on a medium: offset and length of each piece.
            original_name: what it was called where it came from; made of the name of this file
                where it is empty.
            remark: what is to be said of it if nothing is found in it.
        """
        if self.original_name and not original_name:
            original_name = "!".join([self.original_name, *map(str, steps)])
        carved = any(isinstance(each, Range) for each in steps)
        by_steps = AllocationState.CARVED if carved else AllocationState.ALLOCATED
        surely = PlaceConfidence.BY_CONTENT if carved else PlaceConfidence.CERTAIN
        return Found(
            self.path,
            str(Locator((File(self.locator), *steps))),
            problem,
            size,
            times or {},
            container=self,
            steps=steps,
            extent=extent,
            place=Place(
                locator=self.where.inside(*steps),
                state=state or by_steps,
                confidence=confidence or surely,
                runs=runs,
            ),
            original_name=original_name,
            remark=remark,
        )


class SourceKind(Protocol):
    """A kind of source: what opens evidence of its kind, as a class with this method does."""

    def detect(self, path: str, head: bytes, /) -> Confidence:
        """How sure it is that the evidence is of its kind.

        Args:
            path: of a file or folder.
            head: the first bytes of a file, at most `HEAD`; none of a folder.
        """
        ...

    def __call__(self, path: str | os.PathLike[str], /) -> "Source":
        """Open the evidence.

        Raises:
            SourceError: it cannot be opened.
        """
        ...


class Source(Protocol):
    """An opened, read-only piece of evidence.

    Its files are read in worker processes, which build the source again, once they are locked
    down: it is pickled, and its class lies in a module that can be imported. What cannot be
    pickled, as an open file, is left to `open`. Modules that `open` loads by itself are loaded
    by a method `warm_up` of the class, without arguments: a locked worker loads nothing.

    A source that can tell how many files it has without reading them has a length, or a method
    `total` that counts them: an interrupted scan on record then says how many are missing.
    """

    @property
    def kind(self) -> str:
        """What kind of source it is, for the record."""
        ...

    @property
    def roots(self) -> Sequence[str | os.PathLike[str]] | None:
        """The absolute paths below which everything lies that `open` reads.

        Workers may read nothing else. None where it cannot say: then they may read everything.
        """
        ...

    def __iter__(self) -> Iterator[Found]:
        """Every file in it, in an order that is the same every time."""
        ...

    def open(self, found: Found, /) -> BinaryIO:
        """A file that it found: seekable, read-only, at its start. Called in the worker.

        A stream that is no file of the system may have `stamp`, as `sources.byte_range.ByteRange`
        has: else its bytes are digested once more before they are decoded.

        Raises:
            OSError: it cannot be opened; as reading it may raise.
            UnreadableError: it cannot be read, with the reason; as reading it may raise.
        """
        ...


def roots_of(source: object) -> tuple[str, ...] | None:
    """The absolute paths below which all lies that a source finds; None if it does not say."""
    roots = getattr(source, "roots", None)
    return None if roots is None else tuple(map(os.fspath, roots))


def readable_of(source: object) -> tuple[str, ...] | None:
    """The absolute paths below which workers may read; None if the source does not say."""
    return getattr(source, "readable", None) or roots_of(source)


def opens_paths(source: Source | Iterable[Found]) -> bool:
    """Whether files are opened by their paths alone, as those of folders and of bare lists.

    A source says so by its attribute `on_disk`.
    """
    return not hasattr(source, "open") or bool(getattr(source, "on_disk", False))
