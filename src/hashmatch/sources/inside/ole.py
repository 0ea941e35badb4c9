"""Compound documents (OLE): Word, Excel and PowerPoint before 2007, Outlook messages, Thumbs.db."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO, Final, TypeAlias

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner, LimitError
from hashmatch.sources.inside.carving import Carving
from hashmatch.sources.inside.later import later
from hashmatch.sources.inside.office_blips import blips, joined_drawings
from hashmatch.sources.inside.office_locked import decrypted, prepare
from hashmatch.sources.inside.office_locked import pictures as decrypted_pictures
from hashmatch.sources.inside.outlook import attachment_names, is_of_message, unpacked_rtf

_Document: TypeAlias = Any
"""What olefile gives."""
_Path: TypeAlias = tuple[str, ...]

_SMALLEST: Final = 26
"""Bytes of the smallest picture."""
_LARGEST: Final = 1 << 29
"""Bytes of a stream, which the library holds in memory, at most."""
_WORKBOOKS: Final = frozenset({"Workbook", "Book"})
_PICTURES: Final = "Pictures"
_RTF: Final = "__substg1.0_10090102"
_ENCRYPTED: Final = "EncryptedPackage"


class Ole:
    """Gives pictures cut out of their records, entries and attachments by name, further streams."""

    kinds: tuple[str, ...] = (
        "OLE document",
        "Word document",
        "Excel workbook",
        "PowerPoint presentation",
        "Outlook message",
        "Office document",
        "thumbnail database (Thumbs.db)",
    )
    modules: tuple[str, ...] = (
        "olefile",
        "numpy",
        "numpy.ma",
        "encodings.utf_16_le",
        "encodings.cp1252",
    )
    extra = "docs"
    optional: tuple[str, ...] = (
        *("msoffcrypto", "msoffcrypto.format.ooxml", "msoffcrypto.format.doc97"),
        *("msoffcrypto.format.ppt97", "msoffcrypto.format.xls97", "xml.dom.expatbuilder"),
    )

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; a document whose directory cannot be read is searched for pictures.

        Of an encrypted document of 2007 or later the one member is its zip archive.
        """
        import olefile

        opened = decrypted(file, budget, passwords)
        if isinstance(opened, Unreadable):
            yield opened
            return
        if opened is not None:
            file = opened.file
        if opened is not None and opened.is_package:
            step = Member("ole", 0, _ENCRYPTED)
            budget.member()
            yield Inner(step, file.seek(0, io.SEEK_END), open=lambda: file)
            return
        pieces = None if opened is None else opened.decrypt_piece
        file.seek(0)
        try:
            document = olefile.OleFileIO(file, raise_defects=olefile.DEFECT_FATAL)
            paths = sorted(tuple(each) for each in document.listdir(streams=True, storages=False))
        except LimitError:
            raise
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            detail = f"not a valid OLE document ({type(error).__name__})"
            yield Unreadable(Reason.DAMAGED, detail)
            yield from Carving()(file, budget)
            return
        yield from _Walk(document, paths, budget, pieces).members()

    @staticmethod
    def prepare() -> None:
        """Load what decrypts documents."""
        prepare()


class _Walk:
    """One document's members."""

    def __init__(
        self,
        document: _Document,
        paths: list[_Path],
        budget: Budget,
        decrypt_piece: Callable[[bytes], bytes] | None,
    ) -> None:
        self._document, self._paths, self._budget = document, paths, budget
        self._decrypt_piece = decrypt_piece
        self._number = 0
        self._thumbnails = self._catalog()
        self._attachments = attachment_names(paths, self._bytes)

    def members(self) -> Iterator[Inner | Unreadable]:
        """Streams in the order of their paths, those with pictures in records as these."""
        for path in self._paths:
            try:
                size = int(self._document.get_size(list(path)))
            except Exception:  # noqa: BLE001 # the library's errors have no common root
                size = 0
            if path[-1] == _ENCRYPTED:
                yield Unreadable(Reason.ENCRYPTED, "encrypted Office document")
            elif size >= _SMALLEST and is_of_message(path):
                yield from self._stream(path, size)

    def _stream(self, path: _Path, size: int) -> Iterator[Inner]:
        given: set[str] = set()
        if path[-1] == _PICTURES or path[-1] in _WORKBOOKS:
            try:
                yield from self._pictures(path, given)
            except UnreadableError as error:
                yield self._next("/".join(path), problem=Unreadable(error.reason, error.detail))
            if path[-1] == _PICTURES:
                return
        name = "/".join(path)
        times: dict[str, str] = {}
        if path in self._attachments:
            name = self._attachments[path]
        elif path[-1] in self._thumbnails and len(path) == 1:
            name, times = self._thumbnails[path[-1]]
        read = partial(self._file, path)
        yield replace(self._next(name, size=size, times=times, read=read), given=frozenset(given))

    def _next(
        self,
        name: str,
        *,
        size: int | None = None,
        times: dict[str, str] | None = None,
        problem: Unreadable | None = None,
        read: Any = None,  # noqa: ANN401 # a callable, or none
        is_made: bool = False,
    ) -> Inner:
        self._budget.member()
        step = Member("ole", self._number, name)
        self._number += 1
        opened = later(read) if read else None
        return Inner(step, size, times or {}, problem, opened, is_made)

    def _pictures(self, path: _Path, given: set[str]) -> Iterator[Inner]:
        """Pictures in the records of a stream; their SHA-256 are added to `given`."""
        data = self._bytes(path)
        if path[-1] == _PICTURES and self._decrypt_piece is not None:
            data = decrypted_pictures(data, self._decrypt_piece, self._budget)
        if path[-1] in _WORKBOOKS:
            data = joined_drawings(data)
        for place, kind, held in blips(data, self._budget):
            given.add(hashlib.sha256(held).hexdigest())
            yield self._next(
                f"{'/'.join(path)}/{place}.{kind}",
                size=len(held),
                read=partial(io.BytesIO, held),
                is_made=kind == "bmp",
            )

    def _bytes(self, path: _Path) -> bytes:
        """Bytes of a stream.

        Raises:
            UnreadableError: they cannot be read.
        """
        try:
            return self._held(path)
        except (LimitError, UnreadableError):
            raise
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            detail = f"damaged in its OLE document ({type(error).__name__})"
            raise UnreadableError(Reason.DAMAGED, detail) from None

    def _held(self, path: _Path) -> bytes:
        size = self._document.get_size(list(path))
        if size > _LARGEST:
            raise UnreadableError(Reason.TOO_MANY_BYTES, f"a stream of {size:,} bytes")
        with self._document.openstream(list(path)) as stream:
            return bytes(stream.read())

    def _file(self, path: _Path) -> BinaryIO:
        data = self._bytes(path)
        if path[-1] == _RTF:
            data = unpacked_rtf(data, self._budget)
        elif self._thumbnails and len(path) == 1:
            data = _thumbnail(data)
        return io.BytesIO(data)

    def _catalog(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Names and times of thumbnails, by their streams."""
        if ("Catalog",) not in self._paths:
            return {}
        try:
            return dict(_entries(self._bytes(("Catalog",))))
        except UnreadableError:
            return {}


_FIRST: Final = 16
_NAME: Final = 16
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def _entries(catalog: bytes) -> Iterator[tuple[str, tuple[str, dict[str, str]]]]:
    """Streams of thumbnails, and the names and times of the files that they show."""
    place = int.from_bytes(catalog[:2], "little") or _FIRST
    while place + _NAME < len(catalog):
        length = int.from_bytes(catalog[place : place + 4], "little")
        number = int.from_bytes(catalog[place + 4 : place + 8], "little")
        if length < _NAME:
            break
        text = catalog[place + _NAME : place + length].decode("utf-16-le", "replace")
        ticks = int.from_bytes(catalog[place + 8 : place + 16], "little")
        yield str(number)[::-1], (text.split("\0")[0], _modified(ticks))
        place += length


def _modified(ticks: int) -> dict[str, str]:
    try:
        moment = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return {}
    return {"modified": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} if ticks else {}


_JPEG: Final = re.compile(rb"\xff\xd8\xff|\x89PNG")
_HEADER: Final = 64


def _thumbnail(data: bytes) -> bytes:
    """The picture of a thumbnail, without the header before it."""
    found = _JPEG.search(data, 0, _HEADER)
    return data[found.start() :] if found else data
