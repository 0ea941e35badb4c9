"""Files of what is imported: a file, those of a folder, those in a ZIP archive.

Nothing is written to disk. Links are not followed, and an archive in an archive is not opened.
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

HEAD: Final = 1 << 16
"""Bytes that are looked at to see what a file is."""

_CHUNK: Final = 1 << 20
_MOST_FILES: Final = 100_000
_MOST_BYTES: Final = 1 << 37
"""Bytes that all members of an archive have, expanded."""
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
        with _understood(self._member.name):
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
        if self.archive is None or self.info is None:
            return MemberStream(self, buffered(open_regular(self.path, links=False)))
        _check(self.info, self.name)
        with _understood(self.name):
            return MemberStream(self, self.archive.open(self.info))

    def head(self) -> bytes:
        """Its first bytes."""
        if self._head is None:
            with self.open() as stream:
                self._head = stream.read(HEAD)
        return self._head

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
    """

    name: str
    files: list[Member]
    notes: Notes = field(default_factory=Notes)
    alone: bool = False


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
        return Members(path.name, [alone], alone=True)
    return _in_archive(path, alone.path)


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
    found = Members(path.name or str(path), [])
    for folder, inner, names in os.walk(path, onerror=_raise):
        inner[:] = sorted(each for each in inner if not _is_link(Path(folder, each), found))
        for name in names:
            each = Path(folder, name)
            if _is_link(each, found):
                continue
            if not each.is_file():
                found.notes.count("devices, pipes and sockets, left out")
                continue
            found.files.append(Member(each.relative_to(path).as_posix(), each))
            _check_count(len(found.files), found.name)
    found.files.sort(key=lambda each: each.name)
    return found


def _raise(error: OSError) -> None:
    raise error


def _is_link(path: Path, found: Members) -> bool:
    if not path.is_symlink():
        return False
    found.notes.count("symbolic links, not followed")
    return True


def _in_archive(path: Path, real: Path) -> Members:
    with _understood(path.name):
        archive = zipfile.ZipFile(real)
        infos = archive.infolist()
    _check_count(len(infos), path.name)
    if any(each.filename == "[Content_Types].xml" for each in infos):
        msg = f"{path.name} is an Office document: save its tables as CSV, and import those"
        raise IntakeError(msg)
    if sum(each.file_size for each in infos) > _MOST_BYTES:
        msg = f"{path.name} expands to over {_MOST_BYTES:,} bytes: import its files by themselves"
        raise IntakeError(msg)
    found = Members(path.name, [])
    for each in infos:
        if each.is_dir():
            continue
        if (each.external_attr >> 16) & 0o170000 == 0o120000:  # noqa: PLR2004 (S_IFMT, S_IFLNK)
            found.notes.count("symbolic links, not followed")
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
