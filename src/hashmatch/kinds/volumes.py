"""Volumes and disks that nothing else tells: by signatures, tables, and copies at their end."""

import struct
from collections.abc import Callable
from typing import Final

_BCACHE: Final = bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")
_BCACHEFS: Final = bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")
_TO_GO: Final = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")

MARKS: Final[tuple[tuple[str, int, bytes], ...]] = (
    ("ntfs", 3, b"NTFS    "),
    ("exfat", 3, b"EXFAT   "),
    ("refs", 3, b"ReFS\0\0\0\0"),
    ("bitlocker", 3, b"-FVE-FS-"),
    # The identity of BitLocker To Go, whose volume begins like one of FAT32.
    ("bitlocker", 424, _TO_GO),
    ("luks1", 0, b"LUKS\xba\xbe\x00\x01"),
    ("luks2", 0, b"LUKS\xba\xbe\x00\x02"),
    ("xfs", 0, b"XFSB"),
    ("btrfs", 0x10040, b"_BHRfS_M"),
    ("apfs", 32, b"NXSB"),
    ("corestorage", 88, b"CS\x01\x00"),
    ("jfs", 0x8000, b"JFS1"),
    ("reiserfs", 0x10034, b"ReIsErFs"),
    ("reiserfs", 0x10034, b"ReIsEr2Fs"),
    ("reiserfs", 0x10034, b"ReIsEr3Fs"),
    ("reiserfs", 0x2034, b"ReIsErFs"),
    ("reiser4", 0x10000, b"ReIsEr4"),
    ("bcachefs", 4096 + 24, _BCACHEFS),
    ("bcache", 4096 + 24, _BCACHE),
    ("f2fs", 1024, b"\x10\x20\xf5\xf2"),
    ("erofs", 1024, b"\xe2\xe1\xf5\xe0"),
    ("nilfs2", 1024, b"\x02\x00\x00\x00\x00\x00\x34\x34"),
    ("ufs1", 8192 + 1372, b"\x54\x19\x01\x00"),
    ("ufs1", 8192 + 1372, b"\x00\x01\x19\x54"),
    *(("ufs2", at + 1372, b"\x19\x01\x54\x19") for at in (8192, 65536, 262144)),
    *(("ufs2", at + 1372, b"\x19\x54\x01\x19") for at in (8192, 65536, 262144)),
    ("squashfs", 0, b"hsqs"),
    ("squashfs", 0, b"sqsh"),
    ("cramfs", 0, b"\x45\x3d\xcd\x28"),
    ("romfs", 0, b"-rom1fs-"),
    ("ubi", 0, b"UBI#"),
    ("ubifs", 0, b"\x31\x18\x10\x06"),
    ("jffs2", 0, b"\x85\x19\x03\x20"),
    ("vmfs", 0x100000, b"\x0d\xd0\x01\xc0"),
    ("vmfs", 0x200000, b"\x5e\xf1\xab\x2f"),
    ("ocfs2", 0x2000, b"OCFSV2"),
    ("gfs2", 0x10000, b"\x01\x16\x19\x70\x00\x00\x00\x01"),
    ("hpfs", 8192, b"\x49\xe8\x95\xf9"),
    ("befs", 512 + 32, b"1SFB"),
    ("fatx", 0, b"FATX"),
    ("fatx", 0, b"XTAF"),
    ("hammer2", 0, b"\x11\x20\x17\x05\x32\x4d\x41\x48"),
    *(("swap", page - 10, b"SWAPSPACE2") for page in (4096, 8192, 16384, 65536)),
    *(("swap", page - 10, b"SWAP-SPACE") for page in (4096, 8192)),
    *(("swap", page - 10, b"S1SUSPEND") for page in (4096, 8192)),
    *(("lvm2", sector * 512, b"LABELONE") for sector in range(4)),
    ("lvm1", 0, b"HM\x01\x00"),
    ("lvm1", 0, b"HM\x02\x00"),
    ("storage-spaces", 4096, b"SPACEDB "),
    ("ldm", 6 * 512, b"PRIVHEAD"),
    ("linux-raid", 4096, b"\xfc\x4e\x2b\xa9"),
    ("linux-raid", 0, b"\xfc\x4e\x2b\xa9"),
    ("bluestore", 0, b"bluestore block device"),
    ("stratis", 512 + 4, b"!Stra0tis\x86\xff\x02^"),
    ("vdo", 0, b"dmvdo001"),
    ("verity", 0, b"verity\0\0"),
    ("integrity", 0, b"integrt\0"),
)
"""What begins with a signature: the kind in a word, the place of the signature, and it."""

SECTOR: Final = 512
_SECTORS: Final = (512, 1024, 2048, 4096)
_SMALLEST: Final = 65536
_STARTS: Final = (63 * SECTOR, 1 << 20)
"""Where the first partition nearly always begins."""
_BEGINNING: Final = 2048
_BOOT_MARK: Final = b"\x55\xaa"
_OF_LABEL: Final = (0x82564557).to_bytes(4, "little")
_UBERBLOCK: Final = b"\x0c\xb1\xba\x00\x00\x00\x00\x00"
_OF_RAID: Final = (b"\xfc\x4e\x2b\xa9", b"\xa9\x2b\x4e\xfc")
_COPIES_OF_EXT: Final = (8193 << 10, 16384 << 11, 32768 << 12)
"""Where the second group of ext begins, for each size of its blocks."""
_LEAST_MARK: Final = 6
_AT_BEGINNINGS: Final = [
    (place, mark)
    for _, place, mark in MARKS
    if place + len(mark) <= _BEGINNING and len(mark) >= _LEAST_MARK
]


def is_disk(read: Callable[[int, int], bytes], size: int) -> bool:
    """Whether a file is the image of a volume, or of a disk whose partition table is lost.

    What else it may be was asked before: these signatures are short.

    Args:
        read: gives the bytes at a place, as many as there are.
        size: of the file, in bytes.
    """
    if size < _SMALLEST:
        return False
    head = read(0, 1024)
    if is_yaffs2(head):
        return True
    if size % SECTOR:
        return False
    return (
        any(read(place, len(mark)) == mark for _, place, mark in MARKS)
        or bool(fat_of(head))
        or is_classic_hfs(read(1024, 162))
        or _has_label(read(0, 1 << 13))
        # A label of ZFS begins with as many zeros.
        or (not read(0, 1 << 13).strip(b"\0") and has_uberblock(read(1 << 17, 1 << 17)))
        or _ends_like_one(read, size)
        or any(_begins(read(at, _BEGINNING)) for at in _STARTS)
        or any(_is_copy_of_ext(read(at, 92)) for at in _COPIES_OF_EXT)
    )


def fat_of(head: bytes) -> str:
    """Which FAT begins with a sector, by numbers that only its boot sectors have; empty if none.

    Args:
        head: the first 512 bytes.
    """
    if head[510:512] != _BOOT_MARK or head[3:11] in (b"NTFS    ", b"EXFAT   "):
        return ""
    sector, per_cluster, reserved, tables, roots, small, media, table = struct.unpack_from(
        "<HBHBHHBH", head, 11
    )
    large, table32 = struct.unpack_from("<LL", head, 32)
    total, length = small or large, table or table32
    if (
        sector not in _SECTORS
        or per_cluster not in {1 << bit for bit in range(8)}
        or not reserved
        or tables not in (1, 2)
        or media < 0xF0  # noqa: PLR2004 (what media are numbered from)
        or not length
        or not total
    ):
        return ""
    data = total - reserved - tables * length - -(-roots * 32 // sector)
    clusters = data // per_cluster
    if clusters <= 0:
        return ""
    if not table:
        return "fat32"
    return "fat12" if clusters < 4085 else "fat16"  # noqa: PLR2004 (Microsoft's)


def is_classic_hfs(block: bytes) -> bool:
    """Whether a block is the master directory block of HFS before HFS+.

    Args:
        block: 162 bytes at 1,024.
    """
    cluster = int.from_bytes(block[20:24], "big")
    is_named = 1 <= int.from_bytes(block[36:37]) <= 27  # noqa: PLR2004 (Apple's limit)
    return block[:2] == b"BD" and cluster > 0 and cluster % SECTOR == 0 and is_named


def is_yaffs2(head: bytes) -> bool:
    """Whether a chunk is that of YAFFS2, which has no signature: a file of the root folder.

    Args:
        head: the first 266 bytes: type, parent, checksum and name.
    """
    if len(head) < 266:  # noqa: PLR2004
        return False
    for order in ("<", ">"):
        kind, parent, checksum = struct.unpack_from(f"{order}LLH", head)
        name = head[10:].split(b"\0", 1)[0]
        if kind in (1, 2, 3, 4, 5) and parent == 1 and checksum == 0xFFFF and name.isascii():  # noqa: PLR2004
            return True
    return False


def has_uberblock(ring: bytes) -> bool:
    """Whether a block stands there that says where all of ZFS is.

    Args:
        ring: of a label, the second half of it.
    """
    return any(
        ring[at : at + 8] in (_UBERBLOCK, _UBERBLOCK[::-1]) for at in range(0, len(ring), 1024)
    )


def _has_label(head: bytes) -> bool:
    """Whether a partition map of Apple or a label of BSD stands there."""
    is_map = any(head[at : at + 4] == b"PM\0\0" for at in _SECTORS)
    is_bsd = any(head[at : at + 4] == head[at + 132 : at + 136] == _OF_LABEL for at in (0, 64, 512))
    return is_map or is_bsd


def _ends_like_one(read: Callable[[int, int], bytes], size: int) -> bool:
    """Whether a copy of a boot sector or partition table stands at the end, or a RAID's label."""
    last = read(size - SECTOR, SECTOR)
    raids = ((size - 8192) // 4096 * 4096, size // 65536 * 65536 - 65536)
    return (
        last[:8] == b"EFI PART"
        or (last[510:] == _BOOT_MARK and last[3:11] == b"NTFS    ")
        or last[:4] == b"\xde\x11\xde\x11"
        or read(size - 1024, 24) == b"Intel Raid ISM Cfg Sig. "
        or any(at >= 0 and read(at, 4) in _OF_RAID for at in raids)
    )


def _begins(head: bytes) -> bool:
    """Whether a file system or an encrypted volume begins there."""
    return (
        any(head[place : place + len(mark)] == mark for place, mark in _AT_BEGINNINGS)
        or bool(fat_of(head.ljust(SECTOR, b"\0")))
        or (head[1080:1082] == b"\x53\xef" and head[1048:1052] < b"\7" and not any(head[1049:1052]))
        or head[:6] == b"XFSB\0\0"
        or head[32:36] == b"NXSB"
        or head[1024:1028] in (b"H+\0\4", b"HX\0\5")
    )


def _is_copy_of_ext(block: bytes) -> bool:
    """Whether it is the superblock that stands in the second group of ext."""
    return block[56:58] == b"\x53\xef" and block[90:92] == b"\1\0"
