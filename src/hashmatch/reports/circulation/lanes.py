"""Swimlanes: a line for each exhibit and kind of time, with a mark for each sighting and event."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from hashmatch.markup import Markup, tag
from hashmatch.reports.circulation import names
from hashmatch.reports.circulation.axis import Axis
from hashmatch.tracing.times import is_clear
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.model.moment import Moment
    from hashmatch.reports.circulation.signs import Signs
    from hashmatch.tracing.reported import Drawn

_HEIGHT: Final = 20
_MIDDLE: Final = 10
_THICK: Final = 7
_WIDE: Final = 1.2
"""Per cent of the line from which on an interval is drawn as one."""

_KINDS: Final = {
    "modified": "time of the file system: last change or copy",
    "created": "time of the file system: made there",
    "accessed": "time of the file system: last read",
    "changed": "time of the file system: change of its own record",
    "uploaded": "as the service states",
    "in-name": "written into the name of this copy by the program that named it",
    "in-file-captured": "text in the file, written with its bytes",
    "in-file-digitized": "text in the file, written with its bytes",
    "in-file-modified": "text in the file, written with its bytes",
    "in-file-created": "in the head of the video, written with its bytes",
    "in-file-gps-time": "text in the file, written with its bytes",
}


class _Stretch(NamedTuple):
    """Something to be drawn: an interval, and how many times it stands for."""

    earliest: datetime
    latest: datetime
    between: bool = False
    """Whether it only joins a first and a last time."""


@dataclass(slots=True)
class Row:
    """One line: times of one kind in one place.

    Attributes:
        case: that its sign is of.
        label: what stands in front of it.
        times: how many it has.
        unclear: of these, those that words state no time for.
    """

    case: str
    label: Markup
    times: int = 0
    unclear: int = 0
    stretches: list[_Stretch] = field(default_factory=list)

    def add(self, time: "Moment") -> None:
        """Another time."""
        self.times += 1
        if is_clear(time):
            self.stretches.append(_Stretch(time.earliest, time.latest))
        else:
            self.unclear += 1

    def add_ends(self, first: "Moment", last: "Moment", count: int, unclear: int) -> None:
        """The first and the last of several times."""
        self.times += count
        self.unclear += unclear
        self.stretches.append(_Stretch(first.earliest, last.latest, between=True))
        ends = {(each.earliest, each.latest) for each in (first, last)}
        self.stretches += [_Stretch(*each) for each in ends]


Rows = dict[str, dict[tuple[str, str], Row]]
"""Lines by kind of time and place."""


def add_rows(rows: Rows, drawn: "Drawn", *, by_case: bool = False) -> None:
    """Add the times of a thing to lines: one for each exhibit, or for each case."""

    def row(kind: str, case: str, exhibit: str) -> Row:
        place = (case, "" if by_case else exhibit)
        of_kind = rows.setdefault(kind, {})
        if place not in of_kind:
            of_kind[place] = Row(case, names.place(*place))
        return of_kind[place]

    for mark in drawn.marks:
        if mark.time is not None:
            row(mark.time.kind, mark.case, mark.exhibit).add(mark.time)
    if not drawn.marks:
        for lane in drawn.lanes:
            for span in lane.spans:
                if span.first is not None and span.last is not None:
                    row(span.kind, lane.case, lane.exhibit).add_ends(
                        span.first, span.last, span.count, span.unclear
                    )


def panels(rows: Rows, signs: "Signs", *, what: str) -> Iterator[Markup]:
    """All lines, those of each kind of time together, on one axis.

    Args:
        rows: the lines.
        signs: of cases.
        what: is drawn, for those who hear the page.
    """
    times = [
        (each.earliest, each.latest)
        for of_kind in rows.values()
        for row in of_kind.values()
        for each in row.stretches
    ]
    if not times:
        return
    axis = Axis(times)
    first, last = (f"{each:%m-%d}" for each in (min(times)[0], max(end for _, end in times)))
    years = min(times)[0].year, max(end for _, end in times).year
    span = f"{years[0]:04}-{first} to {years[1]:04}-{last}, UTC"
    yield Markup('<div class="lanes">')
    for kind, of_kind in sorted(rows.items()):
        about = _KINDS.get(kind, "")
        yield tag("p", names.name(kind), tag("span", f" {about}") if about else "", class_="kind")
        for _, row in sorted(of_kind.items()):
            yield _drawn(row, axis, signs, what)
    yield tag("div", tag("div", span, class_="who"), _scale(axis), class_="row scale")
    yield Markup("</div>")


def _drawn(row: Row, axis: Axis, signs: "Signs", what: str) -> Markup:
    unclear = f", {row.unclear:,} not understood" if row.unclear else ""
    count = number_of(row.times, "time")
    who = tag("div", signs.alone(row.case), row.label, tag("span", f" {count}{unclear}"))
    drawing = tag(
        "svg",
        _line("track", 0, 100),
        *_cuts(axis),
        *_shapes(row, axis, signs),
        class_="lane",
        role="img",
        aria_label=f"{what}: {count}",
        height=_HEIGHT,
    )
    return tag("div", tag("div", who, class_="who"), drawing, class_="row")


def _shapes(row: Row, axis: Axis, signs: "Signs") -> Iterator[Markup]:
    """Joining lines below, intervals on them, times on top; equal ones once, with their number."""
    places: dict[tuple[bool, float, float], list[_Stretch]] = {}
    for each in row.stretches:
        left, right = axis.place(each.earliest), axis.place(each.latest)
        key = (not each.between, round(left, 1), round(right, 1))
        places.setdefault(key, []).append(each)
    colour = signs.colour(row.case)
    points = []
    for (is_time, left, right), several in sorted(places.items()):
        title = tag("title", _in_words(several))
        if not is_time:
            yield _line(f"between {colour}", left, right)
        elif right - left >= _WIDE:
            yield tag(
                "rect",
                title,
                class_=f"bar {colour}",
                x=f"{left:.1f}%",
                y=_MIDDLE - _THICK // 2,
                width=f"{right - left:.1f}%",
                height=_THICK,
            )
        else:
            points.append(signs.mark(row.case, f"{(left + right) / 2:.1f}%", _MIDDLE, title))
    yield from points


def _in_words(several: Sequence[_Stretch]) -> str:
    """The interval of times that are drawn in one place."""
    begin, end = (
        at.isoformat(sep=" ", timespec="seconds").partition("+")[0]
        for at in (min(x.earliest for x in several), max(x.latest for x in several))
    )
    when = f"{begin} UTC" if begin == end else f"between {begin} and {end} UTC"
    return f"{number_of(len(several), 'time')}: {when}" if len(several) > 1 else when


def _scale(axis: Axis) -> Markup:
    """The labels of an axis."""
    drawn = [_line("grid", 0, 100, 1)]
    for place, words in axis.labels():
        anchor = "start" if place < 8 else "end" if place > 92 else "middle"  # noqa: PLR2004 (of 100)
        drawn.append(tag("line", class_="grid", x1=f"{place:.1f}%", x2=f"{place:.1f}%", y1=1, y2=5))
        drawn.append(tag("text", words, x=f"{place:.1f}%", y=17, text_anchor=anchor))
    return tag("svg", *drawn, class_="lane", role="img", aria_label="dates", height=22)


def _line(class_: str, left: float, right: float, y: int = _MIDDLE) -> Markup:
    return tag("line", class_=class_, x1=f"{left:.1f}%", x2=f"{right:.1f}%", y1=y, y2=y)


def _cuts(axis: Axis) -> Iterator[Markup]:
    """Where a long stretch without times is left out."""
    for place in axis.cuts:
        yield tag("line", class_="cut", x1=f"{place:.1f}%", x2=f"{place:.1f}%", y1=0, y2=_HEIGHT)


def has_cuts(rows: Mapping[str, Mapping[tuple[str, str], Row]]) -> bool:
    """Whether a line of these is drawn with a part left out."""
    times = [
        (each.earliest, each.latest)
        for of_kind in rows.values()
        for row in of_kind.values()
        for each in row.stretches
    ]
    return bool(times) and bool(Axis(times).cuts)


def legend(cases: Iterable[str], signs: "Signs") -> Markup:
    """Which sign is of which case."""
    entries = (tag("li", signs.alone(each), names.place(each, "")) for each in cases)
    return tag("ul", *entries, class_="legend")
