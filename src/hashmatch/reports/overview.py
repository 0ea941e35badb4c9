"""The numbers of the HTML report: counters, lists and categories, distances, evidence."""

from collections.abc import Iterable, Sequence

from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.reports.svg import histogram
from hashmatch.reports.totals import Standing, Totals
from hashmatch.sightings.records import CaseRecord, SourceRecord
from hashmatch.wording import number_of

_COLUMNS = {
    "items": "Items",
    "hashed": "Hashed",
    "videos": "Videos",
    "incomplete": "In part",
    "unreadable": "Unreadable",
    "skipped": "Skipped",
    "known_good": "Known good",
    "matched": "Raised",
    "matches": "Matches",
}
_COUNTERS = (
    *("items", "hashed", "videos", "unreadable", "skipped", "incomplete", "known_good", "matched"),
    "matched_earlier",
)
_KINDS = {
    "exact": "Exact",
    "perceptual": "Perceptual",
    "video": "Video",
    Standing.PROBABLE.value: "Probable",
    Standing.KNOWN_GOOD.value: "Known good",
    Standing.SUPPRESSED.value: "Suppressed",
    Standing.COLLISION.value: "Collision",
}


def figures(case: CaseRecord, totals: Totals) -> Markup:
    """The numbers that sum up the case, and where they come from."""
    count = {name: sum(getattr(each, name) for each in case.sources) for name in _COUNTERS}
    found = (
        ("matches", totals.standings[Standing.MATCH], "main"),
        ("probable matches", totals.standings[Standing.PROBABLE], ""),
        ("files with either", count["matched"] + count["matched_earlier"], ""),
        ("files known to be harmless", count["known_good"], ""),
    )
    account = (
        ("items", "items in the evidence"),
        ("=", ""),
        ("hashed", "pictures and videos hashed"),
        ("+", ""),
        ("unreadable", "unreadable"),
        ("+", ""),
        ("skipped", "neither, skipped"),
    )
    accounted = joined(
        *(
            _figure(name, count[key], "") if name else tag("span", key, class_="operator")
            for key, name in account
        )
    )
    part = (
        f"Of the {count['hashed']:,} hashed, {_videos(count['videos'])}; "
        f"{count['incomplete']:,} could be decoded "
    )
    if more := count["matched_earlier"]:
        part = (
            f"Of the files with either, {count['matched']:,} are among the items below, and "
            f"{more:,} were seen in other scans of the same exhibits. {part}"
        )
    return joined(
        tag("dl", *(_figure(*each) for each in found), class_="figures"),
        tag("div", accounted, class_="figures", role="group"),
        tag(
            "p",
            f"{part}only in part. Every item is in exactly one of the three groups.",
            class_="soft",
        ),
    )


def _videos(count: int) -> str:
    one = "is a video or an animated picture"
    return f"1 {one}" if count == 1 else f"{count:,} are videos or animated pictures"


def _figure(name: str, count: int, class_: str) -> Markup:
    attributes = {"class_": class_} if class_ else {}
    return tag("div", tag("dt", name), tag("dd", f"{count:,}"), **attributes)


def by_list(totals: Totals) -> Markup:
    """Sightings by list and category."""
    if not totals.by_list:
        return tag("p", "There are no sightings.")
    rows = [
        tag(
            "tr",
            tag("th", foreign(name), scope="row"),
            tag("td", foreign(category) if category else tag("span", "none", class_="zero")),
            *(number(counts[kind]) for kind in _KINDS),
        )
        for (name, category), counts in sorted(totals.by_list.items())
    ]
    sums = [sum(counts[kind] for counts in totals.by_list.values()) for kind in _KINDS]
    foot = tag("tr", tag("th", "All", scope="row", colspan=2), *map(number, sums))
    return table(
        "Sightings by list and category",
        (("List", ""), ("Category", ""), *((name, "n") for name in _KINDS.values())),
        rows,
        foot,
    )


def distances(totals: Totals) -> Markup:
    """One histogram per algorithm."""
    drawn = []
    for algorithm, found in sorted(totals.distances.items()):
        probable = Standing.PROBABLE in found.thresholds
        note = "; light bars are only probable" if probable else ""
        drawn.append(tag("h3", f"Distances of perceptual matches, {algorithm}"))
        drawn.append(histogram(algorithm, found))
        drawn.append(
            tag(
                "p",
                f"Bits in which the hash of the file differs from that on the list{note}.",
                class_="soft",
            )
        )
    return joined(*drawn)


def evidence(sources: Sequence[SourceRecord], totals: Totals) -> Markup:
    """What was searched, source by source."""
    rows, sums = [], [0] * len(_COLUMNS)
    for source in sources:
        numbers = [getattr(source, name) for name in _COLUMNS if name != "matches"]
        numbers.append(totals.by_source[source.id, Standing.MATCH])
        sums = [sum(pair) for pair in zip(sums, numbers, strict=True)]
        rows.append(tag("tr", _source(source), *map(number, numbers)))
    foot = tag("tr", tag("th", "All", scope="row"), *map(number, sums))
    note = "“Raised” counts files with a match, probable ones included; “Matches” counts sightings"
    if any(source.matched_earlier for source in sources):
        note += " of all scans that count, all other columns one scan of each exhibit"
    columns = (("Exhibit", ""), *((name, "n") for name in _COLUMNS.values()))
    return table("What was searched", columns, rows, foot, note=note, class_="wide evidence")


def _source(source: SourceRecord) -> Markup:
    identity = ", ".join(f"{name} {value}" for name, value in source.identity.items())
    return tag(
        "th",
        tag("strong", foreign(source.label)),
        tag("small", f"{source.kind} ", foreign(source.path)),
        tag("small", number_of(source.bytes, "byte")),
        tag("small", f"{source.members:,} of its items lie in others") if source.members else "",
        tag("small", foreign(identity)) if identity else "",
        scope="row",
    )


def number(count: int) -> Markup:
    """A cell of a table with a number."""
    return tag("td", f"{count:,}", class_="n" if count else "n zero")


def table(
    caption: str,
    columns: Iterable[tuple[str, str]],
    rows: list[Markup],
    foot: Markup | None = None,
    *,
    note: str = "",
    class_: str = "wide",
) -> Markup:
    """A table with a caption; each column has a name and a class."""
    heads = (
        tag("th", name, scope="col", class_=class_) if class_ else tag("th", name, scope="col")
        for name, class_ in columns
    )
    small = tag("small", note) if note else ""
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, small),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *rows),
            tag("tfoot", foot) if foot is not None else "",
        ),
        class_=class_,
    )
