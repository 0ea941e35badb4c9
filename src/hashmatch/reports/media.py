"""Volumes of media, and bytes that could not be read, in the HTML report and in words."""

from collections.abc import Iterator, Sequence
from typing import Final

from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.model import VolumeStatus
from hashmatch.reports.overview import number, table
from hashmatch.sightings.records import SourceRecord
from hashmatch.wording import number_of

_SHOWN: Final = 200
"""Ranges of one exhibit that the page names; the JSON report has all."""


def unread_in_words(source: SourceRecord) -> Iterator[str]:
    """What of an exhibit was not read, one sentence for each kind; nothing if all was."""
    left = [each for each in source.volumes if each.status is not VolumeStatus.READ]
    if left:
        words = "was" if len(left) == 1 else "were"
        yield (
            f"Of the volumes of {source.label}, {len(left):,} {words} not read, or not as a whole "
            f"({number_of(sum(each.length for each in left), 'byte')}): pictures in them may be "
            "missing from this report. They are listed with the reasons."
        )
    if source.unread_ranges:
        size = sum(each.length for each in source.unread_ranges)
        yield (
            f"{number_of(size, 'byte')} of {source.label} could not be read, in "
            f"{number_of(len(source.unread_ranges), 'range')}."
        )


def lines(source: SourceRecord) -> Iterator[tuple[str, str]]:
    """Every volume and every range that was not read, as topic and words."""
    for each in source.volumes:
        why = f": {each.reason}" if each.reason else ""
        size = f"{number_of(each.length, 'byte')} from byte {each.offset:,}"
        yield "volume", f"{each.locator}, {each.kind}, {size}, {each.status.value}{why}"
    for found in source.unread_ranges:
        size = f"{number_of(found.length, 'byte')} from byte {found.offset:,}"
        yield "not read", f"{found.locator}, {size}: {found.reason}"


def tables(sources: Sequence[SourceRecord]) -> Markup | str:
    """All volumes, and the first ranges that were not read; empty where there are none."""
    volumes = [
        tag(
            "tr",
            tag("th", foreign(source.label), scope="row"),
            tag("td", foreign(str(each.locator), class_="path", dir="ltr")),
            tag("td", foreign(each.kind)),
            number(each.offset),
            number(each.length),
            tag("td", tag("strong", each.status.value), tag("small", foreign(each.reason))),
        )
        for source in sources
        for each in source.volumes
    ]
    ranges = [row for source in sources for row in _ranges(source)]
    made = []
    if volumes:
        columns = (("Exhibit", ""), ("Volume", ""), ("Kind", ""))
        numbers = (("First byte", "n"), ("Bytes", "n"), ("Status", ""))
        made.append(table("Volumes", (*columns, *numbers), volumes))
    if ranges:
        columns = (("Exhibit", ""), ("Medium or volume", ""), ("First byte", "n"))
        made.append(table("Not read", (*columns, ("Bytes", "n"), ("Reason", "")), ranges))
    return joined(*made) if made else ""


def _ranges(source: SourceRecord) -> Iterator[Markup]:
    name = tag("th", foreign(source.label), scope="row")
    for each in source.unread_ranges[:_SHOWN]:
        yield tag(
            "tr",
            name,
            tag("td", foreign(str(each.locator), class_="path", dir="ltr")),
            number(each.offset),
            number(each.length),
            tag("td", foreign(each.reason)),
        )
    if (more := len(source.unread_ranges) - _SHOWN) > 0:
        yield tag("tr", name, tag("td", f"{more:,} more are in the JSON report", colspan=4))
