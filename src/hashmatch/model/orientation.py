"""The eight ways a picture can be turned and mirrored, numbered as EXIF numbers them."""

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Orientation(IntEnum):
    """One of the eight symmetries of a rectangle.

    The value is the EXIF orientation tag of a file that a viewer shows upright by applying this
    symmetry to the stored rows and columns. Each is "flip rows, flip columns, then transpose",
    any of the three left out (EXIF 2.32, tag 0x0112).

    >>> Orientation.ROTATED_90.then(Orientation.ROTATED_90)
    <Orientation.ROTATED_180: 3>
    >>> Orientation.ROTATED_90.label
    'rotated 90'
    """

    UPRIGHT = 1
    MIRRORED = 2
    ROTATED_180 = 3
    FLIPPED = 4
    TRANSPOSED = 5
    ROTATED_90 = 6
    TRANSVERSE = 7
    ROTATED_270 = 8

    @property
    def flips_rows(self) -> bool:
        """Whether the order of the stored rows is reversed."""
        return self in _FLIPS_ROWS

    @property
    def flips_columns(self) -> bool:
        """Whether the order of the stored columns is reversed."""
        return self in _FLIPS_COLUMNS

    @property
    def transposes(self) -> bool:
        """Whether rows become columns, after the flips."""
        return self >= Orientation.TRANSPOSED

    @property
    def label(self) -> str:
        """The name for people, as "mirrored" or "rotated 90"; turns are clockwise."""
        return self.name.lower().replace("_", " ")

    def then(self, later: "Orientation") -> "Orientation":
        """The one orientation that equals this one followed by `later`."""
        rows, columns = later.flips_rows, later.flips_columns
        if self.transposes:
            rows, columns = columns, rows
        return _BY_PARTS[
            self.flips_rows ^ rows, self.flips_columns ^ columns, self.transposes ^ later.transposes
        ]

    def apply(self, pixels: "NDArray[Any]") -> "NDArray[Any]":
        """The (rows, columns, …) array turned this way: a view, nothing is copied."""
        if self.flips_rows:
            pixels = pixels[::-1]
        if self.flips_columns:
            pixels = pixels[:, ::-1]
        return pixels.swapaxes(0, 1) if self.transposes else pixels


_FLIPS_ROWS = frozenset({3, 4, 6, 7})
_FLIPS_COLUMNS = frozenset({2, 3, 7, 8})
_BY_PARTS = {(o.flips_rows, o.flips_columns, o.transposes): o for o in Orientation}
