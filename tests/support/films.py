"""Films that are only hashes: scenes that move smoothly between hard cuts, at any time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.matching.dihedral import turned
from hashmatch.model import Decoder, Entry, Hash, KnownHash, MediaHashes, Mode, Reading, VideoFacts
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 25


@dataclass(frozen=True)
class Film:
    """A film of scenes; each is a picture that turns into others at so many bits per second.

    The bits are the signs of 256 waves with random speeds: neighbouring frames agree in most.
    """

    seed: int
    seconds: float = 60.0
    speed: float = 60.0
    longest: float = 8.0
    _scenes: list[tuple[float, "NDArray[np.float64]"]] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        start = 0.0
        while start < self.seconds:
            self._scenes.append((start, random.normal(size=(2, 256))))
            start += random.uniform(2.0, self.longest)

    def codes(self, times: "NDArray[np.float64]") -> "NDArray[np.uint8]":
        """The hashes of the frames at these times: (n, 32) uint8."""
        starts = np.array([start for start, _ in self._scenes])
        which = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
        waves = np.array([waves for _, waves in self._scenes])[which]
        # Signs of a·cos φ + b·sin φ change once in half a turn: 256 bits in π.
        angle = ((times - starts[which]) * self.speed * np.pi / 256)[:, None]
        values = waves[:, 0] * np.cos(angle) + waves[:, 1] * np.sin(angle)
        return np.packbits(values > np.median(values, axis=1)[:, None], axis=1)

    def sampled(self) -> "tuple[NDArray[np.uint8], NDArray[np.float64]]":
        """Codes and times as the reference sampling keeps them: 40 bits or 2 s apart."""
        times = np.arange(int(self.seconds * RATE)) / RATE
        codes = self.codes(times)
        kept = [0]
        for frame in range(1, len(times)):
            apart = int(np.bitwise_count(codes[frame] ^ codes[kept[-1]]).sum())
            if apart > 40 or times[frame] - times[kept[-1]] >= 2:
                kept.append(frame)
        return codes[kept], times[kept]


def known(
    id: str,  # noqa: A002 (the field's name)
    film: Film,
    *,
    quality: int | None = 80,
    **more: Any,
) -> Entry:
    """The film as an entry of a list."""
    return entry_of(id, *film.sampled(), quality=quality, **more)


def entry_of(
    id: str,  # noqa: A002 (the field's name)
    codes: "NDArray[np.uint8]",
    times: "NDArray[np.float64]",
    *,
    quality: int | None = 80,
    **more: Any,
) -> Entry:
    """Frames as an entry of a list."""
    hashes = tuple(
        KnownHash(one, quality, time=float(time))
        for one, time in zip(Hash.unpack("pdq", codes), times, strict=True)
    )
    return Entry(id, hashes=hashes, **more)


def noisy(codes: "NDArray[np.uint8]", bits: int, seed: int = 0) -> "NDArray[np.uint8]":
    """The codes, each with so many bits turned: what a re-encode does."""
    random = np.random.default_rng(seed)
    flips = np.argsort(random.random((len(codes), 256)), axis=1) < bits
    return codes ^ np.packbits(flips, axis=1)


def video(
    codes: "NDArray[np.uint8]",
    times: "NDArray[np.float64] | None" = None,
    *,
    quality: int = 80,
    part: str = "",
    orientation: Orientation = Orientation.UPRIGHT,
) -> MediaHashes:
    """A video of evidence with these frames, one per second where no times are given."""
    moments = np.arange(len(codes), dtype=float) if times is None else times
    readings = tuple(
        Reading(one, quality, frame=frame, time=float(time), part=part)
        for frame, (one, time) in enumerate(
            zip(Hash.unpack("pdq", turned(codes, orientation)), moments, strict=True)
        )
    )
    return MediaHashes(
        readings,
        Mode.FAST,
        width=640,
        height=360,
        format="mp4",
        decoder=Decoder.LIBAV,
        frames=len(readings),
        video=VideoFacts(),
    )


def facts(found: MediaHashes | None) -> VideoFacts:
    """What is known of something hashed that must be a video."""
    assert found is not None
    assert found.video is not None
    return found.video


def clip(
    film: Film,
    start: float,
    seconds: float,
    *,
    speed: float = 1.0,
    bits: int = 8,
    rate: float = 1.0,
    shift: float = 0.0,
) -> "NDArray[np.uint8]":
    """The hashes of a stretch of the film, played at this speed and sampled at this rate."""
    moments = np.arange(shift, seconds, 1 / rate)
    return noisy(film.codes(start + speed * moments), bits, int(start * 100) + film.seed)
