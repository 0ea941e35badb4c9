"""Hash lists in a compressed file or an archive: read as they expand, within limits."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeAlias, cast

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.compressed import STREAMS, Start, Streams
from hashmatch.hashlists.foreign import what_is

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from hashmatch.hashlists.base import ListFile

MOST_BYTES = 64 << 30
"""Bytes of an expanded list; more is refused."""

MOST_RATIO, FREE_BYTES = 200, 64 << 20
"""What a list may expand to: so many times its size, and so many bytes besides. Lists of text
shrink to a fortieth at most; what grows more is made to fill the memory."""

MOST_MEMBERS = 1000
"""Files in an archive; more is no way to hand out a hash list."""

_NAMED = 10
_SHORTEST_DIRECTORY_ROW = 46
_ENCRYPTED = 0x1
_END_OF_ZIP, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_LEFT_BY_SYSTEMS = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


class _Stream(Protocol):
    """What streams and files in archives have in common."""

    def read1(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int, /) -> int: ...
    def close(self) -> None: ...


_Opener: TypeAlias = Callable[[IO[bytes]], _Stream]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")

_DAMAGED = (OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError)


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
    opener: _Opener
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
        except _DAMAGED as error:
            raise self.damaged(error) from None
        return io.BufferedReader(_Expanding(stream, file, self), 1 << 16)

    def damaged(self, error: Exception) -> ListFormatError:
        """What to say of a file that cannot be expanded."""
        return ListFormatError(f"{self.path} is a damaged {self.kind}, obtain it again: {error}")


class _Expanding(io.RawIOBase):
    """Bytes of a compressed file as they expand, counted."""

    def __init__(self, stream: _Stream, file: io.BufferedReader, packed: Packed) -> None:
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
        except _DAMAGED as error:
            raise self._packed.damaged(error) from None
        except MemoryError:
            msg = f"{self._packed.path} asks for more memory to expand than there is"
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
            with suppress(*_DAMAGED):
                self._stream.close()
            self._file.close()
        super().close()


def packing_of(file: "ListFile", is_list: Callable[[bytes], bool]) -> Packed | None:
    """How a file is compressed; None if it is not.

    Args:
        file: as it was handed out.
        is_list: whether a file that starts with these bytes is a hash list.

    Raises:
        ListFormatError: it is damaged or encrypted, holds no hash list or several, or holds one
            that is compressed once more.
    """
    head = file.head()
    for magic, kind, start in STREAMS:
        if head.startswith(magic):
            name = file.path.name
            opener = _stream_opener(magic, start)
            packed = Packed(file.path, kind, name[: -len(file.path.suffix) or None], opener)
            _check_once(packed, _head(file, packed))
            return packed
    return _zip(file, is_list) if head.startswith(_ZIP) else None


def _head(file: "ListFile", packed: Packed) -> bytes:
    with file.open() as opened, packed.open(opened) as expanded:
        return expanded.read(1 << 16)


def _check_once(packed: Packed, head: bytes) -> None:
    inner = what_is(head)
    if head.startswith((*(magic for magic, _, _ in STREAMS), *_ZIP)) or "archive" in inner:
        msg = f"{packed.member} in {packed.path} is {inner}: unpack {packed.path.name} first"
        raise ListFormatError(msg)


def _zip(file: "ListFile", is_list: Callable[[bytes], bool]) -> Packed:
    """The one hash list of a zip archive."""
    members, around = _members(file)
    found: list[Packed] = []
    others: list[tuple[int, str]] = []
    for number, member in enumerate(members, 1):
        packed = Packed(file.path, "zip archive", member.filename, _opener(member.filename))
        if not member.file_size:
            others.append((number, f"{member.filename} is empty"))
            continue
        head = _head(file, packed)
        _check_once(packed, head)
        if is_list(head):
            found.append(packed)
        else:
            others.append((number, f"{member.filename} is {what_is(head) or 'no hash list'}"))
    if len(found) > 1:
        names = ", ".join(each.member for each in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        msg = (
            f"{file.path} holds {len(found)} hash lists ({names}{more}): unpack it, and name "
            "the lists one by one"
        )
        raise ListFormatError(msg)
    if not found:
        what = "; ".join(words for _, words in others[:_NAMED]) or "it is empty"
        msg = f"{file.path} is a zip archive without a hash list: {what}"
        raise ListFormatError(msg)
    found[0].others = tuple(others)
    found[0].before, found[0].behind = around
    return found[0]


def _members(file: "ListFile") -> tuple[list[zipfile.ZipInfo], tuple[int, int]]:
    """The files in a zip archive, but for what systems leave in every folder; bytes around it."""
    try:
        with file.open() as opened, zipfile.ZipFile(opened) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            around = _around(archive, opened)
    except (*_DAMAGED, EOFError, NotImplementedError) as error:
        msg = f"{file.path} is a damaged zip archive, obtain it again: {error}"
        raise ListFormatError(msg) from None
    names = {each.filename for each in members}
    if document := _document(names):
        msg = f"{file.path} is {document}, not a hash list"
        raise ListFormatError(msg)
    if len(members) > MOST_MEMBERS:
        msg = (
            f"{file.path} is a zip archive of {len(members):,} files: unpack the list that you mean"
        )
        raise ListFormatError(msg)
    kept = [each for each in members if not _is_litter(each.filename)]
    if any(each.flag_bits & _ENCRYPTED for each in kept):
        msg = f"{file.path} is an encrypted zip archive: unpack it with its password first"
        raise ListFormatError(msg)
    return kept, around


def _around(archive: zipfile.ZipFile, file: io.BufferedReader) -> tuple[int, int]:
    """How many bytes lie in front of an archive and behind it, which its directory does not name.

    Of several archives in a row only the last one has a directory that is read.
    """
    first = min((each.header_offset for each in archive.infolist()), default=archive.start_dir)
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _END_LENGTH - _LONGEST_COMMENT, 0))
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    comment = int.from_bytes(tail[at + _END_LENGTH - 2 : at + _END_LENGTH], "little")
    return first, len(tail[at + _END_LENGTH + comment :].strip(b"\0"))


def _document(names: set[str]) -> str:
    """Which kind of document an archive with these files is, in words; empty if it is none."""
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return "an Excel workbook (save the sheet as CSV)"
        return "an Office document"
    if "mimetype" in names or "META-INF/container.xml" in names:
        return "a document (OpenDocument or EPUB)"
    return ""


def _is_litter(name: str) -> bool:
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last.startswith("._") or last.lower() in _LEFT_BY_SYSTEMS


def _stream_opener(magic: bytes, start: Start) -> _Opener:
    return lambda file: Streams(file, magic, start)


def _opener(member: str) -> _Opener:
    def opened(file: IO[bytes]) -> _Stream:
        try:
            return cast("_Stream", zipfile.ZipFile(file).open(member))
        except (NotImplementedError, RuntimeError, KeyError) as error:
            raise zipfile.BadZipFile(str(error)) from None

    return opened
