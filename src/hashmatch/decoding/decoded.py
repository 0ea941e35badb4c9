"""What a decoder gives back."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from hashmatch.errors import Reason
from hashmatch.model import Decoder, Mode
from hashmatch.raster import Raster


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the hashers need; decoders leave out the rest.

    Attributes:
        exact: luma from the full RGB picture, never from a reduced or luma-only decode.
        rgb: colours beside luma.
        dropped: also the picture with its alpha ignored, where it has any.
        detail: pixels that the longer side keeps at least, of a picture that is read reduced.
    """

    exact: bool = False
    rgb: bool = False
    dropped: bool = False
    detail: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame or page.

    Attributes:
        raster: as a viewer shows it, transparent parts on white.
        dropped: the same with alpha ignored; None where opaque or not asked for.
        number: place in the file, from 0.
    """

    raster: Raster
    dropped: Raster | None = None
    number: int = 0


class Moving:
    """The further frames of an animation, in their order; each is decoded when it is asked for.

    Attributes:
        reason: why not all of them could be read; known once no more are left.
    """

    def __init__(self, frames: Generator[Frame, None, Reason | None]) -> None:
        """Take the frames, whose generator returns the reason."""
        self._frames = frames
        self.reason: Reason | None = None

    def __iter__(self) -> Iterator[Frame]:
        self.reason = yield from self._frames


@dataclass(frozen=True, slots=True)
class Decoded:
    """One picture file, decoded as far as it goes.

    Attributes:
        frames: the canonical picture first, then all further pages.
        decoder: which decoder read it.
        mode: `fast` where luma came straight from the decoder, `exact` where from RGB.
        frame_count: frames or pages in the file, as far as they were counted.
        flags: what is special about the picture.
        fraction: share of the area of the first frame that was decoded, 0–1.
        reason: why not all of it could be decoded.
        moving: the further frames of an animation; None where it has none, or none that could be
            read.
    """

    frames: tuple[Frame, ...]
    decoder: Decoder
    mode: Mode = Mode.EXACT
    frame_count: int = 1
    flags: tuple[str, ...] = ()
    fraction: float = 1.0
    reason: Reason | None = None
    moving: Moving | None = None
