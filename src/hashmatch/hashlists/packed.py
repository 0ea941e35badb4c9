"""Hash lists in a compressed file or an archive: read as they expand, within limits."""

import io
import zipfile
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, cast

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.compressed import STREAMS, Start, Streams
from hashmatch.hashlists.expanding import DAMAGED, Opener, Packed, Stream
from hashmatch.hashlists.foreign import what_is

if TYPE_CHECKING:
    from hashmatch.hashlists.base import ListFile

MOST_MEMBERS = 1000
"""Files in an archive; more is no way to hand out a hash list."""

_NAMED = 10
_SHORTEST_DIRECTORY_ROW = 46
_ENCRYPTED = 0x1
_END_OF_ZIP, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_LEFT_BY_SYSTEMS = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")


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
    except (*DAMAGED, EOFError, NotImplementedError) as error:
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


def _stream_opener(magic: bytes, start: Start) -> Opener:
    return lambda file: Streams(file, magic, start)


def _opener(member: str) -> Opener:
    def opened(file: IO[bytes]) -> Stream:
        try:
            return cast("Stream", zipfile.ZipFile(file).open(member))
        except (NotImplementedError, RuntimeError, KeyError) as error:
            raise zipfile.BadZipFile(str(error)) from None

    return opened
