"""What can lie on a volume, and where its signature stands."""

from dataclasses import dataclass
from typing import Final

from hashmatch.errors import Choice


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
_BCACHE: Final = bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")
_BCACHEFS: Final = bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")
_TO_GO: Final = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
_FVE: Final = b"-FVE-FS-"

BY_PLACE: Final[tuple[tuple[Content, int, bytes], ...]] = (
    (NTFS, 3, b"NTFS    "),
    (Content("exfat", "exFAT"), 3, b"EXFAT   "),
    (Content("refs", "ReFS"), 3, b"ReFS\0\0\0\0"),
    (BITLOCKER, 3, _FVE),
    # The identity of BitLocker To Go, whose volume begins like one of FAT32.
    (BITLOCKER, 424, _TO_GO),
    (LUKS1, 0, b"LUKS\xba\xbe\x00\x01"),
    (LUKS2, 0, b"LUKS\xba\xbe\x00\x02"),
    (_XFS, 0, b"XFSB"),
    (_BTRFS, 0x10040, b"_BHRfS_M"),
    (Content("apfs", "APFS"), 32, b"NXSB"),
    (_CORE, 88, b"CS\x01\x00"),
    (Content("jfs", "JFS"), 0x8000, b"JFS1"),
    (_REISER, 0x10034, b"ReIsErFs"),
    (_REISER, 0x10034, b"ReIsEr2Fs"),
    (_REISER, 0x10034, b"ReIsEr3Fs"),
    (_REISER, 0x2034, b"ReIsErFs"),
    (Content("reiser4", "Reiser4"), 0x10000, b"ReIsEr4"),
    (Content("bcachefs", "bcachefs"), 4096 + 24, _BCACHEFS),
    (Content("bcache", "bcache", _MEMBER), 4096 + 24, _BCACHE),
    (_F2FS, 1024, b"\x10\x20\xf5\xf2"),
    (Content("erofs", "EROFS"), 1024, b"\xe2\xe1\xf5\xe0"),
    (Content("nilfs2", "NILFS2"), 1024, b"\x02\x00\x00\x00\x00\x00\x34\x34"),
    (_UFS1, 8192 + 1372, b"\x54\x19\x01\x00"),
    (_UFS1, 8192 + 1372, b"\x00\x01\x19\x54"),
    *((_UFS2, at + 1372, b"\x19\x01\x54\x19") for at in (8192, 65536, 262144)),
    *((_UFS2, at + 1372, b"\x19\x54\x01\x19") for at in (8192, 65536, 262144)),
    (_SQUASH, 0, b"hsqs"),
    (_SQUASH, 0, b"sqsh"),
    (Content("cramfs", "cramfs"), 0, b"\x45\x3d\xcd\x28"),
    (Content("romfs", "romfs"), 0, b"-rom1fs-"),
    (Content("ubi", "UBI", _MEMBER), 0, b"UBI#"),
    (Content("ubifs", "UBIFS"), 0, b"\x31\x18\x10\x06"),
    (Content("jffs2", "JFFS2"), 0, b"\x85\x19\x03\x20"),
    (_VMFS, 0x100000, b"\x0d\xd0\x01\xc0"),
    (_VMFS, 0x200000, b"\x5e\xf1\xab\x2f"),
    (Content("ocfs2", "OCFS2"), 0x2000, b"OCFSV2"),
    (Content("gfs2", "GFS2"), 0x10000, b"\x01\x16\x19\x70\x00\x00\x00\x01"),
    (Content("hpfs", "HPFS"), 8192, b"\x49\xe8\x95\xf9"),
    (Content("befs", "BeFS"), 512 + 32, b"1SFB"),
    (Content("fatx", "FATX (Xbox)"), 0, b"FATX"),
    (Content("fatx", "FATX (Xbox)"), 0, b"XTAF"),
    (Content("hammer2", "HAMMER2"), 0, b"\x11\x20\x17\x05\x32\x4d\x41\x48"),
    *((_SWAP, page - 10, b"SWAPSPACE2") for page in (4096, 8192, 16384, 65536)),
    *((_SWAP, page - 10, b"SWAP-SPACE") for page in (4096, 8192)),
    *((_SWAP, page - 10, b"S1SUSPEND") for page in (4096, 8192)),
    *((LVM2, sector * 512, b"LABELONE") for sector in range(4)),
    (Content("lvm1", "physical volume (LVM1)", _MEMBER), 0, b"HM\x01\x00"),
    (Content("lvm1", "physical volume (LVM1)", _MEMBER), 0, b"HM\x02\x00"),
    (Content("storage-spaces", "member of Storage Spaces", _MEMBER), 4096, b"SPACEDB "),
    (Content("ldm", "dynamic disk (LDM)", _MEMBER), 6 * 512, b"PRIVHEAD"),
    (RAID, 4096, b"\xfc\x4e\x2b\xa9"),
    (RAID, 0, b"\xfc\x4e\x2b\xa9"),
    (Content("bluestore", "Ceph BlueStore", _MEMBER), 0, b"bluestore block device"),
    (Content("stratis", "Stratis", _MEMBER), 512 + 4, b"!Stra0tis\x86\xff\x02^"),
    (Content("vdo", "VDO", _MEMBER), 0, b"dmvdo001"),
    (Content("verity", "dm-verity hash device", _MEMBER), 0, b"verity\0\0"),
    (Content("integrity", "dm-integrity", _MEMBER), 0, b"integrt\0"),
)
"""What begins with a signature: the content, the place of the signature, and it."""
