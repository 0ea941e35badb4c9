"""Differencing disks of Virtual PC and Hyper-V, which no tool for Linux writes.

They are made from dynamic disks of qemu-img, after Microsoft's specifications; libvhdi reads them
as we do.
"""

import struct
import uuid
from pathlib import Path

from hashmatch.sources.diskimage.checksums import crc32c

SECTOR = 512
_BLOCK = 2 << 20
_MEBIBYTE = 1 << 20


def differ_vhd(path: Path, parent: Path, changed: dict[int, bytes], name: str = "") -> Path:
    """A differencing VHD.

    Args:
        path: to write.
        parent: a dynamic VHD.
        changed: sectors that are others than in the parent, by number.
        name: that it gives the parent; its own where empty.
    """
    footer = bytearray(parent.read_bytes()[-512:])
    (size,) = struct.unpack_from(">Q", footer, 48)
    identity = bytes(footer[68:84])
    footer[60:64] = struct.pack(">L", 4)
    footer[68:84] = uuid.uuid4().bytes
    _sum(footer, 64)
    count = -(-size // _BLOCK)
    name = name or parent.name
    relative = name.encode("utf-16-le")
    header = bytearray(1024)
    table_at = 512 + 1024
    names_at = table_at + -(-count * 4 // 512) * 512
    struct.pack_into(
        ">8sQQLLL", header, 0, b"cxsparse", (1 << 64) - 1, table_at, 0x10000, count, _BLOCK
    )
    header[40:56] = identity
    header[64:576] = name.encode("utf-16-be").ljust(512, b"\0")
    struct.pack_into(">4sLLLQ", header, 576, b"W2ru", 512, len(relative), 0, names_at)
    _sum(header, 36)
    blocks = sorted({sector * SECTOR // _BLOCK for sector in changed})
    table, body = [0xFFFFFFFF] * count, b""
    for block in blocks:
        bitmap, data = bytearray(SECTOR), bytearray(_BLOCK)
        for sector, content in changed.items():
            which, at = divmod(sector * SECTOR, _BLOCK)
            if which == block:
                bit = at // SECTOR
                bitmap[bit // 8] |= 0x80 >> bit % 8
                data[at : at + SECTOR] = content
        table[block] = (names_at + 512 + len(body)) // SECTOR
        body += bytes(bitmap + data)
    packed = struct.pack(f">{count}L", *table).ljust(names_at - table_at, b"\xff")
    text = relative.ljust(512, b"\0")
    path.write_bytes(bytes(footer + header) + packed + text + body + bytes(footer))
    return path


def _sum(data: bytearray, at: int) -> None:
    data[at : at + 4] = bytes(4)
    data[at : at + 4] = struct.pack(">L", ~sum(data) & 0xFFFFFFFF)


def differ_vhdx(path: Path, parent: Path, changed: dict[int, bytes], name: str = "") -> Path:
    """A differencing VHDX, of the same arguments: a copy of the parent in which all is unchanged.

    The parent's blocks are taken out, and the sectors that changed are put into new ones.
    """
    data = bytearray(parent.read_bytes())
    bat, metadata = (
        _region(data, "2dc27766-f623-4200-9d64-115e9bfd4a08"),
        _region(data, "8b7ca206-4790-4b9a-b8fe-575f050f886e"),
    )
    written = max((64 << 10, 128 << 10), key=lambda at: struct.unpack_from("<Q", data, at + 8)[0])
    linkage = str(uuid.UUID(bytes_le=bytes(data[written + 32 : written + 48])))
    for at in (64 << 10, 128 << 10):
        data[at + 32 : at + 48] = uuid.uuid4().bytes
        _crc(data, at, 4096)
    parameters = _item(data, metadata, "caa16737-fa36-4d43-b3b6-33f0aa44e76b")
    block, flags = struct.unpack_from("<LL", data, parameters)
    struct.pack_into("<L", data, parameters + 4, flags | 2)
    _add_locator(
        data, metadata, {"parent_linkage": f"{{{linkage}}}", "relative_path": name or parent.name}
    )
    ratio = (1 << 23) * SECTOR // block
    entries = (len(data) - bat) // 8
    size = struct.unpack_from(
        "<Q", data, _item(data, metadata, "2fa54224-cd1b-4876-b211-5dbed83bf4b8")
    )[0]
    count = -(-size // block)
    for number in range(min(count + count // ratio + 1, entries)):
        struct.pack_into("<Q", data, bat + 8 * number, 0)
    end = -(-len(data) // _MEBIBYTE) * _MEBIBYTE
    bitmap, bodies = bytearray(_MEBIBYTE), dict[int, bytearray]()
    for sector, content in changed.items():
        which, at = divmod(sector * SECTOR, block)
        bodies.setdefault(which, bytearray(block))[at : at + SECTOR] = content
        bitmap[sector // 8] |= 1 << sector % 8
    struct.pack_into("<Q", data, bat + 8 * ratio, end | 6)
    place = end + _MEBIBYTE
    data = data.ljust(end, b"\0") + bitmap
    for which, body in sorted(bodies.items()):
        struct.pack_into("<Q", data, bat + 8 * which, place | 7)
        data += body
        place += block
    path.write_bytes(data)
    return path


def _region(data: bytearray, which: str) -> int:
    """Where a region lies."""
    at = data.index(uuid.UUID(which).bytes_le, 192 << 10)
    return int(struct.unpack_from("<Q", data, at + 16)[0])


def _item(data: bytearray, metadata: int, which: str) -> int:
    """Where an item of the metadata lies."""
    at = data.index(uuid.UUID(which).bytes_le, metadata)
    return metadata + int(struct.unpack_from("<L", data, at + 16)[0])


def _add_locator(data: bytearray, metadata: int, values: dict[str, str]) -> None:
    kind = uuid.UUID("b04aefb7-d19e-4a81-b789-25b8e9445913").bytes_le
    texts, entries = b"", b""
    begin = 20 + 12 * len(values)
    for key, value in values.items():
        first, second = key.encode("utf-16-le"), value.encode("utf-16-le")
        at = begin + len(texts)
        entries += struct.pack("<LLHH", at, at + len(first), len(first), len(second))
        texts += first + second
    item = kind + struct.pack("<HH", 0, len(values)) + entries + texts
    (count,) = struct.unpack_from("<H", data, metadata + 10)
    struct.pack_into("<H", data, metadata + 10, count + 1)
    which = uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c").bytes_le
    offset = 0x20000
    entry = which + struct.pack("<LLLL", offset, len(item), 4, 0)
    data[metadata + 32 + 32 * count : metadata + 64 + 32 * count] = entry
    data[metadata + offset : metadata + offset + len(item)] = item


def _crc(data: bytearray, at: int, size: int) -> None:
    data[at + 4 : at + 8] = bytes(4)
    data[at + 4 : at + 8] = struct.pack("<L", crc32c(bytes(data[at : at + size])))
