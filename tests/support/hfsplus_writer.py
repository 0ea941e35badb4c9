"""Writes HFS+ volumes, as Apple's technical note TN1150 describes them; nothing here reads them."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BLOCK = 4096
_NODE = 8192
_ROOT = 2
_FIRST_ID = 16
_EXTENTS = 8
_1904_TO_1970 = 2_082_844_800

Extent = tuple[int, int]


@dataclass
class HfsFile:
    """A file to be written.

    Attributes:
        data: of its data fork.
        resource: of its resource fork.
        pieces: in which the data fork is written, with other blocks between them.
        modified: seconds since 1970, UTC.
    """

    data: bytes
    resource: bytes = b""
    pieces: int = 1
    modified: int = 1_700_000_000


@dataclass
class _Node:
    kind: int
    height: int
    records: list[bytes] = field(default_factory=list)

    def fits(self, record: bytes) -> bool:
        used = 14 + sum(map(len, self.records)) + 2 * (len(self.records) + 1)
        return used + len(record) + 2 <= _NODE

    def encoded(self, before: int, after: int) -> bytes:
        out = struct.pack(">IIbBHH", after, before, self.kind, self.height, len(self.records), 0)
        offsets = []
        for record in self.records:
            offsets.append(len(out))
            out += record
        offsets.append(len(out))
        table = b"".join(struct.pack(">H", each) for each in reversed(offsets))
        return out.ljust(_NODE - len(table), b"\0") + table


class HfsWriter:
    """A volume in memory."""

    def __init__(self, blocks: int, *, case_sensitive: bool = False) -> None:
        """Begin an empty volume of so many blocks of 4 KiB."""
        self._space = bytearray(blocks * _BLOCK)
        self._used = bytearray(blocks)
        self._case_sensitive = case_sensitive
        self._take(0, 1)
        self._take(blocks - 1, 1)
        self._next = 1

    def _take(self, first: int, count: int) -> None:
        assert not any(self._used[first : first + count]), "blocks are taken"
        self._used[first : first + count] = b"\1" * count

    def _store(self, data: bytes, pieces: int = 1) -> list[Extent]:
        """Write bytes into free blocks, in so many pieces with a free block behind each."""
        count = -(-len(data) // _BLOCK)
        extents, at = [], 0
        for number in range(pieces):
            share = count * (number + 1) // pieces - count * number // pieces
            if not share:
                continue
            self._take(self._next, share)
            place = self._next * _BLOCK
            part = data[at : at + share * _BLOCK]
            self._space[place : place + len(part)] = part
            extents.append((self._next, share))
            at += share * _BLOCK
            self._next += share + (pieces > 1)
        return extents

    def volume(self, files: Mapping[str, HfsFile], name: str = "Exhibit") -> bytes:
        """The volume with these files, by their paths with `/` between names."""
        overflow: list[tuple[bytes, bytes]] = []
        records = list(self._catalog(files, name, overflow))
        key = self._key_order
        catalog = _tree(sorted(records, key=lambda each: key(each[0])), 516, 6, 0xCF)
        extents = _tree(sorted(overflow), 10, 2, 0)
        stored = {
            "extents": (self._store(extents), len(extents)),
            "catalog": (self._store(catalog), len(catalog)),
        }
        bitmap_size = -(-len(self._used) // 8)
        at = self._store(bytes(bitmap_size))
        stored["bitmap"] = (at, bitmap_size)
        bits = bytearray(bitmap_size)
        for number, used in enumerate(self._used):
            bits[number // 8] |= (0x80 >> number % 8) * used
        place = at[0][0] * _BLOCK
        self._space[place : place + bitmap_size] = bits
        header = self._header(files, stored)
        self._space[1024:1536] = header
        self._space[-1024:-512] = header
        return bytes(self._space)

    def _key_order(self, key: bytes) -> tuple[int, str]:
        parent, length = struct.unpack_from(">IH", key, 2)
        text = key[8 : 8 + 2 * length].decode("utf-16-be")
        return parent, text if self._case_sensitive else text.lower()

    def _catalog(
        self, files: Mapping[str, HfsFile], name: str, overflow: list[tuple[bytes, bytes]]
    ) -> Iterator[tuple[bytes, bytes]]:
        folders = {"": _ROOT}
        children: dict[str, int] = {"": 0}
        number = _FIRST_ID
        names = sorted(files)
        for path in names:
            parts = path.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                folder = "/".join(parts[:depth])
                if folder not in folders:
                    folders[folder], children[folder] = number, 0
                    children["/".join(parts[: depth - 1])] += 1
                    number += 1
            children["/".join(parts)] += 1
        for folder, own in folders.items():
            parent = 1 if not folder else folders["/".join(folder.split("/")[:-1])]
            label = folder.split("/")[-1] if folder else name
            yield _key(parent, label), _folder(own, children[folder])
            yield _key(own, ""), _thread(3, parent, label)
        for path in names:
            *parts, label = path.split("/")
            parent = folders["/".join(parts)]
            file = files[path]
            data = self._store(file.data, file.pieces)
            resource = self._store(file.resource)
            yield _key(parent, label), _file(number, file, data, resource)
            yield _key(number, ""), _thread(4, parent, label)
            place = sum(count for _, count in data[:_EXTENTS])
            for at in range(_EXTENTS, len(data), _EXTENTS):
                key = struct.pack(">HBBII", 10, 0, 0, number, place)
                overflow.append((key, _extents(data[at : at + _EXTENTS])))
                place += sum(count for _, count in data[at : at + _EXTENTS])
            number += 1
        self._last_id, self._folders = number, len(folders)

    def _header(
        self, files: Mapping[str, HfsFile], stored: Mapping[str, tuple[list[Extent], int]]
    ) -> bytes:
        now = 1_700_000_000 + _1904_TO_1970
        sign, version = (b"HX", 5) if self._case_sensitive else (b"H+", 4)
        out = sign + struct.pack(">HI4sI", version, 0x100, b"10.0", 0)
        out += struct.pack(">IIII", now, now, 0, now)
        out += struct.pack(">II", len(files), self._folders - 1)
        free = len(self._used) - sum(self._used)
        out += struct.pack(">III", _BLOCK, len(self._used), free)
        out += struct.pack(">IIIII", self._next, _BLOCK, _BLOCK, self._last_id, 1)
        out += struct.pack(">Q", 1) + bytes(32)
        for each in ("bitmap", "extents", "catalog"):
            extents, size = stored[each]
            out += _fork(size, extents)
        return (out + bytes(160)).ljust(512, b"\0")


def _fork(size: int, extents: list[Extent]) -> bytes:
    blocks = sum(count for _, count in extents)
    return struct.pack(">QII", size, _BLOCK, blocks) + _extents(extents[:_EXTENTS])


def _extents(extents: list[Extent]) -> bytes:
    return b"".join(struct.pack(">II", *each) for each in extents).ljust(64, b"\0")


def _key(parent: int, name: str) -> bytes:
    text = name.encode("utf-16-be")
    return struct.pack(">HIH", 6 + len(text), parent, len(text) // 2) + text


def _folder(number: int, children: int) -> bytes:
    now = 1_700_000_000 + _1904_TO_1970
    out = struct.pack(">HHII5I", 1, 0, children, number, now, now, now, now, 0)
    return out + struct.pack(">IIBBHI", 501, 20, 0, 0, 0o040755, 1) + bytes(32) + bytes(8)


def _file(number: int, file: HfsFile, data: list[Extent], resource: list[Extent]) -> bytes:
    when = file.modified + _1904_TO_1970
    out = struct.pack(">HHII5I", 2, 2, 0, number, when, when, when, when, 0)
    out += struct.pack(">IIBBHI", 501, 20, 0, 0, 0o100644, 1) + bytes(32) + bytes(8)
    return out + _fork(len(file.data), data) + _fork(len(file.resource), resource)


def _thread(kind: int, parent: int, name: str) -> bytes:
    text = name.encode("utf-16-be")
    return struct.pack(">HHIH", kind, 0, parent, len(text) // 2) + text


def _tree(records: list[tuple[bytes, bytes]], longest: int, attributes: int, compare: int) -> bytes:
    """A B-tree of these records, whose nodes are as full as they can be."""
    levels: list[list[tuple[bytes, _Node]]] = []
    items = [(key, key + data) for key, data in records]
    height = 1
    while items:
        nodes: list[tuple[bytes, _Node]] = []
        for key, record in items:
            if not nodes or not nodes[-1][1].fits(record):
                nodes.append((key, _Node(-1 if height == 1 else 0, height)))
            nodes[-1][1].records.append(record)
        levels.append(nodes)
        if len(nodes) == 1:
            break
        first = 1 + sum(map(len, levels[:-1]))
        items = [
            (key, key + struct.pack(">I", first + number)) for number, (key, _) in enumerate(nodes)
        ]
        height += 1
    total = 1 + sum(map(len, levels))
    spare = -(-total // 8) * 8 + 8
    out, number = b"", 1
    for nodes in levels:
        for place, (_, node) in enumerate(nodes):
            before = number - 1 if place else 0
            after = number + 1 if place + 1 < len(nodes) else 0
            out += node.encoded(before, after)
            number += 1
    leaves = len(levels[0]) if levels else 0
    header = struct.pack(
        ">HIIIIHHIIHIBBI",
        len(levels),
        total - 1 if levels else 0,
        len(records),
        1 if leaves else 0,
        leaves,
        _NODE,
        longest,
        spare,
        spare - total,
        0,
        _BLOCK,
        0,
        compare,
        attributes,
    ) + bytes(64)
    node = _Node(1, 0, [header, bytes(128)])
    size = _NODE - 14 - len(header) - 128 - 8
    used = bytearray(size)
    for each in range(total):
        used[each // 8] |= 0x80 >> each % 8
    node.records.append(bytes(used))
    return (node.encoded(0, 0) + out).ljust(spare * _NODE, b"\0")
