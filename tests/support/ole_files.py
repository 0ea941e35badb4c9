"""Compound documents (OLE) by a small writer of our own, and what programs put into them."""

import struct
from collections.abc import Mapping
from typing import Union

from tests.support.inner_members import picture

Tree = Mapping[str, Union[bytes, "Tree"]]

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC


class _Writer:
    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini = b""
        self.mini_fat: list[int] = []
        self.entries: list[list[object]] = []

    def chain(self, data: bytes) -> int:
        if not data:
            return _END
        first = len(self.sectors)
        for at in range(0, len(data), _SECTOR):
            self.sectors.append(data[at : at + _SECTOR].ljust(_SECTOR, b"\0"))
            self.fat.append(len(self.sectors))
        self.fat[-1] = _END
        return first

    def mini_chain(self, data: bytes) -> int:
        first = len(self.mini_fat)
        for at in range(0, len(data), _MINI):
            self.mini += data[at : at + _MINI].ljust(_MINI, b"\0")
            self.mini_fat.append(len(self.mini_fat) + 1)
        self.mini_fat[-1] = _END
        return first

    def add(self, name: str, held: "bytes | Tree") -> int:
        number = len(self.entries)
        self.entries.append([])
        if isinstance(held, bytes):
            start = _END
            if held:
                start = self.chain(held) if len(held) >= _CUTOFF else self.mini_chain(held)
            self.entries[number] = [name, 2, _FREE, _FREE, start, len(held)]
        else:
            kind = 5 if not number else 1
            self.entries[number] = [name, kind, _FREE, _FREE, 0, 0]
            previous = None
            for key, value in held.items():
                child = self.add(key, value)
                if previous is None:
                    self.entries[number][3] = child
                else:
                    self.entries[previous][2] = child
                previous = child
        return number

    def directory(self) -> bytes:
        out = b""
        for name, kind, right, child, start, size in self.entries:
            text = str(name).encode("utf-16-le")
            out += text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
            out += struct.pack("<III", _FREE, right, child) + bytes(36)
            out += struct.pack("<IQ", start, size)
        return out + bytes(-len(out) % _SECTOR)


def ole(tree: Tree) -> bytes:
    """A document of streams and storages."""
    writer = _Writer()
    writer.add("Root Entry", tree)
    writer.entries[0][4:] = [writer.chain(writer.mini), len(writer.mini)]
    directory = writer.chain(writer.directory())
    mini = struct.pack(f"<{len(writer.mini_fat)}I", *writer.mini_fat)
    mini += b"\xff" * (-len(mini) % _SECTOR)
    mini_start = writer.chain(mini)
    count = 1
    while count * 128 < len(writer.fat) + count:
        count += 1
    assert count <= 109
    start = len(writer.sectors)
    fat = [*writer.fat, *[_FAT] * count]
    fat += [_FREE] * (count * 128 - len(fat))
    packed = struct.pack(f"<{len(fat)}I", *fat)
    places = [*range(start, start + count), *[_FREE] * (109 - count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, count, directory, 0, _CUTOFF)
    header += struct.pack("<IIII", mini_start, len(mini) // _SECTOR, _END, 0)
    return header + struct.pack("<109I", *places) + b"".join(writer.sectors) + packed


def blip(kind: int, instance: int, data: bytes, before: int = 17) -> bytes:
    """A record of a picture."""
    held = bytes(before) + data
    return struct.pack("<HHI", instance << 4, kind, len(held)) + held


def blips() -> bytes:
    """A JPEG, a PNG with two checksums, and a bitmap, each in its record."""
    dib = picture("BMP")[14:]
    return (
        blip(0xF01D, 0x46A, picture("JPEG"))
        + blip(0xF01E, 0x6E1, picture("PNG"), 33)
        + blip(0xF01F, 0x7A8, dib)
    )


def workbook() -> bytes:
    """A stream of Excel: the drawing in pieces of at most 8,224 bytes."""
    data, records = blips(), struct.pack("<HH", 0x809, 16) + bytes(16)
    for number, at in enumerate(range(0, len(data), 8224)):
        piece = data[at : at + 8224]
        records += struct.pack("<HH", 0x3C if number else 0xEB, len(piece)) + piece
    return records + struct.pack("<HH", 0x0A, 0)


def thumbs() -> bytes:
    """A Thumbs.db of two pictures."""
    shown = [("ä photo.jpg", picture("JPEG")), *[(f"{each}.jpg", b"") for each in range(2, 12)]]
    shown.append(("b.jpg", picture("JPEG", 48)))
    catalog = struct.pack("<HHIII", 16, 7, len(shown), 96, 96)
    tree: dict[str, bytes | Tree] = {}
    for number, (name, data) in enumerate(shown, 1):
        text = name.encode("utf-16-le") + bytes(2)
        catalog += struct.pack("<IIQ", len(text) + 20, number, 132_000_000_000_000_000)
        catalog += text + bytes(4)
        if data:
            tree[str(number)[::-1]] = struct.pack("<III", 12, 1, len(data)) + data
    return ole({"Catalog": catalog, **tree})


def message(
    attached: Mapping[str, bytes], inner: Tree | None = None, further: Tree | None = None
) -> Tree:
    """An Outlook message with attachments, and one that is a message."""
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": "Subject".encode("utf-16-le") * 9,
        **(further or {}),
    }
    for number, (name, data) in enumerate(attached.items()):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(32),
            "__substg1.0_37010102": data,
            "__substg1.0_3707001F": name.encode("utf-16-le"),
        }
    if inner is not None:
        tree["__attach_version1.0_#00000099"] = {
            "__substg1.0_3701000D": inner,
            "__substg1.0_3001001F": "forwarded".encode("utf-16-le"),
        }
    return tree
