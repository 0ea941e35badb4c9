"""What the manifest of an iOS backup lists: `Manifest.db`, and `Manifest.mbdb` of before iOS 10.

A backup of iTunes or Finder keeps every file under the SHA-1 of its domain and path on the
telephone. Only the manifest knows what it was called there. It is evidence as all else, and may
list anything: it can name no file but those of its own backup, each once, and nothing is read or
written under a name that it gives.
"""

import hashlib
import plistlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.inside.sqlite_pages import FilePages, Pages
from hashmatch.sources.inside.view import View

MODULES: Final = ("encodings.utf_16_le", "encodings.utf_16_be", "plistlib", "xml.parsers.expat")
TIMES: Final = {
    "original-modified": "LastModified",
    "original-created": "Birth",
    "original-changed": "LastStatusChange",
}
"""Times of a file on the telephone, by their kinds on record, and what the manifest calls them."""
LONGEST_NAME: Final = 4096
"""Characters of a name; a path of iOS has 1,024 bytes at most."""

_SQLITE: Final = b"SQLite format 3\0"
_MBDB: Final = b"mbdb\x05\x00"
_NO_FILES: Final = (2, 4)
"""Flags of folders and links, which have no bytes in the backup."""
_ID: Final = re.compile(r"[0-9a-f]{40}")
_LONGEST_SETTINGS: Final = 64 << 20
_LONGEST_FACTS: Final = 1 << 20
_NOTHING: Final = 0xFFFF
_REGULAR: Final = 0x8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Listed(NamedTuple):
    """A file that a manifest lists.

    Attributes:
        file: where its bytes lie below the folder of the backup: `ab/abcd…`, or `abcd…` in those
            of before iOS 10.
        name: its domain and its path in it, as `CameraRollDomain/Media/DCIM/100APPLE/IMG_1.HEIC`.
        times: on the telephone, by kind as `TIMES`; ISO 8601 in UTC.
    """

    file: str
    name: str
    times: Mapping[str, str]


def listed_in(manifest: BinaryIO, check: Callable[[], None]) -> Iterator[Listed | Unreadable]:
    """The files that a manifest lists, each once; last what is wrong with it.

    Args:
        manifest: seekable.
        check: called now and then; raises where it takes too long.

    Raises:
        OSError: it cannot be read.
    """
    view = View(manifest)
    is_old = view.at(0, len(_MBDB)) == _MBDB
    if is_old:
        found = _in_mbdb(view)
    elif view.at(0, len(_SQLITE)) == _SQLITE:
        found = _in_database(view, check)
    else:
        return
    seen: set[bytes] = set()
    strange = renamed = 0
    for each in found:
        check()
        if isinstance(each, Unreadable):
            yield each
            continue
        key, domain, path, times = each
        if not _ID.fullmatch(key) or len(domain) + len(path) > LONGEST_NAME:
            strange += 1
            continue
        id_ = bytes.fromhex(key)
        if id_ in seen:
            strange += 1
            continue
        seen.add(id_)
        named = f"{domain}-{path}".encode("utf-8", "surrogatepass")
        renamed += hashlib.sha1(named, usedforsecurity=False).digest() != id_
        file = key if is_old else f"{key[:2]}/{key}"
        yield Listed(file, f"{domain}/{path}" if path else domain, times)
    if strange:
        yield Unreadable(Reason.DAMAGED, f"{strange:,} entries of it are of no file of this backup")
    if renamed:
        why = f"{renamed:,} names are not those by whose SHA-1 their files are called"
        yield Unreadable(Reason.DAMAGED, why)


_Entry: TypeAlias = tuple[str, str, str, Mapping[str, str]]
"""Name of the file, domain, path, times."""


def _in_database(view: View, check: Callable[[], None]) -> Iterator[_Entry | Unreadable]:
    pages = Pages(FilePages(view), check)
    table = next((each for each in pages.tables() if each.name == "Files"), None)
    if table is None:
        if pages.damaged:
            yield Unreadable(Reason.DAMAGED, "a manifest whose tables cannot be read")
        return
    names = ("fileID", "domain", "relativePath", "flags", "file")
    places = [
        table.columns.index(each) if each in table.columns else number
        for number, each in enumerate(names)
    ]
    for row in pages.rows(table.root):
        fields = pages.fields(row)
        key, domain, path, flags, facts = (
            fields[each] if each < len(fields) else None for each in places
        )
        if flags not in _NO_FILES:
            yield _text(key), _text(domain), _text(path), _times(facts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _times(facts: object) -> dict[str, str]:
    """The times in what the database holds of a file: an archive of objects in a property list."""
    try:
        values: Any = plistlib.loads(facts) if isinstance(facts, bytes) else {}
        objects = values.get("$objects")
        if objects:
            values = objects[values["$top"]["root"].data]
        return {kind: text for kind, name in TIMES.items() if (text := time_of(values.get(name)))}
    except Exception:  # noqa: BLE001 # a hostile list raises whatever it likes
        return {}


def time_of(value: object) -> str:
    """A moment, as seconds since 1970 or as such, in ISO 8601; empty of what is none."""
    try:
        if isinstance(value, datetime):
            return f"{value.replace(tzinfo=None).isoformat()}Z"
        if type(value) not in (int, float) or not value:
            return ""
        moment = _EPOCH + timedelta(seconds=value)  # type: ignore[arg-type] # a number
    except (OverflowError, ValueError):
        return ""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def _in_mbdb(view: View) -> Iterator[_Entry | Unreadable]:
    place = len(_MBDB)
    while place < view.size:
        texts = []
        for _ in range(5):
            length = view.number(place, 2, big=True)
            length = 0 if length == _NOTHING else length
            texts.append(view.at(place + 2, length))
            place += 2 + length
        mode = view.number(place, 2, big=True)
        moments = [view.number(place + 18 + 4 * each, 4, big=True) for each in range(3)]
        count = view.number(place + 39, 1)
        place += 40
        for _ in range(2 * count):
            length = view.number(place, 2, big=True)
            place += 2 + (0 if length == _NOTHING else length)
        if place > view.size:
            yield Unreadable(Reason.TRUNCATED, "the list of files of a backup ends in the middle")
            return
        if mode >> 12 == _REGULAR:
            domain, path = (each.decode("utf-8", "replace") for each in texts[:2])
            name = f"{domain}-{path}".encode()
            key = hashlib.sha1(name, usedforsecurity=False).hexdigest()
            # When it was read, between the other two, is left out.
            told = zip(("original-modified", "", "original-changed"), moments, strict=True)
            times = {kind: text for kind, at in told if kind and (text := time_of(at))}
            yield key, domain, path, times


def is_manifest(manifest: BinaryIO) -> bool:
    """Whether the file can be read as a manifest; that of an encrypted backup cannot."""
    manifest.seek(0)
    head = manifest.read(len(_SQLITE))
    return head == _SQLITE or head.startswith(_MBDB)


def says_encrypted(settings: BinaryIO) -> bool:
    """Whether the settings of a backup (`Manifest.plist`) say that it is encrypted."""
    settings.seek(0)
    data = settings.read(_LONGEST_SETTINGS)
    try:
        return bool(plistlib.loads(data).get("IsEncrypted"))
    except Exception:  # noqa: BLE001 # a hostile list raises whatever it likes
        return False
