"""Plots as inline SVG: curves and histograms, styled by the page, without scripts."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hashmatch.markup import Markup, tag
from hashmatch.reports.svg import line, text

_WIDTH: Final = 640
_HEIGHT: Final = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 22, 44
_LOW: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Axis:
    """How values lie along one side.

    Attributes:
        name: what they are.
        ends: the values at its two ends.
        ticks: values that are written, with their words.
        place: where a value lies, 0–1.
    """

    name: str
    ends: tuple[float, float]
    ticks: Sequence[tuple[float, str]]
    place: Callable[[float], float]


def linear(name: str, ends: tuple[float, float], ticks: Sequence[tuple[float, str]]) -> Axis:
    """An axis on which equal steps are equally long."""
    low, high = ends
    return Axis(name, ends, ticks, lambda value: (value - low) / ((high - low) or 1))


def logarithmic(name: str, ends: tuple[float, float]) -> Axis:
    """An axis of decades; nothing lies below its lower end."""
    low, high = (math.log10(max(each, _LOW)) for each in ends)
    first, last = math.ceil(low), math.floor(high)
    step = max(1, (last - first) // 6 + 1)
    ticks = [(10.0**each, _power(each)) for each in range(first, last + 1, step)]

    def place(value: float) -> float:
        return (math.log10(max(value, ends[0], _LOW)) - low) / ((high - low) or 1)

    return Axis(name, ends, ticks, place)


def _power(exponent: int) -> str:
    return f"{10**exponent:,}" if 0 <= exponent <= 3 else f"10{str(exponent).translate(_RAISED)}"  # noqa: PLR2004


_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def curves(
    title: str, across: Axis, up: Axis, points: Sequence[tuple[float, float, str]]
) -> Markup:
    """A line through points, each of which says what it is.

    Args:
        title: of the plot, also for those who cannot see it.
        across: the axis to the right.
        up: the axis upwards.
        points: value across, value upwards, and words.
    """
    placed = [(_x(across, one), _y(up, other), words) for one, other, words in points]
    path = " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y, _) in enumerate(placed))
    dots = [
        tag("circle", tag("title", words), cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.6", class_="match")
        for x, y, words in placed
    ]
    drawn = [tag("path", d=path, class_="curve")] if path else []
    return _plot(title, across, up, [*drawn, *dots])


def histogram(
    title: str, counts: Sequence[Sequence[int]], names: Sequence[str], limits: Sequence[int]
) -> Markup:
    """Pairs at each distance, on a scale of decades, as the rare ones matter most.

    Args:
        title: of the plot.
        counts: for each kind of pair, how many there are at each distance.
        names: of these kinds.
        limits: thresholds, which are marked.
    """
    last = max((at for each in counts for at, count in enumerate(each) if count), default=1) + 1
    highest = max(max(each) for each in counts)
    across = linear("distance in bits", (0, last), [(each, str(each)) for each in _steps(last)])
    up = logarithmic("pairs", (0.5, max(highest, 1) * 1.3))
    shown: list[Markup] = []
    for kind, (each, name) in enumerate(zip(counts, names, strict=True)):
        for bits, count in enumerate(each):
            if count:
                top, wide = _y(up, count), (_WIDTH - _LEFT - _RIGHT) / last
                shown.append(
                    tag(
                        "rect",
                        tag("title", f"{bits} bits: {count:,} {name}"),
                        class_="probable" if kind else "match",
                        x=f"{_x(across, bits):.1f}",
                        y=f"{top:.1f}",
                        width=f"{max(0.8, wide * 0.85):.2f}",
                        height=f"{_HEIGHT - _BOTTOM - top:.1f}",
                    )
                )
    for bits in limits:
        x = _x(across, bits + 1)
        shown.append(line(x, _TOP, x, _HEIGHT - _BOTTOM, "limit"))
        shown.append(text(x, _TOP - 6, str(bits), "middle"))
    return _plot(title, across, up, shown)


def bars(title: str, rows: Sequence[tuple[str, float, float, float]]) -> Markup:
    """A bar for each row, with its interval.

    Args:
        title: of the plot.
        rows: name, share, and the ends of its interval, 0–1.
    """
    tall, left = 21, 128
    height = len(rows) * tall + 40
    scale, bottom = _WIDTH - left - 78, 8 + len(rows) * tall
    shown: list[Markup] = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + share * scale
        shown.append(line(x, 6, x, bottom + 3, "grid"))
        shown.append(text(x, bottom + 18, f"{100 * share:.0f} %", "middle"))
    for at, (name, share, low, high) in enumerate(rows):
        top = 8 + at * tall
        middle = top + tall / 2
        shown += [
            text(left - 8, middle + 4, name, "end"),
            tag("rect", tag("title", f"{name}: {100 * share:.1f} %"), class_="share", x=left,
                y=f"{top + 3}", width=f"{share * scale:.1f}", height=tall - 6),
            line(left + low * scale, middle, left + high * scale, middle, "whisker"),
            text(left + high * scale + 6, middle + 4, f"{100 * share:.1f} %", "start"),
        ]  # fmt: skip
    return _svg(title, shown, height)


def _steps(last: int) -> range:
    return range(0, last + 1, max(4, -(-last // 10) // 4 * 4))


def _x(axis: Axis, value: float) -> float:
    return _LEFT + min(1.0, max(0.0, axis.place(value))) * (_WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    share = min(1.0, max(0.0, axis.place(value)))
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _plot(title: str, across: Axis, up: Axis, shown: Sequence[Markup]) -> Markup:
    bottom = _HEIGHT - _BOTTOM
    frame: list[Markup] = []
    for value, words in up.ticks:
        y = _y(up, value)
        frame += [line(_LEFT, y, _WIDTH - _RIGHT, y, "grid"), text(_LEFT - 6, y + 4, words, "end")]
    for value, words in across.ticks:
        x = _x(across, value)
        frame += [line(x, bottom, x, bottom + 4, "grid"), text(x, bottom + 16, words, "middle")]
    middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
    frame += [text(middle, _HEIGHT - 8, across.name, "middle"), text(4, 12, up.name, "start")]
    return _svg(title, [*frame, *shown], _HEIGHT)


def _svg(title: str, shown: Sequence[Markup], height: int) -> Markup:
    box = f"0 0 {_WIDTH} {height}"
    return tag("svg", tag("title", title), *shown, role="img", aria_label=title, viewBox=box)
