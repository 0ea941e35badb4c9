"""Files that hold files, by content: archives, documents, mail, backups, disk images, databases.

They are named, so that nobody takes what was not read for what was read. A container is a container
before it is a picture: the first JPEG in a PDF is not the PDF.
"""

import os
import re
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from hashmatch.containers import ENCRYPTED
from hashmatch.errors import Reason

_TAIL: Final = 65536
"""Bytes at a file's end in which a directory of files, or a trailer, is looked for."""
_SECTOR: Final = 512
_SMALLEST_DISK: Final = 65536


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds files.

    Attributes:
        name: of its kind, as `hashmatch.containers` has them.
        encrypted: whether it says that what it holds is encrypted.
    """

    name: str
    encrypted: bool = False

    @property
    def reason(self) -> Reason:
        """Why nothing in it is read."""
        return Reason.ENCRYPTED if self.encrypted else Reason.CONTAINER

    @property
    def detail(self) -> str:
        """Which kind it is."""
        return f"{ENCRYPTED}{self.name}" if self.encrypted else self.name


_MAGIC: Final = (
    ("7-Zip archive", rb"7z\xbc\xaf\x27\x1c"),
    ("RAR archive", rb"Rar!\x1a\x07"),
    ("gzip-compressed file", rb"\x1f\x8b\x08[\x00-\x1f]"),
    ("bzip2-compressed file", rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    ("xz-compressed file", rb"\xfd7zXZ\x00"),
    ("Zstandard-compressed file", rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    ("LZ4-compressed file", rb"\x04\x22\x4d\x18"),
    ("lzip-compressed file", rb"LZIP\x01"),
    ("lzop-compressed file", rb"\x89LZO\x00\r\n\x1a\n"),
    ("compressed file (Z)", rb"\x1f\x9d[\x89-\x90]|\x1f\xa0"),
    ("cabinet archive (CAB)", rb"MSCF\x00\x00\x00\x00|ISc\("),
    ("ARJ archive", rb"\x60\xea..[\x1e-\x2d]"),
    ("LHA archive", rb"..-l[hz][0-9ds]-"),
    ("ACE archive", rb".{7}\*\*ACE\*\*"),
    ("xar archive", rb"xar!\x00"),
    ("StuffIt archive", rb"SIT!|StuffIt \(c\)|SITD"),
    ("Windows image (WIM)", rb"(?:MSWIM|WLPWM)\x00\x00\x00"),
    ("RPM package", rb"\xed\xab\xee\xdb"),
    ("Debian package", rb"!<arch>\ndebian-binary"),
    ("ar archive", rb"!<arch>\n"),
    ("cpio archive", rb"07070[127]|\xc7\x71|\x71\xc7"),
    ("compiled help file (CHM)", rb"ITSF\x03\x00\x00\x00"),
    ("RTF document", rb"\{\\rt"),
    ("DjVu document", rb"AT&TFORM....DJV"),
    ("PostScript document", rb"\x04?%!PS(?!-AdobeFont|[^\r\n]{0,14} Resource-)|\xc5\xd0\xd3\xc6"),
    ("OneNote section", rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
    ("Mobipocket book", rb".{60}BOOKMOBI"),
    ("Outlook mailbox (PST)", rb"!BDN"),
    ("Outlook Express mailbox", rb"\xcf\xad\x12\xfe"),
    ("mail attachment (TNEF)", rb"\x78\x9f\x3e\x22"),
    ("contact card with a photo", rb"BEGIN:VCARD\r?\n.{0,8000}?\nPHOTO[;:]"),
    (
        "mailbox (mbox)",
        rb"From \S[^\r\n]{3,200}\d\d:\d\d[^\r\n]{0,40}\r?\n[A-Za-z][A-Za-z0-9-]{1,60}:",
    ),
    ("iOS backup manifest", rb"mbdb\x05\x00"),
    ("EnCase image (E01)", rb"EVF\x09\x0d\x0a\xff\x00"),
    ("EnCase image (Ex01)", rb"EVF2\x0d\x0a\x81"),
    ("EnCase logical image (L01)", rb"LVF\x09\x0d\x0a\xff\x00"),
    ("EnCase logical image (Lx01)", rb"LEF2\x0d\x0a\x81"),
    ("AccessData image (AD1)", rb"ADSEGMENTEDFILE\x00"),
    ("AFF image", rb"AFF1[0-9]\r?\n\x00|AFF1[0-9]\x0d\x0a"),
    ("VMware disk (VMDK)", rb"KDMV|COWD|# Disk DescriptorFile"),
    ("VirtualPC disk (VHD)", rb"conectix"),
    ("Hyper-V disk (VHDX)", rb"vhdxfile"),
    ("VirtualBox disk (VDI)", rb".{64}\x7f\x10\xda\xbe"),
    ("QEMU disk (QCOW)", rb"QFI\xfb"),
    ("Parallels disk", rb"WithoutFreeSpace|WithouFreSpacExt"),
    ("Apple disk image (DMG)", rb"sprs\x00\x00|encrcdsa"),
    ("CD image of raw sectors", rb"\x00\xff{10}\x00...[\x01\x02]"),
    ("LUKS volume", rb"LUKS\xba\xbe"),
    ("BitLocker volume", rb"...-FVE-FS-"),
    ("NTFS volume", rb"...NTFS    "),
    ("exFAT volume", rb"...EXFAT   "),
    ("FAT volume", rb"(?:\xeb.\x90|\xe9..)(?:.{51}FAT1[26]|.{79}FAT32)"),
    ("XFS volume", rb"XFSB\x00\x00"),
    ("APFS container", rb".{32}NXSB"),
    ("SquashFS volume", rb"hsqs|sqsh"),
    ("SQLite database", rb"SQLite format 3\x00"),
    ("thumbnail cache (thumbcache)", rb"CMMM[\x14-\x30]\x00\x00\x00"),
    ("ESE database", rb"....\xef\xcd\xab\x89"),
    ("Access database", rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB"),
    ("network capture", rb"\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x0a\x0d\x0d\x0a....[\x4d\x1a]"),
    ("Chromium cache", rb"\xc3\xca\x04\xc1|\xc3\xca\x03\xc1"),
    ("PGP message", rb"-----BEGIN PGP MESSAGE"),
    ("age file", rb"age-encryption\.org/v1\n"),
    ("OpenSSL file", rb"Salted__"),
)
"""By the first bytes. What needs a closer look has a function of its own."""

_TABLE: Final = tuple((name, re.compile(magic, re.DOTALL)) for name, magic in _MAGIC)
_ALWAYS_ENCRYPTED: Final = frozenset(
    {"LUKS volume", "BitLocker volume", "PGP message", "age file", "OpenSSL file"}
)

_PLACED: Final = (
    ("tar archive", 257, b"ustar"),
    ("ext volume", 1080, b"\x53\xef"),
    ("HFS volume", 1024, b"H+\x00\x04"),
    ("HFS volume", 1024, b"HX\x00\x05"),
    ("F2FS volume", 1024, b"\x10\x20\xf5\xf2"),
    ("LVM volume", 512, b"LABELONE"),
    ("disk image with partitions", 512, b"EFI PART"),
    ("disk image with partitions", 4096, b"EFI PART"),
    ("ISO 9660 image", 32769, b"CD001"),
    ("UDF image", 32769, b"BEA01"),
    ("Btrfs volume", 65600, b"_BHRfS_M"),
)
"""Where in the file, and what stands there."""

_HEADER: Final = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|From|To|Cc|Subject|Date|Message-ID|MIME-Version"
    rb"|Reply-To|Content-Type|X-[A-Za-z0-9-]{2,40}|DKIM-Signature|ARC-[A-Za-z-]{3,40}|Sender"
    rb"|Authentication-Results|In-Reply-To|References|Content-Transfer-Encoding)"
    rb":[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n",
    re.IGNORECASE,
)
_HEADERS: Final = 3
"""With which a mail message begins."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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

_ZIP: Final = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08PK\x03\x04|00PK\x03\x04)")
_IN_ZIP: Final = (
    ("EPUB book", re.compile(rb"mimetypeapplication/epub\+zip")),
    (
        "OpenDocument file",
        re.compile(rb"mimetypeapplication/vnd\.(?:oasis\.opendocument|sun\.xml)"),
    ),
    ("Word document", re.compile(rb"word/document")),
    ("Excel workbook", re.compile(rb"xl/workbook")),
    ("PowerPoint presentation", re.compile(rb"ppt/presentation")),
    ("XPS document", re.compile(rb"FixedDocSeq")),
    ("Android package (APK)", re.compile(rb"AndroidManifest\.xml")),
    ("iOS package (IPA)", re.compile(rb"Payload/[^/]{1,80}\.app/")),
    ("AFF4 image", re.compile(rb"information\.turtle|container\.description")),
    ("Java archive (JAR)", re.compile(rb"META-INF/MANIFEST\.MF")),
    ("Office document", re.compile(rb"\[Content_Types\]\.xml")),
)
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
        or _by_its_end(file)
    )


def _with_a_directory(file: BinaryIO, head: bytes) -> Container | None:
    """A container whose directory or trailer says more than its first bytes."""
    if _ZIP.match(head):
        return _zip(head, _tail(file))
    if head.startswith(_OLE):
        return _ole(head)
    if b"%PDF-" in head[:1024]:
        encrypted = b"/Encrypt" in _tail(file) or b"/Encrypt" in head
        return Container("PDF document", encrypted=encrypted)
    if head.startswith(b"ANDROID BACKUP\n"):
        return Container("Android backup", encrypted=head.split(b"\n", 4)[3:4] != [b"none"])
    return None


def _by_first_bytes(file: BinaryIO, head: bytes) -> Container | None:
    for name, magic in _TABLE:
        if magic.match(head):
            return _closer(name, file, head)
    return Container("mail message") if _is_mail(head) else None


def _by_place(file: BinaryIO, head: bytes) -> Container | None:
    for name, place, mark in _PLACED:
        if _at(file, head, place, len(mark)) == mark and _fits(name, file, head):
            return Container(name)
    return Container("disk image with partitions") if _has_partitions(head, file) else None


def _closer(name: str, file: BinaryIO, head: bytes) -> Container:
    """What only some files of a kind are."""
    encrypted = name in _ALWAYS_ENCRYPTED
    if name == "gzip-compressed file" and _inflated(head)[257:262] == b"ustar":
        name = "tar archive"
    elif name == "7-Zip archive":
        encrypted = _7ZIP_AES in _tail(file)
    elif name == "RAR archive":
        encrypted = _encrypted_rar(head)
    elif name == "Apple disk image (DMG)":
        encrypted = head.startswith(b"encrcdsa")
    return Container(name, encrypted=encrypted)


def _zip(head: bytes, tail: bytes) -> Container:
    at = max(head.find(b"PK\x03\x04"), 0)
    locked = bool(head[at + 6 : at + 7]) and head[at + 6] & 1 == 1
    listed = tail.find(b"PK\x01\x02")
    while listed >= 0 and not locked and listed + 9 < len(tail):
        locked = tail[listed + 8] & 1 == 1
        listed = tail.find(b"PK\x01\x02", listed + 4)
    names = head + tail
    kind = next((name for name, mark in _IN_ZIP if mark.search(names)), "zip archive")
    return Container(kind, encrypted=locked)


def _ole(head: bytes) -> Container:
    """What a compound document holds, by the names in its directory as far as that is seen."""
    if _ENCRYPTED_OLE in head:
        return Container("Office document", encrypted=True)
    for name, stream in _IN_OLE:
        entry = stream.encode("utf-16-le") + b"\0\0"
        at = head.find(entry)
        if at >= 0 and at % _DIRECTORY_ENTRY == 0:
            return Container(name)
    return Container("OLE document")


def _encrypted_rar(head: bytes) -> bool:
    if head.startswith(b"Rar!\x1a\x07\x01\x00"):
        # After a checksum and a size, the type of the first header: 4 is encryption.
        return head[13:14] == b"\x04" or head[12:13] == b"\x04"
    archive_flags = int.from_bytes(head[10:12], "little")
    file_flags = int.from_bytes(head[23:25], "little") if head[22:23] == b"\x74" else 0
    return bool(archive_flags & 0x80 or file_flags & 0x04)


def _inflated(head: bytes) -> bytes:
    """The first bytes in a file that was compressed by gzip."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _SECTOR)
    except zlib.error:
        return b""


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
    size = file.seek(0, os.SEEK_END)
    if head[510:512] != b"\x55\xaa" or size % _SECTOR or size < _SMALLEST_DISK:
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
    at = 0
    # Apple's mail begins with a line that says how long the message is.
    if (count := re.match(rb"\d{1,9} *\r?\n", head)) is not None:
        at = count.end()
    for _ in range(_HEADERS):
        found = _HEADER.match(head, at)
        if found is None:
            return False
        at = found.end()
    return True


def _by_its_end(file: BinaryIO) -> Container | None:
    last = _tail(file)[-_SECTOR:]
    if last.startswith(b"koly\x00\x00\x00\x04"):
        return Container("Apple disk image (DMG)")
    if last.startswith(b"conectix"):
        return Container("VirtualPC disk (VHD)")
    return None


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _TAIL, 0))
    return file.read(_TAIL)


def _at(file: BinaryIO, head: bytes, place: int, length: int) -> bytes:
    if place + length <= len(head):
        return head[place : place + length]
    file.seek(place)
    return file.read(length)
