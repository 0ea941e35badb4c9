"""Results of `bench recall` as one static page: tables and plots, no script and no picture."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hashmatch.bench import plots
from hashmatch.bench.table import made_on, rule_line, share_cell
from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.reports.frame import opening
from hashmatch.wording import number_of

_STYLE: Final = """
svg { margin: .6rem 0 1.4rem; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 1.8; }
svg .whisker { stroke: var(--ink); stroke-width: 1.4; }
svg .share { fill: #a9c0d6; }
.wide th:first-child, .wide td:first-child { overflow-wrap: normal; white-space: nowrap; }
.named th:first-child, .named td:first-child { white-space: normal; }
@media screen and (max-width: 46rem) { svg { font-size: 17px; } }
"""

_PER_CENT: Final = [(each / 100, f"{each} %") for each in (0, 20, 40, 60, 80, 100)]


def recall_page(result: Mapping[str, Any]) -> str:
    """The page; what it shows of pictures is their number and, of wrong matches, their names."""
    return "\n".join(_pieces(result)) + "\n"


def _pieces(result: Mapping[str, Any]) -> Iterator[Markup]:
    yield opening("Recall of altered copies", _STYLE)
    yield tag("p", "hashmatch bench recall", class_="kicker")
    yield tag("h1", "Recall of altered copies")
    if result["interrupted"]:
        told = "The measurement was stopped. These are the figures of what was measured until then."
        yield tag("p", told, class_="warning", role="note")
    yield _facts(result)
    yield tag("section", tag("p", _HOW), tag("p", _WHAT), class_="statement")
    for each in result["results"]:
        yield from _of_algorithm(each)
    if result["unread"]:
        yield tag("h2", f"Not read: {number_of(len(result['unread']), 'picture')}")
        rows = [(foreign(each["picture"]), each["reason"]) for each in result["unread"]]
        yield _table("Pictures that were left out", ("picture", "reason"), rows, numbers=0)
    yield tag("p", "End of the measurement.", class_="end")
    yield Markup("</main></body></html>")


_HOW: Final = (
    "Recall is the share of altered copies that matched their own entry at a threshold that is the "
    "same for all. Each copy was encoded as a file, hashed as a scan hashes files, and looked up "
    "in an index. In brackets the interval that holds the share with 95 % (Wilson)."
)
_WHAT: Final = (
    "Copies of one picture are alike: of few known pictures the intervals of groups are too "
    "narrow. Figures of other pictures, machines and versions differ."
)


def _facts(result: Mapping[str, Any]) -> Markup:
    counts, settings = result["pictures"], result["settings"]
    machine, versions = made_on(result)
    told = {
        "Pictures": f"{counts['used']:,} used ({settings['half']}), {counts['left_out']:,} left "
        f"out, {counts['unread']:,} not read, {number_of(counts['same'], 'pair')} show the same",
        "Known": f"{counts['known']:,}",
        "Distractors": f"{counts['others']:,} other pictures, {counts['synthetic']:,} made-up "
        f"hashes{', and lists of the user' if counts['against'] else ''}",
        "Tiers": ", ".join(settings["tiers"]),
        "Seeds": f"{settings['seed']}; of the halves: {settings['split_seed']}",
        "Machine": machine,
        "Versions": versions,
    }
    cells = [joined(tag("dt", name), tag("dd", value)) for name, value in told.items()]
    return tag("dl", *cells, class_="facts")


def _of_algorithm(found: Mapping[str, Any]) -> Iterator[Markup]:
    name, photos = found["algorithm"], found["photos"]
    yield tag("h2", foreign(name))
    yield tag("p", rule_line(found))
    limits = found["thresholds"]
    if "groups" in found:
        yield from _copies(found, limits)
    if photos["pairs"]:
        yield tag("h3", "Different pictures")
        yield plots.histogram(
            f"{name}: distances in {photos['pairs']:,} comparisons of different pictures",
            [photos["histogram"]],
            ["comparisons"],
            [*limits],
        )


def _copies(found: Mapping[str, Any], limits: Sequence[int]) -> Iterator[Markup]:
    name, groups = found["algorithm"], found["groups"]
    for bits in limits:
        shares = [(each["group"], each["recall"][str(bits)]) for each in groups]
        rows = [(group, one["recall"], *one["interval"]) for group, one in shares]
        yield tag("h3", f"Recall within {bits} bits")
        yield plots.bars(f"{name}: recall within {bits} bits by group", rows)
    yield _shares("By group", "group", groups, limits)
    yield tag("h3", "False matches")
    rows = [
        (f"{bits} bits", f"{each['copies']:,}", f"{each['matches']:,}")
        for bits, each in found["wrong"].items()
    ]
    yield _table("Copies that matched another entry", ("within", "copies", "matches"), rows)
    if found["wrong_matches"]:
        head = ("alteration", "picture", "list / entry", "bits")
        named = [
            (each["transform"], foreign(each["picture"]),
             foreign(f"{each['list']} / {each['entry']}"), f"{each['distance']}")
            for each in found["wrong_matches"]
        ]  # fmt: skip
        yield _table("The first wrong matches, within the widest threshold", head, named, numbers=1)
    yield from _curves(found)
    yield _shares("By alteration", "transform", found["transforms"], limits)


def _curves(found: Mapping[str, Any]) -> Iterator[Markup]:
    name, impostors, genuine = found["algorithm"], found["impostors"], found["genuine"]
    yield tag("h3", "Distances")
    yield tag("p", "Of whole pictures. Blue: to the own picture. Yellow: to other pictures.")
    yield plots.histogram(
        f"{name}: distances of copies to their own picture and to others",
        [genuine["histogram"], impostors["histogram"]],
        ["copies to their own picture", "pairs of a copy and another picture"],
        found["thresholds"],
    )
    real = [each for each in found["curve"] if each["false"] > 0]
    if not real:
        yield tag("p", "No pair of a copy and another picture came near enough for a curve.")
        return
    lowest = min(each["false"] for each in real)
    across = plots.logarithmic("false matches per pair", (lowest, 1.0))
    roc = [(each["false"], each["found"], _point(each)) for each in real]
    yield tag("h3", "ROC")
    up = plots.linear("found", (0, 1), _PER_CENT)
    yield plots.curves(f"{name}: found against false matches (ROC)", across, up, roc)
    yield tag("h3", "DET")
    misses = [max(1 - each["found"], 1e-4) for each in real]
    down = plots.logarithmic("not found", (min(misses), 1.0))
    det = [(each["false"], missed, _point(each)) for each, missed in zip(real, misses, strict=True)]
    yield plots.curves(f"{name}: not found against false matches (DET)", across, down, det)
    told = f"Left of {lowest:.1e} false matches per pair nothing was measured: no pair was nearer."
    yield tag("p", told, class_="soft")


def _point(each: Mapping[str, Any]) -> str:
    return f"{each['threshold']} bits: {100 * each['found']:.1f} % found, {each['false']:.1e} false"


def _shares(
    title: str, key: str, shares: Sequence[Mapping[str, Any]], limits: Sequence[int]
) -> Markup:
    head = (key, "copies", *(f"within {bits}, %" for bits in limits))
    rows = [
        (each[key], f"{each['copies']:,}",
         *(share_cell(each["recall"][str(bits)]) for bits in limits))
        for each in shares
    ]  # fmt: skip
    return _table(title, head, rows)


def _table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 9
) -> Markup:
    """A table whose last columns are numbers: all but the first, or so many."""
    first = max(1, len(head) - numbers)
    cells = [
        tag("th", each, class_="n" if at >= first else "", scope="col")
        for at, each in enumerate(head)
    ]
    body = [
        tag(
            "tr",
            *(tag("td", each, class_="n" if at >= first else "") for at, each in enumerate(row)),
        )
        for row in rows
    ]
    inner = tag(
        "table", tag("caption", title), tag("thead", tag("tr", *cells)), tag("tbody", *body)
    )
    return tag("div", inner, class_="wide" if numbers > 1 else "wide named")
