"""Which container of disk images a file is, by its first and last bytes."""

import re
from dataclasses import dataclass
from typing import Final

from hashmatch.errors import Reason
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.containers import (
    dmg,
    e01_sections,
    qcow2,
    raw,
    vdi,
    vhd,
    vhdx,
    vmdk,
)

HEAD: Final = 4096
"""Bytes at the beginning of a file that are looked at."""
TAIL: Final = 65536
"""Bytes at its end that are looked at: an archive says there what it holds."""
_PLACES: Final = "hashmatch.sources.diskimage.containers."


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of container of disk images.

    Attributes:
        name: of the kind, as `hashmatch.containers` has them.
        opener: module and name of the function that opens it; empty where it is not read.
        reason: why it is not.
        advice: what to do then, in a few words.
    """

    name: str
    opener: str = ""
    reason: Reason = Reason.UNSUPPORTED
    advice: str = ""


RAW: Final = Container("raw disk image", f"{_PLACES}raw:open_raw")
"""What holds nothing but the bytes of a medium: a file is one if no other kind is surer of it."""
_E01: Final = Container("EnCase image (E01)", f"{_PLACES}e01:open_e01")
_VMDK: Final = Container("VMware disk (VMDK)", f"{_PLACES}vmdk:open_vmdk")
_VHD: Final = Container("VirtualPC disk (VHD)", f"{_PLACES}vhd:open_vhd")
_VHDX: Final = Container("Hyper-V disk (VHDX)", f"{_PLACES}vhdx:open_vhdx")
_VDI: Final = Container("VirtualBox disk (VDI)", f"{_PLACES}vdi:open_vdi")
_QCOW2: Final = Container("QEMU disk (QCOW)", f"{_PLACES}qcow2:open_qcow2")
_AFF4: Final = Container("AFF4 image", f"{_PLACES}aff4:open_aff4")
_DMG: Final = Container("Apple disk image (DMG)", f"{_PLACES}dmg:open_dmg")
READ: Final = (_AFF4, _DMG, _E01, _QCOW2, _VDI, _VHD, _VHDX, _VMDK, RAW)
"""All kinds that are read."""

_TO_E01: Final = "make an E01 or raw image of it with the program that made it"
_FIRST: Final = (
    (_E01, re.escape(e01_sections.SIGNATURE)),
    (_VMDK, rb"KDMV|COWD|" + re.escape(vmdk.DESCRIPTOR)),
    (_VHD, re.escape(vhd.SIGNATURE)),
    (_VHDX, re.escape(vhdx.SIGNATURE)),
    (_VDI, rb".{64}" + re.escape(vdi.SIGNATURE)),
    (_QCOW2, re.escape(qcow2.SIGNATURE)),
    (Container("EnCase image (Ex01)", advice=_TO_E01), rb"EVF2\r\n\x81"),
    (Container("EnCase logical image (L01)", advice="export its files"), rb"LVF\x09\r\n\xff\x00"),
    (Container("EnCase logical image (Lx01)", advice="export its files"), rb"LEF2\r\n\x81"),
    (Container("AccessData image (AD1)", advice="export its files"), rb"ADSEGMENTEDFILE\x00"),
    (Container("encrypted AccessData image", reason=Reason.ENCRYPTED), rb"ADCRYPT"),
    (Container("AFF image", advice=_TO_E01), rb"AFF1\d\r\n\x00"),
    (
        Container("VMware disk (SESPARSE)", advice="clone it with vmkfstools"),
        rb"\xbe\xba\xfe\xca\x00",
    ),
    (Container("Parallels disk", advice="convert it with `qemu-img convert`"), rb"Without?FreeSp"),
    (Container("Parallels disk", advice="convert it with `qemu-img convert`"), rb"WithouFreSpac"),
    (Container("Apple sparse image", advice="convert it with `hdiutil convert`"), rb"sprs\x00\x00"),
    (Container("encrypted Apple disk image (DMG)", reason=Reason.ENCRYPTED), rb"encrcdsa"),
    (
        Container("CD image of raw sectors", advice="convert it to an ISO image"),
        rb"\x00\xff{10}\x00...[\x01\x02]",
    ),
)
_BY_FIRST: Final = tuple((kind, re.compile(form, re.DOTALL)) for kind, form in _FIRST)
_ENCRYPTED_AT_END: Final = (
    b"cdsaencr",
    Container("encrypted Apple disk image (DMG)", reason=Reason.ENCRYPTED),
)
_IN_AFF4: Final = re.compile(rb"information\.turtle|container\.description")


def detect(file: Bytes) -> Container | None:
    """The container that a file is; None where it is none, or raw.

    Args:
        file: of which the first and the last bytes are read.

    Raises:
        OSError: it cannot be read.
    """
    head = file.pread(0, HEAD)
    tail = file.pread(max(file.size - TAIL, 0), TAIL)
    return detect_in(head, tail, file.size)


def detect_in(head: bytes, tail: bytes, size: int) -> Container | None:
    """The same by the bytes alone.

    Args:
        head: the first bytes of the file, `HEAD` of them or all.
        tail: its last ones, `TAIL` of them or all.
        size: of the file, in bytes.
    """
    for kind, form in _BY_FIRST:
        if form.match(head):
            return kind
    if head[:2] == b"PK" and _IN_AFF4.search(tail):
        return _AFF4
    if tail[-dmg.TRAILER :][:4] == dmg.SIGNATURE:
        return _DMG
    if tail.endswith(_ENCRYPTED_AT_END[0]):
        return _ENCRYPTED_AT_END[1]
    footer = vhd.footer_of(tail[-vhd.FOOTER :]) or vhd.footer_of(tail[1 - vhd.FOOTER :])
    if footer and footer.is_whole and vhd.is_fixed(size, footer):
        return _VHD
    return None


def may_have_more(file: Bytes) -> bool:
    """Whether it may be the first of several files of an image: a container, or `disk.001`.

    Raises:
        OSError: it cannot be read.
    """
    found = detect(file)
    return bool(found and found.opener) or raw.is_first(file.name)
