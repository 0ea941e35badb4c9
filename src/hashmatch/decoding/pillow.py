"""Everything that Pillow reads: the widest decoder, and the one for animations and damage.

Pillow warns through `warnings`, limits pixels through a global, and stops at the first missing
byte. Here it is quiet, keeps our limit, and hands over what it had decoded when it stopped.
"""

import ctypes
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import ExifTags, Image, ImageFile, _imaging

from hashmatch.decoding import exif
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.failures import PILLOW_ERRORS, raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pixels import to_byte_range
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLUGINS: Final = {
    "avif": ("AVIF", "Avif"),
    "bmp": ("BMP", "Bmp"),
    "cur": ("CUR", "Cur"),
    "dds": ("DDS", "Dds"),
    "gif": ("GIF", "Gif"),
    "icns": ("ICNS", "Icns"),
    "fits": ("FITS", "Fits"),
    "ico": ("ICO", "Ico"),
    "jpeg": ("JPEG", "Jpeg"),
    "jpeg2000": ("JPEG2000", "Jpeg2K"),
    "pcx": ("PCX", "Pcx"),
    "png": ("PNG", "Png"),
    "ppm": ("PPM", "Ppm"),
    "psd": ("PSD", "Psd"),
    "qoi": ("QOI", "Qoi"),
    "sgi": ("SGI", "Sgi"),
    "sun": ("SUN", "Sun"),
    "tga": ("TGA", "Tga"),
    "tiff": ("TIFF", "Tiff"),
    "webp": ("WEBP", "WebP"),
    "xbm": ("XBM", "Xbm"),
    "xpm": ("XPM", "Xpm"),
}
"""Pillow's name of each format, and the module that must be imported before it is known."""

DECODER_ERRORS: Final = (*PILLOW_ERRORS, Image.DecompressionBombError)
"""What Pillow and its plugins raise on damaged files; `raise_if_ours` looks at where."""

_GREY_MODES: Final = frozenset({"1", "L"})
_ALPHA_MODES: Final = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_DEEP_MODES: Final = frozenset({"F", "I", "I;16", "I;16B", "I;16L", "I;16N"})

_OPAQUE_WHERE_ALL_CLEAR: Final = frozenset({"BMP", "CUR", "DIB", "ICO", "TGA"})
"""Formats whose alpha many programs write as zeros and mean nothing by: viewers ignore it then."""

_REFUSED: Final = re.compile(r"(?i)unsupported|not supported|unknown pixel mode|cannot handle")
"""What Pillow and the libraries below it say of kinds that they do not read."""

_OWN_GROUND = frozenset({"GIF"})
"""Formats that Pillow decodes onto a ground of their own."""

_MOST_FRAMES = 4000
"""Frames that are walked to; in some formats only a walk tells how many there are."""


def _silence_libtiff() -> None:
    """Turn off libtiff's messages on standard error; Pillow turns off only its warnings."""
    with suppress(OSError, AttributeError):
        handle = ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler
        handle.argtypes, handle.restype = (ctypes.c_void_p,), ctypes.c_void_p
        handle(None)


_silence_libtiff()
logging.getLogger("PIL").addHandler(logging.NullHandler())

_lock = Lock()
_inside = 0
_outer: "tuple[warnings.catch_warnings[None], int | None] | None" = None


@contextmanager
def quiet(limits: Limits) -> Iterator[None]:
    """Pillow without warnings and with our pixel limit, also in many threads at once.

    Both are process-wide: the first thread in saves them, the last one out restores them, and
    between the largest limit holds. Pillow refuses at twice its own.
    """
    global _inside, _outer  # noqa: PLW0603 (they mirror process-wide state)
    with _lock:
        if not _inside:
            caught = warnings.catch_warnings()
            caught.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
            _outer = caught, Image.MAX_IMAGE_PIXELS
            Image.MAX_IMAGE_PIXELS = 0
        _inside += 1
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, -(-limits.max_pixels // 2))
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _outer:
                caught, Image.MAX_IMAGE_PIXELS = _outer
                caught.__exit__(None, None, None)
                _outer = None


def decode(data: bytes, kind: str, wanted: Wanted, limits: Limits) -> Decoded:
    """A picture file in any format of Pillow's, with its further frames.

    Raises:
        UnreadableImageError: Pillow finds no picture in it, or one beyond the limits.
    """
    with quiet(limits), opened(data, kind) as image:
        decoded = _decode(image, partial(opened, data, kind), wanted, limits)
    return replace(decoded, decoder="pi-heif") if kind == "heif" else decoded


def further_pictures(data: bytes, wanted: Wanted, limits: Limits) -> tuple[int, tuple[Frame, ...]]:
    """How many pictures an MPO file holds, and those behind the first that can be read."""
    try:
        with quiet(limits), opened(data, "jpeg") as image:
            count = _count(image)
            frames, _ = _further(image, (0, count), wanted, limits)
            return count, frames
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        return 1, ()


def decode_loaded(image: Image.Image, wanted: Wanted, limits: Limits) -> Decoded:
    """A PIL image that somebody else opened, as it stands, in its current frame."""
    with quiet(limits):
        try:
            check_pixels(*image.size, limits)
            reason, fraction = _load(image)
            frame, flags = _frame(image, 0, wanted)
        except DECODER_ERRORS as error:
            raise _translated(error) from None
    return Decoded((frame,), "pillow", flags=flags, fraction=fraction, reason=reason)


def encoded_bytes(image: Image.Image, limits: Limits) -> bytes | None:
    """The file behind a PIL image that was opened but not yet decoded; else None."""
    untouched = isinstance(image, ImageFile.ImageFile) and image._im is None  # noqa: SLF001 (says whether it was decoded)
    file = getattr(image, "fp", None) if untouched and image.tell() == 0 else None
    if file is None or getattr(file, "closed", False):
        return None
    try:
        at = file.tell()
        file.seek(0)
        data = file.read(limits.max_bytes + 1)
        file.seek(at)
    except OSError as error:
        raise UnreadableImageError(Reason.IO_ERROR, error.strerror or "") from None
    return data if isinstance(data, bytes) and len(data) <= limits.max_bytes else None


def opened(data: bytes, kind: str) -> Image.Image:
    """The picture, not yet decoded.

    Raises:
        UnreadableImageError: Pillow finds no picture in it.
    """
    try:
        if kind == "heif":
            from pi_heif import HeifImageFile

            from hashmatch.decoding.heif import plain_items

            image: Image.Image = HeifImageFile(io.BytesIO(plain_items(data)))
            return image
        name, module = PLUGINS[kind]
        import_module(f"PIL.{module}ImagePlugin")
        return Image.open(io.BytesIO(data), formats=(name,))
    except DECODER_ERRORS as error:
        raise _translated(error) from None


def _translated(error: Exception) -> UnreadableImageError:
    """Our error for one of a decoder's; its text may quote the file and is left behind.

    Raises:
        Exception: the error itself, where it is none of a decoder's.
    """
    raise_if_ours(error)
    if isinstance(error, UnreadableImageError):
        return error
    if isinstance(error, Image.DecompressionBombError):
        return UnreadableImageError(Reason.TOO_MANY_PIXELS, "a frame is larger than the limit")
    if isinstance(error, NotImplementedError) or _REFUSED.search(str(error)):
        return UnreadableImageError(Reason.UNSUPPORTED, "a kind that Pillow does not read")
    return UnreadableImageError(Reason.DAMAGED, "Pillow could not read it")


def _decode(
    image: Image.Image, reopen: Callable[[], Image.Image], wanted: Wanted, limits: Limits
) -> Decoded:
    turned = image.format == "TIFF" and image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    place = image.tell() if image.format == "HEIF" else 0
    try:
        check_pixels(*image.size, limits)
        reason, fraction = _load(image, reopen)
        first, flags = _frame(image, place, wanted)
    except DECODER_ERRORS as error:
        raise _translated(error) from None
    count, further = 1, tuple[Frame, ...]()
    if reason is None:
        count = _count(image)
        further, reason = _further(image, (place, count), wanted, limits)
    if turned:
        flags = (*flags, "oriented")
    if count > 1:
        flags = (*flags, "frames")
    return Decoded((first, *further), "pillow", "exact", count, flags, fraction, reason)


def _further(
    image: Image.Image, place_and_count: tuple[int, int], wanted: Wanted, limits: Limits
) -> tuple[tuple[Frame, ...], Reason | None]:
    """The sampled frames besides the canonical one, up to the first that cannot be read.

    The canonical picture of a HEIC file need not be its first.
    """
    frames: list[Frame] = []
    place, count = place_and_count
    for chosen in sampled(count, image.size, limits):
        number = 0 if chosen == place else chosen
        try:
            image.seek(number)
            check_pixels(*image.size, limits)
            image.load()
            frames.append(_frame(image, number, wanted)[0])
        except DECODER_ERRORS as error:
            raise_if_ours(error)
            return tuple(frames), Reason.CORRUPT_DATA
    return tuple(frames), None


def _load(
    image: Image.Image, reopen: Callable[[], Image.Image] | None = None
) -> tuple[Reason | None, float]:
    """Decode the current frame; why it is not whole, and the share of its pixels that is there.

    Args:
        image: keeps what was decoded before the damage.
        reopen: opens the same file once more, to tell missing pixels from black ones.
    """
    try:
        image.load()
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        if not isinstance(image, ImageFile.ImageFile) or image._im is None:  # noqa: SLF001 (no other way to keep the rows)
            raise
        stored = image.im.size
        _keep(image)
        fraction = _share(image, reopen() if reopen else None, stored)
        if not fraction:
            raise
        return Reason.TRUNCATED, fraction
    return None, 1.0


def _keep(image: ImageFile.ImageFile) -> None:
    """Take what is decoded for all there is; TIFF is turned upright only then."""
    image.tile = []
    if image.format == "TIFF":
        image.load_end()


def _share(image: Image.Image, again: Image.Image | None, stored: tuple[int, int]) -> float:
    """Share of pixels that were decoded.

    Pillow leaves zeros where nothing was. Decoded once more onto white, decoded pixels are the
    same as before and the others are not. Formats that bring their own ground, and images of
    which nobody has the file, are judged by their rows of zeros.

    Args:
        image: as far as it was decoded.
        again: the same file, not yet decoded.
        stored: columns and rows as stored, before any turning.
    """
    pixels = np.asarray(image)
    if isinstance(again, ImageFile.ImageFile) and again.format not in _OWN_GROUND:
        again.im = Image.new(again.mode, stored, "white" if again.mode != "P" else 255).im
        try:
            again.load()
        except DECODER_ERRORS as error:
            raise_if_ours(error)
        _keep(again)
        on_light = np.asarray(again)
        if on_light.shape == pixels.shape:
            known = (pixels == on_light).reshape(*pixels.shape[:2], -1)
            return float(known.mean())
    return float(pixels.reshape(*pixels.shape[:2], -1).any(axis=1).mean())


def _count(image: Image.Image) -> int:
    if image.format == "TIFF":
        return _pages(image)
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        return 1


def _pages(image: Image.Image) -> int:
    """Pages up to the first that cannot be found."""
    for number in range(1, _MOST_FRAMES):
        try:
            image.seek(number)
        except DECODER_ERRORS as error:
            raise_if_ours(error)
            return number
    return _MOST_FRAMES


def sampled(count: int, size: tuple[int, int], limits: Limits) -> list[int]:
    """Which frames behind the first to hash: evenly spread, up to the last, within the limits."""
    affordable = limits.max_pixels // (size[0] * size[1])
    last = min(count, affordable, _MOST_FRAMES) - 1
    further = min(last, limits.max_frames - 1)
    return sorted({round(i * last / further) for i in range(1, further + 1)}) if further > 0 else []


def _frame(image: Image.Image, number: int, wanted: Wanted) -> tuple[Frame, tuple[str, ...]]:
    """The current frame, and what is special about it."""
    turned = _orientation(image)
    size = (*image.size, 1, turned)
    if image.mode in _DEEP_MODES:
        luma = to_byte_range(_deep(image))
        rgb = np.repeat(np.rint(luma).astype(np.uint8)[:, :, None], 3, 2) if wanted.rgb else None
        return Frame(Raster(luma, *size, rgb=rgb), number=number), ("deep",)
    if image.mode in _GREY_MODES and "transparency" not in image.info and not wanted.rgb:
        return Frame(Raster(np.asarray(image.convert("L")), *size), number=number), ()
    alpha = None
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"))
        rgb, alpha = rgba[:, :, :3], rgba[:, :, 3]
        if image.format in _OPAQUE_WHERE_ALL_CLEAR and not alpha.any():
            alpha = None
    elif image.mode == "LAB":
        rgb = np.repeat(np.asarray(image.getchannel("L"))[:, :, None], 3, 2)
    else:
        rgb = np.asarray(image.convert("RGB"))
    frame, flags = frame_of(rgb, alpha, wanted, turned, number)
    return frame, ("cmyk",) if image.mode == "CMYK" else flags


def _deep(image: Image.Image) -> "NDArray[Any]":
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return values.astype(np.uint16, copy=False)
    return values


def _orientation(image: Image.Image) -> Orientation:
    """EXIF's alone: Pillow would also ask XMP, which viewers do not."""
    block = image.info.get("exif")
    if not isinstance(block, bytes):
        return Orientation.UPRIGHT
    return exif.orientation(block.removeprefix(b"Exif\0\0"))
