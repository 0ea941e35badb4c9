"""A compressed file or a file in an archive as it expands, within limits."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeAlias

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.compressed import Streams

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BYTES = 64 << 30
"""Bytes of an expanded list; more is refused."""

MOST_RATIO, FREE_BYTES = 200, 64 << 20
"""What a list may expand to: so many times its size, and so many bytes besides. Lists of text
shrink to a fortieth at most; what grows more is made to fill the memory."""


class Stream(Protocol):
    """What streams and files in archives have in common."""

    def read1(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...

    def seek(self, offset: int, whence: int, /) -> int:
        """Go to a byte, and tell which it is."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


Opener: TypeAlias = Callable[[IO[bytes]], Stream]

DAMAGED = (OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError)


@dataclass(slots=True)
class Packed:
    """A list that lies compressed in a file.

    Attributes:
        path: of the file as it was handed out.
        kind: as `zip archive`.
        member: name of the list inside.
        others: members of the archive that are no hash lists: number, and what they are.
        is_cut: whether the file turned out to end before the list did.
        before: bytes in front of the archive.
        behind: bytes behind its end that are not zeros; of a stream, known once it was read.
    """

    path: Path
    kind: str
    member: str
    opener: Opener
    others: tuple[tuple[int, str], ...] = ()
    is_cut: bool = False
    before: int = 0
    behind: int = 0

    def open(self, file: io.BufferedReader) -> io.BufferedReader:
        """The list as it expands, from the file as it was handed out.

        Raises:
            ListFormatError: it is damaged or encrypted, or expands beyond the limits.
        """
        try:
            stream = self.opener(file)
        except DAMAGED as error:
            raise self.damaged(error) from None
        return io.BufferedReader(_Expanding(stream, file, self), 1 << 16)

    def damaged(self, error: Exception) -> ListFormatError:
        """What to say of a file that cannot be expanded."""
        return ListFormatError(f"{self.path} is a damaged {self.kind}, obtain it again: {error}")


class _Expanding(io.RawIOBase):
    """Bytes of a compressed file as they expand, counted."""

    def __init__(self, stream: Stream, file: io.BufferedReader, packed: Packed) -> None:
        self._stream, self._file, self._packed = stream, file, packed
        size = packed.path.stat().st_size
        self._most = min(MOST_BYTES, size * MOST_RATIO + FREE_BYTES)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte of the expanded list; readers only go back to its beginning."""
        self._at = self._stream.seek(offset, whence)
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what the next bytes of the file expand to.

        Raises:
            ListFormatError: the file is damaged, or expands beyond the limits.
        """
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read1(len(view))
        except EOFError:
            self._packed.is_cut = True
            return 0
        except DAMAGED as error:
            raise self._packed.damaged(error) from None
        except MemoryError:
            msg = f"{self._packed.path} needs more memory to expand than there is"
            raise ListFormatError(msg) from None
        if not data and isinstance(self._stream, Streams):
            self._packed.behind = self._stream.behind
        self._at += len(data)
        if self._at > self._most:
            msg = (
                f"{self._packed.path} expands to more than {self._most:,} bytes, which no hash "
                "list of its size does: unpack it yourself if you trust it"
            )
            raise ListFormatError(msg)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            with suppress(*DAMAGED):
                self._stream.close()
            self._file.close()
        super().close()
