"""Segments of two files that match in time: a table, and a drawing of both time lines."""

import math
from collections.abc import Sequence
from typing import Final

from hashmatch.markup import Markup, element, joined, tag
from hashmatch.model import Alignment, Grade
from hashmatch.model.alignment import CONTENT, WIDENED, source_and_look
from hashmatch.reports.svg import line, text
from hashmatch.reports.text import clock, meeting, stretch

_SHOWN: Final = 20
"""Segments of one sighting; the JSON report has all."""

_WIDTH, _HEIGHT = 640, 88
_LEFT, _RIGHT = 78, 8
_ITEM, _KNOWN, _THICK = 20, 62, 7
_THINNEST: Final = 2.0
_COLUMNS: Final = (
    *("In the file", "In the known file", "Offset", "Speed", "Frames / pictures"),
    *("Mean distance", "Covers file / known", "Grade"),
)
_TR, _BODY, _B, _SMALL = element("tr"), element("tbody"), element("b"), element("small")
_TABLE: Final = element("table", class_="segments")
_HEAD: Final = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in _COLUMNS)))
_CELLS: Final = [element("td", data_column=name) for name in _COLUMNS]
"""A narrow screen shows each cell as a line of its own, behind the name of its column."""
_IN_WORDS: Final = {CONTENT: "inside borders", WIDENED: "cropped"}


def segments_of(segments: Sequence[Alignment], duration: float | None) -> Markup:
    """All that a page shows of the segments of one sighting.

    Args:
        segments: of one sighting, the surest first.
        duration: of the item, in seconds; None for a picture.
    """
    shown = segments[:_SHOWN]
    more = len(segments) - len(shown)
    left_out = f"{more:,} more segments are in the JSON report." if more else ""
    return joined(
        timelines(shown, duration),
        _TABLE(_HEAD, _BODY(*(_row(each, item_moves=duration is not None) for each in shown))),
        _SMALL(left_out) if left_out else "",
    )


def _in_words(part: str) -> list[str]:
    """Which clip or stream of the file a segment is of, and what of its frames was read."""
    source, look = source_and_look(part)
    return [each for each in (source.replace("-", " "), _IN_WORDS.get(look, look)) if each]


def _row(segment: Alignment, *, item_moves: bool) -> Markup:
    """One segment; what does not apply to a single picture is left out."""
    known_moves = segment.known_end > 0
    still = segment.grade is Grade.STILL
    both = item_moves and known_moves and not still
    sign = "+" if segment.offset > 0 else ""
    seen = [
        *([segment.orientation.label] if segment.orientation != 1 else []),
        *_in_words(segment.part),
        *(["times estimated"] if segment.times_estimated else []),
    ]
    cells = (
        stretch(segment.start, segment.end) if item_moves else "–",
        stretch(segment.known_start, segment.known_end) if known_moves else "–",
        f"{sign}{clock(segment.offset)}" if both else "–",
        "–" if segment.speed is None or not both else f"× {segment.speed:.2f}",
        f"{segment.frames:,} / {segment.pictures:,}",
        f"{segment.distance:.1f} bits",
        " / ".join(
            f"{share:.0%}" if moves else "–"
            for share, moves in (
                (segment.coverage, item_moves),
                (segment.known_coverage, known_moves),
            )
        ),
    )
    grade = joined(_B(segment.grade.value), *(_SMALL(each) for each in seen))
    return _TR(*(made(cell) for made, cell in zip(_CELLS, (*cells, grade), strict=True)))


def timelines(segments: Sequence[Alignment], duration: float | None) -> Markup:
    """Both files from left to right, each drawn to its own length, and what matches is joined."""
    item = _length([segment.end for segment in segments], duration)
    known = _length([segment.known_end for segment in segments], _running_time(segments))
    title = f"{len(segments)} segments on the time lines of the file and of the known file"
    if len(segments) == 1:
        title = f"Time lines: {meeting(segments[0])}"
    # The surest is drawn last, above the others.
    joins = [_join(segment, item, known) for segment in reversed(segments)]
    return tag(
        "svg",
        tag("title", title),
        _track("file", _ITEM, _ITEM - 6, item, clock(item)),
        _track("known file", _KNOWN, _KNOWN + _THICK + 13, known, f"about {clock(known)}"),
        *joins,
        class_="timelines",
        role="img",
        aria_label=title,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
    )


def _running_time(segments: Sequence[Alignment]) -> float | None:
    """The running time of the known file, from a segment and the share of it that it spans."""
    for segment in segments:
        spanned = segment.known_end - segment.known_start
        if segment.known_coverage > 0 and spanned > 0:
            return spanned / segment.known_coverage
    return None


def _length(ends: Sequence[float], duration: float | None) -> float:
    """Seconds that a time line shows; 0 for a picture."""
    return max((each for each in (*ends, duration or 0.0) if math.isfinite(each)), default=0.0)


def _track(name: str, y: float, words: float, length: float, end: str) -> Markup:
    if not length:
        return joined(
            text(_LEFT - 8, y + _THICK, name, "end"),
            text(_LEFT + 6, words, "picture", "start"),
        )
    return joined(
        text(_LEFT - 8, y + _THICK, name, "end"),
        _bar("track", _LEFT, y, _WIDTH - _RIGHT),
        text(_LEFT, words, clock(0), "start"),
        text(_WIDTH - _RIGHT, words, end, "end"),
    )


def _join(segment: Alignment, item: float, known: float) -> Markup:
    """A stretch on each line, and the area between them."""
    left, right = _ends(segment.start, segment.end, item)
    known_left, known_right = _ends(segment.known_start, segment.known_end, known)
    top, bottom = _ITEM + _THICK, _KNOWN
    corners = ((left, top), (right, top), (known_right, bottom), (known_left, bottom))
    grade = segment.grade.value
    return joined(
        tag(
            "polygon",
            tag("title", meeting(segment)),
            class_=f"join {grade}",
            points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners),
        ),
        _bar(grade, left, _ITEM, right),
        _bar(grade, known_left, _KNOWN, known_right),
        line(left, top, known_left, bottom, f"edge {grade}"),
        line(right, top, known_right, bottom, f"edge {grade}"),
    )


def _ends(start: float, end: float, length: float) -> tuple[float, float]:
    """The start and end of a stretch on a line, never too thin to be seen."""
    left, right = (
        min(max(each / length, 0.0), 1.0) if length and math.isfinite(each) else 0.0
        for each in (start, end)
    )
    span = _WIDTH - _LEFT - _RIGHT - _THINNEST
    return _LEFT + left * span, _LEFT + max(left, right) * span + _THINNEST


def _bar(class_: str, left: float, y: float, right: float) -> Markup:
    return tag(
        "rect",
        class_=class_,
        x=f"{left:.1f}",
        y=f"{y:.1f}",
        width=f"{right - left:.1f}",
        height=f"{_THICK}",
    )
