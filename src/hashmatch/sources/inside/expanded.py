"""What is known of a file, or of what lies in it, once it was read from the inside."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.files.digesting import Digester
from hashmatch.kinds.sniffing import Container
from hashmatch.model import Digests, Unreadable
from hashmatch.model.locator import Step
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.image_items import ImageItems
from hashmatch.sources.inside.streams import Stream
from hashmatch.sources.inside.volume_reports import ReadMedium

HEAD: Final = 1 << 16
PIECE_HELD: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Expanded:
    """An item: the file itself, or what lies in it.

    Attributes:
        steps: from the file to it; none for the file itself.
        inner: what its container says of it; None for the file itself.
        file: its bytes, seekable, until the next item is asked for; None where they cannot be
            read or were not kept.
        size: of its bytes; None where they could not be read.
        digests: of bytes that were read once and not kept; empty where `file` has them.
        kind: which container it is; None where it is none. Its members came before it.
        problems: why it was not read, or not all of it: of its own bytes, and of the container.
        opened: whether a container in it, or behind the picture or film that it is, was opened.
            What could not be read of one behind it is said of that one.
        extra: which extra its parser needs that is not installed; empty if none.
        is_further: whether it is a further file of a disk image that begins in another file.
        media: of the file itself: the disk images in it, with what became of their volumes.
        original_name: what it was called where it came from, or what it lies in; empty where
            nothing tells it.
        image: the disk image that the file itself is, where it is to be read by others.
    """

    steps: tuple[Step, ...]
    inner: Inner | None = None
    file: BinaryIO | None = None
    size: int | None = None
    digests: Digests = field(default_factory=Digests)
    kind: Container | None = None
    problems: tuple[Unreadable, ...] = ()
    opened: bool = False
    extra: str = ""
    is_further: bool = False
    media: tuple[ReadMedium, ...] = ()
    original_name: str = ""
    image: ImageItems | None = None


class Passing(Stream):
    """Bytes that pass by once: what reads them on counts and computes their digests."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._there, self._place, self._file = head, 0, file
        self.ahead = file.ahead if isinstance(file, Stream) else 0
        self.digester = Digester()
        self.digester.update(head)
        self.problem: Unreadable | None = None

    def piece(self, size: int) -> bytes:
        """The next bytes; none where they cannot be read, which `problem` says."""
        if self._place == len(self._there):
            self._there, self._place = self._more(max(size, self.ahead)), 0
        data = self._there[self._place : self._place + size]
        self._place += len(data)
        return data

    def _more(self, size: int) -> bytes:
        if self.problem is not None:
            return b""
        try:
            data = self._file.read(size)
        except UnreadableError as error:
            # Its end is the end of the file, for whoever reads a container in it.
            self.problem = Unreadable(error.reason, error.detail)
            return b""
        self.digester.update(data)
        return data


def called(inner: Inner, steps: tuple[Step, ...], found: Iterator[Expanded]) -> Iterator[Expanded]:
    """A member with all that lies in it; of each it is told what the file was called.

    Args:
        inner: the member.
        steps: that lead to it.
        found: it, and what lies in it.
    """
    for item in found:
        if item.original_name or not inner.original_name:
            yield item
        else:
            below = map(str, item.steps[len(steps) :])
            yield replace(item, original_name="!".join([inner.original_name, *below]))


def counted(items: Iterator[Expanded], depth: int, locked: Counter[bool]) -> Iterator[Expanded]:
    """The same items; those of this depth are counted by whether they are encrypted."""
    for item in items:
        if len(item.steps) == depth:
            locked[bool(item.problems) and item.problems[0].reason is Reason.ENCRYPTED] += 1
        yield item


def sha256_of(inner: Inner) -> str:
    """The SHA-256 of what lies in its container as it is; empty where it cannot be opened."""
    if inner.open is None:
        return ""
    with inner.open() as opened:
        return hashlib.sha256(opened.read()).hexdigest()
