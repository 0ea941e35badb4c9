"""A decoded picture to its hashes: its own, those of its pages, and of frames that differ."""

from collections.abc import Iterator, Sequence
from typing import Final

from hashmatch.decoding.decoded import Decoded, Frame, Moving, Wanted
from hashmatch.decoding.failures import failures_told
from hashmatch.decoding.image import decode_bytes
from hashmatch.errors import Reason
from hashmatch.hashers.base import Hasher
from hashmatch.hashers.pdq import Pdq
from hashmatch.hashing.options import HashOptions
from hashmatch.hashing.regions import seems_flat_card
from hashmatch.hashing.tiers import DETAIL, looks_at_parts, regions_of
from hashmatch.limits import Limits
from hashmatch.model import Alpha, MediaHashes, Mode, Reading
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

_UPRIGHT: Final = (Orientation.UPRIGHT,)
_SAME: Final = 4
"""Bits of PDQ up to which a frame of an animation shows what the last one shows that was hashed:
what a pause, a progress bar or a lossy code of one picture changes."""


def hash_bytes(data: bytes, *, options: HashOptions) -> MediaHashes:
    """The hashes of one picture's file, without what lies behind it.

    Raises:
        UnreadableImageError: with the reason.
        InternalError: a fault of hashmatch, not of the picture.
    """
    hashers = options.hashers
    with failures_told():
        kind, decoded = decode_bytes(data, wanted_by(hashers, options), options.limits)
        return hashes_of(kind, decoded, hashers, options)


def wanted_by(hashers: Sequence[Hasher], options: HashOptions) -> Wanted:
    """What decoders are to hand over for these hashers."""
    return Wanted(
        exact=options.mode == Mode.EXACT,
        rgb=any(hasher.needs_rgb for hasher in hashers),
        dropped=options.variants,
        detail=DETAIL if looks_at_parts(options) else 0,
    )


def hashes_of(
    kind: str, decoded: Decoded, hashers: Sequence[Hasher], options: HashOptions
) -> MediaHashes:
    """The hashes of a picture, of each of its pages, and of each frame that differs.

    Args:
        kind: its format.
        decoded: the picture; the frames of an animation are decoded here, one after the other.
        hashers: at least one.
        options: readings and limits.
    """
    first = decoded.frames[0].raster
    readings = [each for frame in decoded.frames for each in _readings(frame, hashers, options)]
    reason = decoded.reason
    if decoded.moving is not None:
        different = _Different(decoded.frames[0], decoded.moving, options.limits)
        for frame in different:
            readings += _readings(frame, hashers, options)
        reason = reason or different.reason
    flat = seems_flat_card(first.luma, scale=first.scale)
    size = (first.width, first.height)
    regions, told = regions_of(decoded.frames, options)
    flags = (*decoded.flags, Flag.FLAT_CARD) if flat else decoded.flags
    width, height = reversed(size) if first.orientation.transposes else size
    return MediaHashes(
        readings=tuple(readings),
        mode=Mode.CENTRED if options.mode == Mode.CENTRED else decoded.mode,
        width=width,
        height=height,
        format=kind,
        decoder=decoded.decoder,
        frames=decoded.frame_count,
        flags=(*flags, *told),
        fraction=decoded.fraction,
        reason=reason,
        regions=regions,
    )


def _readings(frame: Frame, hashers: Sequence[Hasher], options: HashOptions) -> Iterator[Reading]:
    turns = tuple(Orientation) if options.orientations else _UPRIGHT
    for raster, alpha in ((frame.raster, Alpha.COMPOSITED), (frame.dropped, Alpha.DROPPED)):
        if raster is None:
            continue
        for hasher in hashers:
            for each in hasher.hash(raster, orientations=turns):
                yield Reading(each.hash, each.quality, each.orientation, alpha, frame.number)


class _Different:
    """The frames of an animation that differ from the last one before them that was hashed.

    Attributes:
        reason: why some are left out; known once no more are left.
    """

    def __init__(self, first: Frame, moving: Moving, limits: Limits) -> None:
        self.reason: Reason | None = None
        self._last = _looks(first)
        self._moving = moving
        self._frames = limits.max_frames - 1
        self._pixels = limits.max_pixels - first.raster.width * first.raster.height

    def __iter__(self) -> Iterator[Frame]:
        if self._frames <= 0:
            # None of them is even decoded: one may be what ends the process.
            self.reason = Reason.TOO_LONG
            return
        for frame in self._moving:
            looks = _looks(frame)
            if _are_like(looks, self._last):
                continue
            self._pixels -= frame.raster.width * frame.raster.height
            self._frames -= 1
            if self._frames < 0 or self._pixels < 0:
                self.reason = Reason.TOO_LONG
                return
            self._last = looks
            yield frame
        self.reason = self._moving.reason


def _looks(frame: Frame) -> tuple[int, ...]:
    """PDQ's bits of what is shown, and of what alpha hides."""
    rasters = (frame.raster, frame.dropped or frame.raster)
    return tuple(int.from_bytes(Pdq().hash(each)[0].hash.value) for each in dict.fromkeys(rasters))


def _are_like(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return len(one) == len(other) and all(
        (a ^ b).bit_count() <= _SAME for a, b in zip(one, other, strict=True)
    )
