"""Which container the first bytes say, or the bytes at a certain place."""

from typing import Final

from hashmatch.kinds.magic import Magic

_MAGIC: Final = (
    ("7-Zip archive", rb"7z\xbc\xaf\x27\x1c"),
    ("RAR archive", rb"Rar!\x1a\x07"),
    ("gzip-compressed file", rb"\x1f\x8b\x08[\x00-\x1f]"),
    ("bzip2-compressed file", rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    ("xz-compressed file", rb"\xfd7zXZ\x00"),
    ("Zstandard-compressed file", rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    ("LZ4-compressed file", rb"\x04\x22\x4d\x18"),
    ("lzip-compressed file", rb"LZIP\x01"),
    (
        "LZMA-compressed file",
        rb"\x5d\x00(?:\x00[\x01-\xff]\x00|\x00\x00[\x01-\x40])(?:\xff{8}|.{5}\x00{3})\x00",
    ),
    ("Flash film (SWF)", rb"[CZ]WS[\x05-\x40].{4}"),
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
    # Last: two bytes alone.
    ("zlib-compressed file", rb"\x78[\x01\x5e\x9c\xda]"),
)
"""Kinds that their first bytes tell. Who opens one looks closer where that is needed."""

NAMES_BY_FIRST_BYTES: Final = tuple(name for name, _ in _MAGIC)
"""Kinds in the order in which they are looked for."""

# One expression with a group for each: most files are none of them, and 60 expressions one after
# the other took ten times as long for each of these.
_BY_FIRST_BYTES: Final = Magic(b"|".join(b"(%s)" % magic for _, magic in _MAGIC))

BY_PLACE: Final = (
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
"""Names, offsets in the file, and the bytes found there."""

ZIP: Final = Magic(rb"PK(?:\x03\x04|\x05\x06|\x07\x08PK\x03\x04|00PK\x03\x04)")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Which archive or document it is, others say: by what it holds."""


def by_first_bytes(head: bytes) -> str:
    """The name of the container that a file is by its first bytes; empty where they say none.

    Args:
        head: its first bytes, 64 KiB of them or all.
    """
    found = _BY_FIRST_BYTES.match(head)
    return NAMES_BY_FIRST_BYTES[found.lastindex - 1] if found and found.lastindex else ""
