"""What an XMP packet says: attributes and plain elements of the names that are looked for.

No XML parser reads it. Packets lie in hostile files, are often cut or damaged, and hold some twenty
values that matter, which programs write under the prefixes that the standard prefers (ISO 16684-1).
A search for these is bounded, raises nothing and reads damaged packets as far as they go. Values
under other prefixes are not found.
"""

import re
from collections.abc import MutableMapping
from html import unescape
from typing import Final

from hashmatch.decoding.printable import add

_LONGEST: Final = 1 << 18
"""Bytes of a packet that are searched."""
_MOST: Final = 8
"""Places at which a name is looked at."""

_NAMES: Final = (
    (b"tiff:Make", "make"),
    (b"tiff:Model", "model"),
    (b"xmp:CreatorTool", "software"),
    (b"aux:Firmware", "firmware"),
    (b"exifEX:BodySerialNumber", "body-serial"),
    (b"aux:SerialNumber", "body-serial"),
    (b"exifEX:LensMake", "lens-make"),
    (b"exifEX:LensModel", "lens-model"),
    (b"aux:Lens", "lens-model"),
    (b"exifEX:LensSerialNumber", "lens-serial"),
    (b"aux:LensSerialNumber", "lens-serial"),
    (b"exif:DateTimeOriginal", "captured"),
    (b"photoshop:DateCreated", "captured"),
    (b"xmp:CreateDate", "digitized"),
    (b"xmp:ModifyDate", "modified"),
    (b"exifEX:ImageUniqueID", "unique-id"),
    (b"exif:ImageUniqueID", "unique-id"),
    (b"xmpMM:DocumentID", "document-id"),
    (b"xmpMM:OriginalDocumentID", "original-document-id"),
    (b"xmpMM:InstanceID", "instance-id"),
    (b"exifEX:CameraOwnerName", "owner"),
    (b"aux:OwnerName", "owner"),
    (b"dc:creator", "artist"),
)
_ITEM: Final = rb"(?:\s*<rdf:(?:Seq|Bag|Alt)>\s*<rdf:li[^<>]{0,60})?"
_VALUE: Final = re.compile(
    rb"\s{0,9}=\s{0,9}(?:\"([^\"<]{1,4096})\"|'([^'<]{1,4096})')|"
    rb">" + _ITEM + rb">?([^<>]{1,4096})<"
)
_ANGLE: Final = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}))?([NSEW])", re.ASCII)


def add_xmp(found: MutableMapping[str, str], packet: bytes) -> None:
    """Add what a packet says to what is known.

    Args:
        found: values by their names; those that are there stay.
        packet: UTF-8, as it lies in a file.
    """
    packet = packet[:_LONGEST]
    for name, ours in _NAMES:
        if ours not in found and (value := _value(packet, name)):
            add(found, ours, value)
    angles = [_angle(_value(packet, each)) for each in (b"exif:GPSLatitude", b"exif:GPSLongitude")]
    if None not in angles:
        add(found, "gps", ",".join(f"{each:.6f}" for each in angles))


def _value(packet: bytes, name: bytes) -> str:
    """The value of a name; empty where there is none."""
    at = -1
    for _ in range(_MOST):
        at = packet.find(name, at + 1)
        if at < 0:
            break
        value = _VALUE.match(packet, at + len(name))
        if value is not None and packet[at - 1 : at] in (b"<", b" ", b"\n", b"\t", b"\r"):
            return unescape(value[value.lastindex or 0].decode("utf-8", "replace"))
    return ""


def _angle(text: str) -> float | None:
    """Degrees that XMP writes as `52,30.978N`, or with seconds."""
    found = _ANGLE.fullmatch(text)
    if found is None:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + int(found[3] or 0) / 3600
    return -degrees if found[4] in "SW" else degrees
