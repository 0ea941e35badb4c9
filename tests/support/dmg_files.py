"""Apple's disk images (UDIF), written as dmg2img reads them."""

import base64
import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

_KINDS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "zlib": (0x80000005, zlib.compress),
    "bzip2": (0x80000006, bz2.compress),
    "lzma": (0x80000008, lzma.compress),
    "raw": (1, bytes),
    "lzfse": (0x80000007, bytes),
}
_PIECE = 512 * 512


def write_dmg(path: Path, data: bytes, kind: str = "zlib", before: bytes = b"") -> Path:
    """An image of two tables of pieces; zeros are not stored."""
    code, pack = _KINDS[kind]
    body, tables = before, []
    half = len(data) // _PIECE // 2 * _PIECE
    for first, part in ((0, data[:half]), (half, data[half:])):
        entries = []
        for at in range(0, len(part), _PIECE):
            piece = part[at : at + _PIECE]
            is_empty = not piece.strip(b"\0")
            kind_of_piece = (2 if at % 3 else 0) if is_empty else code
            packed = b"" if is_empty else pack(piece)
            place = len(body) - len(before), len(packed)
            entries.append((kind_of_piece, 0, at // 512, -(-len(piece) // 512), *place))
            body += packed
        entries.append((0x7FFFFFFE, 0x2B626567, 0, 0, 0, 0))
        entries.append((0xFFFFFFFF, 0, len(part) // 512, 0, len(body) - len(before), 0))
        head = b"mish" + struct.pack(
            ">LQQQLL24x136xL", 1, first // 512, len(part) // 512, 0, 520, 0, len(entries)
        )
        tables.append(head + b"".join(struct.pack(">LLQQQQ", *entry) for entry in entries))
    text = _property_list(tables)
    fork = 0, len(before), len(body) - len(before), 0, 0
    koly = b"koly" + struct.pack(">LLLQQQQQLL", 4, 512, 1, *fork, 1, 1)
    koly = koly.ljust(216, b"\0") + struct.pack(">QQ", len(body), len(text))
    koly = koly.ljust(488, b"\0") + struct.pack(">LQ", 1, len(data) // 512)
    path.write_bytes(body + text + koly.ljust(512, b"\0"))
    return path


def _property_list(tables: list[bytes]) -> bytes:
    items = "".join(
        f"<dict><key>Attributes</key><string>0x0050</string><key>Data</key><data>\n"
        f"{base64.encodebytes(table).decode()}</data><key>ID</key><string>{number}</string>"
        f"<key>Name</key><string>part {number} (Apple_HFS : {number})</string></dict>"
        for number, table in enumerate(tables)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST '
        '1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><dict>'
        f"<key>resource-fork</key><dict><key>blkx</key><array>{items}</array></dict></dict></plist>"
    ).encode()


def _of(kind: str, before: bytes = b"") -> Callable[[Path, Path], Path]:
    return lambda raw, folder: write_dmg(folder / "disk.dmg", raw.read_bytes(), kind, before)


DMG_FORMS: dict[str, Callable[[Path, Path], Path]] = {
    "dmg": _of("zlib"),
    "dmg bzip2": _of("bzip2"),
    "dmg lzma": _of("lzma"),
    "dmg raw behind other bytes": _of("raw", b"x" * 1000),
}
"""Forms of images, and what makes one from a raw image in a folder."""
