"""One canonical decode: path, bytes, file object and PIL image of one file give the same pixels."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import pairwise
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from hashmatch.containers import flag_of
from hashmatch.decoding import formats, mpo
from hashmatch.decoding.arrays import image_of, is_array
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.inputs import Readable, read_all
from hashmatch.decoding.jpeg_header import read_header
from hashmatch.decoding.pages import Pages
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.kinds import further_pictures
from hashmatch.kinds.sniffing import sniff_container
from hashmatch.limits import Limits
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from PIL.Image import Image
    from typing_extensions import TypeIs

    from hashmatch.decoding.arrays import Pixels

    DecodedSource: TypeAlias = Image | Pixels
    ImageSource: TypeAlias = Readable | DecodedSource
else:
    ImageSource: TypeAlias = Readable


def decode_image(source: "ImageSource", wanted: Wanted, limits: Limits) -> tuple[str, Decoded]:
    """The format and the pixels of a picture, decoded as far as they go.

    Args:
        source: a path, the file's bytes, a binary file object, a PIL image, or a uint8 array of
            pixels. A PIL image that is opened but not yet decoded is read from its file; any other
            as it stands.
        wanted: what the hashers need.
        limits: of bytes, pixels and frames.

    Raises:
        UnreadableImageError: with the reason, whatever any decoder raised.
    """
    given = given_source(source, limits)
    if isinstance(given, bytes):
        return decode_bytes(given, wanted, limits)
    return _from_pil(given, wanted, limits)


def given_source(source: "ImageSource", limits: Limits) -> "bytes | Image":
    """The bytes of a picture, or the PIL image: what `decode_image` decodes without more reading.

    Raises:
        UnreadableImageError: it cannot be read, or has too many bytes.
        TypeError: not something that a picture can be read from.
        ValueError: an array of pixels of another shape.
    """
    if is_array(source):
        return image_of(source)
    return source if _is_pil_image(source) else read_all(source, limits)


def is_decoded(source: object) -> "TypeIs[DecodedSource]":
    """Whether it is a PIL image or an array of pixels, which have no bytes of a file."""
    return is_array(source) or _is_pil_image(source)


def check_several(sources: object) -> None:
    """Refuse a single picture where several are asked for.

    Raises:
        TypeError: it is one, or nothing that holds several.
    """
    single = isinstance(sources, str | PathLike | bytes | bytearray | memoryview)
    if single or is_decoded(sources) or hasattr(sources, "read"):
        msg = f"expected several pictures, not one {type(sources).__name__}; hash_image takes one"
        raise TypeError(msg)
    if not isinstance(sources, Iterable) or isinstance(sources, Mapping):
        msg = f"expected several pictures, not {type(sources).__name__}"
        raise TypeError(msg)


def decode_bytes(data: bytes, wanted: Wanted, limits: Limits) -> tuple[str, Decoded]:
    """The format and the pixels of the picture in these bytes.

    Raises:
        UnreadableImageError: as `decode_image`.
    """
    if not data:
        raise UnreadableImageError(Reason.EMPTY, "the file has no bytes")
    head = data[: formats.HEAD]
    kind = formats.sniff(head, len(data))
    if kind is None:
        return _behind_other_bytes(data, head, wanted, limits)
    return kind, _decode(kind, data, wanted, limits)


def _behind_other_bytes(
    data: bytes, head: bytes, wanted: Wanted, limits: Limits
) -> tuple[str, Decoded]:
    """The first picture in a file that does not begin with it; of a container, the first JPEG."""
    container = sniff_container(BytesIO(data), head)
    found = formats.find_pictures(data)
    if container is not None:
        found = [each for each in found if each[1] == "jpeg"]
    nothing = UnreadableImageError(Reason.NOT_A_PICTURE, "no known picture format")
    if container is not None:
        nothing = UnreadableImageError(container.reason, container.detail)
    for start, kind in found:
        try:
            decoded = _decode(kind, data[start:], wanted, limits)
        except UnreadableImageError as error:
            if error.reason is Reason.TOO_MANY_PIXELS and container is None:
                raise
            continue
        flags = (*decoded.flags, Flag.LEADING_GARBAGE)
        if container is None:
            return kind, replace(decoded, flags=flags)
        flags = (*decoded.flags, flag_of(container.detail))
        return kind, replace(decoded, flags=flags, reason=container.reason)
    raise nothing


def _is_pil_image(source: object) -> "TypeIs[Image]":
    """Whether it is a PIL image; nobody has one who has not imported Pillow."""
    # Another thread may be importing it: then it lacks its names, and nobody has an image of it.
    kind = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return kind is not None and isinstance(source, kind)


def _from_pil(image: "Image", wanted: Wanted, limits: Limits) -> tuple[str, Decoded]:
    from hashmatch.decoding import pillow

    data = pillow.encoded_bytes(image, limits)
    if data is not None and formats.sniff(data[: formats.HEAD]):
        return decode_bytes(data, wanted, limits)
    decoded = pillow.decode_loaded(image, wanted, limits)
    return (image.format or "pixels").lower(), _flagged(decoded)


def _decode(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """What the first decoder of the format's chain that can read it gives."""
    if kind == "png":
        data = _plain_png(data)
    failures: list[UnreadableImageError] = []
    others = _further if kind in further_pictures.NAMES else _pillow
    for step in _CHAINS.get(kind, (others,)):
        try:
            decoded = step(kind, data, wanted, limits)
        except UnreadableImageError as error:
            if error.reason is Reason.TOO_MANY_PIXELS:
                raise
            failures.append(error)
            continue
        return _flagged(decoded)
    if kind == "tga":
        raise UnreadableImageError(Reason.NOT_A_PICTURE, "no known picture format")
    telling = [error for error in failures if error.reason is not Reason.UNSUPPORTED]
    raise telling[0] if telling else failures[-1]


def _flagged(decoded: Decoded) -> Decoded:
    if decoded.frames[0].raster.orientation is Orientation.UPRIGHT:
        return decoded
    return replace(decoded, flags=(*decoded.flags, Flag.ORIENTED))


def _turbo(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import jpeg, jpeg_scans

    header = read_header(data)
    decoded = jpeg.decode(data, header, wanted, limits)
    if header.multi and limits.max_pages > 1 and jpeg_scans.has_sane_scans(data):
        return _with_named(decoded, data, wanted, limits)
    return decoded


def _with_named(decoded: Decoded, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """A JPEG with the further pictures that its index names."""
    there, missing = mpo.pictures(data)
    first = decoded.frames[0].raster
    pages = Pages((first.width, first.height), limits)
    for number, (start, end) in enumerate(pairwise((*there, len(data))), 1):
        own = partial(_named, data[start:end], number, wanted, limits)
        if not pages.add(own):
            break
    flags = decoded.flags
    if there:
        flags = (*flags, Flag.FRAMES)
    if missing or pages.reason is Reason.CORRUPT_DATA:
        flags = (*flags, Flag.UNREAD_PICTURE)
    return replace(
        decoded,
        frames=(*decoded.frames, *pages.frames),
        frame_count=1 + len(there),
        flags=flags,
        reason=decoded.reason or pages.reason,
    )


def _named(data: bytes, number: int, wanted: Wanted, limits: Limits) -> Frame:
    """One of the further pictures of a JPEG file.

    Raises:
        UnreadableImageError: it cannot be read.
    """
    decoded = _decode("jpeg", data, wanted, replace(limits, max_pages=1))
    return replace(decoded.frames[0], number=number)


def _plain_png(data: bytes) -> bytes:
    from hashmatch.decoding import png

    return data if png.is_apples(data) else png.plain(data)


def _patient_png(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import libav, png

    apples = png.is_apples(data)
    if not apples and png.is_sound(data):
        decoded = _pillow(kind, data, wanted, limits)
        if decoded.reason is None:
            return decoded
    try:
        whole = png.rebuilt(data, limits)
    except UnreadableImageError as error:
        if error.reason is not Reason.UNSUPPORTED:
            raise
        return _pillow(kind, data, wanted, limits)
    if apples and libav.read_png_header(whole.data).simple:
        decoded = libav.decode_apples_png(whole.data, wanted, limits)
    else:
        decoded = _pillow(kind, whole.data, wanted, limits)
    return replace(decoded, fraction=whole.fraction, reason=whole.reason)


def _libav(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import libav

    return libav.decode(data, kind, wanted, limits)


def _libwebp(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import libwebp

    return libwebp.decode(data, wanted, limits)


def _deep_jpeg(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import libav

    header = read_header(data)
    if not header.left_to_ffmpeg:
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")
    size = (header.width, header.height, header.orientation)
    return libav.decode_deep_jpeg(data, size, wanted, limits)


def _patient_jpeg(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import jpeg, jpeg_repair, jpeg_scans, pillow

    header = read_header(data)
    jpeg.check_kind(header)
    try:
        return pillow.decode(jpeg_scans.trim(data, header), kind, wanted, limits)
    except UnreadableImageError as error:
        if error.reason is not Reason.DAMAGED:
            raise
        return pillow.decode(jpeg_repair.mended(data, header), kind, wanted, limits)


def _pillow(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import pillow

    return pillow.decode(data, kind, wanted, limits)


def _jpeg2000(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import jpeg2000, libav

    if jpeg2000.is_deep_in_colours(data):
        return libav.decode_further(data, "jpeg2000", wanted, limits)
    return _pillow(kind, data, wanted, limits)


def _heic(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import heic

    return heic.decode(data, wanted, limits)


def _gif(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import gif

    return gif.decode(data, wanted, limits)


def _raw(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import raw

    if kind == "tiff" and not raw.is_raw_tiff(data):
        raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")
    return raw.decode(data, wanted, limits)


def _tiff(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import tiff

    return tiff.decode(data, wanted, limits)


def _psd(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import psd

    return psd.decode(data, wanted, limits)


def _further(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import libav

    found = further_pictures.sniff(data[: formats.HEAD], len(data))
    if found is not None and found.pillow:
        return _pillow(kind, data, wanted, limits)
    if found is None or not found.codec:
        title = found.title if found else kind
        raise UnreadableImageError(Reason.UNSUPPORTED, f"{title} is not supported")
    return libav.decode_further(data, found.codec, wanted, limits)


def _mended(kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import pillow_mended

    return pillow_mended.decode(kind, data, wanted, limits)


def _qoi(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import qoi

    return qoi.decode(data, wanted, limits)


def _libjxl(_kind: str, data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    from hashmatch.decoding import jpegxl

    return jpegxl.decode(data, wanted, limits)


_Step: TypeAlias = Callable[[str, bytes, Wanted, Limits], Decoded]

_CHAINS: Mapping[str, tuple[_Step, ...]] = {
    "dds": (_mended,),
    "fits": (_mended,),
    "gif": (_gif,),
    "heif": (_heic, _pillow),
    "jpeg": (_turbo, _deep_jpeg, _patient_jpeg),
    "jpeg2000": (_jpeg2000,),
    "jpegxl": (_libjxl,),
    "pcx": (_mended,),
    "png": (_libav, _patient_png),
    "psd": (_psd,),
    "qoi": (_qoi,),
    "raw": (_raw,),
    "tga": (_mended,),
    "tiff": (_raw, _tiff),
    "webp": (_libwebp, _libav, _pillow),
    "xpm": (_mended,),
}
"""Decoders in the order in which they are tried; other formats are Pillow's, or
seldom met."""
