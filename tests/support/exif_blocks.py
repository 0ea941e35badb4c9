"""EXIF blocks, boxes and packets put together byte by byte, so that no reader of ours made them."""

import struct
from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = bytes | int | tuple[tuple[int, int], ...]
"""Text (ASCII, with its zero), a whole number, or fractions."""

TEXTS: dict[int, bytes] = {
    0x010F: b"Maker\0",
    0x0110: b"Model 7\0",
    0x0131: b"1.02\0",
    0x0132: b"2026:04:18 01:02:03\0",
}
EXIF: dict[int, bytes] = {
    0x9003: b"2026:04:17 10:20:30\0",
    0x9004: b"2026:04:17 10:20:31\0",
    0x9011: b"+02:00\0",
    0x9291: b"123\0",
    0xA420: b"abcdef0123456789\0",
    0xA430: b"A. Meier\0",
    0xA431: b"0042\0",
    0xA433: b"Glass\0",
    0xA434: b"50 mm f/1.8\0",
    0xA435: b"99-1\0",
}
GPS: dict[int, Value] = {
    1: b"N\0",
    2: ((52, 1), (30, 1), (585, 10)),
    3: b"W\0",
    4: ((13, 1), (2265, 100), (0, 1)),
    7: ((8, 1), (20, 1), (30, 1)),
    29: b"2026:04:17\0",
}
FIELDS = {
    "make": "Maker",
    "model": "Model 7",
    "software": "1.02",
    "modified": "2026:04:18 01:02:03",
    "captured": "2026:04:17 10:20:30.123",
    "captured-offset": "+02:00",
    "digitized": "2026:04:17 10:20:31",
    "unique-id": "abcdef0123456789",
    "owner": "A. Meier",
    "body-serial": "0042",
    "lens-make": "Glass",
    "lens-model": "50 mm f/1.8",
    "lens-serial": "99-1",
    "gps": "52.516250,-13.377500",
    "gps-time": "2026:04:17 08:20:30Z",
}
"""What those tags say."""


def block(
    main: Mapping[int, Value] = TEXTS,
    exif: Mapping[int, Value] = EXIF,
    gps: Mapping[int, Value] = GPS,
    *,
    order: str = "<",
    big: bool = False,
) -> bytes:
    """A TIFF header with a main directory, and those of EXIF and GPS behind it."""
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + ("HHHQ" if big else "HI"), *_head(big=big))
    written, places = b"", []
    start = len(head) + _length({**main, 0x8769: 0, 0x8825: 0}, big=big)
    for values in (exif, gps):
        places.append(start + len(written))
        written += directory(values, order, places[-1], big=big)
    pointers: dict[int, Value] = {0x8769: places[0], 0x8825: places[1]}
    return head + directory({**main, **pointers}, order, len(head), big=big) + written


def _head(*, big: bool) -> tuple[int, ...]:
    return (43, 8, 0, 16) if big else (42, 8)


def _length(values: Mapping[int, Value], *, big: bool) -> int:
    return len(directory(values, "<", 0, big=big))


def directory(values: Mapping[int, Value], order: str, at: int, *, big: bool = False) -> bytes:
    """A directory that lies at this offset, with its longer values behind it."""
    room, entry, count = (8, "HHQ", "Q") if big else (4, "HHI", "H")
    size = struct.calcsize("=" + entry) + room
    behind = at + struct.calcsize("=" + count) + len(values) * size + room
    entries, longer = b"", b""
    for tag, value in sorted(values.items()):
        if isinstance(value, bytes):
            kind, length, raw = 2, len(value), value
        elif isinstance(value, int):
            kind, length, raw = 4, 1, struct.pack(order + "I", value)
        else:
            kind, length = 5, len(value)
            raw = b"".join(struct.pack(order + "II", *each) for each in value)
        if len(raw) > room:
            place = struct.pack(order + ("Q" if big else "I"), behind + len(longer))
            longer += raw + b"\0" * (len(raw) % 2)
            raw = place
        entries += struct.pack(order + entry, tag, kind, length) + raw.ljust(room, b"\0")
    return struct.pack(order + count, len(values)) + entries + b"\0" * room + longer


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of ISO base media."""
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4) + name + body


def heif(tiff: bytes, packet: bytes) -> bytes:
    """The boxes of a HEIC without a picture: EXIF behind all boxes, the packet in `idat`."""
    infos = (
        box(b"infe", b"\2\0\0\0", b"\0\1\0\0", b"Exif\0"),
        box(b"infe", b"\2\0\0\0", b"\0\2\0\0", b"mime\0application/rdf+xml\0"),
    )
    brand = box(b"ftyp", b"heic\0\0\0\0heic")

    def meta(start: int) -> bytes:
        places = (
            *(b"\1\0\0\0\x44\0\0\2", b"\0\1\0\0\0\0\0\1"),
            *(start.to_bytes(4), (len(tiff) + 10).to_bytes(4)),
            *(b"\0\2\0\1\0\0\0\1", bytes(4), len(packet).to_bytes(4)),
        )
        return box(
            b"meta",
            b"\0\0\0\0",
            box(b"iinf", b"\0\0\0\0\0\2", *infos),
            box(b"iloc", *places),
            box(b"idat", packet),
        )

    start = len(brand) + len(meta(0)) + 8
    return brand + meta(start) + box(b"mdat", b"\0\0\0\6Exif\0\0", tiff)


def nikon_note(serial: bytes) -> bytes:
    return b"Nikon\0\2\x10\0\0MM\0\x2a\0\0\0\x08" + directory({0x1D: serial}, ">", 8)


def apple_note(content: bytes) -> bytes:
    return b"Apple iOS\0\0\1MM" + directory({0x11: content}, ">", 14)
