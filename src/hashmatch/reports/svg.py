"""Drawings for the HTML report: inline SVG, styled by the page, without scripts."""

from itertools import chain

from hashmatch.markup import Markup, joined, tag
from hashmatch.reports.totals import Distances, Standing

_WIDTH, _HEIGHT = 640, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 18, 34
_MOST_BARS = 64
_TICKS_WANTED = 8
_STEPS = (1, 2, 4, 5, 8, 16, 32, 64, 128, 256)


def histogram(algorithm: str, distances: Distances) -> Markup:
    """How many matches there are at each distance, up to the widest threshold."""
    widest = max(*distances.thresholds.values(), *(bits for _, bits in distances.counts), 1)
    per_bar = -(-(widest + 1) // _MOST_BARS)
    bars = widest // per_bar + 1
    counts = {Standing.MATCH: [0] * bars, Standing.PROBABLE: [0] * bars}
    for (standing, bits), count in distances.counts.items():
        counts[standing][bits // per_bar] += count
    highest = max(map(sum, zip(*counts.values(), strict=True)))
    step = (_WIDTH - _LEFT - _RIGHT) / bars
    scale = (_HEIGHT - _TOP - _BOTTOM) / highest

    def rectangle(bar: int, below: int, count: int, standing: Standing) -> Markup:
        low, high = bar * per_bar, bar * per_bar + per_bar - 1
        where = f"{low}" if low == high else f"{low}–{high}"
        return tag(
            "rect",
            tag("title", f"{where} bits: {count:,} ({standing.value})"),
            class_=standing.value,
            x=f"{_LEFT + bar * step + step * 0.12:.1f}",
            y=f"{_HEIGHT - _BOTTOM - (below + count) * scale:.1f}",
            width=f"{step * 0.76:.1f}",
            height=f"{count * scale:.1f}",
        )

    drawn = [
        rectangle(bar, below, count, standing)
        for bar, (match, probable) in enumerate(zip(*counts.values(), strict=True))
        for below, count, standing in (
            (0, match, Standing.MATCH),
            (match, probable, Standing.PROBABLE),
        )
        if count
    ]
    total = sum(distances.counts.values())
    title = f"Distances of {total:,} perceptual matches by {algorithm}"
    return tag(
        "svg",
        tag("title", title),
        *chain(_grid(highest, scale), drawn, _axis(widest, per_bar, step)),
        *_threshold(distances, per_bar, step),
        role="img",
        aria_label=title,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
    )


def _grid(highest: int, scale: float) -> list[Markup]:
    """Horizontal lines at the highest count and half of it."""
    bottom = _HEIGHT - _BOTTOM
    return [
        joined(
            line(_LEFT, bottom - count * scale, _WIDTH - _RIGHT, bottom - count * scale, "grid"),
            text(_LEFT - 6, bottom - count * scale + 4, f"{count:,}", "end"),
        )
        for count in sorted({0, highest // 2, highest})
    ]


def _axis(widest: int, per_bar: int, step: float) -> list[Markup]:
    bottom = _HEIGHT - _BOTTOM
    apart = next(
        each for each in _STEPS if (widest + 1) / each <= _TICKS_WANTED or each == _STEPS[-1]
    )
    ticks = [
        text(_LEFT + (bits // per_bar + 0.5) * step, bottom + 14, str(bits), "middle")
        for bits in range(0, widest + 1, apart)
    ]
    name = "distance in bits: 0 is the same hash"
    return [*ticks, text(_LEFT + (_WIDTH - _LEFT - _RIGHT) / 2, _HEIGHT - 4, name, "middle")]


def _threshold(distances: Distances, per_bar: int, step: float) -> list[Markup]:
    """A line behind the last distance that counts, where more are drawn or could be."""
    drawn = []
    for standing, bits in distances.thresholds.items():
        x = _LEFT + (bits // per_bar + 1) * step
        word = "threshold" if standing is Standing.MATCH else "probable"
        drawn.append(
            joined(
                line(x, _TOP - 6, x, _HEIGHT - _BOTTOM, "limit"),
                text(x - 4, _TOP - 7, f"{word} {bits}", "end"),
            )
        )
    return drawn


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A line between two points."""
    return tag(
        "line", class_=class_, x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}"
    )


def text(x: float, y: float, words: str, anchor: str) -> Markup:
    """Words at a point, which is their `start`, `middle` or `end`."""
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)
