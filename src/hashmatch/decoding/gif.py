"""GIF: its frames laid over each other as browsers do it; Pillow inflates their pixels.

Browsers take the ground for clear: outside the first frame, and where a frame is disposed of. So
do ImageMagick, and FFmpeg where the file has a clear index; Pillow shows the background colour.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFile

from hashmatch.decoding.decoded import Decoded, Frame, Moving, Wanted
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pages import walked
from hashmatch.decoding.pillow import opened
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.refusals import DECODER_ERRORS
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.model import Decoder, Mode
from hashmatch.model.flags import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.limits import Limits

_EXTENSION, _IMAGE, _END, _CONTROL = 0x21, 0x2C, 0x3B, 0xF9
_TABLE, _INTERLACED = 0x80, 0x40
_TO_CLEAR, _TO_PREVIOUS = 2, (3, 4)
_MOST_FRAMES: Final = 1 << 16
_LARGE: Final = 16_000_000
"""Pixels of a screen that is filled, however little of it is drawn on."""
_SPECK: Final = 16
"""A larger screen of more than so many times the pixels that are drawn on is cut to these."""
_MOST_STRAY: Final = 1 << 16
"""Bytes between blocks that are passed over."""


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """One image of the file.

    Attributes:
        left: first column on the screen, in pixels.
        top: first row on the screen, in pixels.
        width: columns, in pixels.
        height: rows, in pixels.
        interlaced: whether its rows come in four passes.
        palette: (256, 3) uint8.
        codes: its compressed pixels, with the lengths of their blocks.
        clear: the index that leaves pixels as they are; None for none.
        disposal: what becomes of it before the next, as the file says it.
        hundredths: of a second that it is shown.
    """

    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    palette: "NDArray[np.uint8]"
    codes: bytes
    clear: int | None
    disposal: int
    hundredths: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame as it is on the screen, until the next is asked for.

    Attributes:
        rgb: (rows, columns, 3) uint8.
        alpha: (rows, columns) uint8: 0 or 255.
        fraction: share of the frame's own pixels that were there, 0–1.
        seconds: that it is shown.
    """

    rgb: "NDArray[np.uint8]"
    alpha: "NDArray[np.uint8]"
    fraction: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Gif:
    """A file, taken apart but not yet inflated.

    Attributes:
        width: columns of the screen, in pixels.
        height: rows of the screen, in pixels.
        ground: (3,) uint8: colour of the background, which is shown as white.
        parts: its images, in order.
        end: the byte behind it.
        is_whole: whether no further images follow, of too many.
    """

    width: int
    height: int
    ground: "NDArray[np.uint8]"
    parts: tuple[ImageBlock, ...]
    end: int
    is_whole: bool = True

    def frames(self, limits: "Limits") -> Iterator[Shown]:
        """All frames as shown; the last one is where pixels are missing.

        Raises:
            UnreadableImageError: an image of the file is too large.
        """
        rgb = np.empty((self.height, self.width, 3), np.uint8)
        rgb.reshape(self.height, -1)[:] = np.tile(self.ground, self.width)
        alpha = np.zeros((self.height, self.width), np.uint8)
        for part in self.parts:
            place = (
                slice(part.top, min(part.top + part.height, self.height)),
                slice(part.left, min(part.left + part.width, self.width)),
            )
            before = None
            if part.disposal in _TO_PREVIOUS:
                before = rgb[place].copy(), alpha[place].copy()
            fraction = _draw(part, rgb[place], alpha[place], limits)
            yield Shown(rgb, alpha, fraction, part.hundredths / 100)
            if fraction < 1:
                return
            if before is not None:
                rgb[place], alpha[place] = before
            elif part.disposal == _TO_CLEAR:
                alpha[place] = 0


def _draw(
    part: ImageBlock, rgb: "NDArray[np.uint8]", alpha: "NDArray[np.uint8]", limits: "Limits"
) -> float:
    """Lay an image over a part of the screen; the share of its pixels that were there."""
    check_pixels(part.width, part.height, limits)
    indices, whole = _inflated(part, 0)
    known = True if whole else indices == _inflated(part, 1)[0]
    fraction = float(np.mean(known))
    if not fraction:
        return fraction
    rows, columns = alpha.shape
    solid = np.broadcast_to(known, indices.shape)[:rows, :columns]
    indices = indices[:rows, :columns]
    if part.clear is not None:
        solid = solid & (indices != part.clear)
    colours = _coloured(indices, part.palette)
    if solid.all():
        rgb[:], alpha[:] = colours, 255
        return fraction
    np.copyto(rgb, colours, where=(solid | (alpha == 0))[:, :, None])
    alpha[solid] = 255
    return fraction


def _coloured(indices: "NDArray[np.uint8]", palette: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """(rows, columns, 3): by Pillow, in a fraction of the time that NumPy takes."""
    image = Image.fromarray(np.ascontiguousarray(indices))
    image.putpalette(palette.tobytes())
    return np.asarray(image.convert("RGB"))


def _inflated(part: ImageBlock, ground: int) -> "tuple[NDArray[np.uint8], bool]":
    """(rows, columns) indices of colours, and whether all are there; others are `ground`."""
    whole = True
    with opened(_alone(part, ground), "gif") as image:
        try:
            image.load()
        except DECODER_ERRORS as error:
            raise_if_ours(error)
            if not isinstance(image, ImageFile.ImageFile) or image._im is None:  # noqa: SLF001 (as in `pillow`)
                raise UnreadableImageError(Reason.DAMAGED, "Pillow could not read it") from None
            image.tile, whole = [], False
        return np.asarray(image), whole


def _alone(part: ImageBlock, ground: int) -> bytes:
    """A file of this image alone, with as many colours as there can be.

    Args:
        part: the image.
        ground: the index that pixels have which cannot be inflated.
    """
    size = part.width.to_bytes(2, "little") + part.height.to_bytes(2, "little")
    flags = _INTERLACED if part.interlaced else 0
    return b"".join((
        *(b"GIF89a", size, b"\xf7\0\0", bytes(768)),
        *(b"\x21\xf9\x04\x01\0\0", bytes((ground,)), b"\0"),
        *(b",\0\0\0\0", size, bytes((flags,)), part.codes, b"\0;"),
    ))  # fmt: skip


def parse(data: bytes) -> Gif:
    """The images of a GIF file, up to its end or to where it makes no sense any more.

    Raises:
        UnreadableImageError: it holds none.
    """
    width, height = _word(data, 6), _word(data, 8)
    flags, background = data[10:11] or b"\0", data[11:12] or b"\0"
    palette, at = _palette(data, 13, flags[0])
    ground = np.zeros(3, np.uint8) if palette is None else palette[background[0]]
    parts: list[ImageBlock] = []
    control: tuple[int, ...] = ()
    stray = 0
    while at < len(data) and len(parts) < _MOST_FRAMES and stray < _MOST_STRAY:
        kind = data[at]
        if kind == _END:
            break
        if kind == _EXTENSION:
            if data[at + 1 : at + 3] == bytes((_CONTROL, 4)) and at + 7 < len(data):
                control = tuple(data[at + 3 : at + 8])
            at = _behind_blocks(data, at + 2)
        elif kind == _IMAGE and at + 10 <= len(data):
            own, codes = _palette(data, at + 10, data[at + 9])
            end = _behind_blocks(data, codes + 1)
            colours = own if own is not None else palette
            parts.append(_part(data, at, colours, data[codes:end], control))
            control, at = (), end
        else:
            stray += 1
            at += 1
    if not parts:
        raise UnreadableImageError(Reason.DAMAGED, "the GIF holds no image")
    first = parts[0]
    width = max(width, first.left + first.width)
    height = max(height, first.top + first.height)
    columns = max(each.left + each.width for each in parts)
    rows = max(each.top + each.height for each in parts)
    if width * height > max(_LARGE, _SPECK * columns * rows):
        # On a screen like this nobody would see them; filling it would take seconds.
        width, height = columns, rows
    is_whole = len(parts) < _MOST_FRAMES or data[at : at + 1] in (b"", bytes((_END,)))
    return Gif(width, height, ground, tuple(parts), at + 1, is_whole)


def _part(
    data: bytes,
    at: int,
    palette: "NDArray[np.uint8] | None",
    codes: bytes,
    control: tuple[int, ...],
) -> ImageBlock:
    flags, low, high, clear, _ = control if len(control) == 5 else (0, 0, 0, 0, 0)  # noqa: PLR2004 (bytes)
    left, top, width, height = (_word(data, at + 1 + 2 * i) for i in range(4))
    return ImageBlock(
        left,
        top,
        width,
        height,
        interlaced=bool(data[at + 9] & _INTERLACED),
        palette=_grey() if palette is None else palette,
        codes=codes,
        clear=clear if flags & 1 else None,
        disposal=flags >> 2 & 7,
        hundredths=low | high << 8,
    )


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _grey() -> "NDArray[np.uint8]":
    """What is shown where a file brings no colours."""
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def _palette(data: bytes, at: int, flags: int) -> "tuple[NDArray[np.uint8] | None, int]":
    """A table of colours, filled up with black, and where it ends."""
    if not flags & _TABLE:
        return None, at
    length = 3 << (flags & 7) + 1
    table = data[at : at + length].ljust(768, b"\0")
    return np.frombuffer(table, np.uint8).reshape(256, 3), at + length


def _behind_blocks(data: bytes, at: int) -> int:
    """The place where a chain of blocks ends, behind its empty one."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def decode(data: bytes, wanted: Wanted, limits: "Limits") -> Decoded:
    """A GIF with its frames.

    Raises:
        UnreadableImageError: it holds no image, too large a one, or nothing of the first.
    """
    with quiet(limits):
        return _decode(parse(data), wanted, limits)


def _decode(gif: Gif, wanted: Wanted, limits: "Limits") -> Decoded:
    check_pixels(gif.width, gif.height, limits)
    count = len(gif.parts)
    shown = gif.frames(limits)
    first = next(shown)
    if not first.fraction:
        raise UnreadableImageError(Reason.DAMAGED, "no pixel of the GIF could be decoded")
    frame, flags = frame_of(first.rgb, first.alpha, wanted)
    if count > 1:
        flags = (*flags, Flag.FRAMES)
    decoded = Decoded((frame,), Decoder.PILLOW, Mode.EXACT, count, flags, first.fraction)
    if first.fraction < 1:
        return replace(decoded, reason=Reason.TRUNCATED)
    moving = Moving(_further(gif, shown, wanted, limits)) if count > 1 else None
    return replace(decoded, moving=moving)


def _further(
    gif: Gif, shown: Iterator[Shown], wanted: Wanted, limits: "Limits"
) -> Generator[Frame, None, Reason | None]:
    """The frames behind the first, up to the first that is not whole; and why not all."""
    count = walked(len(gif.parts), (gif.width, gif.height), limits)
    try:
        for number in range(1, count):
            with quiet(limits):
                each = next(shown)
            if each.fraction < 1:
                return Reason.CORRUPT_DATA
            yield frame_of(each.rgb, each.alpha, wanted, number=number)[0]
    except UnreadableImageError:
        return Reason.CORRUPT_DATA
    return Reason.TOO_LONG if count < len(gif.parts) or not gif.is_whole else None
