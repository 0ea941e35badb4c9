"""Altered copies of known pictures: made in memory, encoded, and hashed as files are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from hashmatch.bench.pictures import Picture, opened
from hashmatch.bench.transforms.base import OTHERS, Transform
from hashmatch.errors import InternalError, Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from hashmatch.model import MediaHashes, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

AROUND: Final = 48
"""Pictures that lie around in collages and pages; they are on no list."""

_BATCH: Final = 256
_OPENED: Final = 8
"""Known pictures that are kept decoded; all copies of one are made one after the other."""


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was hashed.

    Attributes:
        number: of the known picture.
        transform: how it was altered.
        media: its hashes, or why there are none.
    """

    number: int
    transform: Transform
    media: MediaHashes | Unreadable


class Maker:
    """Makes altered copies."""

    def __init__(self, known: Sequence[Picture], around: Sequence[Picture], limits: Limits) -> None:
        """Decode what lies around.

        Args:
            known: pictures that copies are made of.
            around: pictures that lie around in them.
            limits: of bytes and pixels per file.
        """
        self._known, self._limits = known, limits
        self._around: list[Image] = [opened(each.read(), limits) for each in around[:AROUND]]
        self._opened = lru_cache(_OPENED)(self._open)

    def _open(self, number: int) -> "Image":
        return opened(self._known[number].read(), self._limits)

    def file(self, number: int, transform: Transform) -> bytes:
        """The file of an altered copy of a known picture."""
        key = self._known[number].sha256
        first = int(key[:8], 16) % len(self._around)
        ring = chain(self._around[first:], self._around[:first])
        return transform.file(self._opened(number), key, list(islice(ring, OTHERS)))


def copy(task: tuple[int, Transform], *, maker: Maker, options: HashOptions) -> Made:
    """A copy, made and hashed."""
    number, transform = task
    return Made(number, transform, hashed_or_reason(maker.file(number, transform), options))


def hashed_or_reason(data: bytes, options: HashOptions) -> MediaHashes | Unreadable:
    """The hashes of a file, or why there are none."""
    try:
        return hash_image(data, options)
    except UnreadableImageError as error:
        return Unreadable(error.reason, error.detail)
    except InternalError as error:
        return Unreadable(Reason.INTERNAL_ERROR, error.fault)


def batches(made: Iterator[Made]) -> Iterator[list[Made]]:
    """Copies that are looked up together."""
    while batch := list(islice(made, _BATCH)):
        yield batch
