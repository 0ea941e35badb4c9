"""What can lie on a volume, and where its signature stands."""

from dataclasses import dataclass
from typing import Final

from hashmatch.errors import Choice
from hashmatch.kinds.volumes import MARKS


class Nature(Choice):
    """What a volume's content is good for."""

    FILE_SYSTEM = "file-system"
    LOCKED = "locked"
    """Encrypted: nothing is read without its key."""
    MEMBER = "member"
    """A part of a volume that reaches over several partitions or disks."""
    SWAP = "swap"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Content:
    """What lies on a volume.

    Attributes:
        kind: in a word, for the record: `ntfs`, `bitlocker`.
        title: its name, for people.
        nature: what it is good for.
    """

    kind: str
    title: str
    nature: Nature = Nature.FILE_SYSTEM


_FS, _LOCKED, _MEMBER = Nature.FILE_SYSTEM, Nature.LOCKED, Nature.MEMBER
NTFS: Final = Content("ntfs", "NTFS")
EXT2: Final = Content("ext2", "ext2")
EXT3: Final = Content("ext3", "ext3")
EXT4: Final = Content("ext4", "ext4")
FAT12: Final = Content("fat12", "FAT12")
FAT16: Final = Content("fat16", "FAT16")
FAT32: Final = Content("fat32", "FAT32")
ISO: Final = Content("iso9660", "ISO 9660")
UDF: Final = Content("udf", "UDF")
UDF_BRIDGE: Final = Content("udf-bridge", "UDF with ISO 9660 (bridge)")
HFS: Final = Content("hfs", "HFS (classic)")
HFS_PLUS: Final = Content("hfsplus", "HFS+")
HFSX: Final = Content("hfsx", "HFSX")
LUKS1: Final = Content("luks1", "LUKS 1", _LOCKED)
LUKS2: Final = Content("luks2", "LUKS 2", _LOCKED)
YAFFS2: Final = Content("yaffs2", "YAFFS2")
RAID: Final = Content("linux-raid", "member of a Linux RAID", _MEMBER)
ZFS: Final = Content("zfs", "ZFS")
LVM2: Final = Content("lvm2", "physical volume (LVM2)", _MEMBER)
BITLOCKER: Final = Content("bitlocker", "BitLocker", _LOCKED)
ZEROS: Final = Content("zeros", "all zeros", Nature.EMPTY)
ZEROS_SAMPLED: Final = Content("zeros", "zeros at all places looked at", Nature.EMPTY)
NOTHING: Final = Content("nothing", "no bytes", Nature.EMPTY)
HIGH_ENTROPY: Final = Content(
    "high-entropy", "high entropy without a header: encrypted, wiped or compressed", Nature.UNKNOWN
)
UNKNOWN: Final = Content("unknown", "not recognised", Nature.UNKNOWN)

_XFS: Final = Content("xfs", "XFS")
_BTRFS: Final = Content("btrfs", "btrfs")
_UFS1: Final = Content("ufs1", "UFS 1")
_UFS2: Final = Content("ufs2", "UFS 2")
_REISER: Final = Content("reiserfs", "ReiserFS")
_SQUASH: Final = Content("squashfs", "SquashFS")
_VMFS: Final = Content("vmfs", "VMFS")
_SWAP: Final = Content("swap", "swap space (Linux)", Nature.SWAP)
_F2FS: Final = Content("f2fs", "F2FS")
_CORE: Final = Content("corestorage", "CoreStorage (FileVault)", _LOCKED)

_BY_KIND: Final = {
    each.kind: each
    for each in (
        NTFS,
        Content("exfat", "exFAT"),
        Content("refs", "ReFS"),
        BITLOCKER,
        LUKS1,
        LUKS2,
        _XFS,
        _BTRFS,
        Content("apfs", "APFS"),
        _CORE,
        Content("jfs", "JFS"),
        _REISER,
        Content("reiser4", "Reiser4"),
        Content("bcachefs", "bcachefs"),
        Content("bcache", "bcache", _MEMBER),
        _F2FS,
        Content("erofs", "EROFS"),
        Content("nilfs2", "NILFS2"),
        _UFS1,
        _UFS2,
        _SQUASH,
        Content("cramfs", "cramfs"),
        Content("romfs", "romfs"),
        Content("ubi", "UBI", _MEMBER),
        Content("ubifs", "UBIFS"),
        Content("jffs2", "JFFS2"),
        _VMFS,
        Content("ocfs2", "OCFS2"),
        Content("gfs2", "GFS2"),
        Content("hpfs", "HPFS"),
        Content("befs", "BeFS"),
        Content("fatx", "FATX (Xbox)"),
        Content("hammer2", "HAMMER2"),
        _SWAP,
        LVM2,
        Content("lvm1", "physical volume (LVM1)", _MEMBER),
        Content("storage-spaces", "member of Storage Spaces", _MEMBER),
        Content("ldm", "dynamic disk (LDM)", _MEMBER),
        RAID,
        Content("bluestore", "Ceph BlueStore", _MEMBER),
        Content("stratis", "Stratis", _MEMBER),
        Content("vdo", "VDO", _MEMBER),
        Content("verity", "dm-verity hash device", _MEMBER),
        Content("integrity", "dm-integrity", _MEMBER),
    )
}
BY_PLACE: Final = tuple((_BY_KIND[kind], place, mark) for kind, place, mark in MARKS)
"""What begins with a signature: the content, the place of the signature, and it."""
