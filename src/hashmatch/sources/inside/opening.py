"""Opens what lies inside a file of a source, by the steps that lead to it."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

from hashmatch.errors import UnreadableError
from hashmatch.kinds.sqlite_log import SUFFIX
from hashmatch.sources.base import Found
from hashmatch.sources.byte_range import ByteRange
from hashmatch.sources.held import Held
from hashmatch.sources.inside.address import Address
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.opener import FILES, Opener

if TYPE_CHECKING:
    from hashmatch.sources.inside.disk_image import Near
    from hashmatch.sources.inside.siblings import FindBeside
    from hashmatch.sources.inside.steps import Reached

V = TypeVar("V")

_MOST_HELD: Final = 64 << 20
"""Bytes of a member that are held in memory; a larger one is read anew for each step back."""
_BUFFER: Final = 1 << 20


@dataclass(frozen=True)
class InsideOpener(Opener):
    """Opens files as another opener does, and what lies in them.

    Attributes:
        files: opens the files of the source.
        limits: of what is read on the way.
        passwords: to be tried on what is encrypted.
        parses: whether it can open what lies in files in a worker, which loads all parsers for
            it: else only what lies there as it is, or was sent.
    """

    files: Opener = FILES
    limits: InsideLimits = field(default_factory=InsideLimits)
    passwords: tuple[str, ...] = field(default=(), repr=False)
    parses: bool = True

    def handle(self, found: Found) -> Address:
        """What `open` takes."""
        outer = found.container or found
        beside = self.files.beside(outer, SUFFIX) if outer.path.endswith(SUFFIX) else None
        way = (self.files.handle(outer), found.steps, found.size, found.extent)
        return Address(*way, beside, alone=outer.alone, left_out=outer.left_out)

    @contextmanager
    def finding(self, handle: object) -> "Iterator[FindBeside]":
        """What finds the file beside one of the source, which is closed at the end."""
        other = cast("Address", handle).beside
        with ExitStack() as opened:

            def find(ending: str, /) -> BinaryIO | None:
                is_there = other is not None and ending == SUFFIX
                return opened.enter_context(self.files.open(other)) if is_there else None

            yield find

    @contextmanager
    def near(self, handle: object) -> "Iterator[Near]":
        """Where the file of the source lies, if a disk image in it may have further files there."""
        from hashmatch.sources.diskimage.beside import OnDisk, Remaining
        from hashmatch.sources.diskimage.files import Handles
        from hashmatch.sources.inside.backup_places import is_named
        from hashmatch.sources.inside.disk_image import ALONE, Near

        path = self.files.path(cast("Address", handle).file)
        if path is None:
            yield ALONE
            return
        folder, name = os.path.split(path)
        handles = Handles()
        try:
            # No path that a list of files names leads out of its folder: see `Listed.file`.
            has = partial(_is_there, folder) if is_named(name) else None
            around = Remaining(OnDisk(folder, handles), cast("Address", handle).left_out)
            yield Near(name, around, has, cast("Address", handle).alone)
        finally:
            handles.close()

    def open(self, handle: object) -> BinaryIO:
        """The item: seekable, read-only.

        Raises:
            OSError: it cannot be opened; as reading it may raise.
            UnreadableError: it cannot be read, with the reason; as reading it may raise.
        """
        address = cast("Address", handle)
        if address.data is not None:
            return Held(address.data)
        if not address.steps:
            return self.files.open(address.file)
        if address.extent is not None:
            stored = ByteRange.of(self.files.open(address.file), *address.extent)
            if address.extent[1] > _MOST_HELD:
                return stored
            with stored:
                # It is read more than once: to compare its digest, to tell what it is, to decode.
                return Held(_read_whole(stored))
        make = _Again(self, address)
        if address.size > _MOST_HELD:
            return io.BufferedReader(Rewinding(make, address.size), _BUFFER)
        with make() as member:
            return Held(_read_whole(member))

    def warm_up(self) -> None:
        """Load every parser with its library: whoever is locked down loads nothing."""
        self.files.warm_up()
        if self.parses:
            from hashmatch.sources.inside import parsers, steps

            parsers.warm_up()
            del steps


class _Member(io.RawIOBase):
    """A member with which the files are closed that it lies in."""

    def __init__(self, reached: "Reached", opened: ExitStack) -> None:
        self._reached, self._opened = reached, opened

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        data = _told(lambda: self._reached.file.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        try:
            self._reached.file.close()
        finally:
            self._opened.close()
            super().close()


@dataclass(frozen=True)
class _Again:
    """Opens a member from its first byte, as often as it is asked."""

    opener: InsideOpener
    address: Address

    def __call__(self) -> BinaryIO:
        from hashmatch.sources.inside.steps import reach

        with ExitStack() as opened:
            file = opened.enter_context(self.opener.files.open(self.address.file))
            find_beside = opened.enter_context(self.opener.finding(self.address))
            near = opened.enter_context(self.opener.near(self.address))
            reached = _told(
                lambda: reach(
                    file,
                    self.address.steps,
                    self.opener.limits,
                    passwords=self.opener.passwords,
                    find_beside=find_beside,
                    near=near,
                )
            )
            return cast("BinaryIO", _Member(reached, opened.pop_all()))


class Rewinding(io.RawIOBase):
    """A member that can only be read from the beginning to the end, as a file that can be sought.

    A step back opens it anew; a step forward reads what lies between.
    """

    def __init__(self, make: Callable[[], BinaryIO], size: int) -> None:
        """Open nothing yet.

        Args:
            make: opens it at its first byte.
            size: in bytes.
        """
        self._make, self._size = make, size
        self._file: BinaryIO | None = None
        self._there = self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; nothing is read as yet.

        Raises:
            ValueError: it lies before the first byte.
        """
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if place < 0:
            msg = "negative seek position"
            raise ValueError(msg)
        self._place = place
        return place

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Fill a buffer with what follows, and say how many bytes those were.

        Raises:
            OSError, UnreadableError: it cannot be read.
        """
        if self._place >= self._size:
            return 0
        if self._file is None or self._there > self._place:
            self._close_file()
            self._file, self._there = self._make(), 0
        while self._there < self._place:
            skipped = self._file.read(min(_BUFFER, self._place - self._there))
            if not skipped:
                return 0
            self._there += len(skipped)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._there = self._place = self._place + len(data)
        return len(data)

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Close the member and its file."""
        try:
            self._close_file()
        finally:
            super().close()


def _is_there(folder: str, below: str) -> bool:
    return os.path.lexists(os.path.join(folder, below))  # noqa: PTH118 (names that are no text)


def _read_whole(member: BinaryIO) -> bytes:
    pieces = []
    while data := member.read(_BUFFER):
        pieces.append(data)
    return b"".join(pieces)


def _told(read: Callable[[], V]) -> V:
    """What is read; a limit that is reached is told like all else that cannot be read.

    Raises:
        UnreadableError: with the reason.
    """
    try:
        return read()
    except LimitError as error:
        raise UnreadableError(error.why.reason, error.why.detail) from None
