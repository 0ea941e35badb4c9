"""The first pages of the HTML report: counters, lists, distances, evidence and provenance."""

from collections.abc import Iterable, Iterator, Mapping

from hashmatch.coverage import searched_in_words, unsearched_in_words
from hashmatch.model import Json
from hashmatch.reports.markup import Markup, foreign, joined, tag
from hashmatch.reports.svg import histogram
from hashmatch.reports.text import utc
from hashmatch.reports.totals import Standing, Totals
from hashmatch.sightings.records import CaseRecord, ListRecord, RunRecord, SourceRecord

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
)
_KINDS = {
    "exact": "Exact",
    "perceptual": "Perceptual",
    "video": "Video",
    Standing.PROBABLE.value: "Probable",
    Standing.KNOWN_GOOD.value: "Known good",
    Standing.SUPPRESSED.value: "Suppressed",
}


def figures(case: CaseRecord, totals: Totals) -> Markup:
    """The numbers that sum up the case, and where they come from."""
    count = {name: sum(getattr(each, name) for each in case.sources) for name in _COUNTERS}
    found = (
        ("matches", totals.standings[Standing.MATCH], "main"),
        ("probable matches", totals.standings[Standing.PROBABLE], ""),
        ("files with either", count["matched"], ""),
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
        f"Of the {count['hashed']:,} hashed, {count['videos']:,} are videos or animated pictures; "
        f"{count['incomplete']:,} could be decoded "
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
            *(_number(counts[kind]) for kind in _KINDS),
        )
        for (name, category), counts in sorted(totals.by_list.items())
    ]
    sums = [sum(counts[kind] for counts in totals.by_list.values()) for kind in _KINDS]
    foot = tag("tr", tag("th", "All", scope="row", colspan=2), *map(_number, sums))
    return _table(
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


def evidence(sources: Iterable[SourceRecord], totals: Totals) -> Markup:
    """What was searched, source by source."""
    rows, sums = [], [0] * len(_COLUMNS)
    for source in sources:
        numbers = [getattr(source, name) for name in _COLUMNS if name != "matches"]
        numbers.append(totals.by_source[source.id, Standing.MATCH])
        sums = [sum(pair) for pair in zip(sums, numbers, strict=True)]
        rows.append(tag("tr", _source(source), *map(_number, numbers)))
    foot = tag("tr", tag("th", "All", scope="row"), *map(_number, sums))
    note = "“Raised” counts files with a match, probable ones included; “Matches” counts sightings"
    columns = (("Exhibit", ""), *((name, "n") for name in _COLUMNS.values()))
    return _table("What was searched", columns, rows, foot, note=note, class_="wide evidence")


def _source(source: SourceRecord) -> Markup:
    identity = ", ".join(f"{name} {value}" for name, value in source.identity.items())
    return tag(
        "th",
        tag("strong", foreign(source.label)),
        tag("small", f"{source.kind} ", foreign(source.path)),
        tag("small", f"{source.bytes:,} bytes"),
        tag("small", foreign(identity)) if identity else "",
        scope="row",
    )


def lists(records: Iterable[ListRecord]) -> Markup:
    """Every hash list with the digests of the files that it came from."""
    listed = list(records)
    rows = [
        tag(
            "tr",
            tag(
                "th",
                tag("strong", foreign(each.name)),
                *(tag("small", foreign(words)) for words in _treatment(each.policy)),
                *(tag("small", words) for words in _covered(each)),
                scope="row",
            ),
            tag("td", foreign(each.version) if each.version else "not stated"),
            _number(each.entries),
            tag("td", "not recorded", class_="n")
            if each.known_good_entries is None
            else _number(each.known_good_entries),
            tag("td", *(tag("div", digest, class_="mono") for digest in each.sha256)),
        )
        for each in listed
    ]
    columns = (("List", ""), ("Version", ""), ("Entries", "n"), ("Known good", "n"))
    note = tag(
        "p",
        "Entries that are known good keep matches from being raised: a file with the bytes of one "
        "is labelled, and its similarities to other entries are suppressed.",
        class_="soft",
    )
    return joined(
        _table("Hash lists in force", (*columns, ("SHA-256 of its files", "")), rows),
        note if any(each.known_good_entries for each in listed) else "",
    )


def _covered(record: ListRecord) -> list[object]:
    """What of a list was searched, and what was not."""
    if record.coverage is None:
        return ["what of it could match was not recorded"]
    missing = unsearched_in_words(record.coverage)
    return [*searched_in_words(record.coverage), *(tag("strong", words) for words in missing)]


def _treatment(policy: Mapping[str, Json], category: str = "") -> Iterator[str]:
    """What the operator said of a list, or of one category on it, one thing at a time."""
    prefix = f"{category}: " if category else ""
    if policy.get("known_good") is not None:
        yield prefix + ("known good" if policy["known_good"] else "notable")
    thresholds, categories = policy.get("thresholds"), policy.get("categories")
    if isinstance(thresholds, Mapping):
        yield from (f"{prefix}{name} up to {bits} bits" for name, bits in thresholds.items())
    if isinstance(categories, Mapping):
        for name, own in categories.items():
            yield from _treatment(own, name) if isinstance(own, Mapping) else ()


def runs(records: Iterable[RunRecord]) -> Markup:
    """Every start of a scan: program, machine, command, thresholds."""
    return joined(*map(_run, records))


def _run(run: RunRecord) -> Markup:
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(run.libraries.items()))
    facts: dict[str, object] = {
        "Started": f"{utc(run.started)} UTC",
        "Ended": f"{utc(run.ended)} UTC" if run.ended else "not on record",
        "Status": run.status + (f", resumed run {run.resumed}" if run.resumed else ""),
        "Program": f"hashmatch {run.tool}",
        "Libraries": libraries,
        "Host": run.host,
        "Command": tag("code", foreign(run.command)),
        **{f"Profile: {name.replace('_', ' ')}": value for name, value in run.profile.items()},
        "Lists": ", ".join(each.name for each in run.lists),
        "Fingerprint": tag("span", run.fingerprint, class_="mono"),
    }
    return joined(tag("h3", f"Run {run.id}"), _facts(facts))


def audit(case: CaseRecord) -> Markup:
    """Where the audit chain stood."""
    return joined(
        tag("h3", "Audit chain"),
        _facts(
            {
                "Rows": f"{case.audit_rows:,}",
                "Head": tag("span", case.audit_head, class_="mono"),
            }
        ),
        tag(
            "p",
            "Each row holds the SHA-256 of the row before it: “hashmatch audit verify” proves "
            "that the database still ends in, or leads on from, this head.",
            class_="soft",
        ),
    )


def _facts(facts: Mapping[str, object]) -> Markup:
    pairs = (joined(tag("dt", name), tag("dd", _value(value))) for name, value in facts.items())
    return tag("dl", *pairs, class_="facts")


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return value if isinstance(value, Markup) else foreign(str(value))


def _number(count: int) -> Markup:
    return tag("td", f"{count:,}", class_="n" if count else "n zero")


def _table(
    caption: str,
    columns: Iterable[tuple[str, str]],
    rows: list[Markup],
    foot: Markup | None = None,
    *,
    note: str = "",
    class_: str = "wide",
) -> Markup:
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
