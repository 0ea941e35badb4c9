"""Picture formats that are seldom met: read where a decoder is at hand, else refused by name.

A picture that nobody here can read is no damaged file and no other kind of file: it is said.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Further:
    """A format.

    Attributes:
        name: as results give it.
        title: for people.
        codec: FFmpeg's decoder for it; empty where none is used.
    """

    name: str
    title: str
    codec: str = ""


def _magic(pattern: bytes) -> "re.Pattern[bytes]":
    return re.compile(pattern, re.DOTALL)


_FORMATS: Final = (
    (Further("exr", "OpenEXR", "exr"), _magic(rb"\x76\x2f\x31\x01[\x01\x02]")),
    (Further("hdr", "Radiance HDR", "hdr"), _magic(rb"#\?(?:RADIANCE|RGBE)\n")),
    (Further("dpx", "DPX", "dpx"), _magic(rb"SDPX....V|XPDS....V")),
    (Further("pam", "PAM", "pam"), _magic(rb"P7\n(?:#[^\n]*\n)*[A-Z]")),
    (Further("pfm", "PFM"), _magic(rb"P[Ff]\s+\d+\s+\d+\s+-?[\d.]+")),
    (Further("jpegxr", "JPEG XR"), _magic(rb"II\xbc[\x00\x01]")),
    (Further("cineon", "Cineon"), _magic(rb"\x80\x2a\x5f\xd7|\xd7\x5f\x2a\x80")),
    (Further("dicom", "DICOM"), _magic(rb".{128}DICM")),
    (Further("xcf", "GIMP (XCF)"), _magic(rb"gimp xcf ")),
    (Further("ilbm", "IFF ILBM"), _magic(rb"FORM....(?:ILBM|PBM |ACBM|RGB[8N]|DEEP)")),
    (Further("farbfeld", "farbfeld"), _magic(rb"farbfeld")),
    (Further("flif", "FLIF"), _magic(rb"FLIF[\x31-\x64]")),
    (Further("bpg", "BPG"), _magic(rb"BPG\xfb")),
    (Further("mng", "MNG"), _magic(rb"\x8a[MJ]NG\r\n\x1a\n")),
    (Further("jng", "JNG"), _magic(rb"\x8bJNG\r\n\x1a\n")),
    (Further("ktx", "KTX texture"), _magic(rb"\xabKTX [12]1|\xabKTX 20")),
    (Further("photocd", "Photo CD"), _magic(rb".{2048}PCD_")),
    (Further("wmf", "Windows metafile (vector)"), _magic(rb"\xd7\xcd\xc6\x9a\x00\x00")),
    (
        Further("wmf", "Windows metafile (vector)"),
        _magic(rb"[\x01\x02]\x00\x09\x00\x00[\x01\x03].{4}.{2}.{4}\x00\x00"),
    ),
    (Further("emf", "enhanced metafile (vector)"), _magic(rb"\x01\x00\x00\x00.{36} EMF")),
    (
        Further("svg", "SVG (vector)"),
        _magic(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.{0,4000}?-->\s*|<!DOCTYPE\s+svg[^>\[]*"
            rb"(?:\[[^\]]{0,4000}\]\s*)?>\s*)*<(?:svg:)?svg[\s>]"
        ),
    ),
)

NAMES: Final = frozenset(format_.name for format_, _ in _FORMATS)
"""As `sniff` gives them."""


def sniff(head: bytes) -> Further | None:
    """The seldom-met format that these first bytes announce, or None."""
    return next((format_ for format_, magic in _FORMATS if magic.match(head)), None)
