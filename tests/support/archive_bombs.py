"""Archives that are made to fill memory, disk or time, from small files."""

import gzip
import struct
import zlib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from types import MappingProxyType
from typing import Final

from tests.support.archives import tarred, zipped
from tests.support.quines import quine

_BLOCK: Final = 1 << 20


def zeros(count: int) -> bytes:
    """So many mebibytes of zeros, deflated without a header: a thousandth of them."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(_BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * count + b"\3\0"


def crc_of_zeros(count: int) -> int:
    """CRC-32 of so many mebibytes of zeros."""
    value = 0
    for _ in range(count):
        value = zlib.crc32(bytes(_BLOCK), value)
    return value


def _fields(crc: int, packed: int, size: int, name: bytes, method: int = 8) -> bytes:
    sizes = (min(each, 0xFFFFFFFF) for each in (packed, size))
    return struct.pack("<5H3L2H", 20, 0, method, 0, 33, crc, *sizes, len(name), 0)


def _directory(rows: list[tuple[bytes, bytes, int]], place: int) -> bytes:
    """A central directory of names with their fields and places, of any number of rows."""
    out = b"".join(
        b"PK\1\2" + struct.pack("<H", 20) + fields + bytes(10) + struct.pack("<L", at) + name
        for fields, name, at in rows
    )
    count, size = len(rows), len(out)
    large = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, place)
    more = b"PK\6\6" + large + b"PK\6\7" + struct.pack("<LQL", 0, place + size, 1)
    few = min(count, 0xFFFF)
    end = struct.pack("<4H2LH", 0, 0, few, few, size, place, 0)
    return out + (more if few == 0xFFFF else b"") + b"PK\5\6" + end


def large_member(mebibytes: int) -> bytes:
    """A zip archive of zeros, a thousand times as large as it is."""
    packed, name = zeros(mebibytes), b"zeros"
    fields = _fields(crc_of_zeros(mebibytes), len(packed), mebibytes << 20, name)
    local = b"PK\3\4" + fields + name + packed
    return local + _directory([(fields, name, 0)], len(local))


def recursion(levels: int = 5, width: int = 16, mebibytes: int = 256) -> bytes:
    """Archives of archives of archives, as 42.zip: of terabytes at the last level."""
    data = large_member(mebibytes)
    for _ in range(levels):
        data = zipped([(f"{number}.zip", data) for number in range(width)])
    return data


def deep(levels: int) -> bytes:
    """Stored archives in each other."""
    data, crc = b"the innermost", zlib.crc32(b"the innermost")
    before, behind = [], []
    size = len(data)
    for _ in range(levels):
        fields = _fields(crc, size, size, b"a", 0)
        head = b"PK\3\4" + fields + b"a"
        tail = _directory([(fields, b"a", 0)], len(head) + size)
        data = head + data + tail
        crc, size = zlib.crc32(data), len(data)
        before.append(head)
        behind.append(tail)
    return data


def deep_compressed(levels: int) -> bytes:
    """Compressed files in each other."""
    data = b"the innermost"
    for _ in range(levels):
        data = gzip.compress(data, 1)
    return data


def deep_mail(levels: int) -> bytes:
    """Messages in messages."""
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "a@example.org", "b@example.org", "x"
    inner.set_content("the innermost")
    head = b"From: a\nTo: b\nSubject: x\nContent-Type: message/rfc822\n\n"
    return head * levels + inner.as_bytes()


def empty_members(count: int) -> bytes:
    """A compressed tar archive of so many empty members."""
    header = tarred([("a", b"")])[:512]
    packer = zlib.compressobj(1, wbits=31)
    out = [packer.compress(header * 1000) for _ in range(count // 1000)]
    return b"".join(out) + packer.compress(bytes(1024)) + packer.flush()


def empty_rows(count: int) -> bytes:
    """A zip archive of so many empty members, all with one header of their own."""
    fields = _fields(0, 0, 0, b"a", 0)
    local = b"PK\3\4" + fields + b"a"
    return local + _directory([(fields, b"a", 0)] * count, len(local))


def overlapping(count: int = 400, mebibytes: int = 64) -> bytes:
    """A zip archive whose members are all the same bytes."""
    packed = zeros(mebibytes)
    fields = _fields(crc_of_zeros(mebibytes), len(packed), mebibytes << 20, b"a")
    local = b"PK\3\4" + fields + b"a" + packed
    return local + _directory([(fields, b"a", 0)] * count, len(local))


def lying_zip(size: int) -> bytes:
    """A zip archive that says another size of its member."""
    data = b"text of the member " * 99
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(data) + packer.flush()
    fields = _fields(zlib.crc32(data), len(packed), size, b"a")
    local = b"PK\3\4" + fields + b"a" + packed
    return local + _directory([(fields, b"a", 0)], len(local))


def lying_tar() -> bytes:
    """A tar archive whose member says that it has exbibytes."""
    header = bytearray(tarred([("a", b"text")], 1))
    header[124:136] = b"\x80" + bytes(3) + (1 << 60).to_bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    return bytes(header)


BOMBS: Final[Mapping[str, Callable[[int], bytes]]] = MappingProxyType(
    {
        "recursion": lambda scale: recursion(
            width=16 if scale == 1 else 3, mebibytes=max(256 // scale, 8)
        ),
        "ratio, zip": lambda scale: large_member(2048 // scale),
        "ratio, gzip": lambda scale: gzipped_zeros(2048 // scale),
        "quine": lambda _: quine(),
        "deep zip": lambda scale: deep(10_000 // scale),
        "deep gzip": lambda scale: deep_compressed(10_000 // scale),
        "deep mail": lambda scale: deep_mail(10_000 // scale),
        "empty members, tar.gz": lambda scale: empty_members(1_000_000 // scale),
        "empty members, zip": lambda scale: empty_rows(1_000_000 // scale),
        "overlapping members": lambda scale: overlapping(400, max(64 // scale, 4)),
        "size too large": lambda _: lying_zip(0xFFFFFFF0),
        "size too small": lambda _: lying_zip(1),
        "size of exbibytes": lambda _: lying_tar(),
    }
)
"""Each by a scale: a hundredth of the size for 100."""


def gzipped_zeros(mebibytes: int) -> bytes:
    """A gzip-compressed file of zeros."""
    head = b"\x1f\x8b\x08" + bytes(7)
    end = struct.pack("<LL", crc_of_zeros(mebibytes), (mebibytes << 20) & 0xFFFFFFFF)
    return head + zeros(mebibytes) + end
