"""The luma of plain lossy WebP, read by the libwebp that Pillow brings along.

libwebp reads VP8 in three quarters of FFmpeg's time, and RFC 6386 leaves no choice of values: they
are the same up to 16 bits. Beyond, decoders differ, and FFmpeg's by processor; only damaged files
have such values. So three kinds of files are left to FFmpeg: those whose bits end before their data
do, as those of damaged files; pictures with 0 or 255, where too large values end; and those of
coarse steps, where both occur in whole pictures too, so that most would be decoded twice. So is
every file that is not one picture and nothing else. Pillow's wheels for Windows keep libwebp to
themselves: there FFmpeg reads all.
"""

import ctypes
import struct
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.libav import full_range
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD: Final = 30
"""Bytes before the first bits of VP8: of RIFF, of the chunk, and of the frame."""
_FRAME, _PLAIN_FRAME = 0b1_1_00_1, 0b1_0_00_0
"""Bits of a frame: it is shown, of one of the four profiles, which differ in what other frames
take of it, and takes nothing of another."""
_COARSEST: Final = 40
"""The largest index of quantizers: that of quality 70 is 39, that of quality 75 is 36."""
_UNUSUAL: Final = 128
"""The index of what encoders do not write."""
_LAST: Final = 8
"""Bytes at the end without which no whole file can be read."""

_ABI: Final = 0x0209
_YUV: Final = 11
_OK, _SUSPENDED = 0, 5


class _Planes(ctypes.Structure):
    """`WebPYUVABuffer`."""

    _fields_ = (
        *((plane, ctypes.c_void_p) for plane in "yuva"),
        *((f"{plane}_stride", ctypes.c_int) for plane in "yuva"),
        *((f"{plane}_size", ctypes.c_size_t) for plane in "yuva"),
    )


class _Config(ctypes.Structure):
    """`WebPDecoderConfig`: what was found, where it is written, and how."""

    _fields_ = (
        ("features", ctypes.c_int * 10),
        ("colours", ctypes.c_int),
        ("size", ctypes.c_int * 2),
        ("is_external", ctypes.c_int),
        ("planes", _Planes),
        ("padding", ctypes.c_uint32 * 4),
        ("private", ctypes.c_void_p),
        ("bypass_filtering", ctypes.c_int),
        ("further_options", ctypes.c_int * 18),
    )


class _Bits:
    """VP8's decoder of bits, for those that are as likely 0 as 1."""

    def __init__(self, data: bytes) -> None:
        self._rest, self._range = int.from_bytes(data), 255
        self._shift = 8 * len(data) - 8

    def number(self, bits: int) -> int:
        """The next bits, the highest first."""
        number = 0
        for _ in range(bits):
            low = (self._range + 1) >> 1
            is_high = self._rest >= low << self._shift
            if is_high:
                self._rest -= low << self._shift
            self._range = self._range - low if is_high else low
            shifted = 8 - self._range.bit_length()
            self._range <<= shifted
            self._shift -= shifted
            number = number << 1 | is_high
        return number


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """One still lossy WebP without anything else.

    Args:
        data: the file.
        wanted: what the hashers need.
        limits: of pixels.

    Raises:
        UnreadableImageError: it is left to the next decoder.
    """
    luma = None
    if not (wanted.exact or wanted.rgb) and _is_plain(data):
        luma = _luma(data, limits)
    if luma is None or luma.min() == 0 or luma.max() == 255:  # noqa: PLR2004 (the largest byte)
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")
    height, width = luma.shape
    raster = Raster(full_range(luma), width, height)
    return Decoded((Frame(raster),), decoder=Decoder.LIBWEBP, mode=Mode.FAST)


def _is_plain(data: bytes) -> bool:
    """Whether it is one chunk of VP8 as encoders write it, with fine steps."""
    length = int.from_bytes(data[16:20], "little")
    whole = 20 + length + length % 2
    return (
        len(data) == whole == int.from_bytes(data[4:8], "little") + 8
        and whole > 2 * _HEAD
        and data[12:16] == b"VP8 "
        and data[20] & _FRAME == _PLAIN_FRAME
        and data[23:26] == b"\x9d\x01\x2a"
        and _coarsest(_Bits(data[_HEAD : 2 * _HEAD])) <= _COARSEST
    )


def _coarsest(bits: _Bits) -> int:
    """The largest index of quantizers, 0–127; or `_UNUSUAL`."""
    if bits.number(2):  # a reserved colour space, and values that need no clamping
        return _UNUSUAL
    if bits.number(1):  # segments, with
        bits.number(1)  # a map,
        is_stated, is_absolute = bits.number(1), bits.number(1)  # and values of their own
        return max(_signed(bits) for _ in range(4)) if is_stated and is_absolute else _UNUSUAL
    bits.number(10)  # the filter that is left out
    if bits.number(1):  # by kind of prediction
        return _UNUSUAL
    bits.number(2)  # the number of parts
    return bits.number(7)


def _signed(bits: _Bits) -> int:
    if not bits.number(1):
        return 0
    size = bits.number(7)
    return -size if bits.number(1) else size


def _luma(data: bytes, limits: Limits) -> "NDArray[np.uint8] | None":
    """Values of 16 to 235, and a little beyond; None where libwebp does not read it."""
    width, height = struct.unpack_from("<HH", data, _HEAD - 4)
    if _LIBRARY is None or not 0 < width * height <= limits.max_pixels:
        return None
    config = _Config()
    if not _LIBRARY.WebPInitDecoderConfigInternal(ctypes.byref(config), _ABI):
        return None
    luma = np.empty((height, width), np.uint8)
    colours = np.empty((2, (height + 1) // 2, (width + 1) // 2), np.uint8)
    config.colours, config.is_external, config.bypass_filtering = _YUV, 1, 1
    for name, plane in zip("yuv", (luma, *colours), strict=True):
        setattr(config.planes, name, plane.ctypes.data)
        setattr(config.planes, f"{name}_stride", plane.shape[1])
        setattr(config.planes, f"{name}_size", plane.size)
    is_read = _reads_to_the_end(_LIBRARY, data, config)
    return luma if is_read and (*config.size,) == (width, height) else None


def _reads_to_the_end(library: ctypes.CDLL, data: bytes, config: _Config) -> bool:
    """Whether libwebp can read it, and cannot without its last bytes."""
    decoder = library.WebPIDecode(None, ctypes.c_size_t(0), ctypes.byref(config))
    if not decoder:
        return False
    try:
        said = [
            library.WebPIUpdate(ctypes.c_void_p(decoder), data, ctypes.c_size_t(length))
            for length in (len(data) - _LAST, len(data))
        ]
    finally:
        library.WebPIDelete(ctypes.c_void_p(decoder))
    return said == [_SUSPENDED, _OK]


def _loaded() -> ctypes.CDLL | None:
    """The library that Pillow's module is linked to; None where its functions are out of reach."""
    spec = find_spec("PIL._webp")
    if spec is None or spec.origin is None:
        return None
    try:
        library = ctypes.CDLL(spec.origin)
        library.WebPIDecode.restype = ctypes.c_void_p
        usable = (library.WebPInitDecoderConfigInternal, library.WebPIUpdate, library.WebPIDelete)
    except (OSError, AttributeError):
        return None
    return library if all(usable) else None


_LIBRARY: Final = _loaded()
