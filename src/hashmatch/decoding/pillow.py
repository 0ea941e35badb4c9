"""What Pillow reads, the widest decoder: up to the first missing byte, where it stops."""

import io
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import ExifTags, Image, ImageFile

from hashmatch.decoding import apng, exif, heif_items, icons
from hashmatch.decoding.decoded import Decoded, Frame, Moving, Wanted
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pages import MOST_FRAMES, Pages, walked
from hashmatch.decoding.pillow_kinds import settled
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.pixels import to_byte_range
from hashmatch.decoding.refusals import DECODER_ERRORS, translated
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLUGINS: Final = {
    "avif": ("AVIF", "Avif"),
    "bmp": ("BMP", "Bmp"),
    "cur": ("ICO", "Ico"),
    "dcx": ("DCX", "Dcx"),
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
    "sgi": ("SGI", "Sgi"),
    "sun": ("SUN", "Sun"),
    "tga": ("TGA", "Tga"),
    "tiff": ("TIFF", "Tiff"),
    "webp": ("WEBP", "WebP"),
    "xbm": ("XBM", "Xbm"),
    "xpm": ("XPM", "Xpm"),
}
"""Pillow's name of each format, and the module that must be imported before it is known."""

_GREY_MODES: Final = frozenset({"1", "L"})
_ALPHA_MODES: Final = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_DEEP_MODES: Final = frozenset({"F", "I", "I;16", "I;16B", "I;16L", "I;16N"})

_OPAQUE_WHERE_ALL_CLEAR: Final = frozenset({"BMP", "DIB", "ICO", "TGA"})
"""Formats whose alpha many programs write as zeros and mean nothing by: viewers ignore it then."""

_OWN_GROUND = frozenset({"GIF"})
"""Formats that Pillow decodes onto a ground of their own."""

_MOVING: Final = frozenset({"AVIF", "GIF", "PNG", "WEBP"})
"""Formats whose further frames are those of an animation; of all others they are pages."""


def decode(
    data: bytes, kind: str, wanted: Wanted, limits: Limits, *, alone: bool = False
) -> Decoded:
    """A picture file in any format of Pillow's, with its further frames.

    Args:
        data: the file.
        kind: its format.
        wanted: what the hashers need.
        limits: of pixels and frames.
        alone: whether further frames are neither read nor counted.

    Raises:
        UnreadableImageError: Pillow finds no picture in it, or one beyond the limits.
    """
    if kind in heif_items.KINDS:
        heif_items.check_encryption(data)
    try:
        return _decode_file(data, kind, wanted, limits, alone=alone)
    except UnreadableImageError as error:
        raise settled(error, kind, data) from None


def _decode_file(data: bytes, kind: str, wanted: Wanted, limits: Limits, *, alone: bool) -> Decoded:
    with quiet(limits), opened(data, kind) as image:
        decoded = _decode(image, partial(opened, data, kind), wanted, limits, alone=alone)
        if decoded.moving is not None and kind == "png" and not image.mode.startswith("I"):
            frames = apng.frames(data, decoded.frames[0].raster.orientation, wanted, limits)
            decoded = replace(decoded, moving=Moving(frames))
        if image.format in icons.FORMATS and not alone:
            data = icons.as_icon(data) if kind == "cur" else data
            decoded = _with_icons(decoded, data, image, wanted, limits)
    return replace(decoded, decoder=Decoder.PI_HEIF) if kind == "heif" else decoded


def decode_loaded(image: Image.Image, wanted: Wanted, limits: Limits) -> Decoded:
    """A PIL image that somebody else opened, as it stands, in its current frame."""
    with quiet(limits):
        try:
            check_pixels(*image.size, limits)
            reason, fraction = _load(image)
            frame, flags = _frame(image, 0, wanted)
        except DECODER_ERRORS as error:
            raise translated(error) from None
    return Decoded((frame,), Decoder.PILLOW, flags=flags, fraction=fraction, reason=reason)


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

            from hashmatch.decoding.heif import plain_items, without_film

            image: Image.Image = HeifImageFile(io.BytesIO(plain_items(without_film(data))))
            return image
        if kind == "cur":
            data = icons.as_icon(data)
        name, module = PLUGINS[kind]
        import_module(f"PIL.{module}ImagePlugin")
        return Image.open(io.BytesIO(data), formats=(name,))
    except DECODER_ERRORS as error:
        raise translated(error) from None


def _with_icons(
    decoded: Decoded, data: bytes, image: Image.Image, wanted: Wanted, limits: Limits
) -> Decoded:
    """An icon with its further pictures."""
    further = Pages(image.size, limits)
    count = 1
    try:
        for number, open_icon in icons.further(data, image.format or ""):
            count = max(count, number + 1)
            if not further.add(partial(_page, open_icon, number, wanted, limits)):
                break
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        further.reason = Reason.CORRUPT_DATA
    return replace(
        decoded,
        frames=(*decoded.frames, *further.frames) if count > 1 else decoded.frames,
        frame_count=count,
        flags=(*decoded.flags, Flag.FRAMES) if count > 1 else decoded.flags,
        reason=decoded.reason or further.reason,
    )


def _decode(
    image: Image.Image,
    reopen: Callable[[], Image.Image],
    wanted: Wanted,
    limits: Limits,
    *,
    alone: bool,
) -> Decoded:
    turned = image.format == "TIFF" and image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    place = image.tell() if image.format == "HEIF" else 0
    try:
        check_pixels(*image.size, limits)
        reason, fraction = _load(image, reopen)
        first, flags = _frame(image, place, wanted)
    except DECODER_ERRORS as error:
        raise translated(error) from None
    count, further, moving = 1, tuple[Frame, ...](), None
    # Pages lie apart from each other; damage to the first leaves the others whole.
    if not alone and (reason is None or image.format == "TIFF"):
        count = _count(image)
        if image.format not in _MOVING:
            further, failed = _further(image, (place, count), wanted, limits)
            reason = reason or failed
        elif count > 1:
            moving = Moving(_frames(reopen, count, wanted, limits))
    if turned:
        flags = (*flags, Flag.ORIENTED)
    if count > 1:
        flags = (*flags, Flag.FRAMES)
    return Decoded(
        (first, *further), Decoder.PILLOW, Mode.EXACT, count, flags, fraction, reason, moving
    )


def _further(
    image: Image.Image, place_and_count: tuple[int, int], wanted: Wanted, limits: Limits
) -> tuple[tuple[Frame, ...], Reason | None]:
    """All pages of a document within the limits that can be read, and why some are missing.

    The canonical picture of a HEIC file, which comes before them, need not be its first.
    """
    place, count = place_and_count
    pages = Pages(image.size, limits)
    for chosen in range(1, count):
        number = 0 if chosen == place else chosen
        at = partial(_sought, image, number)
        if not pages.add(partial(_page, at, number, wanted, limits)):
            break
    return tuple(pages.frames), pages.reason


def _frames(
    reopen: Callable[[], Image.Image], count: int, wanted: Wanted, limits: Limits
) -> Generator[Frame, None, Reason | None]:
    """The frames of an animation behind the first, up to the first that cannot be read.

    Returns:
        Why not all of them are there.
    """
    image = reopen()
    most = walked(count, image.size, limits)
    try:
        for number in range(1, most):
            with quiet(limits):
                image.seek(number)
                check_pixels(*image.size, limits)
                image.load()
                frame, _ = _frame(image, number, wanted)
            yield frame
    except DECODER_ERRORS as error:
        raise_if_ours(error)
        return Reason.CORRUPT_DATA
    finally:
        image.close()
    return Reason.TOO_LONG if most < count else None


def _sought(image: Image.Image, number: int) -> Image.Image:
    image.seek(number)
    return image


def _page(
    open_page: Callable[[], Image.Image], number: int, wanted: Wanted, limits: Limits
) -> Frame:
    """One page of a document, or one picture of an icon.

    Raises:
        UnreadableImageError: it cannot be read, or is larger than the limit.
    """
    try:
        image = open_page()
        check_pixels(*image.size, limits)
        image.load()
        return _frame(image, number, wanted)[0]
    except DECODER_ERRORS as error:
        raise translated(error) from None


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
    """Take what is decoded for all there is; TIFF and Targa are turned only then."""
    image.tile = []
    if image.format in {"TIFF", "TGA"}:
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
    for number in range(1, MOST_FRAMES):
        try:
            image.seek(number)
        except DECODER_ERRORS as error:
            raise_if_ours(error)
            return number
    return MOST_FRAMES


def _frame(image: Image.Image, number: int, wanted: Wanted) -> tuple[Frame, tuple[str, ...]]:
    """The current frame, and what is special about it."""
    turned = orientation_of(image)
    size = (*image.size, 1, turned)
    if image.mode in _DEEP_MODES:
        luma = to_byte_range(_deep(image))
        rgb = np.repeat(np.rint(luma).astype(np.uint8)[:, :, None], 3, 2) if wanted.rgb else None
        return Frame(Raster(luma, *size, rgb=rgb), number=number), (Flag.DEEP,)
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
    return frame, (Flag.CMYK,) if image.mode == "CMYK" else flags


def _deep(image: Image.Image) -> "NDArray[Any]":
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return values.astype(np.uint16, copy=False)
    return values


def orientation_of(image: Image.Image) -> Orientation:
    """EXIF's alone: Pillow would also ask XMP, which viewers do not."""
    block = image.info.get("exif")
    if not isinstance(block, bytes):
        return Orientation.UPRIGHT
    return exif.orientation(block.removeprefix(b"Exif\0\0"))
