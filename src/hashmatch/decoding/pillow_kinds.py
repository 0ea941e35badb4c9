"""Kinds of picture formats that Pillow does not read, by the fields of their headers.

What Pillow says of a file it refuses differs between its versions, and of many kinds it says the
same as of damage. Here a kind is told by what the file itself says: fields that the format defines
and Pillow does not read are a sound picture, values that the format does not define are damage.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hashmatch.decoding import heif_items
from hashmatch.errors import Reason, UnreadableImageError

_BMP_INSIDE: Final = {4: "a JPEG picture inside", 5: "a PNG picture inside"}
_BMP_FURTHER: Final = {6: "alpha masks", 11: "CMYK", 12: "packed CMYK", 13: "packed CMYK"}
_OS2: Final = 64
"""Bytes of OS/2's own header, whose compressions have numbers of their own."""

_DDS_FURTHER: Final = frozenset(
    {
        *(b"DXT2", b"DXT4", b"BC4S", b"RGBG", b"GRGB", b"YUY2", b"UYVY", b"MET1"),
        *(number.to_bytes(4, "little") for number in (36, *range(110, 118))),
    }
)
_DXGI_READ: Final = frozenset(
    {27, 28, 29, 70, 71, 73, 74, 76, 77, 79, 80, 82, 83, 84, 95, 96, 97, 98, 99}
)
_DXGI_LAST: Final = 132
_DDS_READ, _DDS_GREY = 0x20 | 0x40, 0x20000
_DDS_CUBE, _DDS_VOLUME, _DX10_CUBE = 0x200, 0x200000, 0x4
_DDS_FOURCC, _DDS_DEFINED = 0x4, 0x1 | 0x2 | 0x20 | 0x40 | 0x200 | 0x20000 | 0x80000

_ICNS_OLD: Final = frozenset(
    {
        *(b"ICON", b"ICN#", b"icm#", b"icm4", b"icm8", b"ics#", b"ics4", b"ics8", b"icl4"),
        *(b"icl8", b"ich#", b"ich4", b"ich8", b"ic04", b"ic05", b"icsb", b"icsB", b"sb24", b"SB24"),
    }
)
_ICNS_READ: Final = frozenset(
    {
        *(b"ic07", b"ic08", b"ic09", b"ic10", b"ic11", b"ic12", b"ic13", b"ic14", b"icp4"),
        *(b"icp5", b"icp6", b"it32", b"ih32", b"il32", b"is32"),
    }
)

_PCX_OF_FFMPEG: Final = frozenset({(1, 3), (2, 1), (4, 1)})
"""Bits and planes that FFmpeg reads where Pillow does not."""
_PCX_READ: Final = frozenset({(1, 1), (1, 2), (1, 4), (8, 1), (8, 3)})
_SGI_READ: Final = frozenset({(1, 1), (2, 1), (3, 3), (3, 4)})
_SUN_RAW_MAP, _SUN_EXPERIMENTAL = 2, 0xFFFF
_SUN_DEPTHS: Final = frozenset({1, 4, 8, 24, 32})


def settled(error: UnreadableImageError, kind: str, data: bytes) -> UnreadableImageError:
    """Why a picture was refused: by what its file says, where its format is looked at.

    Args:
        error: what was made of Pillow's exception.
        kind: the format of the file.
        data: the file.
    """
    if error.reason is not Reason.DAMAGED:
        return error
    if kind in heif_items.KINDS:
        return heif_items.refusal(data, kind) or error
    told = unread_kind(kind, data)
    return UnreadableImageError(Reason.UNSUPPORTED, f"{told} is not supported") if told else error


def unread_kind(kind: str, data: bytes) -> str | None:
    """What a file is that Pillow refused though it may be sound, in words.

    Args:
        kind: its format.
        data: the file.

    Returns:
        Empty where its header says nothing that Pillow does not read, so that it is damaged; None
        where the headers of this format are not looked at.
    """
    told = _KINDS.get(kind)
    return None if told is None else told(data)


def is_pcx_of_ffmpeg(data: bytes) -> bool:
    """Whether a PCX is of a kind that FFmpeg reads and Pillow does not."""
    return tuple(data[3:4] + data[65:66]) in _PCX_OF_FFMPEG


def has_further_textures(data: bytes) -> bool:
    """Whether a DDS holds more than one picture: faces of a cube, layers of a volume, an array."""
    caps, faces = _little(data, 112), _little(data, 112) >> 10 & 0x3F
    if caps & _DDS_CUBE and faces.bit_count() > 1:
        return True
    if caps & _DDS_VOLUME and _little(data, 24) > 1:
        return True
    is_array = _little(data, 136) & _DX10_CUBE or _little(data, 140) > 1
    return data[84:88] == b"DX10" and bool(is_array)


def _little(data: bytes, at: int, width: int = 4) -> int:
    return int.from_bytes(data[at : at + width], "little")


def _big(data: bytes, at: int, width: int = 4) -> int:
    return int.from_bytes(data[at : at + width], "big")


def _bmp(data: bytes) -> str:
    """A BMP of a compression, depth or masks that are defined and not read."""
    what = _bitmap(data[14:])
    return what and f"a BMP {what}"


def _bitmap(data: bytes) -> str:
    """What is not read of the bitmap with this header, which BMP files and icons hold."""
    header = _little(data, 0)
    if header < 40 or _little(data, 12, 2) != 1:  # noqa: PLR2004 (bytes of the oldest such header)
        return ""
    bits, compression = _little(data, 14, 2), _little(data, 16)
    masks = [_little(data, at) for at in (40, 44, 48)]
    what = ""
    if header == _OS2 and compression in (3, 4):
        what = "with a compression of OS/2"
    elif compression in _BMP_INSIDE and bits in (0, 24, 32):
        what = f"with {_BMP_INSIDE[compression]}"
    elif compression in _BMP_FURTHER and bits in (4, 8, 16, 32):
        what = f"with {_BMP_FURTHER[compression]}"
    elif compression == 0 and bits in (2, 64):
        what = f"with {bits} bits per pixel"
    elif compression == 3 and bits in (16, 32) and _are_masks(masks, bits):  # noqa: PLR2004 (masks)
        what = "with rare colour masks"
    return what


def _ico(data: bytes) -> str:
    """An icon or cursor whose largest picture, which Pillow opens, is of an unread kind."""
    found = []
    for number in range(_little(data, 4, 2)):
        entry = 6 + 16 * number
        # Zero stands for 256.
        across, down = (_little(data, entry + side, 1) or 256 for side in (0, 1))
        length, at = _little(data, entry + 8), _little(data, entry + 12)
        if not length or at + length > len(data):
            return ""
        found.append((across * down, _bitmap(data[at : at + length])))
    _, what = max(found, default=(0, ""))
    return what and f"an icon {what}"


def _are_masks(masks: list[int], bits: int) -> bool:
    """Whether each is one row of bits, and none has a bit of another."""
    together = 0
    for mask in masks:
        lowest = mask & -mask
        if not mask or mask.bit_length() > bits or (mask + lowest) & mask or together & mask:
            return False
        together |= mask
    return True


def _dds(data: bytes) -> str:
    """A DDS texture of a pixel format that is defined and not read."""
    flags, fourcc = _little(data, 80), data[84:88]
    if _little(data, 76) != 32 or len(data) < 128:  # noqa: PLR2004 (bytes of the two headers)
        return ""
    if flags & _DDS_FOURCC:
        if fourcc == b"DX10":
            number = _little(data, 128)
            unread = 1 <= number <= _DXGI_LAST and number not in _DXGI_READ
            return f"a DDS texture with the DXGI format {number}" if unread else ""
        return "a DDS texture with a rare compression" if fourcc in _DDS_FURTHER else ""
    bits = _little(data, 88)
    if flags & _DDS_READ or (flags & _DDS_GREY and (bits, flags & 1) in ((8, 0), (8, 1), (16, 1))):
        return ""
    if flags and not flags & ~_DDS_DEFINED and bits in (4, 8, 16, 24, 32):
        return f"a DDS texture with a rare layout of {bits} bits"
    return ""


def _icns(data: bytes) -> str:
    """An icon of a Macintosh that holds none of the pictures that are read."""
    found = list(_chunks(data))
    if not found or _ICNS_READ & set(found) or not _ICNS_OLD & set(found):
        return ""
    return "an ICNS file with only icons of old types"


def _chunks(data: bytes) -> Iterator[bytes]:
    """The names of all chunks; none where their sizes do not add up to that of the file."""
    at, names = 8, []
    while at + 8 <= len(data):
        size = _big(data, at + 4)
        if size < 8:  # noqa: PLR2004 (bytes of its own head)
            return
        names.append(data[at : at + 4])
        at += size
    if at == len(data) == _big(data, 4):
        yield from names


def _pcx(data: bytes) -> str:
    """A PCX of bits and planes that are defined and not read."""
    version, bits, planes = (_little(data, at, 1) for at in (1, 3, 65))
    old = bits == 8 and version != 5  # noqa: PLR2004 (its number)
    if bits in (1, 2, 4, 8) and 1 <= planes <= 4 and (old or (bits, planes) not in _PCX_READ):  # noqa: PLR2004
        return f"a PCX with {planes} planes of {bits} bits"
    return ""


def _sgi(data: bytes) -> str:
    """An SGI picture of a number of channels that is not read."""
    stored, width, dimensions = _big(data, 2, 1), _big(data, 3, 1), _big(data, 4, 2)
    across, down, channels = (_big(data, at, 2) for at in (6, 8, 10))
    if dimensions == 3 and (dimensions, channels) not in _SGI_READ and channels:  # noqa: PLR2004
        rows = across * down * channels * width
        table = 8 * down * channels
        if 512 + (table if stored else rows) <= len(data):
            return f"an SGI picture with {channels} channel{'s' * (channels > 1)}"
    return ""


def _sun(data: bytes) -> str:
    """A Sun raster with a palette, or of a type, that is not read."""
    depth, _, stored, palette, length = (_big(data, at) for at in (12, 16, 20, 24, 28))
    if depth not in _SUN_DEPTHS or 32 + length > len(data):
        return ""
    if stored == _SUN_EXPERIMENTAL:
        return "a Sun raster of an experimental type"
    if palette == _SUN_RAW_MAP and length and stored <= 5:  # noqa: PLR2004 (the types)
        return "a Sun raster with a raw palette"
    return ""


_KINDS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "bmp": _bmp,
    "cur": _ico,
    "dds": _dds,
    "icns": _icns,
    "ico": _ico,
    "pcx": _pcx,
    "sgi": _sgi,
    "sun": _sun,
}
