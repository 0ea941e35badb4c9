"""Animated pictures as videos: GIF, APNG, WebP, AVIF, composed by Pillow as a viewer does."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pillow import DECODER_ERRORS, opened, quiet
from hashmatch.errors import Reason

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

    from hashmatch.limits import Limits

_SHORTEST: Final = 0.02
"""Seconds; viewers show a frame for a tenth of a second that claims less."""
_USUAL: Final = 0.1


class Picture:
    """One frame of an animation.

    Attributes:
        time: in seconds from the first frame.
        number: of the frame, from 0.
        landed: never: no frame is left out.
    """

    landed: Final = False

    __slots__ = ("_luma", "number", "time")

    def __init__(self, luma: Image.Image, time: float, number: int) -> None:
        self._luma, self.time, self.number = luma, time, number

    def grey(self, side: int) -> "NDArray[np.uint8]":
        """(side, side) luma, 0–255, of the frame as shown: means over areas of the whole frame."""
        return np.asarray(self._luma.resize((side, side), Image.Resampling.BOX))


class Animation:
    """The frames of one animated picture; the attributes are those of `video.Video`."""

    misled: Final = False

    def __init__(
        self,
        data: bytes,
        kind: str,
        limits: "Limits",
        *,
        alive: Callable[[float], object] = lambda _: None,
    ) -> None:
        """Open an animation.

        Args:
            data: the file.
            kind: the picture format: `gif`, `png`, `webp` or `avif`.
            limits: of pixels, frames and time.
            alive: called with every frame and its time.

        """
        self._data, self._limits, self._alive = data, limits, alive
        self.format = self.codec = kind
        self.packets = self.damaged = self.frames = 0
        self.duration = 0.0
        self.reason: Reason | None = None
        self.flags: tuple[str, ...] = ()
        self.width = self.height = 0

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        """Nothing is kept open."""

    @property
    def fraction(self) -> float:
        """Share of the frames that could be read, 0–1."""
        return (self.packets - self.damaged) / self.packets if self.packets else 0.0

    def __iter__(self) -> Iterator[Picture]:
        until = monotonic() + self._limits.max_video_seconds
        with quiet(self._limits), opened(self._data, self.format) as image:
            self.width, self.height = image.size
            check_pixels(*image.size, self._limits)
            self.packets = int(getattr(image, "n_frames", 1))
            for number in range(self.packets):
                self._alive(self.duration)
                try:
                    image.seek(number)
                    luma = _on_white(image)
                except DECODER_ERRORS:
                    self.damaged = self.packets - number
                    self.reason = Reason.CORRUPT_DATA
                    return
                self.frames += 1
                yield Picture(luma, self.duration, number)
                self.duration += _shown_for(image)
                if number + 1 < self.packets and monotonic() > until:
                    self.reason = Reason.TIMED_OUT
                    return
                if self.frames >= self._limits.max_video_frames:
                    self.reason = Reason.TOO_LONG
                    return


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "L"):
        return image.convert("L")
    colours = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, colours).convert("L")


def _shown_for(image: Image.Image) -> float:
    """Seconds that a viewer shows the current frame."""
    told = image.info.get("duration", 0)
    seconds = float(told) / 1000 if isinstance(told, int | float) else 0.0
    return seconds if seconds >= _SHORTEST else _USUAL
