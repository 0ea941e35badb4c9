"""Whether a file is a further file of an image that begins in another one, beside it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from hashmatch.errors import UnreadableError
from hashmatch.sources.diskimage import detecting
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.beside import Folder
from hashmatch.sources.diskimage.containers import e01, e01_sections, vmdk
from hashmatch.sources.diskimage.identifying import is_file_system
from hashmatch.sources.diskimage.opening import open_inside
from hashmatch.sources.diskimage.volumes import WHOLE, find_volumes

_PART: Final = re.compile(r"(?P<stem>.+[._-])(?P<count>\d{2,5}|[a-z]{2,4}|[A-Z]{2,4})", re.DOTALL)
_LONGEST_TEXT: Final = 1 << 20
_MOST_DESCRIPTORS: Final = 100


def first_of(file: Bytes, folder: Folder) -> str | None:
    """The name of the first file of the image that this one is a further file of.

    Args:
        file: that lies in the folder.
        folder: where the first file would lie.

    Returns:
        None where it is no further file of an image whose first file is there.
    """
    with suppress(OSError, UnreadableError, ValueError):
        names = frozenset(folder.names())
        for candidate, is_of in _candidates(file, names, folder):
            if candidate != file.name and candidate in names and is_of:
                return candidate
    return None


def _candidates(file: Bytes, names: frozenset[str], folder: Folder) -> Iterator[tuple[str, bool]]:
    """Names of first files, and whether this file belongs to each."""
    yield from _segment(file, names, folder)
    yield from _extent(file, names, folder)
    yield from _part(file, names, folder)


def _segment(file: Bytes, names: frozenset[str], folder: Folder) -> Iterator[tuple[str, bool]]:
    if file.pread(0, len(e01_sections.SIGNATURE)) != e01_sections.SIGNATURE:
        return
    number = e01_sections.segment_number(file)
    stem = file.name.rpartition(".")[0]
    for first in sorted(names):
        if number > 1 and first.casefold() in {f"{stem}.e01".casefold(), f"{stem}.s01".casefold()}:
            is_first = e01_sections.segment_number(folder.open(first)) == 1
            yield first, is_first and e01.segment_name(first, number) == file.name


def _extent(file: Bytes, names: frozenset[str], folder: Folder) -> Iterator[tuple[str, bool]]:
    """Descriptors of VMware's disks that name the file."""
    if not file.name.casefold().endswith(".vmdk"):
        return
    texts = [each for each in sorted(names) if each.casefold().endswith(".vmdk")]
    for name in texts[:_MOST_DESCRIPTORS]:
        if name != file.name:
            other = folder.open(name)
            is_text = other.size <= _LONGEST_TEXT and other.pread(0, 21) == vmdk.DESCRIPTOR
            yield name, is_text and f'"{file.name}"'.encode() in other.pread(0, other.size)


def _part(file: Bytes, names: frozenset[str], folder: Folder) -> Iterator[tuple[str, bool]]:
    """First parts of raw images, if they begin as a disk does."""
    found = _PART.fullmatch(file.name)
    if found is None:
        return
    stem, count = found["stem"], found["count"]
    length = len(count)
    firsts = ["1".zfill(length), "0" * length] if count.isdigit() else ["a" * length]
    for first in firsts:
        name = stem + (first.upper() if count.isupper() else first)
        if name == file.name or name not in names:
            continue
        image = open_inside(folder.open(name), folder, detecting.RAW.name)
        if file.name in image.spec.names:
            volumes = find_volumes(image.medium).volumes
            is_disk = any(each.scheme != WHOLE or is_file_system(each.contents) for each in volumes)
            yield name, is_disk
