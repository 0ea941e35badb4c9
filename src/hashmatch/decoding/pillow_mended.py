"""Formats that Pillow reads in part, or not as viewers do: what it needs, what it does not say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hashmatch.decoding import fits, libav, pillow, short, xpm
from hashmatch.decoding.pillow_kinds import has_further_textures, is_pcx_of_ffmpeg
from hashmatch.errors import Reason
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from hashmatch.decoding.decoded import Decoded, Wanted
    from hashmatch.limits import Limits


def decode(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    """A picture in one of these formats.

    Args:
        kind: `dds`, `fits`, `pcx`, `tga` or `xpm`.
        data: the file.
        wanted: what the hashers need.
        limits: of pixels and frames.

    Raises:
        UnreadableImageError: it cannot be read.
    """
    return _STEPS[kind](kind, data, wanted, limits)


def _short(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    return short.with_what_is_missing(pillow.decode(data, kind, wanted, limits), kind, data)


def _dds(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    decoded = _short(kind, data, wanted, limits)
    if not has_further_textures(data):
        return decoded
    # Only the first of them is read.
    flags = (*decoded.flags, Flag.UNREAD_PICTURE)
    return replace(decoded, flags=flags, reason=decoded.reason or Reason.UNSUPPORTED)


def _pcx(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    if is_pcx_of_ffmpeg(data):
        return libav.decode_further(data, "pcx", wanted, limits)
    return _short(kind, data, wanted, limits)


def _tga(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    # Pixels of 15 bits lie as those of 16 do.
    fifteen = data[16:17] == b"\x0f"
    mended = data[:16] + b"\x10" + data[17:] if fifteen else data
    return pillow.decode(mended, kind, wanted, limits)


def _fits(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    fits.check_kind(data)
    decoded = pillow.decode(data, kind, wanted, limits)
    if not fits.is_top_down(data):
        return decoded
    (frame,) = decoded.frames
    raster = replace(frame.raster, orientation=Orientation.FLIPPED)
    return replace(decoded, frames=(replace(frame, raster=raster),))


def _xpm(kind: str, data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    return pillow.decode(xpm.as_pillow_reads(data), kind, wanted, limits)


_STEPS: Final[Mapping[str, Callable[[str, bytes, "Wanted", "Limits"], "Decoded"]]] = {
    "dds": _dds,
    "fits": _fits,
    "pcx": _pcx,
    "tga": _tga,
    "xpm": _xpm,
}
