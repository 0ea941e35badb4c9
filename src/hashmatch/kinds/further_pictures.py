"""Picture formats that are seldom met: read where a decoder is at hand, else refused by name.

A picture that nobody here can read is no damaged file and no other kind of file: it is said. A
format counts as recognised by a mark of at least four bytes that text does not hold, or by fields
of its header that agree with each other; formats without a mark, by the exact size of the file that
their header announces.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hashmatch.kinds.magic import Magic

_SMALLEST: Final = 64
"""Bytes of a file without a mark: of smaller ones sizes agree by chance."""


@dataclass(frozen=True, slots=True)
class Further:
    """A format.

    Attributes:
        name: as results give it.
        title: for people.
        codec: FFmpeg's decoder for it; empty where none is used.
        pillow: whether Pillow reads it.
    """

    name: str
    title: str
    codec: str = ""
    pillow: bool = False


def _numbers(head: bytes, order: str, at: int, *widths: int) -> list[int]:
    found = []
    for width in widths:
        big = order == ">"
        found.append(int.from_bytes(head[at : at + width], "big" if big else "little"))
        at += width
    return found


_VICAR: Final = rb"LBLSIZE=\d{1,8} {1,20}FORMAT="
_FORMATS: Final = (
    (Further("exr", "OpenEXR", "exr"), Magic(rb"\x76\x2f\x31\x01[\x01\x02]")),
    (Further("hdr", "Radiance HDR", "hdr"), Magic(rb"#\?(?:RADIANCE|RGBE)\n")),
    (Further("dpx", "DPX", "dpx"), Magic(rb"SDPX....V|XPDS....V")),
    (Further("xvthumb", "XV thumbnail"), Magic(rb"P7 332\n")),
    (Further("pam", "PAM", "pam"), Magic(rb"P7\n(?:#[^\n]*\n)*[A-Z]")),
    (Further("pfm", "PFM"), Magic(rb"P[Ff]\s+\d+\s+\d+\s+-?[\d.]+")),
    (Further("dcx", "DCX", pillow=True), Magic(rb"\xb1\x68\xde\x3a")),
    (Further("jpegxr", "JPEG XR"), Magic(rb"II\xbc[\x00\x01]")),
    (Further("cineon", "Cineon"), Magic(rb"\x80\x2a\x5f\xd7|\xd7\x5f\x2a\x80")),
    (
        Further("dicom", "DICOM"),
        Magic(
            rb".{128}DICM|\x02\x00\x00\x00UL\x04\x00|\x08\x00[\x00\x05\x08]\x00"
            rb"(?:.\x00\x00\x00(?:ISO_IR|ORIGINAL|DERIVED)|(?:CS|UL).\x00(?:ISO_IR|ORIGINAL|DERIVED))"
        ),
    ),
    (Further("nifti", "NIfTI"), Magic(rb"\x5c\x01\x00\x00.{340}n[i+]1\x00")),
    (Further("nitf", "NITF"), Magic(rb"NITF0[12]\.[01]\d|NSIF01\.0\d")),
    (Further("xcf", "GIMP (XCF)"), Magic(rb"gimp xcf ")),
    (
        Further("gimp-brush", "GIMP brush or pattern"),
        Magic(rb"\x00\x00..\x00\x00\x00[\x01-\x03].{12}(?:GIMP|GPAT)"),
    ),
    (Further("ilbm", "IFF ILBM"), Magic(rb"FORM....(?:ILBM|PBM |ACBM|RGB[8N]|DEEP)")),
    (Further("farbfeld", "farbfeld"), Magic(rb"farbfeld")),
    (Further("flif", "FLIF"), Magic(rb"FLIF[\x31-\x64]")),
    (Further("bpg", "BPG"), Magic(rb"BPG\xfb")),
    (Further("mng", "MNG"), Magic(rb"\x8a[MJ]NG\r\n\x1a\n")),
    (Further("jng", "JNG"), Magic(rb"\x8bJNG\r\n\x1a\n")),
    (Further("ani", "animated cursor (ANI)"), Magic(rb"RIFF....ACON")),
    (Further("coreldraw", "CorelDRAW (vector)"), Magic(rb"RIFF....CDR[\x20-\x7e]")),
    (Further("photopaint", "Corel PHOTO-PAINT"), Magic(rb"CPT[7-9]FILE")),
    (Further("ktx", "KTX texture"), Magic(rb"\xabKTX [12]1|\xabKTX 20")),
    (Further("pvr", "PVR texture"), Magic(rb"PVR\x03.{48}|\x34\x00\x00\x00.{40}PVR!")),
    (Further("vtf", "Valve texture (VTF)"), Magic(rb"VTF\x00\x07\x00\x00\x00[\x00-\x06]")),
    (
        Further("astc", "ASTC texture"),
        Magic(rb"\x13\xab\xa1\x5c[\x03-\x0c][\x03-\x0c][\x01-\x06]"),
    ),
    (Further("blp", "Blizzard texture (BLP)"), Magic(rb"BLP[12][\x00-\x03]\x00\x00\x00")),
    (
        Further("ftex", "FTEX texture"),
        Magic(rb"FTEX.\x00\x00\x00..\x00\x00..\x00\x00.\x00\x00\x00"),
    ),
    (
        Further("pixar", "Pixar picture"),
        Magic(rb"\x80\xe8\x00\x00.{412}(?!\x00\x00)..(?!\x00\x00).."),
    ),
    (
        Further("ifunc-im", "IFUNC picture (IM)"),
        Magic(
            rb"Image type: [^\r\n]{1,80}\r?\n(?:Name|Date|Lut|File size|Image size|Scale)[^\r\n]*:"
        ),
    ),
    (
        Further("imtools", "IM Tools picture"),
        Magic(
            rb"(?:\*[^\n]{0,80}\n){0,20}width \d{1,5}\n(?:\*[^\n]{0,80}\n){0,20}height \d{1,5}\n"
        ),
    ),
    (Further("photocd", "Photo CD"), Magic(rb".{2048}PCD_")),
    (Further("psp", "Paint Shop Pro"), Magic(rb"Paint Shop Pro Image File\n\x1a|~BK\x00")),
    (Further("paintdotnet", "Paint.NET"), Magic(rb"PDN3")),
    (Further("clipstudio", "Clip Studio"), Magic(rb"CSFCHUNK\x00")),
    (Further("affinity", "Affinity document"), Magic(rb"\x00\xffKA[\x08-\x10]\x00")),
    (Further("miff", "MIFF"), Magic(rb"id=ImageMagick\s")),
    (Further("mpc", "ImageMagick cache (MPC)"), Magic(rb"id=MagickPixelCache\s")),
    (Further("magick-text", "ImageMagick text"), Magic(rb"# ImageMagick pixel enumeration:")),
    (Further("vicar", "VICAR"), Magic(_VICAR)),
    (Further("pds", "PDS"), Magic(rb"PDS_VERSION_ID\s+=|CCSD3ZF.{13}NJPL")),
    (Further("viff", "Khoros (VIFF)"), Magic(rb"\xab\x01\x01[\x00-\x03][\x02\x04\x08\x0a]\x00")),
    (Further("vips", "VIPS"), Magic(rb"\x08\xf2\xa6\xb6.{60}|\xb6\xa6\xf2\x08.{60}")),
    (Further("ipl", "IPLab"), Magic(rb"(?:iiii|mmmm)[\x00\x04]\x00\x00[\x00\x04]100[fr]data")),
    (Further("pgx", "PGX"), Magic(rb"PG [ML]{2} [+-]? ?\d{1,2} \d{1,6} \d{1,6}\n")),
    (Further("cals", "CALS raster"), Magic(rb"srcdocid:[^\r\n]{1,120}dstdocid:")),
    (Further("cisco", "Cisco phone picture"), Magic(rb"<CiscoIPPhoneImage")),
    (Further("sixel", "Sixel"), Magic(rb"\x1bP[0-9;]{0,20}q[\"#!?-~]")),
    (Further("garmin", "Garmin bitmap"), Magic(rb"GARMIN BITMAP 01")),
    (Further("mrf", "MRF"), Magic(rb"MRF1\x00[\x00-\x0f]..\x00[\x00-\x0f]..\x00")),
    (Further("mda", "MicroDesign"), Magic(rb"\.MDA")),
    (Further("leaf", "Leaf"), Magic(rb"\x89OPS\x00")),
    (Further("autocad-slide", "AutoCAD slide (vector)"), Magic(rb"AutoCAD Slide\r\n\x1a")),
    (Further("sun-icon", "Sun icon"), Magic(rb"/\* Format_version=1, Width=\d+, Height=\d+")),
    (
        Further("pictor", "PC Paint"),
        Magic(rb"\x34\x12(?!\x00\x00)..(?!\x00\x00)..[\x00-\x0f].{3}[\x01-\x88]\xff[A-O]"),
    ),
    (
        Further("rle", "Utah RLE"),
        Magic(rb"\x52\xcc.{4}(?!\x00\x00)..(?!\x00\x00)..[\x00-\x0f][\x01-\x04]\x08[\x00-\x04]"),
    ),
    (
        Further("gem", "GEM"),
        Magic(
            rb"\x00[\x01-\x03]\x00[\x08-\x3b]\x00[\x01-\x18]\x00[\x01\x02](?!\x00\x00)[\x00-\x07].(?!\x00\x00)[\x00-\x07].[\x00-\x3f].[\x00-\x3f]."
        ),
    ),
    (Further("cmuwm", "CMU window manager"), Magic(rb"\xf1\x00\x40\xbb")),
    (Further("msp", "Microsoft Paint of Windows 1 and 2"), Magic(rb"DanM|LinS")),
    (Further("jbig2", "JBIG2"), Magic(rb"\x97JB2\r\n\x1a\n")),
    (Further("wpg", "WordPerfect graphics"), Magic(rb"\xffWPC\x10\x00\x00\x00\x01\x16")),
    (Further("qtif", "QuickTime picture"), Magic(rb"\x00\x00..(?:idsc|idat)")),
    (Further("palm-picture", "Palm picture database"), Magic(rb".{60}vIMGView")),
    (Further("macpaint", "MacPaint"), Magic(rb"\x00[\x01-\x3f].{63}PNTG")),
    (Further("arri", "ARRI camera"), Magic(rb"ARRI\x12\x34\x56\x78")),
    (Further("wmf", "Windows metafile (vector)"), Magic(rb"\xd7\xcd\xc6\x9a\x00\x00")),
    (
        Further("wmf", "Windows metafile (vector)"),
        Magic(rb"[\x01\x02]\x00\x09\x00\x00[\x01\x03].{4}.{2}.{4}\x00\x00"),
    ),
    (Further("emf", "enhanced metafile (vector)"), Magic(rb"\x01\x00\x00\x00.{36} EMF")),
    (
        Further("svg", "SVG (vector)"),
        Magic(
            # What was passed over is never gone back to: many comments would take for ever.
            rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<\?xml[^>]{0,4000}+>|(?><!--.{0,4000}?-->)"
            rb"|<!DOCTYPE\s++svg[^>\[]{0,4000}+(?:\[[^\]]{0,4000}+\]\s*+)?>)\s*+)*+<(?:svg:)?svg[\s>]"
        ),
    ),
)


def _is_xwd(head: bytes, size: int) -> bool:
    """A dump of a window: the fields of its header are numbers of 32 bits within narrow ranges."""
    for order in "><":
        length, version, form, depth, width, height = _numbers(head, order, 0, 4, 4, 4, 4, 4, 4)
        order_of_bytes, unit, order_of_bits, pad, bits = _numbers(head, order, 28, 4, 4, 4, 4, 4)
        told = version == 7 and form <= 2 and 1 <= depth <= 32 and 100 <= length <= size  # noqa: PLR2004
        if (
            told
            and 1 <= width < 1 << 20
            and 1 <= height < 1 << 20
            and order_of_bytes <= 1
            and order_of_bits <= 1
            and {unit, pad} <= {8, 16, 32, 64}
            and bits in (1, 2, 4, 8, 16, 24, 32, 64)
        ):
            return True
    return False


def _is_pict(head: bytes, size: int) -> bool:
    """A QuickDraw picture: behind 512 bytes of anything, its frame and a version."""
    for at in (512, 0):
        top, left, bottom, right = _numbers(head, ">", at + 2, 2, 2, 2, 2)
        has_frame = top < bottom < 1 << 15 and left < right < 1 << 15
        if has_frame and head[at + 10 : at + 16] == b"\x00\x11\x02\xff\x0c\x00":
            return True
        length = int.from_bytes(head[at : at + 2])
        first = at and not any(head[:at]) and head[at + 10 : at + 12] == b"\x11\x01"
        if (
            has_frame
            and first
            and length in {(size - at) & 0xFFFF, (size - at - size % 2) & 0xFFFF}
        ):
            return True
    return False


def _is_palm(head: bytes, _size: int) -> bool:
    width, height, row, _, bits, version, _, _, packed = _numbers(
        head, ">", 0, 2, 2, 2, 2, 1, 1, 2, 1, 1
    )
    rows_fit = bits in (1, 2, 4, 8, 16) and row == (width * bits + 15) // 16 * 2
    return bool(width and height) and rows_fit and 1 <= version <= 3 and packed in (0, 1, 2, 255)  # noqa: PLR2004


def _is_jbig(head: bytes, size: int) -> bool:
    least, most, planes, fill, width, height, stripe, across, down, order, options = _numbers(
        head, ">", 0, 1, 1, 1, 1, 4, 4, 4, 1, 1, 1, 1
    )
    return (
        least <= most <= 16  # noqa: PLR2004 (layers)
        and 1 <= planes <= 32  # noqa: PLR2004
        and fill == 0
        and 1 <= width < 1 << 20
        and 1 <= height < 1 << 20
        and 1 <= stripe <= height
        and across <= 127  # noqa: PLR2004
        and down == 0
        and order < 1 << 4
        and options < 1 << 7
        and size >= _SMALLEST
        and head[18:20] != b"\0\0"
    )


def _is_avs(head: bytes, size: int) -> bool:
    """Alpha, red, green and blue without a mark; AAI in the other order of bytes."""
    return any(
        bool(width and height) and size == 8 + 4 * width * height
        for width, height in (_numbers(head, order, 0, 4, 4) for order in "><")
    )


def _is_wbmp(head: bytes, size: int) -> bool:
    if head[:2] != b"\0\0":
        return False
    at, sides = 2, []
    for _ in range(2):
        side, more, length = 0, 0x80, 0
        while more & 0x80 and at < len(head) and length < 3:  # noqa: PLR2004 (bytes of a number)
            more = head[at]
            side, at, length = side << 7 | more & 0x7F, at + 1, length + 1
        sides.append(side)
    width, height = sides
    return min(sides) >= 4 and size == at + (width + 7) // 8 * height  # noqa: PLR2004 (pixels)


def _is_otb(head: bytes, size: int) -> bool:
    wide = head[0] & 0x10
    width, height, depth = _numbers(head, ">", 1, *(2, 2, 1) if wide else (1, 1, 1))
    start = 6 if wide else 4
    fits = size == start + (width * height + 7) // 8 or size == start + (width + 7) // 8 * height
    return head[0] in (0, 0x10) and depth == 1 and fits and min(width, height) >= 4  # noqa: PLR2004


def _is_art(head: bytes, size: int) -> bool:
    zero, width, other, height = _numbers(head, "<", 0, 2, 2, 2, 2)
    return not (zero or other) and size == 8 + (width + 15) // 16 * 2 * height and height > 1


def _is_mtv(head: bytes, size: int) -> bool:
    found = re.match(rb"(\d{1,6})[ \t]+(\d{1,6})\n", head)
    if found is None:
        return False
    return size == found.end() + 3 * int(found[1]) * int(found[2])


_DEGAS: Final = (32034, 32066)
_COLOURS_OF_DEGAS: Final = 16


def _is_degas(head: bytes, size: int) -> bool:
    """A screen of an Atari ST: its resolution, sixteen colours of three digits, and all pixels."""
    palette = head[2 : 2 + 2 * _COLOURS_OF_DEGAS]
    return (
        size in _DEGAS
        and head[:2] in (b"\0\0", b"\0\1", b"\0\2")
        and all(each <= 0x0F for each in palette[::2])  # noqa: PLR2004 (a digit)
        and any(palette)
    )


def _is_quake_texture(head: bytes, size: int) -> bool:
    """A name, two sides and where its four sizes begin, each half as large as the one before."""
    width, height, *starts = _numbers(head, "<", 32, 4, 4, 4, 4, 4, 4)
    if not (width and height) or width % 8 or height % 8 or max(width, height) > 1 << 13:
        return False
    expected = [100]
    for step in range(4):
        expected.append(expected[-1] + (width >> step) * (height >> step))
    return starts == expected[:4] and size == expected[4]


def _is_spider(head: bytes, size: int) -> bool:
    """Fields of a header of floats that agree with the size of the file."""
    for order in "<>":
        fields = struct.unpack_from(f"{order}22f", head) if len(head) >= 256 else ()  # noqa: PLR2004
        if not fields or not all(each == each and abs(each) < 1e9 for each in fields):  # noqa: PLR0124, PLR2004
            continue
        deep, rows, kind, columns, records, length = (
            int(fields[at]) for at in (0, 1, 4, 11, 12, 21)
        )
        fits = min(rows, columns, records) > 0 and 1 <= deep <= 1 << 12
        if fits and kind in (1, 3) and length == records * columns * 4:
            return size == length + deep * rows * columns * 4
    return False


def _is_mcidas(head: bytes, size: int) -> bool:
    """The directory of a McIDAS area: its pixels end where the file does."""
    zero, kind, *_ = _numbers(head, ">", 0, 4, 4)
    lines, elements, width, bands = (
        int.from_bytes(head[4 * at : 4 * at + 4]) for at in (8, 9, 10, 13)
    )
    start, prefix = (int.from_bytes(head[4 * at : 4 * at + 4]) for at in (33, 14))
    if (zero, kind) != (0, 4) or width not in (1, 2, 4) or not (lines and elements and bands):
        return False
    return start >= 256 and size == start + lines * (prefix + elements * width * bands)  # noqa: PLR2004


def _is_dib(head: bytes, size: int) -> bool:
    """A bitmap without the head of a file, as a clipboard holds it."""
    header, width, height, planes, bits, packed = _numbers(head, "<", 0, 4, 4, 4, 2, 2, 4)
    height = min(height, (1 << 32) - height)
    if header not in (40, 108, 124) or planes != 1 or packed or bits not in (1, 4, 8, 16, 24, 32):
        return False
    used = int.from_bytes(head[32:36], "little") or 1 << bits
    colours = 4 * used if bits <= 8 else 0  # noqa: PLR2004 (bits of an index)
    rows = (width * bits + 31) // 32 * 4 * height
    return bool(width and height) and size == header + colours + rows


_BY_STRUCTURE: Final[tuple[tuple[Further, Callable[[bytes, int], bool]], ...]] = (
    (Further("xwd", "X window dump (XWD)", "xwd"), _is_xwd),
    (Further("pict", "PICT"), _is_pict),
    (Further("palm", "Palm bitmap"), _is_palm),
    (Further("jbig", "JBIG"), _is_jbig),
)
_BY_SIZE: Final[tuple[tuple[Further, Callable[[bytes, int], bool]], ...]] = (
    (Further("avs", "AVS or AAI"), _is_avs),
    (Further("wbmp", "WBMP", "wbmp"), _is_wbmp),
    (Further("otb", "OTA bitmap"), _is_otb),
    (Further("art", "PFS: 1st Publisher"), _is_art),
    (Further("mtv", "MTV"), _is_mtv),
    (Further("degas", "Degas"), _is_degas),
    (Further("quake-texture", "Quake texture (WAL)"), _is_quake_texture),
    (Further("spider", "SPIDER picture"), _is_spider),
    (Further("mcidas", "McIDAS area"), _is_mcidas),
    (Further("dib", "bitmap without a file's head (DIB)"), _is_dib),
)

_ALL: Final = (
    *(format_ for format_, _ in _FORMATS),
    *(format_ for format_, _ in (*_BY_STRUCTURE, *_BY_SIZE)),
)
NAMES: Final = frozenset(format_.name for format_ in _ALL)
"""The names that `sniff` gives."""
WITHOUT_MARK: Final = frozenset(format_.name for format_, _ in (*_BY_STRUCTURE, *_BY_SIZE))
"""The names of formats that are told by fields of their header, or by their size, alone."""
REFUSED: Final = frozenset(each.name for each in _ALL if not each.codec and not each.pillow)
"""The names of formats that no decoder here reads."""
TITLES: Final = {format_.name: format_.title for format_ in _ALL}
"""Titles of formats; keys are their names."""


def sniff(head: bytes, size: int | None = None) -> Further | None:
    """The seldom-met format that these first bytes announce, or None.

    Args:
        head: the first 64 KiB of a file, or all of it.
        size: of the file in bytes; None where it is not known: formats without a mark are then not
            recognised.
    """
    found = next((format_ for format_, magic in _FORMATS if magic.match(head)), None)
    if found is not None or len(head) < _SMALLEST:
        return found
    tests = (*_BY_STRUCTURE, *(_BY_SIZE if size is not None else ()))
    known = size or len(head)
    return next((format_ for format_, fits in tests if fits(head, known)), None)
