"""The names of files that hold files: archives, documents, mail, disk images, databases."""

import re
from collections.abc import Mapping
from typing import Final

ENCRYPTED: Final = "encrypted "
"""What comes before the name of a container that cannot be opened without a password."""

_INSIDE: Final = "inside-"
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


def flag_of(name: str) -> str:
    """The flag of a picture that was found in a container of this name, as `inside-zip-archive`."""
    return _INSIDE + _NO_WORD.sub("-", name.lower()).strip("-")


def name_in(flags: "tuple[str, ...]") -> str:
    """The name of the container in which a picture with these flags was found; empty if in none."""
    for flag in flags:
        if flag.startswith(_INSIDE):
            return _NAMES.get(flag, flag.removeprefix(_INSIDE).replace("-", " "))
    return ""


def is_of_container(flag: str) -> bool:
    """Whether it is a flag that `flag_of` gives."""
    return flag.startswith(_INSIDE)


def named_first(detail: str) -> str:
    """The name of the container with which a reason begins; empty if it begins with none.

    As `zip archive` of `zip archive: its reader is not installed`.
    """
    name = detail.partition(": ")[0]
    return name if flag_of(name) in _NAMES else ""


def is_disk_image(name: str) -> bool:
    """Whether it is the name of a disk image, or of a volume without one."""
    return name in _DISK_IMAGES


def in_words(counts: Mapping[str, int]) -> str:
    """How many containers were not opened, and of which kinds; empty if there were none.

    As "3 containers not opened: 2 zip archives, 1 PDF document".
    """
    if not counts:
        return ""
    total = sum(counts.values())
    most_first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    kinds = ", ".join(f"{count:,} {_number(name, count)}" for name, count in most_first)
    return f"{total:,} {_number('container', total)} not opened: {kinds}"


def _number(name: str, count: int) -> str:
    """The name in the singular or the plural."""
    if count == 1:
        return name
    noun, mark, note = name.partition(" (")
    if noun.endswith(("x", "ch", "s")):
        noun += "e"
    elif noun.endswith("y"):
        noun = f"{noun[:-1]}ie"
    return f"{noun}s{mark}{note}"


_ARCHIVES: Final = (
    *("zip archive", "7-Zip archive", "RAR archive", "tar archive", "cabinet archive (CAB)"),
    *("ar archive", "cpio archive", "ARJ archive", "LHA archive", "ACE archive", "xar archive"),
    *("StuffIt archive", "Windows image (WIM)", "RPM package", "Debian package"),
    *("gzip-compressed file", "bzip2-compressed file", "xz-compressed file"),
    *("Zstandard-compressed file", "LZ4-compressed file", "lzip-compressed file"),
    *("LZMA-compressed file", "zlib-compressed file", "Flash film (SWF)"),
    *("lzop-compressed file", "compressed file (Z)", "compiled help file (CHM)"),
    *("Android package (APK)", "iOS package (IPA)", "Java archive (JAR)"),
)
_DOCUMENTS: Final = (
    *("PDF document", "Word document", "Excel workbook", "PowerPoint presentation"),
    *("OpenDocument file", "EPUB book", "Mobipocket book", "RTF document", "DjVu document"),
    *("PostScript document", "OLE document", "OneNote section", "Office document", "XPS document"),
)
_MAIL: Final = (
    *("mailbox (mbox)", "mail message", "Outlook message", "Outlook mailbox (PST)"),
    *("Outlook Express mailbox", "mail attachment (TNEF)", "contact card with a photo"),
)
_BACKUPS: Final = ("Android backup", "iOS backup manifest", "iOS backup")
_DISK_IMAGES: Final = (
    *("EnCase image (E01)", "EnCase image (Ex01)", "EnCase logical image (L01)"),
    *("EnCase logical image (Lx01)", "AccessData image (AD1)", "AFF image", "AFF4 image"),
    *("VMware disk (VMDK)", "VirtualPC disk (VHD)", "Hyper-V disk (VHDX)"),
    *("VirtualBox disk (VDI)", "QEMU disk (QCOW)", "Parallels disk", "Apple disk image (DMG)"),
    *("ISO 9660 image", "UDF image", "CD image of raw sectors", "disk image with partitions"),
    "disk image without partitions",
    *("NTFS volume", "FAT volume", "exFAT volume", "ext volume", "HFS volume", "APFS container"),
    *("XFS volume", "Btrfs volume", "F2FS volume", "SquashFS volume", "LUKS volume"),
    *("BitLocker volume", "LVM volume"),
)
_DATABASES: Final = (
    *("SQLite database", "SQLite write-ahead log"),
    *("thumbnail database (Thumbs.db)", "thumbnail cache (thumbcache)"),
    *("ESE database", "Access database", "network capture", "Chromium cache"),
    "Firefox cache",
)
_ENCRYPTED_FILES: Final = ("PGP message", "age file", "OpenSSL file")

NAMES: Final = (
    *(*_ARCHIVES, *_DOCUMENTS, *_MAIL, *_BACKUPS, *_DISK_IMAGES, *_DATABASES),
    *_ENCRYPTED_FILES,
)
"""What containers are called."""
_NAMES: Final = {flag_of(name): name for one in NAMES for name in (one, f"{ENCRYPTED}{one}")}
"""All of them, by flag."""
