"""Sightings and items as rows of the HTML report."""

from collections.abc import Callable, Mapping

from hashmatch.model import Match, MatchKind
from hashmatch.reports.markup import Markup, foreign, joined, tag
from hashmatch.reports.text import category_of, readings_of, shortened, utc
from hashmatch.reports.totals import Standing
from hashmatch.sightings.records import ItemRecord, SightingRecord

_LONGEST = 1200
"""Characters of a locator; longer ones are in the JSON report."""

_DIGESTS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}
_SHORT = len("sha256:") + 64

Row = Callable[[ItemRecord], Markup]


def sighting_row(sighting: SightingRecord, exhibits: Mapping[int, str]) -> Markup:
    """One sighting: what and how near above, when and which bytes below."""
    item, match = sighting.item, sighting.match
    number = tag("th", sighting.id, scope="row", rowspan=2, class_="no")
    first = tag("tr", number, tag("td", _file(item, exhibits)), _entry(match), _near(match))
    times = [(kind, utc(time)) for kind, time in item.times.items()]
    times.append(("recorded", utc(sighting.at)))
    times.append(("by", f"run {sighting.run}"))
    if sighting.viewed_by_human:
        times.append(("viewed", tag("strong", "by a person")))
    pair = tag("div", _pairs(times), _pairs(_digests(item)), class_="pair")
    second = tag("tr", tag("td", pair, colspan=3), class_="more")
    return tag("tbody", first, second, id=f"s{sighting.id}")


def sightings_head(case: str, name: str) -> Markup:
    """The head of a table of sightings, which printing repeats on every page."""
    running = tag("tr", tag("th", f"Case {case}: {name}", colspan=4), class_="case")
    columns = ("No.", "File", "Known entry", "How near")
    cells = joined(
        *(tag("th", name, scope="col", class_=f"c{i}") for i, name in enumerate(columns, 1))
    )
    return tag("thead", running, tag("tr", cells))


def unreadable_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item that gave no hash, and why."""
    why = [item.reason]
    if item.detail:
        why.append(tag("small", foreign(item.detail), class_="soft"))
    digest = next(iter(item.digests.items()), None)
    cells = (
        tag("td", _file(item, exhibits), _small_digest(digest)),
        tag("td", tag("strong", why[0]), tag("br") if item.detail else "", *why[1:]),
    )
    return tag("tr", tag("th", item.id, scope="row", class_="no"), *cells)


def incomplete_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item of which only a part could be decoded."""
    cells = (
        tag("td", _file(item, exhibits)),
        tag("td", f"{item.fraction:.0%}", class_="n"),
        tag("td", item.reason),
    )
    return tag("tr", tag("th", item.id, scope="row", class_="no"), *cells)


def _file(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    facts = [foreign(exhibits.get(item.source, f"source {item.source}"))]
    if item.size is not None:
        facts.append(Markup(f"{item.size:,} bytes"))
    if item.width and item.height:
        facts.append(joined(item.format, " ", f"{item.width} × {item.height}"))
    if item.status == "hashed" and item.fraction < 1:
        facts.append(tag("strong", f"only {item.fraction:.0%} decoded"))
    line = joined(*(part for fact in facts for part in (" · ", fact)))[3:]
    return joined(
        foreign(shortened(item.locator, _LONGEST), class_="path"), tag("small", Markup(line))
    )


def _entry(match: Match) -> Markup:
    category = category_of(match)
    return tag(
        "td",
        tag("strong", foreign(match.list)),
        tag("small", "entry ", foreign(shortened(match.entry, _SHORT))),
        tag("span", foreign(category), class_="tag") if category else tag("small", "no category"),
    )


def _near(match: Match) -> Markup:
    standing = Standing.of(match)
    small = list(readings_of(match))
    if match.kind is MatchKind.EXACT:
        near = joined(tag("b", "exact"))
        small.insert(0, f"equal bytes, by {_DIGESTS.get(match.algorithm, match.algorithm)}")
    else:
        near = joined(tag("b", match.distance), f" of {match.threshold} bits")
        small.insert(0, match.algorithm)
        small.append(f"quality {_quality(match.quality)}, entry {_quality(match.entry_quality)}")
    lead = "" if standing is Standing.MATCH else tag("span", standing.value, class_="tag lead")
    return tag("td", tag("span", near, class_="near"), " ", lead, *(tag("small", s) for s in small))


def _quality(quality: int | None) -> str:
    return "not stated" if quality is None else str(quality)


def _digests(item: ItemRecord) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [
        (_DIGESTS[name], tag("span", digest, class_="mono"))
        for name, digest in item.digests.items()
    ]
    algorithm, colon, digits = item.hash.partition(":")
    if colon:
        found.append((algorithm.upper(), tag("span", digits, class_="mono")))
    return found


def _small_digest(digest: tuple[str, str] | None) -> Markup | str:
    if digest is None:
        return ""
    return tag("small", f"{_DIGESTS[digest[0]]} ", tag("span", digest[1], class_="mono"))


def _pairs(pairs: list[tuple[str, object]]) -> Markup:
    return tag("dl", *(joined(tag("dt", name), tag("dd", value)) for name, value in pairs))
