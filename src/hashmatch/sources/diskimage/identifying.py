"""What lies on a volume, by name. Several may claim one volume: all of them are named."""

import struct
from collections.abc import Callable, Iterator
from typing import Final

from hashmatch.kinds.volumes import SECTOR, fat_of, has_uberblock, is_classic_hfs, is_yaffs2
from hashmatch.sources.diskimage import contents
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.contents import BY_PLACE, Content, Nature
from hashmatch.sources.diskimage.emptiness import look_of
from hashmatch.sources.diskimage.reading import read_around

_FIRST: Final = 72 << 10
"""Bytes at the beginning in which nearly all signatures lie."""
_FATS: Final = {each.kind: each for each in (contents.FAT12, contents.FAT16, contents.FAT32)}
_DESCRIPTORS: Final = 64
"""Volume descriptors of a disc that are looked at."""


class _View:
    """The beginning of a volume, and other places of it, read when they are asked for.

    Attributes:
        volume: that is looked at.
        size: of it, in bytes.
    """

    def __init__(self, volume: Bytes) -> None:
        self.volume, self.size = volume, volume.size
        self._head = read_around(volume, 0, min(_FIRST, volume.size))[0]

    def at(self, place: int, size: int) -> bytes:
        """The bytes there; with zeros in place of what cannot be read."""
        if place < 0 or place + size > self.size:
            return b""
        if place + size <= len(self._head):
            return self._head[place : place + size]
        return read_around(self.volume, place, size)[0]


def identify(volume: Bytes) -> tuple[Content, ...]:
    """What lies on a volume, at least one: `contents.UNKNOWN` where nothing is recognised.

    Raises:
        OSError: it cannot be read.
    """
    view = _View(volume)
    found = dict.fromkeys(_claims(view))
    if contents.BITLOCKER in found:
        # A volume of BitLocker To Go begins like one of FAT32, for systems that lack BitLocker.
        found = {each: None for each in found if not each.kind.startswith("fat")}
    return tuple(found) or (look_of(volume),)


def is_file_system(found: tuple[Content, ...]) -> bool:
    """Whether any of the contents has files."""
    return any(each.nature is Nature.FILE_SYSTEM for each in found)


def _claims(view: _View) -> Iterator[Content]:
    for content, place, signature in BY_PLACE:
        if view.at(place, len(signature)) == signature:
            yield content
    for look in _LOOKS:
        claimed = look(view)
        if claimed is not None:
            yield claimed


def _fat(view: _View) -> Content | None:
    """FAT12, FAT16 or FAT32."""
    return _FATS.get(fat_of(view.at(0, SECTOR)))


def _ext(view: _View) -> Content | None:
    """ext2, ext3 or ext4, by the features that only the later ones have."""
    block = view.at(1024, 1024)
    if block[56:58] != b"\x53\xef":
        return None
    (shift,) = struct.unpack_from("<L", block, 24)
    (count,) = struct.unpack_from("<L", block, 4)
    is_copy = block[90:92] != b"\0\0"  # It belongs to a later group than the first.
    if shift > 6 or not count or is_copy:  # noqa: PLR2004 (blocks of 64 KiB)
        return None
    compatible, incompatible, read_only = struct.unpack_from("<LLL", block, 92)
    # Journal; filetype, recovery, journal device and meta groups; sparse, large files, trees.
    if incompatible & ~0x1E or read_only & ~0x7:
        return contents.EXT4
    return contents.EXT3 if compatible & 4 else contents.EXT2


def _disc(view: _View) -> Content | None:
    """ISO 9660, UDF, or both on one disc."""
    names = set()
    for sector in (2048, 4096):
        for number in range(_DESCRIPTORS):
            name = view.at(32768 + number * sector, 6)[1:6]
            if name not in (b"CD001", b"BEA01", b"NSR02", b"NSR03", b"TEA01", b"BOOT2", b"CDROM"):
                break
            names.add(name)
    is_iso, is_udf = b"CD001" in names, bool(names & {b"NSR02", b"NSR03"})
    if is_iso and is_udf:
        return contents.UDF_BRIDGE
    return contents.UDF if is_udf else contents.ISO if is_iso else None


def _hfs(view: _View) -> Content | None:
    """HFS+, HFSX or classic HFS, of which some hold HFS+ alone."""
    block = view.at(1024, 162)
    if block[:4] == b"H+\x00\x04":
        return contents.HFS_PLUS
    if block[:4] == b"HX\x00\x05":
        return contents.HFSX
    if block[:2] == b"BD" and block[0x7C:0x7E] in (b"H+", b"HX"):
        return contents.HFS_PLUS
    return contents.HFS if is_classic_hfs(block) else None


def _raid(view: _View) -> Content | None:
    """A Linux RAID whose superblock stands at the end."""
    end = view.size // 512 * 512
    for place in ((end - 8192) // 4096 * 4096, end // 65536 * 65536 - 65536):
        if view.at(place, 4) in (b"\xfc\x4e\x2b\xa9", b"\xa9\x2b\x4e\xfc"):
            return contents.RAID
    return None


def _firmware_raid(view: _View) -> Content | None:
    """A RAID of a mainboard, whose description stands at the end."""
    end = view.size // 512 * 512
    if view.at(end - 1024, 32)[:24] == b"Intel Raid ISM Cfg Sig. ":
        return Content("intel-raid", "member of an Intel RAID", Nature.MEMBER)
    if view.at(end - 512, 4) == b"\xde\x11\xde\x11":
        return Content("ddf-raid", "member of a RAID (DDF)", Nature.MEMBER)
    return None


def _zfs(view: _View) -> Content | None:
    """ZFS, by the blocks that stand in its labels."""
    for label in (0, 256 << 10):
        if has_uberblock(view.at(label + (128 << 10), 128 << 10)):
            return contents.ZFS
    return None


def _yaffs2(view: _View) -> Content | None:
    """YAFFS2, which has no signature."""
    return contents.YAFFS2 if is_yaffs2(view.at(0, 266)) else None


_LOOKS: Final[tuple[Callable[[_View], Content | None], ...]] = (
    *(_fat, _ext, _disc, _hfs, _raid, _firmware_raid, _zfs, _yaffs2),
)
