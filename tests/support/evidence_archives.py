"""Archives of a tree of evidence: every kind with pictures of its own."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

import py7zr
import pytest

from tests.support import archives
from tests.support.archives import Contents

Pictures = Sequence[bytes]


def named(pictures: Pictures, pattern: str = "photos/{}.jpg") -> Contents:
    """Pictures with names, each another one where the pattern has a place for a number."""
    return [(pattern.format(number), data) for number, data in enumerate(pictures)]


def raw_zip(members: Sequence[tuple[bytes, bytes]], *, directory: bool = True) -> bytes:
    """A zip archive with names as bytes, that no program would write."""
    out, rows = b"", b""
    for number, (name, data) in enumerate(members):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        method = 8 * (number % 2)
        packed = packer.compress(data) + packer.flush() if method else data
        fields = struct.pack(
            "<5H3L2H", 20, 0, method, 0, 33, zlib.crc32(data), len(packed), len(data), len(name), 0
        )
        rows += b"PK\1\2" + struct.pack("<H", 20) + fields + bytes(10)
        rows += struct.pack("<L", len(out)) + name
        out += b"PK\3\4" + fields + name + packed
    if not directory:
        return out
    count = len(members)
    return (
        out + rows + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, count, count, len(rows), len(out), 0)
    )


def odd_names(pictures: Pictures) -> bytes:
    """Names in code page 437, Shift-JIS and UTF-8, absolute ones, ones that lead out, and twice."""
    names = (
        *("größe.jpg".encode("cp437"), "写真ファイル.jpg".encode("cp932"), "größer.jpg".encode()),
        *(b"/etc/absolute.jpg", b"../../outside.jpg", b"C:\\Users\\x.jpg"),
        *(b"same.jpg", b"same.jpg"),
    )
    return raw_zip(list(zip(names, pictures, strict=True)))


def cut(data: bytes) -> bytes:
    """All but the last bytes."""
    return data[: -len(data) // 20]


def nested(pictures: Pictures) -> bytes:
    """A zip in a tar.gz in a 7z in a zip archive, with a picture on each level."""
    data = archives.zipped([("4.jpg", pictures[3])])
    data = gzip.compress(archives.tarred([("4.zip", data), ("3.jpg", pictures[2])]))
    data = seven([("3.tar.gz", data), ("2.jpg", pictures[1])])
    return archives.zipped([("2.7z", data), ("1.jpg", pictures[0])], zipfile.ZIP_STORED)


def seven(contents: Contents, password: str | None = None) -> bytes:
    """A 7z archive by a library."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in contents:
            archive.writestr(data, name)
    return out.getvalue()


def cpio(contents: Contents) -> bytes:
    """As `cpio -H newc` writes it."""
    out = b""
    for number, (name, data) in enumerate([*contents, ("TRAILER!!!", b"")], 1):
        raw = name.encode() + b"\0"
        fields = (number, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + raw
        out += head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
    return out


def ar(contents: Contents) -> bytes:
    """As `ar` writes it for BSD: long names stand before the data."""
    out = b"!<arch>\n"
    for name, data in contents:
        raw = name.encode()
        head = b"#1/%d" % len(raw)
        size = len(raw) + len(data)
        out += b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (head, 0, 0, 0, 0o644, size)
        out += raw + data + b"\n" * (size % 2)
    return out


def cabinets(pictures: Pictures) -> bytes:
    """Three compressed cabinets, each of one picture, in a tar archive."""
    made = [archives.compressed_cabinet(b"a.jpg", _blocks(data)) for data in pictures]
    return archives.tarred([(f"{number}.cab", data) for number, data in enumerate(made)])


def _blocks(data: bytes) -> list[bytes]:
    return [data[at : at + 32768] for at in range(0, len(data), 32768)]


def one_each(pack: Callable[[bytes], bytes]) -> Callable[[Pictures], bytes]:
    """Pictures compressed for themselves, in a tar archive."""
    return lambda pictures: archives.tarred(
        [(f"{number}.jpg.packed", pack(data)) for number, data in enumerate(pictures)]
    )


def packed_tar(pack: Callable[[bytes], bytes]) -> Callable[[Pictures], bytes]:
    """A compressed tar archive."""
    return lambda pictures: pack(archives.tarred(named(pictures)))


def office(folder: str, first: str, mark: bytes) -> Callable[[Pictures], bytes]:
    """A document that is a zip archive."""
    return lambda pictures: archives.zipped(
        [(first, mark), *named(pictures, folder + "/image{}.jpeg")]
    )


def _split_tar(pictures: Pictures) -> bytes:
    """A tar archive with long names, names twice, absolute and leading out."""
    long = "long/" * 40 + "name.jpg"
    names = (long, "same.jpg", "same.jpg", "/absolute.jpg", "../../out.jpg", "写真.jpg")
    return archives.tarred(list(zip(names, pictures, strict=True)), tarfile.GNU_FORMAT)


PASSWORD: Final = "secret"  # noqa: S105 (of a test)
_ODF: Final = b"application/vnd.oasis.opendocument.text"
ARCHIVES: Final[Mapping[str, tuple[int, Callable[[Pictures], bytes]]]] = MappingProxyType(
    {
        "zip stored": (3, lambda each: archives.zipped(named(each), zipfile.ZIP_STORED)),
        "zip deflated": (3, lambda each: archives.zipped(named(each, "{}.txt"))),
        "zip bzip2": (3, lambda each: archives.zipped(named(each), zipfile.ZIP_BZIP2)),
        "zip lzma": (3, lambda each: archives.zipped(named(each), zipfile.ZIP_LZMA)),
        "zip streamed": (3, lambda each: archives.streamed_zip(named(each))),
        "zip of local headers": (
            3,
            lambda each: raw_zip([(b"%d.jpg" % n, x) for n, x in enumerate(each)], directory=False),
        ),
        "zip with odd names": (8, odd_names),
        "zip that is cut": (3, lambda each: cut(archives.zipped([*named(each), ("x", _noise())]))),
        "zip behind a program": (
            3,
            lambda each: b"MZ" + bytes(9000) + archives.zipped(named(each)),
        ),
        "four levels": (4, nested),
        "Word document": (3, office("word/media", "word/document.xml", b"<x/>")),
        "presentation": (3, office("ppt/media", "ppt/presentation.xml", b"<x/>")),
        "workbook": (3, office("xl/media", "xl/workbook.xml", b"<x/>")),
        "OpenDocument": (3, office("Pictures", "mimetype", _ODF)),
        "EPUB": (3, office("OEBPS", "mimetype", b"application/epub+zip")),
        "Android package": (3, office("res/drawable", "AndroidManifest.xml", b"\3\0\x08\0")),
        "tar pax": (3, lambda each: archives.tarred(named(each, "größe/{}.dat"))),
        "tar with odd names": (6, _split_tar),
        "tar.gz": (3, packed_tar(gzip.compress)),
        "tar.gz that is cut": (
            3,
            lambda each: cut(gzip.compress(archives.tarred([*named(each), ("x", _noise())]))),
        ),
        "tar.bz2": (3, packed_tar(bz2.compress)),
        "tar.xz": (3, packed_tar(lzma.compress)),
        "tar.lzma": (3, packed_tar(partial(lzma.compress, format=lzma.FORMAT_ALONE))),
        "lzma by another tool": (
            3,
            one_each(lambda data: archives.piped("xz", "--format=lzma", "-c", data=data)),
        ),
        "tar.zst": (3, packed_tar(archives.zstandard)),
        "gz": (3, one_each(gzip.compress)),
        "bz2": (3, one_each(bz2.compress)),
        "xz": (3, one_each(lzma.compress)),
        "zlib": (3, one_each(zlib.compress)),
        "7z solid": (3, lambda each: seven(named(each))),
        "7z with a password": (3, lambda each: seven(named(each), PASSWORD)),
        "zip with a password": (
            3,
            lambda each: archives.seven_zip(named(each), f"-p{PASSWORD}", "-mem=AES256"),
        ),
        "zip with an old password": (
            3,
            lambda each: archives.seven_zip(named(each), f"-p{PASSWORD}", "-mem=ZipCrypto"),
        ),
        "7z by its own tool": (3, lambda each: archives.seven(named(each), "-ms=off", "-m0=BZip2")),
        "rar5": (3, lambda each: archives.rar(named(each))),
        "rar4": (3, lambda each: archives.rar(named(each), format="rar40")),
        "cpio": (3, lambda each: cpio(named(each))),
        "ar": (3, lambda each: ar(named(each, "a long name {}.jpg"))),
        "cab": (3, cabinets),
        "cab by another tool": (3, lambda each: archives.cabinet(named(each, "{}.jpg"), "-z")),
        "Android backup": (3, lambda each: archives.android(named(each, "apps/x/f/{}"))),
    }
)
"""How many pictures each takes, and what makes it of them."""


def _noise() -> bytes:
    return archives.CONTENTS[3][1]


def made_archives(
    take: Callable[[int], Pictures],
) -> dict[str, tuple[bytes, Pictures]]:
    """Each kind that can be made here, and the pictures in it."""
    found = {}
    for kind, (count, make) in ARCHIVES.items():
        pictures = take(count)
        try:
            found[kind] = make(pictures), pictures
        except pytest.skip.Exception:
            continue
    return found
