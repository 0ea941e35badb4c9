"""A decoded picture: what decoders hand to hashers, and the only type that holds pixels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class Raster:
    """The pixels of one picture as stored, with what is needed to read them as shown.

    Attributes:
        luma: (rows, columns) of brightness 0–255, `0.299 R + 0.587 G + 0.114 B`; uint8, or
            float32 where the hash must be exact. Where `scale` is k > 1 each value is the mean
            of a k×k box of the full picture, the last boxes reaching over the edge.
        width: columns of the full stored picture, in pixels.
        height: rows of the full stored picture, in pixels.
        scale: side of the box behind one luma value: 1, 2, 4 or 8 pixels.
        orientation: what a viewer does to the stored picture.
        rgb: (rows, columns, 3) uint8 colours of the full picture, where a hasher asked for them.
    """

    luma: "NDArray[np.uint8] | NDArray[np.float32]"
    width: int
    height: int
    scale: int = 1
    orientation: Orientation = Orientation.UPRIGHT
    rgb: "NDArray[np.uint8] | None" = None

    def __post_init__(self) -> None:
        expected = (-(-self.height // self.scale), -(-self.width // self.scale))
        if self.luma.shape != expected:
            msg = f"luma has shape {self.luma.shape}, a 1/{self.scale} picture {expected}"
            raise ValueError(msg)
