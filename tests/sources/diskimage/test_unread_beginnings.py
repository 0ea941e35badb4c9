"""Volumes whose first bytes cannot be read, as of images that are cut, say why."""

import struct

from hashmatch.model import VolumeStatus
from hashmatch.sources.diskimage.reading import Held, Joined, Missing
from hashmatch.sources.inside.image_items import ImageItems

_MEBIBYTE = 1 << 20


def _ends(image: Joined) -> list[tuple[VolumeStatus, str]]:
    """What became of each volume, and why."""
    items = ImageItems(image)  # type: ignore[arg-type]
    ends = []
    for each in items.volumes.volumes:
        survey = items.survey(each)
        while True:
            try:
                next(survey)
            except StopIteration as end:
                ends.append((end.value.report.status, end.value.report.reason))
                break
    return ends


def test_the_volume_says_that_the_image_is_cut() -> None:
    table = bytearray(2 * _MEBIBYTE)
    table[510:512] = b"\x55\xaa"
    table[446:462] = struct.pack("<BxxxBxxxLL", 0, 7, 4096, 2048)
    image = Joined([Held(bytes(table)), Missing("disk", 2 * _MEBIBYTE, "disk is cut")], "disk")
    why = "its first bytes cannot be read: disk is cut"
    assert _ends(image)[1] == (VolumeStatus.BY_CONTENT, why)


def test_so_does_a_medium_of_which_nothing_can_be_read() -> None:
    image = Joined([Missing("disk", 2 * _MEBIBYTE, "disk is cut")], "disk")
    ((status, why),) = _ends(image)
    assert status is VolumeStatus.BY_CONTENT
    assert why == "its first bytes cannot be read: disk is cut"
