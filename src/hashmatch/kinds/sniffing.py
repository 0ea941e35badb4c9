"""Files that hold files, by content: archives, documents, mail, backups, disk images, databases.

They are named, so that nobody takes what was not read for what was read. A container is a container
before it is a picture: the first JPEG in a PDF is not the PDF.
"""

import os
import re
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, Final

from hashmatch.containers import ENCRYPTED
from hashmatch.errors import Reason
from hashmatch.kinds.containers import BY_PLACE, OLE, ZIP, by_first_bytes
from hashmatch.kinds.firefox import firefox_entry
from hashmatch.kinds.magic import Magic
from hashmatch.kinds.sqlite_log import is_log
from hashmatch.kinds.volumes import is_disk

_TAIL: Final = 65536
"""Bytes at a file's end in which a directory of files, or a trailer, is looked for."""
_HEAD: Final = 1 << 16
_SECTOR: Final = 512
_SMALLEST_DISK: Final = 65536


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds files.

    Attributes:
        name: of its kind, as `hashmatch.containers` has them.
        encrypted: whether it says that what it holds is encrypted.
        form: name of the container that it is written as, which says how it is read: a Word
            document is a zip archive or an OLE document. The name itself where that says it.
    """

    name: str
    encrypted: bool = False
    form: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.form:
            object.__setattr__(self, "form", self.name)

    @property
    def reason(self) -> Reason:
        """Why nothing in it is read."""
        return Reason.ENCRYPTED if self.encrypted else Reason.CONTAINER

    @property
    def detail(self) -> str:
        """Which kind it is."""
        return f"{ENCRYPTED}{self.name}" if self.encrypted else self.name


_ALWAYS_ENCRYPTED: Final = frozenset(
    {"LUKS volume", "BitLocker volume", "PGP message", "age file", "OpenSSL file"}
)

_HEADER: Final = Magic(rb"([A-Za-z][!-9;-~]{0,76}):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n")
_OF_MAIL: Final = frozenset(
    (
        b"return-path received delivered-to from to cc bcc subject date message-id mime-version "
        b"reply-to content-type sender authentication-results in-reply-to references "
        b"content-transfer-encoding content-disposition newsgroups path xref organization lines "
        b"list-id list-unsubscribe user-agent dkim-signature envelope-to resent-from resent-to"
    ).split()
)
_OF_MAIL_TOO: Final = (b"x-", b"arc-", b"nntp-", b"resent-")
_HEADERS: Final = 3
"""What a mail message has among its first headers, at least."""
_MOST_HEADERS: Final = 40
_ENCODED: Final = Magic(
    rb"(?i)Content-Type:\s*multipart/|Content-Transfer-Encoding:\s*(?:base64|quoted-printable)",
)
_EMPTY: Final = Magic(rb"\r?\n")

_IN_OLE: Final = (
    ("Word document", "WordDocument"),
    ("Excel workbook", "Workbook"),
    ("Excel workbook", "Book"),
    ("PowerPoint presentation", "PowerPoint Document"),
    ("Outlook message", "__properties_version1.0"),
    ("thumbnail database (Thumbs.db)", "Catalog"),
)
_ENCRYPTED_OLE: Final = "EncryptedPackage".encode("utf-16-le")
_DIRECTORY_ENTRY: Final = 128

_IN_ZIP: Final = (
    ("EPUB book", Magic(rb"mimetypeapplication/epub\+zip")),
    (
        "OpenDocument file",
        Magic(rb"mimetypeapplication/vnd\.(?:oasis\.opendocument|sun\.xml)"),
    ),
    ("Word document", Magic(rb"word/document")),
    ("Excel workbook", Magic(rb"xl/workbook")),
    ("PowerPoint presentation", Magic(rb"ppt/presentation")),
    ("XPS document", Magic(rb"FixedDocSeq")),
    ("Android package (APK)", Magic(rb"AndroidManifest\.xml")),
    ("iOS package (IPA)", Magic(rb"Payload/[^/]{1,80}\.app/")),
    ("AFF4 image", Magic(rb"information\.turtle|container\.description")),
    ("Java archive (JAR)", Magic(rb"META-INF/MANIFEST\.MF")),
    ("Office document", Magic(rb"\[Content_Types\]\.xml")),
)
_PROGRAM: Final = Magic(rb"MZ|\x7fELF|#!")
_LONGEST_PROGRAM: Final = 1 << 20
_ARCHIVE: Final = re.compile(
    rb"7z\xbc\xaf\x27\x1c[\s\S]{26}|Rar!\x1a\x07(?:\x00[\s\S]{13}|\x01\x00[\s\S]{140})"
)
_END_OF_ZIP: Final = re.compile(rb"PK\x05\x06")
"""An expression: the method of bytes takes twice as long."""
_DMG_TRAILER: Final = b"koly\x00\x00\x00\x04"
_PACKED: Final = frozenset({"zlib-compressed file", "bzip2-compressed file", "xz-compressed file"})
"""What an Apple disk image may begin like."""
_7ZIP_AES: Final = b"\x06\xf1\x07\x01"


def sniff_container(file: BinaryIO, head: bytes) -> Container | None:
    """The container that a file is, or None. The file is left at any place.

    Args:
        file: opened for reading and seekable.
        head: its first bytes, 64 KiB of them or all.

    Raises:
        OSError: it cannot be read.
    """
    return (
        _with_a_directory(file, head)
        or _by_first_bytes(file, head)
        or _by_place(file, head)
        or _by_its_end(file, head)
        or _by_volumes(file, head)
    )


def sniff_beginning(head: bytes) -> Container | None:
    """The container that begins with these bytes, or None; what stands at its end is not asked.

    Args:
        head: 64 KiB of it, or all.
    """
    file = BytesIO(head)
    return _with_a_directory(file, head) or _by_first_bytes(file, head) or _by_place(file, head)


def _with_a_directory(file: BinaryIO, head: bytes) -> Container | None:
    """A container whose directory or trailer says more than its first bytes."""
    if ZIP.match(head):
        return _zip(head, _tail(file))
    if head.startswith(OLE):
        return _ole(head)
    if b"%PDF-" in head[:1024]:
        encrypted = b"/Encrypt" in _tail(file) or b"/Encrypt" in head
        return Container("PDF document", encrypted=encrypted)
    if is_log(head):
        return Container("SQLite write-ahead log")
    if head.startswith(b"ANDROID BACKUP\n"):
        return Container("Android backup", encrypted=head.split(b"\n", 4)[3:4] != [b"none"])
    return None


def _by_first_bytes(file: BinaryIO, head: bytes) -> Container | None:
    name = by_first_bytes(head)
    if name and (name != "zlib-compressed file" or _is_zlib(head)):
        return _closer(name, file, head)
    return Container("mail message") if _is_mail(head) else None


def _by_place(file: BinaryIO, head: bytes) -> Container | None:
    # Of a shorter file nothing is behind these bytes.
    is_whole = len(head) < _HEAD
    for name, place, mark in BY_PLACE:
        is_there = head.startswith(mark, place) or (
            place >= _HEAD and not is_whole and _at(file, head, place, len(mark)) == mark
        )
        if is_there and _fits(name, file, head):
            return Container(name)
    if is_tar_header(head):
        return Container("tar archive")
    return Container("disk image with partitions") if _has_partitions(head, file) else None


def _closer(name: str, file: BinaryIO, head: bytes) -> Container:
    """What only some files of a kind are."""
    encrypted = name in _ALWAYS_ENCRYPTED
    form = name
    if name == "gzip-compressed file" and _inflated(head)[257:262] == b"ustar":
        name = "tar archive"
    elif name == "7-Zip archive":
        encrypted = _7ZIP_AES in _tail(file)
    elif name == "RAR archive":
        encrypted = _encrypted_rar(head)
    elif name == "Apple disk image (DMG)":
        encrypted = head.startswith(b"encrcdsa")
    elif name in _PACKED and _tail(file)[-_SECTOR:].startswith(_DMG_TRAILER):
        # Its first blocks stand in front, compressed.
        form = name = "Apple disk image (DMG)"
    return Container(name, encrypted=encrypted, form=form)


def _zip(head: bytes, tail: bytes) -> Container:
    at = max(head.find(b"PK\x03\x04"), 0)
    locked = bool(head[at + 6 : at + 7]) and head[at + 6] & 1 == 1
    listed = tail.find(b"PK\x01\x02")
    while listed >= 0 and not locked and listed + 9 < len(tail):
        locked = tail[listed + 8] & 1 == 1
        listed = tail.find(b"PK\x01\x02", listed + 4)
    names = head + tail
    kind = next((name for name, mark in _IN_ZIP if mark.search(names)), "zip archive")
    # Members of an image are pieces of a medium, and read by who knows that.
    form = kind if kind == "AFF4 image" else "zip archive"
    return Container(kind, encrypted=locked, form=form)


def _ole(head: bytes) -> Container:
    """What a compound document holds, by the names in its directory as far as that is seen."""
    if _ENCRYPTED_OLE in head:
        return Container("Office document", encrypted=True, form="OLE document")
    for name, stream in _IN_OLE:
        entry = stream.encode("utf-16-le") + b"\0\0"
        at = head.find(entry)
        if at >= 0 and at % _DIRECTORY_ENTRY == 0:
            return Container(name, form="OLE document")
    return Container("OLE document")


def _encrypted_rar(head: bytes) -> bool:
    if head.startswith(b"Rar!\x1a\x07\x01\x00"):
        # After a checksum and a size of one or two bytes, the type of the first header.
        return head[13 + (head[12:13] > b"\x7f") :][:1] == b"\x04"
    archive_flags = int.from_bytes(head[10:12], "little")
    file_flags = int.from_bytes(head[23:25], "little") if head[22:23] == b"\x74" else 0
    return bool(archive_flags & 0x80 or file_flags & 0x04)


def _inflated(head: bytes) -> bytes:
    """The first bytes in a file that was compressed by gzip."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _SECTOR)
    except zlib.error:
        return b""


def _is_zlib(head: bytes) -> bool:
    """Whether what follows the two bytes of zlib's header expands: text may begin with them."""
    try:
        return bool(zlib.decompressobj().decompress(head, _SECTOR))
    except zlib.error:
        return False


def _fits(name: str, file: BinaryIO, head: bytes) -> bool:
    """Whether what stands around two or four bytes agrees."""
    if name == "ext volume":
        log_block = int.from_bytes(head[1048:1052], "little")
        state, revision = head[1082:1084], int.from_bytes(head[1100:1104], "little")
        return log_block <= 6 and state in (b"\1\0", b"\0\0", b"\2\0") and revision <= 1  # noqa: PLR2004
    if name == "UDF image":
        return b"NSR0" in _at(file, head, 32768, 8192)
    return True


def _has_partitions(head: bytes, file: BinaryIO) -> bool:
    """Whether a table of partitions of the old kind stands in the first sector."""
    if head[510:512] != b"\x55\xaa":
        return False
    size = file.seek(0, os.SEEK_END)
    if size % _SECTOR or size < _SMALLEST_DISK:
        return False
    entries = [head[at : at + 16] for at in range(446, 510, 16)]
    used = [each for each in entries if each[4]]
    return bool(used) and all(
        each[0] in (0, 0x80)
        and int.from_bytes(each[8:12], "little")
        and int.from_bytes(each[12:16], "little")
        for each in used
    )


def _is_mail(head: bytes) -> bool:
    """Whether a message begins there.

    It has three headers of mail among its first ones; or fewer, that say how what follows is
    encoded, and an empty line behind them.
    """
    # Apple's mail begins with a line that says how long the message is.
    count = re.match(rb"\d{1,9} *\r?\n", head)
    at, known = count.end() if count else 0, 0
    is_encoded = False
    for _ in range(_MOST_HEADERS):
        found = _HEADER.match(head, at)
        if found is None:
            break
        at = found.end()
        name = found.group(1).lower()
        known += name in _OF_MAIL or name.startswith(_OF_MAIL_TOO)
        if known >= _HEADERS:
            return True
        is_encoded = is_encoded or bool(_ENCODED.match(found.group()))
    return is_encoded and _EMPTY.match(head, at) is not None


def is_tar_header(head: bytes) -> bool:
    """Whether these bytes begin with a header of a tar archive, by its sum: old ones have no mark.

    Args:
        head: at least 512 bytes.
    """
    sum_of = head[148:156].strip(b" \0")
    if len(head) < _SECTOR or not head[0] or not re.fullmatch(rb"[0-7]{3,7}", sum_of):
        return False
    return sum(head[:148]) + sum(head[156:_SECTOR]) + 8 * ord(" ") == int(sum_of, 8)


def _by_its_end(file: BinaryIO, head: bytes) -> Container | None:
    tail = _tail(file)
    if _ends_as_a_zip(tail):
        return _zip(head, tail)
    if _PROGRAM.match(head) and (found := archive_behind(file)) is not None:
        return Container(found[0])
    last = tail[-_SECTOR:]
    if last.startswith(_DMG_TRAILER):
        return Container("Apple disk image (DMG)")
    if last.startswith(b"conectix"):
        return Container("VirtualPC disk (VHD)")
    return Container("Firefox cache") if firefox_entry(file) is not None else None


def _by_volumes(file: BinaryIO, head: bytes) -> Container | None:
    size = file.seek(0, os.SEEK_END)
    found = is_disk(lambda place, length: _at(file, head, place, length), size)
    return Container("disk image without partitions") if found else None


def archive_behind(file: BinaryIO) -> tuple[str, int] | None:
    """The 7-Zip or RAR archive behind a program that unpacks it: its kind, and where it begins.

    A program that only knows such archives has their marks too: a checksum tells them apart. The
    file is left at any place.

    Raises:
        OSError: it cannot be read.
    """
    file.seek(0)
    data = file.read(_LONGEST_PROGRAM)
    for found in _ARCHIVE.finditer(data):
        at = found.start()
        if data[at : at + 1] == b"7":
            start = data[at + 12 : at + 32]
            if zlib.crc32(start) == int.from_bytes(data[at + 8 : at + 12], "little"):
                return "7-Zip archive", at
        elif data[at + 6 : at + 7] == b"\0":
            if data[at + 9 : at + 10] == b"\x73":
                return "RAR archive", at
        elif zlib.crc32(data[at + 12 : at + 13 + data[at + 12]]) == int.from_bytes(
            data[at + 8 : at + 12], "little"
        ):
            return "RAR archive", at
    return None


def _ends_as_a_zip(tail: bytes) -> bool:
    """Whether a zip archive ends there, as behind a program that unpacks it, or a picture."""
    at = -1
    for found in _END_OF_ZIP.finditer(tail):
        at = found.start()
    return 0 <= at <= len(tail) - 22 and at + 22 + int.from_bytes(
        tail[at + 20 : at + 22], "little"
    ) == len(tail)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _TAIL, 0))
    return file.read(_TAIL)


def _at(file: BinaryIO, head: bytes, place: int, length: int) -> bytes:
    if place + length <= len(head):
        return head[place : place + length]
    file.seek(place)
    return file.read(length)
