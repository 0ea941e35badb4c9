"""Which program's quantisation tables a JPEG has, by their digest: exactly these, or none named.

Named are those of which the tables are public: libjpeg's (with it most programs), mozjpeg's
defaults, and nine presets of Photoshop as Pillow publishes them (`PIL.JpegPresets`). Makers of
cameras and messengers have tables of their own; equal ones have equal digests.
"""

from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

from hashmatch.model.jpeg_tables import CHROMA, LUMA, MOZJPEG, QUALITIES, scaled

_DIGITS: Final = 16
_PRESETS: Final = {
    "5ea51d62a5448396": "web low",
    "85d9d3baac8ea3e5": "web medium",
    "d75d4cc5f686ee2b": "web high",
    "416e5d17312f4bf1": "web very high",
    "8ad971d03623c566": "web maximum",
    "dc8e4db221d420f2": "low",
    "a30936e2a247915e": "medium",
    "b6a7a250c5972037": "high",
    "922eedd8088a5cca": "maximum",
}
"""Digests of what Pillow writes with these presets."""


class Encoder(NamedTuple):
    """Whose tables they are.

    Attributes:
        family: `libjpeg`, `mozjpeg` or `Photoshop`.
        setting: the quality, or the name of the preset.
    """

    family: str
    setting: str

    def __str__(self) -> str:
        return f"{self.family}, {self.setting}"


def encoder_of(quantisation: str) -> Encoder | None:
    """Whose tables these are; None for tables of somebody's own.

    Args:
        quantisation: the digest on record.
    """
    return _known().get(quantisation)


@cache
def _known() -> dict[str, Encoder]:
    # Equal tables, as all are at quality 100, are told to be those of the first.
    found = {digest: Encoder("Photoshop", preset) for digest, preset in _PRESETS.items()}
    for family, luma, chroma in (("mozjpeg", MOZJPEG, MOZJPEG), ("libjpeg", LUMA, CHROMA)):
        for quality in QUALITIES:
            first, second = scaled(luma, quality), scaled(chroma, quality)
            for tables in (b"\0" + first + b"\1" + second, b"\0" + first):
                digest = sha256(tables).hexdigest()[:_DIGITS]
                found[digest] = Encoder(family, f"quality {quality}")
    return found
