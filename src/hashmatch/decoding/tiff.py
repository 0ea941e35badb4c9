"""TIFF: which page is the picture, and the kinds that Pillow does not read, or reads wrongly."""

import struct
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.decoding import pillow, tiff_colours, tiff_samples
from hashmatch.decoding import tiff_tags as tags
from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.pages import Pages
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.pixels import luma_of_reals
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.model import Decoder, Mode
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.decoding.decoded import Frame
    from hashmatch.decoding.tiff_tags import Page
    from hashmatch.limits import Limits

_FULL: Final = 8
_BLOCK: Final = 1 << 18
"""Pixels worked on at once."""
_ONE_BIT: Final = (
    tiff_colours.WHITE_IS_ZERO,
    tiff_colours.BLACK_IS_ZERO,
    tiff_colours.PALETTE,
)
_PLAIN: Final = {
    (tiff_colours.WHITE_IS_ZERO, 1),
    (tiff_colours.BLACK_IS_ZERO, 1),
    (tiff_colours.RGB, 3),
    (tiff_colours.RGB, 4),
    (tiff_colours.PALETTE, 1),
    (tiff_colours.CMYK, 4),
}
"""Interpretations and numbers of 8-bit samples that Pillow reads as viewers do."""


_UNREAD: Final = {
    6: "old-style JPEG",
    22610: "JPEG XR",
    32809: "ThunderScan",
    32909: "PixarLog",
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34676: "SGI LogLuv",
    34677: "SGI LogLuv",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "lossy DNG",
    34933: "PNG",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
"""Compressions that are refused by name where Pillow does not read them."""


def decode(data: bytes, wanted: Wanted, limits: "Limits") -> Decoded:
    """A TIFF file with its pages, its picture at full size first.

    Raises:
        UnreadableImageError: no page can be read, or it is of a kind that is not supported.
    """
    found = tags.pages(data)
    try:
        return _decode(data, found, wanted, limits)
    except UnreadableImageError as error:
        others = None
        if len(found) > 1 and error.reason is not Reason.OUT_OF_MEMORY:
            others = _other_pages(data, found, wanted, limits)
        if others is None:
            raise
        is_kind = error.reason in (Reason.UNSUPPORTED, Reason.TOO_MANY_PIXELS)
        return replace(others, reason=error.reason if is_kind else Reason.CORRUPT_DATA)


def _other_pages(
    data: bytes, found: "list[Page]", wanted: Wanted, limits: "Limits"
) -> Decoded | None:
    """The pages of a file whose picture cannot be read; None where they cannot be read either."""
    main = main_page(data, found)
    pages = Pages((0, 0), limits)
    for number, page in enumerate(found):
        read = partial(_frame, data, page, wanted, limits, number)
        if page is not main and not pages.add(read):
            break
    frames = tuple(pages.frames)
    return (
        Decoded(frames, Decoder.PILLOW, Mode.EXACT, len(found), (Flag.FRAMES,)) if frames else None
    )


def _decode(data: bytes, found: "list[Page]", wanted: Wanted, limits: "Limits") -> Decoded:
    main = main_page(data, found) if found else None
    if main is None or (
        main is found[0] and all(is_plain(page, big=tags.is_big(data)) for page in found)
    ):
        return _with_chain(_by_pillow(data, main, wanted, limits), data, found)
    everything = found if main in found else [*found, main]
    first = _page(data, main, wanted, limits)
    place = everything.index(main)
    frames = [replace(first.frames[0], number=place)]
    reason, count = first.reason, len(everything)
    further = Pages((main.number(tags.WIDTH), main.number(tags.HEIGHT)), limits)
    for number, page in enumerate(everything):
        if number != place and not further.add(partial(_frame, data, page, wanted, limits, number)):
            break
    decoded = replace(
        first,
        frames=(*frames, *further.frames),
        frame_count=count,
        flags=(*first.flags, Flag.FRAMES) if count > 1 else first.flags,
        reason=reason or further.reason,
    )
    return _with_chain(decoded, data, found)


def _with_chain(decoded: Decoded, data: bytes, found: "list[Page]") -> Decoded:
    """What was decoded; not all of it, where the file names a further page that is not there."""
    if decoded.reason is not None or not found or tags.ends(data, found):
        return decoded
    return replace(decoded, reason=Reason.CORRUPT_DATA)


def _frame(data: bytes, page: "Page", wanted: Wanted, limits: "Limits", number: int) -> "Frame":
    return replace(_page(data, page, wanted, limits).frames[0], number=number)


def main_page(data: bytes, pages: "list[Page]") -> "Page":
    """The picture: the first page at full size; else the largest such one below the pages."""
    for page in pages:
        if page.is_picture:
            return page
    below = [child for page in pages for child in tags.children(data, page) if child.is_picture]
    return max(below, key=_area, default=pages[0])


def _area(page: "Page") -> int:
    return page.number(tags.WIDTH) * page.number(tags.HEIGHT)


def is_plain(page: "Page", *, big: bool = False) -> bool:
    """Whether Pillow reads a page as viewers do, or is the only one that may.

    Of BigTIFF it reads the big-endian kind wrongly.
    """
    bits, count = page.bits, page.number(tags.SAMPLES, 1)
    meaning = tiff_colours.photometric(page)
    if page.number(tags.COMPRESSION, 1) not in tiff_samples.READ:
        return True
    if set(bits) == {1}:
        return count == 1 and meaning in _ONE_BIT
    if big:
        return False
    whole = set(bits) == {_FULL} and page.number(tags.FORMAT, 1) == 1
    return whole and page.number(tags.PLANAR, 1) == 1 and (meaning, count) in _PLAIN


def _page(data: bytes, page: "Page", wanted: Wanted, limits: "Limits") -> Decoded:
    """One page, with its own flags."""
    if is_plain(page, big=tags.is_big(data)):
        place = (8, "Q") if tags.is_big(data) else (4, "I")
        offset = struct.pack(page.order + place[1], page.offset)
        alone = data[: place[0]] + offset + data[place[0] + len(offset) :]
        return _by_pillow(alone, page, wanted, limits, alone=True)
    with quiet(limits):
        samples = tiff_samples.read(data, page, limits)
    return shown(samples, page, wanted)


def shown(samples: "tiff_samples.Samples", page: "Page", wanted: Wanted) -> Decoded:
    """Samples as a viewer shows them.

    Raises:
        UnreadableImageError: an interpretation that is not supported.
    """
    luma, rgb, alpha = _luma_and_colours(samples, page, wanted)
    try:
        turned = Orientation(page.number(tags.ORIENTATION, 1))
    except ValueError:
        turned = Orientation.UPRIGHT
    frame, flags = frame_of(rgb, alpha, wanted, turned, luma=luma)
    if tiff_colours.photometric(page) == tiff_colours.CMYK:
        flags = (*flags, Flag.CMYK)
    if samples.bits > _FULL:
        flags = (*flags, Flag.DEEP)
    reason = None if samples.fraction == 1 else Reason.TRUNCATED
    return Decoded((frame,), Decoder.NUMPY, flags=flags, fraction=samples.fraction, reason=reason)


def _luma_and_colours(
    samples: "tiff_samples.Samples", page: "Page", wanted: Wanted
) -> "tuple[NDArray[np.float32], NDArray[np.uint8] | None, NDArray[np.uint8] | None]":
    """Luma, colours and alpha, made of some rows at a time: what is between takes much memory."""
    tiff_colours.check(samples, page)
    scale = tiff_colours.scale_of(samples)
    height, width, _ = samples.values.shape
    luma = np.empty((height, width), np.float32)
    rgb = np.empty((height, width, 3), np.uint8) if wanted.rgb else None
    alpha = None
    step = max(1, _BLOCK // width)
    for first in range(0, height, step):
        rows = slice(first, first + step)
        colours, share = tiff_colours.as_shown(samples.values[rows], page, samples.bits, scale)
        luma[rows] = colours[:, :, 0] if colours.shape[2] == 1 else luma_of_reals(colours)
        if rgb is not None:
            rgb[rows] = np.rint(colours)
        if share is not None:
            if alpha is None:
                alpha = np.empty((height, width), np.uint8)
            alpha[rows] = share
    return luma, rgb, alpha


def _by_pillow(
    data: bytes, page: "Page | None", wanted: Wanted, limits: "Limits", *, alone: bool = False
) -> Decoded:
    """A file that Pillow reads, or that is refused by the name of what nobody reads."""
    try:
        return pillow.decode(data, "tiff", wanted, limits, alone=alone)
    except UnreadableImageError as error:
        if page is None or error.reason is not Reason.DAMAGED:
            raise
        compression = page.number(tags.COMPRESSION, 1)
        if compression in _UNREAD and _is_sound(data, page):
            detail = f"a TIFF compressed with {_UNREAD[compression]} is not supported"
            raise UnreadableImageError(Reason.UNSUPPORTED, detail) from None
        if _is_sound(data, page) and not _opens(data, limits):
            detail = f"a TIFF with {page.bits} bits and compression {compression} is not supported"
            raise UnreadableImageError(Reason.UNSUPPORTED, detail) from None
        raise


def _is_sound(data: bytes, page: "Page") -> bool:
    """Whether a page says what it is, and all of its pieces lie in the file."""
    offsets = page.numbers(tags.TILES) or page.numbers(tags.STRIPS)
    lengths = page.numbers(tags.TILE_BYTES) or page.numbers(tags.STRIP_BYTES)
    inside = all(
        0 < at < len(data) and at + length <= len(data)
        for at, length in zip(offsets, lengths, strict=False)
    )
    said = all(tag in page.tags for tag in (tags.WIDTH, tags.HEIGHT, tags.PHOTOMETRIC))
    return said and inside and 0 < len(offsets) == len(lengths)


def _opens(data: bytes, limits: "Limits") -> bool:
    """Whether Pillow knows the kind."""
    try:
        with quiet(limits):
            pillow.opened(data, "tiff").close()
    except UnreadableImageError:
        return False
    return True
