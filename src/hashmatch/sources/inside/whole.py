"""A file of the evidence with the other files that it is read with, or what it belongs to."""

from typing import BinaryIO

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.diskimage.beside import Remaining
from hashmatch.sources.diskimage.further import first_of
from hashmatch.sources.diskimage.reading import FromFile
from hashmatch.sources.inside.disk_image import Near
from hashmatch.sources.inside.split_archives import (
    Whole,
    further_part,
    lone_part,
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
    around = near.folder.whole if isinstance(near.folder, Remaining) else near.folder
    further = further_part(near.name, around)
    if further is None:
        further = first_of(FromFile(file, near.name), around)
    if further is None:
        return whole_of(near.name, near.folder) or Whole(file)
    if isinstance(further, Unreadable):
        return lone_part(file, further)
    return _is_read_with(further, near)


def _is_read_with(first: str, near: Near) -> Unreadable:
    """What is to be said of a file that another one leads to."""
    what = f"a further file of {first}"
    if isinstance(near.folder, Remaining) and (why := near.folder.why(first)):
        return Unreadable(Reason.EXCLUDED, f"{what}: {why}")
    if near.alone:
        return Unreadable(Reason.CONTAINER, f"{what}: scan that one, or its folder")
    return Unreadable(Reason.OPENED, f"{what}, and read with it")
