"""A file of the evidence with the other files that it is read with, or what it belongs to."""

from typing import BinaryIO

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.diskimage.further import first_of
from hashmatch.sources.diskimage.reading import FromFile
from hashmatch.sources.inside.disk_image import Near
from hashmatch.sources.inside.split_archives import (
    READ_WITH,
    Whole,
    further_part,
    lone_part,
    read_with,
    whole_of,
)


def whole_in(file: BinaryIO, near: Near) -> Whole | Unreadable:
    """The file with its further parts; what is to be said of one that is read with another file.

    Args:
        file: seekable, at any place.
        near: where it lies.

    Raises:
        OSError, UnreadableError: it or a part cannot be read.
    """
    if near.folder is None:
        return Whole(file)
    further = further_part(near.name, near.folder)
    if further is None:
        image = first_of(FromFile(file, near.name), near.folder)
        further = None if image is None else read_with(image)
    if further is None:
        return whole_of(near.name, near.folder) or Whole(file)
    if further.reason is not Reason.OPENED:
        return lone_part(file, further)
    if near.alone:
        what = further.detail.removesuffix(READ_WITH)
        return Unreadable(Reason.CONTAINER, f"{what}: scan that one, or its folder")
    return further
