"""What every hasher is."""

from collections.abc import Sequence
from typing import Protocol

from hashmatch.errors import Choice
from hashmatch.model import Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster


class Comparison(Choice):
    """How two hashes of one algorithm are compared."""

    HAMMING = "hamming"
    """The number of bits in which they differ is their distance."""
    OPAQUE = "opaque"
    """They are not compared: `a - b` means nothing."""


class Hasher(Protocol):
    """One perceptual hash algorithm.

    Attributes:
        algorithm: stable id; programs share it only if they are bit-compatible.
        bits: of one hash; 0 where hashes are opaque.
        distance: how two hashes are compared.
        threshold: default largest distance that still matches, in bits, inclusive; None where no
            distance says enough by itself, so that hashes are matched only if an operator sets one.
        minimum_quality: hashes below it are not matched, 0–100.
        source: where threshold and quality come from.
        needs_rgb: whether it reads `Raster.rgb`.
    """

    algorithm: str
    bits: int
    distance: Comparison
    minimum_quality: int
    source: str
    needs_rgb: bool

    @property
    def threshold(self) -> int | None:
        """See above; read, never set."""
        ...

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hashes of the picture as shown, turned each of these ways, in their order.

        One reading per orientation; a set-valued algorithm gives several per orientation.
        """
        ...
