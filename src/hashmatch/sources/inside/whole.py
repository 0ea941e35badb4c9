"""A file of the evidence with the other files that it is read with, or what it belongs to."""

from typing import BinaryIO

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.diskimage.further import first_of
from hashmatch.sources.diskimage.reading import FromFile
from hashmatch.sources.inside import split_archives
from hashmatch.sources.inside.disk_image import Near
from hashmatch.sources.inside.split_archives import Whole


def whole_in(file: BinaryIO, near: Near) -> Whole | Unreadable:
    """The file with its further parts; what is to be said of one that another file leads to.

    Args:
        file: seekable, at any place.
        near: where it lies.

    Raises:
        OSError: it cannot be read.
    """
    around = split_archives.look(near)
    if around is None and near.folder is not None:
        first = first_of(FromFile(file, near.name), near.folder)
        why = f"a further file of {first}, and read with it"
        around = None if first is None else Unreadable(Reason.OPENED, why)
    return around or Whole(file)
