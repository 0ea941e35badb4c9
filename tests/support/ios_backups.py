"""Backups as iTunes and Finder make them, by the libraries of SQLite and of property lists."""

import hashlib
import plistlib
import sqlite3
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
    CREATE TABLE Files (
        fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB
    );
    CREATE INDEX FilesDomainIdx ON Files(domain);
    CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
    CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);
"""
MODIFIED, CREATED, CHANGED = 1_500_000_000, 1_400_000_000, 1_600_000_000
TIMES = {
    "original-modified": "2017-07-14T02:40:00Z",
    "original-created": "2014-05-13T16:53:20Z",
    "original-changed": "2020-09-13T12:26:40Z",
}
"""The three in words, by a calendar."""


@dataclass(frozen=True)
class Kept:
    """A file of a telephone."""

    domain: str
    path: str
    data: bytes | None
    """None of one that is listed and missing."""
    flags: int = 1

    @property
    def id(self) -> str:
        """What it is called in the backup."""
        return hashlib.sha1(f"{self.domain}-{self.path}".encode()).hexdigest()  # noqa: S324 (so it is)

    @property
    def name(self) -> str:
        return f"{self.domain}/{self.path}"


def facts(path: str, size: int) -> bytes:
    """What a backup says of a file: an archive of objects."""
    return plistlib.dumps(
        {
            "$version": 100000,
            "$archiver": "NSKeyedArchiver",
            "$top": {"root": plistlib.UID(1)},
            "$objects": [
                "$null",
                {
                    "LastModified": MODIFIED,
                    "Birth": CREATED,
                    "LastStatusChange": CHANGED,
                    "Size": size,
                    "Mode": 0o100644,
                    "ProtectionClass": 3,
                    "RelativePath": plistlib.UID(2),
                    "$class": plistlib.UID(3),
                },
                path,
                {"$classname": "MBFile", "$classes": ["MBFile", "NSObject"]},
            ],
        },
        fmt=plistlib.FMT_BINARY,
    )


def manifest(path: Path, kept: list[Kept], ids: Mapping[str, str] | None = None) -> None:
    """A `Manifest.db`; `ids` has other names of files by the paths on the telephone."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    rows = [
        (
            (ids or {}).get(each.path, each.id),
            each.domain,
            each.path,
            each.flags,
            facts(each.path, len(each.data or b"")),
        )
        for each in kept
    ]
    database.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", rows)
    database.commit()
    database.close()


def settings(path: Path, *, encrypted: bool) -> None:
    """A `Manifest.plist`."""
    path.write_bytes(
        plistlib.dumps(
            {"IsEncrypted": encrypted, "Version": "10.0", "BackupKeyBag": b"\0" * 100},
            fmt=plistlib.FMT_BINARY,
        )
    )


def backup(folder: Path, kept: list[Kept], *, encrypted: bool = False) -> Path:
    """A backup of since iOS 10."""
    folder.mkdir(parents=True)
    manifest(folder / "Manifest.db", kept)
    settings(folder / "Manifest.plist", encrypted=encrypted)
    for each in kept:
        if each.data is not None and each.flags == 1:
            (folder / each.id[:2]).mkdir(exist_ok=True)
            (folder / each.id[:2] / each.id).write_bytes(each.data)
    return folder


def old_backup(folder: Path, kept: list[Kept]) -> Path:
    """A backup of before iOS 10: all files in one folder, and a list of a format of its own."""
    folder.mkdir(parents=True)
    records = b"mbdb\x05\x00"
    for each in kept:
        for text in (each.domain.encode(), each.path.encode(), None, b"\1" * 20, None):
            records += b"\xff\xff" if text is None else struct.pack(">H", len(text)) + text
        mode = {1: 0o100644, 2: 0o040755}[each.flags]
        records += struct.pack(">HQIIIIIQBB", mode, 7, 501, 501, MODIFIED, 0, CHANGED, 0, 4, 1)
        records += struct.pack(">H", 3) + b"key" + struct.pack(">H", 5) + b"value"
        if each.data is not None and each.flags == 1:
            (folder / each.id).write_bytes(each.data)
    (folder / "Manifest.mbdb").write_bytes(records)
    return folder
