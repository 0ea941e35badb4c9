"""The frames of animated PNG, laid over each other as its specification says.

Pillow mixes half-clear pixels in another way than browsers do, so each frame's own pixels are
decoded by it, as a PNG of its own, and laid over the picture here.
"""

import struct
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from hashmatch.decoding.decoded import Frame, Wanted
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pages import walked
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.refusals import DECODER_ERRORS
from hashmatch.decoding.shown import frame_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TO_BACKGROUND, _TO_PREVIOUS, _OVER = 1, 2, 1
_HEAD_OF_FRAME: Final = ">4xIIIIHHBB"
_OF_ALL_FRAMES: Final = (b"PLTE", b"tRNS")


@dataclass(frozen=True, slots=True)
class _Step:
    """One frame as stored: its place, what happens after and with it, and its packed pixels."""

    width: int
    height: int
    left: int
    top: int
    dispose: int
    blend: int
    packed: tuple[bytes, ...]


def frames(
    data: bytes, turned: Orientation, wanted: Wanted, limits: Limits
) -> Generator[Frame, None, Reason | None]:
    """The frames behind the first picture of a file, up to the first that cannot be read.

    Args:
        data: an animated PNG; its first picture may be one that the animation does not show.
        turned: how a viewer turns it.
        wanted: what the hashers need.
        limits: of pixels and frames.

    Returns:
        Why not all of them are there.
    """
    try:
        head, common, steps, hidden, announced = _parsed(data)
    except (struct.error, ValueError):
        return Reason.CORRUPT_DATA
    width, height = struct.unpack_from(">II", head)
    ground = np.zeros((height, width, 4), np.float32)
    most = walked(len(steps) + hidden, (width, height), limits)
    for number, step in enumerate(steps[: most - hidden], hidden):
        before = ground.copy() if step.dispose == _TO_PREVIOUS else None
        place = (
            slice(step.top, step.top + step.height),
            slice(step.left, step.left + step.width),
        )
        try:
            check_pixels(step.width, step.height, limits)
            own = _pixels(head, common, step, limits)
        except DECODER_ERRORS as error:
            raise_if_ours(error)
            return Reason.CORRUPT_DATA
        if ground[place].shape != own.shape:
            return Reason.CORRUPT_DATA
        ground[place] = _over(ground[place], own) if step.blend == _OVER else own
        if number:
            yield _shown(ground, wanted, turned, number)
        if before is not None and number > hidden:
            ground = before
        elif step.dispose in (_TO_BACKGROUND, _TO_PREVIOUS):
            # There is nothing before the first frame.
            ground[place] = 0
    if most < len(steps) + hidden:
        return Reason.TOO_LONG
    return Reason.CORRUPT_DATA if len(steps) < announced else None


def _shown(
    canvas: "NDArray[np.float32]", wanted: Wanted, turned: Orientation, number: int
) -> Frame:
    """What the hashers need of a canvas of shape (rows, columns, 4), 0–255."""
    shown = np.rint(canvas).astype(np.uint8)
    alpha = shown[:, :, 3] if shown[:, :, 3].min() < 255 else None  # noqa: PLR2004 (opaque)
    frame, _ = frame_of(np.ascontiguousarray(shown[:, :, :3]), alpha, wanted, turned, number)
    return frame


def _parsed(data: bytes) -> tuple[bytes, bytes, list[_Step], int, int]:
    """The header, the chunks for all frames, the frames, and two numbers.

    These are 1 where the first picture is no frame, else 0; and of the frames that are announced.
    """
    head, common, steps = b"", b"", list[_Step]()
    hidden, announced, current, packed = 1, 0, b"", list[bytes]()

    def done() -> None:
        if current and packed:
            width, height, left, top, _, _, dispose, blend = struct.unpack_from(
                _HEAD_OF_FRAME, current
            )
            steps.append(_Step(width, height, left, top, dispose, blend, tuple(packed)))

    for kind, body in _chunks(data):
        if kind == b"IHDR":
            head = body
        elif kind in _OF_ALL_FRAMES:
            common += _chunk(kind, body)
        elif kind == b"acTL":
            announced = int.from_bytes(body[:4])
        elif kind == b"fcTL":
            done()
            current, packed = body, []
        elif kind == b"IDAT" and current:
            hidden = 0
            packed.append(body)
        elif kind == b"fdAT":
            packed.append(body[4:])
    done()
    return head, common, steps, hidden, announced


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if kind == b"IEND":
            return
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _pixels(head: bytes, common: bytes, step: _Step, limits: Limits) -> "NDArray[np.float32]":
    own = struct.pack(">II", step.width, step.height) + head[8:]
    body = b"".join(_chunk(b"IDAT", each) for each in step.packed)
    data = _SIGNATURE + _chunk(b"IHDR", own) + common + body + _chunk(b"IEND", b"")
    with quiet(limits), Image.open(BytesIO(data), formats=("PNG",)) as image:
        if image.mode.startswith("I"):
            raise UnreadableImageError(Reason.UNSUPPORTED, "frames of 16-bit grey")
        return np.asarray(image.convert("RGBA"), np.float32)


def _over(ground: "NDArray[np.float32]", own: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Pixels over others, neither multiplied by its alpha."""
    above, below = own[:, :, 3:] / 255, ground[:, :, 3:] / 255
    alpha = above + below * (1 - above)
    weight = np.divide(above, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    colours = own[:, :, :3] * weight + ground[:, :, :3] * (1 - weight)
    return np.concatenate([colours, alpha * 255], axis=2)
