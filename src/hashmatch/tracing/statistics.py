"""Figures of a record: reports, files, contents, entries and children, each counted apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.handling import strictest
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing.figures import Counting
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.places import Places

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database


class Dimension(Choice):
    """A property by which figures are grouped."""

    CATEGORY = "category"
    LIST = "list"
    CASE = "case"
    SOURCE = "source"
    SOURCE_KIND = "source-kind"
    KNOWN = "known"
    MONTH = "month"


RULES: Final[Mapping[str, str]] = {
    "reports": "Imported reports, returns and logs; one that has a number counts once for its "
    "service and number, in whatever forms and cases it came.",
    "events": "Uploads, log-ins and other events of these, without those of victims and reporters "
    "unless they are asked for; by list, those that name an entry of it.",
    "sightings": "Matches of files on exhibits with entries of lists, without entries that a list "
    "calls harmless and without what a later scan took back or recorded again.",
    "files": "Files with at least one such sighting; every copy counts.",
    "contents": "Different bytes of these files, by SHA-256, over all cases.",
    "undigested": "Files of these whose SHA-256 is not on record: they are in no content.",
    "entries": "Different entries of hash lists that were seen; two lists may have one file.",
    "series": "Different series that lists name of these entries; a name in two lists counts "
    "twice.",
    "children": "Different victims that lists name of these entries; no list names all, and a name "
    "in two lists counts twice.",
    "identified": "Entries of these of which a list says that a victim is identified.",
    "unknown": "Pictures and videos that met no entry of a list, in the scan that counts of each "
    "exhibit: nobody said what they are.",
}
"""The rule of each figure. No two of them may be added."""

MEANINGS: Final[Mapping[Dimension, str]] = {
    Dimension.CATEGORY: "Scheme and category of the list, as each sighting has them; events tell "
    "none.",
    Dimension.LIST: "Hash list of the entry.",
    Dimension.CASE: "Case of the exhibit.",
    Dimension.SOURCE: "Exhibit, by case and label.",
    Dimension.SOURCE_KIND: "Kind of the exhibit, as it was stated.",
    Dimension.KNOWN: "Of the exhibits that are shown and have an entry, it is new in the one that "
    "was scanned first, and known in all others.",
    Dimension.MONTH: "Month in UTC of the kind of time that is named; what has none is undated, "
    "and what can lie in several months stands apart.",
}
"""What each grouping means. One file, content or entry may be in several groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(PlainValue):
    """Figures of one group; None where a figure says nothing of such groups.

    Attributes:
        key: which one, by dimension; empty for all together.
        reports: see `RULES`, as for all below.
        events: uploads and others.
        sightings: matches.
        files: with sightings.
        contents: different bytes.
        undigested: files without a digest.
        entries: of lists.
        series: that lists name.
        children: that lists name.
        identified: entries with an identified victim.
        unknown: pictures and videos that no list has.
    """

    key: Mapping[str, str] = field(default_factory=dict)
    reports: int | None = 0
    events: int | None = 0
    sightings: int = 0
    files: int = 0
    contents: int = 0
    undigested: int = 0
    entries: int = 0
    series: int = 0
    children: int = 0
    identified: int = 0
    unknown: int | None = 0

    def figures(self) -> dict[str, int | None]:
        """All figures by name."""
        return {name: getattr(self, name) for name in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(PlainValue):
    """A case that has something that may not be counted, and whom to ask.

    Attributes:
        case: the lab's own number.
        contact: whom to ask.
        handling: how far it may be passed on.
    """

    json_shape: ClassVar = Shape(null=("contact",))

    case: str
    contact: str = ""
    handling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(PlainValue):
    """Figures of what somebody may see of a record.

    Attributes:
        by: the dimensions.
        time: the kind of time of months; empty where there are none.
        total: all together.
        groups: in the order of their keys. Their figures are not to be added: one file may be in
            several groups.
        rules: of each figure, in one sentence.
        meanings: of each dimension, likewise.
        pointers: cases that are in no figure and have something.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "statistics"}, null=("time",))

    by: tuple[Dimension, ...]
    time: str
    total: Group
    groups: tuple[Group, ...]
    rules: Mapping[str, str]
    meanings: Mapping[str, str]
    pointers: tuple[Asked, ...] = ()
    handling: tuple[str, ...] = ()


def statistics(
    database: "Database",
    by: Sequence[Dimension | str] = (),
    *,
    time: str = "",
    viewer: str = "",
    protected: bool = False,
) -> Statistics:
    """Figures of a record.

    Args:
        database: the record.
        by: dimensions; groups are what agrees in all of them.
        time: a kind of time (`modified`, `uploaded`, `in-name` …): groups are by its months too.
        viewer: the case that asks; of others those that are open are counted.
        protected: whether events of victims and reporters count.

    Raises:
        ValueError: a dimension that there is none of, or months of no kind of time.
    """
    asked = [*dict.fromkeys(map(Dimension, by))]
    if time and Dimension.MONTH not in asked:
        asked.append(Dimension.MONTH)
    if Dimension.MONTH in asked and not time:
        msg = "months are of a kind of time: name it, as modified, uploaded or in-name"
        raise ValueError(msg)
    (found,) = _counted(database, [asked], time=time, viewer=viewer, protected=protected)
    return found


def groupings(
    database: "Database",
    several: Iterable[Sequence[Dimension | str]],
    *,
    viewer: str = "",
    protected: bool = False,
) -> tuple[Statistics, ...]:
    """Figures of a record in several groupings, read once: what `statistics` gives of each.

    Args:
        database: the record.
        several: the dimensions of each, without months.
        viewer: the case that asks.
        protected: whether events of victims and reporters count.
    """
    asked = [[*dict.fromkeys(map(Dimension, by))] for by in several]
    return tuple(_counted(database, asked, time="", viewer=viewer, protected=protected))


def _counted(
    database: "Database",
    several: Iterable[Sequence[Dimension]],
    *,
    time: str,
    viewer: str,
    protected: bool,
) -> Iterator[Statistics]:
    with database.snapshot():
        places = Places.of(database)
        audience = Audience(places, viewer, protected=protected)
        counting = Counting(database.store, places, audience, time=time)
        (total,) = counting.groups(())
        for asked in several:
            names = [each.value for each in asked]
            groups = counting.groups(names) if names else []
            yield Statistics(
                by=tuple(asked),
                time=time,
                total=Group(**total[1]),
                groups=tuple(
                    Group(key=dict(zip(names, key, strict=True)), **figures)
                    for key, figures in groups
                ),
                rules=RULES,
                meanings={each.value: MEANINGS[each] for each in asked},
                pointers=tuple(
                    Asked(
                        case=case,
                        contact=places.contacts.get(case, ""),
                        handling=places.marks.of_place(case),
                    )
                    for case in counting.pointers
                ),
                handling=strictest(counting.marks()),
            )
