"""Which items a scan does not decode because the operator said so."""

from dataclasses import dataclass
from typing import Final

from hashmatch.errors import Reason, check_type
from hashmatch.kinds import pictures
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Unreadable
from hashmatch.model.scan import Only
from hashmatch.scanning.digested import Digested


@dataclass(frozen=True, slots=True)
class Selection:
    """Items that are decoded: all by default.

    What is left out is on record with its digests, which are compared as all others are.

    Attributes:
        min_size: bytes that an item has at least; containers may be smaller.
        only: what alone is decoded, as the first bytes of an item say; what says nothing is.

    >>> Selection(min_size=4000, only="pictures").only
    <Only.PICTURES: 'pictures'>
    """

    min_size: int = 0
    only: Only | str | None = None

    def __post_init__(self) -> None:
        """Refuse what selects nothing.

        Raises:
            TypeError, ValueError: a value is of another type, or out of range.
        """
        check_type(self.min_size, int, "min_size is a number of bytes")
        if self.min_size < 0:
            msg = f"min_size is 0 or more, not {self.min_size}"
            raise ValueError(msg)
        if self.only is not None:
            object.__setattr__(self, "only", Only(self.only))

    def why_not(self, digested: Digested) -> Unreadable | None:
        """Why an item is not decoded; None where it is."""
        if digested.size is not None and digested.size < self.min_size:
            return Unreadable(Reason.EXCLUDED, f"smaller than {self.min_size:,} bytes")
        if self.only is Only.VIDEOS and pictures.sniff(digested.head) in _STILL:
            return _NO_PICTURES
        if self.only is Only.PICTURES and sniff_video(digested.head) is not None:
            return _NO_VIDEOS
        return None


_NO_PICTURES: Final = Unreadable(Reason.EXCLUDED, "pictures are left out")
_NO_VIDEOS: Final = Unreadable(Reason.EXCLUDED, "videos are left out")
_STILL: Final = frozenset({"jpeg", "png", "bmp", "tiff", "jpeg2000", "psd", "qoi", "ico", "pcx"})
"""Kinds of pictures that hold no film: others may be animated, and are decoded."""
