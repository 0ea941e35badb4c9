"""Animated pictures as videos: GIF, APNG, WebP, AVIF, composed by Pillow as a viewer does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from hashmatch.decoding import gif
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pillow import opened
from hashmatch.decoding.pillow_state import quiet
from hashmatch.decoding.refusals import DECODER_ERRORS
from hashmatch.errors import Reason
from hashmatch.model.flags import Flag

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

    from hashmatch.limits import Limits

_SHORTEST: Final = 0.02
"""Seconds; browsers show a frame that claims less for a tenth of a second."""
_USUAL: Final = 0.1


class Picture:
    """One frame of an animation.

    Attributes:
        time: in seconds from the first frame.
        is_guess: whether the file does not say how long the frame before it is shown.
        number: of the frame, from 0.
        after_seek: never: no frame is left out.
        see_through: never: its alpha is gone.
    """

    after_seek: Final = False
    see_through: Final = False

    __slots__ = ("_luma", "is_guess", "number", "time")

    def __init__(self, luma: Image.Image, time: float, number: int, *, is_guess: bool) -> None:
        self._luma, self.time, self.number, self.is_guess = luma, time, number, is_guess

    def grey(self, side: int) -> "NDArray[np.uint8]":
        """(side, side) luma, 0–255, of the frame as shown: means over areas of the whole frame."""
        return np.asarray(self._luma.resize((side, side), Image.Resampling.BOX))

    hidden = grey


class Animation:
    """The frames of one animated picture; the attributes are those of `video.Video`."""

    bad_keyframe: Final = False
    is_dense: Final = False
    """Its frames that differ are all hashed as pictures."""
    streams: Final = 1
    number: Final = 0

    def __init__(
        self,
        data: bytes,
        kind: str,
        limits: "Limits",
        *,
        on_progress: Callable[[float], object] = lambda _: None,
    ) -> None:
        """Open an animation.

        Args:
            data: the file.
            kind: the picture format: `gif`, `png`, `webp` or `avif`.
            limits: of pixels, frames and time.
            on_progress: called with every frame and its time.

        """
        self._data, self._limits, self._on_progress = data, limits, on_progress
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
        with quiet(self._limits), ExitStack() as stack:
            number, is_guess = 0, False
            try:
                for luma, seconds in self._shown(stack):
                    self.frames += 1
                    yield Picture(luma, self.duration, number, is_guess=is_guess)
                    number += 1
                    is_guess = seconds < _SHORTEST
                    if is_guess:
                        self.flags = (Flag.TIMES_ESTIMATED,)
                    self.duration += _USUAL if is_guess else seconds
                    if number < self.packets and monotonic() > until:
                        self.reason = Reason.TIMED_OUT
                        return
                    if self.frames >= self._limits.max_video_frames:
                        self.reason = Reason.TOO_LONG
                        return
                    self._on_progress(self.duration)
            except DECODER_ERRORS as error:
                raise_if_ours(error)
                if not self.width:
                    raise
            if number < self.packets:
                self.damaged = self.packets - number
                self.reason = Reason.CORRUPT_DATA

    def _shown(self, stack: ExitStack) -> Iterator[tuple[Image.Image, float]]:
        """Each frame's luma, and the seconds that the file says it is shown."""
        if self.format == "gif":
            parsed = gif.parse(self._data)
            self._start(parsed.width, parsed.height, len(parsed.parts))
            for frame in parsed.frames(self._limits):
                if frame.fraction < 1:
                    return
                yield _laid_on_white(frame.rgb, frame.alpha), frame.seconds
            return
        image = stack.enter_context(opened(self._data, self.format))
        # A PNG may begin with a picture for viewers that cannot show its animation.
        first = int(getattr(image, "default_image", None) is True)
        self._start(*image.size, int(getattr(image, "n_frames", 1)) - first)
        for number in range(self.packets):
            image.seek(first + number)
            yield _on_white(image), _shown_for(image)

    def _start(self, width: int, height: int, frames: int) -> None:
        check_pixels(width, height, self._limits)
        self.width, self.height, self.packets = width, height, frames


def _laid_on_white(rgb: "NDArray[np.uint8]", alpha: "NDArray[np.uint8]") -> Image.Image:
    grey = Image.fromarray(rgb).convert("L")
    ground = Image.new("L", grey.size, 255)
    ground.paste(grey, mask=Image.fromarray(alpha))
    return ground


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "L"):
        return image.convert("L")
    colours = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, colours).convert("L")


def _shown_for(image: Image.Image) -> float:
    """Seconds that the file says the current frame is shown."""
    told = image.info.get("duration", 0)
    return float(told) / 1000 if isinstance(told, int | float) else 0.0
