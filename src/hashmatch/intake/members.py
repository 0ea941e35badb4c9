"""Files of what is imported: a file, those of a folder, those in a ZIP archive.

Nothing is written to disk. Links are not followed. Archives in a folder are opened, those in an
archive are not.
"""

import errno
import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from hashmatch.errors import IntakeError
from hashmatch.files.regular import buffered, open_regular
from hashmatch.intake.noting import Notes
from hashmatch.visible import printable

HEAD: Final = 1 << 16
"""Bytes that are looked at to see what a file is."""

_CHUNK: Final = 1 << 20
_MOST_FILES: Final = 100_000
_MOST_BYTES: Final = 1 << 37
"""Bytes that all members of an archive have, expanded."""
_ARCHIVE: Final = b"PK\x03\x04"
_LINKS: Final = "symbolic links, not followed"
_OFFICE: Final = "Office documents, left out: save their tables as CSV"
_LARGE: Final = 1 << 26
_MOST_RATIO: Final = 200
"""How many times a large member may be larger than it lies in the archive; logs reach 100."""

_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError),
    *(ValueError, OverflowError, MemoryError),
)
"""What the standard library says of archives that are damaged or made to do harm."""


@contextmanager
def _understood(name: str) -> Iterator[None]:
    """Say of what is damaged that it is."""
    try:
        yield
    except _UNREADABLE:
        raise _damaged(name) from None
    except OSError as error:
        # An offset before the start, or bzip2 that is none.
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise _damaged(name) from None


class MemberStream:
    """The bytes of a member; what is wrong with them is an `IntakeError`."""

    def __init__(self, member: "Member", file: IO[bytes]) -> None:
        self._member = member
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            IntakeError: the archive is damaged there.
        """
        with _understood(self._member.shown):
            return self._file.read(size)

    def close(self) -> None:
        """Close it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(slots=True)
class Member:
    """One file.

    Attributes:
        name: of the file, with the folders below what is imported, joined by `/`.
        path: of the file, or of the archive that it lies in.
        archive: that it lies in; None where it lies in a folder.
    """

    name: str
    path: Path
    archive: zipfile.ZipFile | None = None
    info: zipfile.ZipInfo | None = None
    _head: bytes | None = None
    _sha256: str = ""
    _state: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """Its name as text that can be shown and stored, whatever is in it."""
        return printable(self.name)

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return self.name.rpartition("/")[0]

    def open(self) -> MemberStream:
        """Its bytes from the first one.

        Raises:
            IntakeError: it cannot be expanded.
            OSError: it cannot be opened.
        """
        self.check_unchanged()
        if self.archive is None or self.info is None:
            return MemberStream(self, buffered(open_regular(self.path, links=False)))
        _check(self.info, self.shown)
        with _understood(self.shown):
            return MemberStream(self, self.archive.open(self.info))

    def check_unchanged(self) -> None:
        """Nothing, if the file is as it was when it was first read.

        Raises:
            IntakeError: it is another one: its digest and its records would be of two states.
        """
        status = self.path.stat()
        state = status.st_size, status.st_mtime_ns, status.st_ino
        self._state = self._state or state
        if state != self._state:
            msg = f"{self.shown} changed while it was read: nothing of it was imported"
            raise IntakeError(msg)

    def head(self) -> bytes:
        """Its first bytes."""
        if self._head is None:
            with self.open() as stream:
                self._head = stream.read(HEAD)
        return self._head

    def forget(self) -> None:
        """Hold its first bytes no longer: a folder may have as many files as it likes."""
        self._head = None

    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        if not self._sha256:
            found = hashlib.sha256()
            with self.open() as stream:
                while chunk := stream.read(_CHUNK):
                    found.update(chunk)
            self._sha256 = found.hexdigest()
        return self._sha256


@dataclass(slots=True)
class Members:
    """The files of what is imported, in the order of their names.

    Attributes:
        name: of the file or folder.
        files: those that can be read.
        notes: what was left out.
        alone: whether it is one file.
        links: that are not followed.
        is_office: whether it is a document of Office, which is an archive too.
    """

    name: str
    files: list[Member]
    notes: Notes = field(default_factory=Notes)
    alone: bool = False
    links: int = 0
    is_office: bool = False


def members_of(path: Path) -> Members:
    """The files of a path.

    Raises:
        IntakeError: an archive that cannot be read, or more files than are.
        OSError: nothing is there, or it is no file or folder.
    """
    if path.is_dir():
        return _in_folder(path)
    alone = Member(path.name, path)
    if path.is_symlink():
        alone.path = path.resolve()
    if not zipfile.is_zipfile(_checked(alone.path)):
        return Members(printable(path.name), [alone], alone=True)
    found = _in_archive(path, alone.path)
    if found.is_office:
        msg = f"{found.name} is an Office document: save its tables as CSV, and import those"
        raise IntakeError(msg)
    return found


def sha256_of(members: Sequence[Member]) -> str:
    """The digest of one file; of several the digest of their names and digests in order."""
    if len(members) == 1:
        return members[0].sha256()
    lines = sorted(f"{each.name}\0{each.sha256()}\n" for each in members)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _checked(path: Path) -> Path:
    """The path of a regular file, which nobody waits for."""
    buffered(open_regular(path)).close()
    return path


def _in_folder(path: Path) -> Members:
    found = Members(printable(path.resolve().name), [])
    for folder, inner, names in os.walk(path, onerror=_raise):
        inner[:] = sorted(each for each in inner if not _is_link(Path(folder, each), found))
        for name in names:
            each = Path(folder, name)
            if _is_link(each, found):
                continue
            if not each.is_file():
                found.notes.count("devices, pipes and sockets, left out")
                continue
            inside = each.relative_to(path).as_posix()
            if _is_archive(each):
                _add_archive(found, each, inside)
            else:
                found.files.append(Member(inside, each))
            _check_count(len(found.files), found.name)
    found.files.sort(key=lambda each: each.name)
    return found


def _is_archive(path: Path) -> bool:
    with buffered(open_regular(path, links=False)) as file:
        return file.read(4) == _ARCHIVE and zipfile.is_zipfile(path)


def _add_archive(found: Members, path: Path, inside: str) -> None:
    """Add the files of an archive that lies in a folder."""
    added = _in_archive(path, path)
    for each in added.files:
        each.name = f"{inside}/{each.name}"
        found.files.append(each)
    if added.is_office:
        found.notes.count(_OFFICE)
    found.notes.count(_LINKS, added.links)


def _raise(error: OSError) -> None:
    raise error


def _is_link(path: Path, found: Members) -> bool:
    if not path.is_symlink():
        return False
    found.links += 1
    found.notes.count(_LINKS)
    return True


def _in_archive(path: Path, real: Path) -> Members:
    with _understood(path.name):
        archive = zipfile.ZipFile(real)
        infos = archive.infolist()
    _check_count(len(infos), path.name)
    found = Members(printable(path.name), [])
    found.is_office = any(each.filename == "[Content_Types].xml" for each in infos)
    if found.is_office:
        return found
    if sum(each.file_size for each in infos) > _MOST_BYTES:
        msg = f"{path.name} expands to over {_MOST_BYTES:,} bytes: import its files by themselves"
        raise IntakeError(msg)
    for each in infos:
        if each.is_dir():
            continue
        if (each.external_attr >> 16) & 0o170000 == 0o120000:  # noqa: PLR2004 (S_IFMT, S_IFLNK)
            found.links += 1
            found.notes.count(_LINKS)
            continue
        if each.flag_bits & 1:
            msg = f"{path.name} is encrypted: expand it with its password, and import the folder"
            raise IntakeError(msg)
        found.files.append(Member(each.filename, real, archive, each))
    found.files.sort(key=lambda each: each.name)
    return found


def _check_count(count: int, name: str) -> None:
    if count > _MOST_FILES:
        msg = f"{name} has more than {_MOST_FILES:,} files: import its folders by themselves"
        raise IntakeError(msg)


def _check(info: zipfile.ZipInfo, name: str) -> None:
    if info.file_size > _LARGE and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
        msg = (
            f"{name} expands to more than {_MOST_RATIO} times its size, as nothing but a bomb does:"
            " expand it by other means if it is none, and import the file"
        )
        raise IntakeError(msg)


def _damaged(name: str) -> IntakeError:
    return IntakeError(f"{name} is a damaged archive, or lies in one: nothing of it was imported")
