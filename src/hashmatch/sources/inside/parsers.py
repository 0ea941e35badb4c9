"""Which parser reads which kind of container; each is imported when it is first asked for."""

import importlib
from collections.abc import Container, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import BinaryIO, Final, cast

from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Step, Volume
from hashmatch.sources.inside.base import Budget, Inner, PairParser, Parser
from hashmatch.sources.inside.siblings import FindBeside, nothing

_INSIDE: Final = "hashmatch.sources.inside."
IMAGES: Final = (
    *("EnCase image (E01)", "AFF4 image", "VMware disk (VMDK)", "VirtualPC disk (VHD)"),
    *("Hyper-V disk (VHDX)", "VirtualBox disk (VDI)", "QEMU disk (QCOW)"),
    *("Apple disk image (DMG)", "ISO 9660 image", "UDF image", "disk image with partitions"),
    "disk image without partitions",
    *("NTFS volume", "FAT volume", "exFAT volume", "ext volume", "HFS volume"),
    *("APFS container", "XFS volume", "Btrfs volume", "F2FS volume", "LVM volume"),
    *("BitLocker volume", "LUKS volume"),
)
"""Disk images, and volumes without one."""
PARSERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "zip archive": f"{_INSIDE}zip:Zip",
        "tar archive": f"{_INSIDE}tar:Tar",
        "cpio archive": f"{_INSIDE}cpio:Cpio",
        "ar archive": f"{_INSIDE}ar:Ar",
        "Debian package": f"{_INSIDE}ar:Ar",
        "cabinet archive (CAB)": f"{_INSIDE}cab:Cabinet",
        "Android backup": f"{_INSIDE}android_backup:AndroidBackup",
        "7-Zip archive": f"{_INSIDE}sevenzip:SevenZip",
        "RAR archive": f"{_INSIDE}rar:Rar",
        "PDF document": f"{_INSIDE}pdf:Pdf",
        "OLE document": f"{_INSIDE}ole:Ole",
        "Outlook mailbox (PST)": f"{_INSIDE}pst:Pst",
        "thumbnail cache (thumbcache)": f"{_INSIDE}thumbcache:Thumbcache",
        "Chromium cache": f"{_INSIDE}browser_caches:ChromiumCache",
        "Firefox cache": f"{_INSIDE}browser_caches:FirefoxCache",
        "RTF document": f"{_INSIDE}rtf:Rtf",
        "SQLite database": f"{_INSIDE}sqlite:Sqlite",
        "iOS backup manifest": f"{_INSIDE}backups:MissingFiles",
        "SQLite write-ahead log": f"{_INSIDE}sqlite_log:SqliteLog",
        "mail message": f"{_INSIDE}mail:Mail",
        "mailbox (mbox)": f"{_INSIDE}mail:Mail",
        "contact card with a photo": f"{_INSIDE}encoded_text:EncodedText",
        "mail attachment (TNEF)": f"{_INSIDE}tnef:Tnef",
        "gzip-compressed file": f"{_INSIDE}compressed:Gzip",
        "bzip2-compressed file": f"{_INSIDE}compressed:Bzip2",
        "xz-compressed file": f"{_INSIDE}compressed:Xz",
        "LZMA-compressed file": f"{_INSIDE}compressed:Lzma",
        "lzip-compressed file": f"{_INSIDE}compressed:Lzip",
        "zlib-compressed file": f"{_INSIDE}compressed:Zlib",
        "Flash film (SWF)": f"{_INSIDE}compressed:FlashFilm",
        "Zstandard-compressed file": f"{_INSIDE}compressed:Zstandard",
        "compressed file (Z)": f"{_INSIDE}compressed:Compress",
        **dict.fromkeys(IMAGES, f"{_INSIDE}disk_image:DiskImage"),
    }
)
"""Parsers by kind of container: the parser's module, and its name there."""
_NATIVE: Final = frozenset({"PDF document", "7-Zip archive", "Outlook mailbox (PST)", *IMAGES})
"""Read by libraries in C or C++, which a broken file may crash."""
SAFE: Final[Mapping[str, str]] = MappingProxyType(
    {kind: place for kind, place in PARSERS.items() if kind not in _NATIVE}
)
"""Parsers that are left where those of `PARSERS` ended their process."""
SEARCHING: Final = (f"{_INSIDE}carving:Carving", f"{_INSIDE}encoded_text:EncodedText")
"""Parsers of files that no other one reads: pictures at any place, and in text."""
BEHIND: Final = f"{_INSIDE}behind:Behind"
"""The parser of a container behind the end of pictures and films."""
COMPRESSED: Final = frozenset(
    {"gz", "bz2", "xz", "lzma", "lzip", "zlib", "swf", "zst", "z", "ab"},
)
"""Words in the steps of members that are all that their container holds."""
STREAMED: Final = frozenset(
    {
        *("tar archive", "gzip-compressed file", "bzip2-compressed file", "xz-compressed file"),
        *("LZMA-compressed file", "lzip-compressed file", "zlib-compressed file"),
        *("Zstandard-compressed file", "compressed file (Z)", "Flash film (SWF)"),
        *("cpio archive", "ar archive", "Debian package"),
    },
)
"""Kinds that are read from the beginning to the end: their file need not be seekable."""


def parser_of(form: str, parsers: Mapping[str, str] = PARSERS) -> Parser | None:
    """The parser of a kind; None where there is none.

    Args:
        form: the kind that the container is written as, as `kinds.sniffing.Container` has it.
        parsers: by kind, as `PARSERS`.
    """
    place = parsers.get(form)
    return None if place is None else _made(place)


def only(parsers: Mapping[str, str], kinds: Container[str] | None) -> Mapping[str, str]:
    """The parsers of some kinds; all where `kinds` is None."""
    if kinds is None:
        return parsers
    return {kind: place for kind, place in parsers.items() if kind in kinds}


def members_of(
    parser: Parser,
    file: BinaryIO,
    budget: Budget,
    passwords: tuple[str, ...] = (),
    find_beside: FindBeside = nothing,
) -> Iterator[Inner | Unreadable]:
    """The members that a parser gives; one that reads a file beside its own is given that too.

    Args:
        parser: of the kind of the file.
        file: as for `Parser`.
        budget: as for `Parser`.
        passwords: as for `Parser`.
        find_beside: opens the file beside it.
    """
    # Asked first, as it takes a tenth of the time: nearly no parser is one.
    if hasattr(parser, "ending") and isinstance(parser, PairParser):
        beside = partial(find_beside, parser.ending)
        return parser(file, budget, passwords, beside=beside)
    return parser(file, budget, passwords)


def searching() -> tuple[Parser, ...]:
    """The parsers of what is no container that another parser reads, as `SEARCHING`."""
    return tuple(map(_made, SEARCHING))


def behind() -> Parser:
    """The parser of pictures and films, as `BEHIND`."""
    return _made(BEHIND)


def _made(place: str) -> Parser:
    module, _, name = place.partition(":")
    return cast("Parser", getattr(importlib.import_module(module), name)())


def modules_needed(parsers: Mapping[str, str] = PARSERS) -> tuple[str, ...]:
    """All modules that must be imported before a process is locked down; some may be missing."""
    places = {*parsers.values(), *SEARCHING, BEHIND}
    modules = {place.partition(":")[0] for place in places}
    for place in places:
        parser = _made(place)
        modules |= {*parser.modules, *getattr(parser, "optional", ())}
    return tuple(sorted(modules))


def warm_up(parsers: Mapping[str, str] = PARSERS) -> tuple[str, ...]:
    """Import all that parsers need, and let them open what their libraries open when first used.

    Returns the modules that are not installed.
    """
    missing = []
    for module in modules_needed(parsers):
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(module)
    for place in sorted(set(parsers.values())):
        prepare = getattr(parser := _made(place), "prepare", None)
        if prepare is not None and is_installed(parser):
            prepare()
    return tuple(missing)


def is_installed(parser: Parser) -> bool:
    """Whether the library of a parser is installed: one whose extra is named has all modules."""
    if not parser.extra:
        return True
    for module in parser.modules:
        try:
            importlib.import_module(module)
        except ImportError:
            return False
    return True


def depth_of(steps: tuple[Step, ...]) -> int:
    """How many containers an item lies in; a compressed file counts if another one is in it.

    A compressed tar archive is one container to everybody but a parser.
    """
    depth, was_compressed = 0, False
    for step in steps:
        if isinstance(step, Volume):
            # What lies on it counts.
            continue
        is_compressed = isinstance(step, Member) and step.container in COMPRESSED
        depth += not is_compressed or was_compressed
        was_compressed = is_compressed
    return depth
