"""Damaged partition tables of every scheme, and damaged physical volumes of LVM2."""

import struct
import traceback
import zlib
from pathlib import Path
from random import Random

from hashmatch.sources.diskimage.reading import Held, Joined, Zeros
from hashmatch.sources.diskimage.volumes import find_volumes
from tests.support.disk_images import run
from tests.support.mutations import mutant

SIZE = 8 << 20
_PIECE = 32 << 10
_HEAD = 17_408
"""Bytes in which the tables lie at the beginning: 34 sectors."""

_TEXT = b"""vg { id = "g" seqno = 4 extent_size = 8
physical_volumes { pv0 { id = "%s" pe_start = 2048 pe_count = 99 } }
logical_volumes {
  one { status = ["VISIBLE"] segment_count = 2
    segment1 { extent_count = 2 type = "striped" stripe_count = 1 stripes = ["pv0", 3] }
    segment2 { extent_count = 4 type = "striped" stripe_count = 2 stripe_size = 8
               stripes = ["pv0", 9, "pv0", 20] } } } }"""


def physical_volume(text: bytes = b"") -> bytes:
    """The beginning of a physical volume of LVM2, with a group of one logical volume."""
    identity = b"abcdef" * 5 + b"gh"
    text = text or _TEXT % identity
    label = struct.pack("<8sQLL8s", b"LABELONE", 1, 0, 32, b"LVM2 001")
    header = identity + struct.pack("<QQQQQQQQQ", SIZE, 1 << 20, 0, 0, 0, 4096, 8192, 0, 0)
    crc = zlib.crc32(text, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
    area = struct.pack("<L16sLQQ", 0, b"\x20LVM2\x20x[5A%r0N*>", 1, 4096, 8192)
    area += struct.pack("<QQLL", 512, len(text), crc, 0)
    return bytes(512) + (label + header).ljust(3584, b"\0") + area.ljust(512, b"\0") + text


def make_disk(label: str, folder: Path) -> bytes:
    """A disk with a table of this kind, of several partitions."""
    if label == "lvm":
        return physical_volume().ljust(SIZE, b"\0")
    disk = folder / label
    run("truncate", "-s", SIZE, disk)
    if label == "gpt":
        run("sgdisk", "-n1:2048:+1M", "-n2:0:+1M", "-n3:0:+1M", disk)
        return disk.read_bytes()
    if label == "logical":
        first = "label: dos\nstart=64, size=64, type=7\nstart=2048, size=6M, type=5\n"
        (folder / "layout").write_text(first + "size=1M, type=83\n" * 3)
        run("sh", "-c", f"PATH=$PATH:/sbin sfdisk -q {label} < layout", folder=folder)
        return disk.read_bytes()
    names = ("a", "b") if label == "mac" else ("", "")
    parts = [
        each
        for name, start, end in zip(names, ("1MiB", "3MiB"), ("2MiB", "4MiB"), strict=True)
        for each in ("mkpart", *([name] if name else []), "hfs+", start, end)
    ]
    run("parted", "-s", disk, "mklabel", label, *parts)
    return disk.read_bytes()


LABELS = ("gpt", "logical", "mac", "bsd", "lvm")


def endure_tables(label: str, disk: bytes, count: int) -> list[str]:
    """Damage a table so often and look for volumes; what was wrong then."""
    wrong = []
    head = disk[:_HEAD]
    pieces = [disk[at : at + _PIECE] for at in range(_HEAD, SIZE, _PIECE)]
    rest = [Held(each) if each.strip(b"\0") else Zeros(len(each)) for each in pieces]
    for number in range(count):
        data = mutant(label, number, {label: head}).data
        if Random(number).random() < 0.5:
            data = _corrected(label, data)
        source = Joined([Held(data.ljust(_HEAD, b"\0")[:_HEAD]), *rest])
        try:
            volumes = find_volumes(source).volumes
        except Exception:  # noqa: BLE001 (none is right)
            wrong.append(f"{label}:{number}: {traceback.format_exc(limit=-3)}")
            continue
        if sum(each.weight for each in volumes) != SIZE:
            wrong.append(f"{label}:{number}: weights do not add up")
        for each in volumes:
            opened = each.open(source)
            if opened.size != each.size and not each.unreadable:
                wrong.append(f"{label}:{number}: {each.steps} has {opened.size}, not {each.size}")
    return wrong


def _corrected(label: str, data: bytes) -> bytes:
    """The same with checksums that are right, as who means harm writes them."""
    fixed = bytearray(data)
    if label == "gpt" and len(data) >= _HEAD:
        start, count, size = struct.unpack_from("<QLL", fixed, 512 + 72)
        entries = bytes(fixed[start * 512 : start * 512 + min(count * size, _HEAD)])
        struct.pack_into("<L", fixed, 512 + 88, zlib.crc32(entries))
        length = min(max(struct.unpack_from("<L", fixed, 512 + 12)[0], 92), 512)
        fixed[512 + 16 : 512 + 20] = bytes(4)
        struct.pack_into("<L", fixed, 512 + 16, zlib.crc32(bytes(fixed[512 : 512 + length])))
    if label == "lvm" and len(data) > 5200:
        offset, length = struct.unpack_from("<QQ", fixed, 4096 + 40)
        text = bytes(fixed[4096 + min(offset, SIZE) :][: min(length, SIZE)])
        crc = zlib.crc32(text, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
        struct.pack_into("<L", fixed, 4096 + 56, crc)
    return bytes(fixed)
