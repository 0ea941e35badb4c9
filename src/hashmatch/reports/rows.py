"""Sightings and items as rows of the HTML report."""

from collections.abc import Mapping

from hashmatch.model import Match, MatchKind
from hashmatch.reports.markup import Markup, foreign, joined, tag
from hashmatch.reports.text import category_of, clock, manner_of, shortened, utc
from hashmatch.reports.timelines import segments_of
from hashmatch.reports.totals import Standing
from hashmatch.segments import TIMES_ESTIMATED
from hashmatch.sightings.records import ItemRecord, SightingRecord

_LONGEST = 1200
"""Characters of a locator; longer ones are in the JSON report."""

_LONGEST_ID = 200
_NAMES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "pdq": "PDQ"}


def sighting_row(sighting: SightingRecord, exhibits: Mapping[int, str]) -> Markup:
    """One sighting: which file above; which entry, when and which bytes below; then segments."""
    item, segments = sighting.item, sighting.match.segments
    times: list[tuple[str, object]] = [(kind, utc(time)) for kind, time in item.times.items()]
    times.append(("recorded", utc(sighting.at)))
    times.append(("run", str(sighting.run)))
    if sighting.viewed_by_human:
        times.append(("viewed", tag("strong", "by a person")))
    number = tag("th", sighting.id, scope="row", rowspan=3 if segments else 2)
    first = tag("tr", number, tag("td", _file(item, exhibits), colspan=3))
    second = tag(
        "tr",
        tag("td", _entry(sighting.match), _near(sighting.match)),
        tag("td", _pairs(times)),
        tag("td", _pairs(_digests(item))),
    )
    third = (
        tag("tr", tag("td", segments_of(segments, item.duration), colspan=3)) if segments else ""
    )
    return tag("tbody", first, second, third, id=f"s{sighting.id}")


def unreadable_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item that gave no hash, and why."""
    detail = tag("small", foreign(item.detail)) if item.detail else ""
    cells = (
        tag("td", _file(item, exhibits), _strongest_digest(item)),
        tag("td", tag("strong", item.reason), detail),
    )
    return tag("tr", tag("th", item.id, scope="row"), *cells)


def incomplete_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item of which only a part could be decoded."""
    cells = (
        tag("td", _file(item, exhibits), _strongest_digest(item)),
        tag("td", tag("strong", item.reason), tag("small", foreign(_what_was_decoded(item)))),
    )
    return tag("tr", tag("th", item.id, scope="row"), *cells)


def _what_was_decoded(item: ItemRecord) -> str:
    if item.detail:
        return f"{item.detail}: of what it holds, the first picture alone was hashed"
    return f"{item.fraction:.0%} decoded"


def _file(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    facts: list[object] = [foreign(exhibits.get(item.source, f"source {item.source}"))]
    if item.size is not None:
        facts.append(f"{item.size:,} bytes")
    if item.width and item.height:
        facts.append(f"{item.format} {item.width} × {item.height}")
    if item.duration is not None:
        facts += [clock(item.duration), item.codec or "codec not known", f"{item.frames:,} frames"]
    if TIMES_ESTIMATED in item.flags:
        facts.append(tag("strong", "times estimated"))
    if item.damaged:
        facts.append(tag("strong", f"{item.damaged:,} packets damaged"))
    if item.status == "hashed" and item.fraction < 1:
        facts.append(tag("strong", f"only {item.fraction:.0%} decoded"))
    separated = [part for fact in facts for part in (" · ", fact)]
    return joined(
        foreign(shortened(item.locator, _LONGEST), class_="path", dir="ltr"),
        tag("small", *separated[1:]),
    )


def _entry(match: Match) -> Markup:
    category = category_of(match)
    return joined(
        tag("strong", foreign(match.list)),
        " ",
        tag("span", foreign(category), class_="tag") if category else "",
        tag("small", "entry ", foreign(shortened(match.entry, _LONGEST_ID))),
    )


def _near(match: Match) -> Markup:
    standing = Standing.of(match)
    small, name = manner_of(match), _NAMES.get(match.algorithm, match.algorithm)
    if match.kind is MatchKind.EXACT:
        near = joined(tag("b", "Equal bytes"), f", by {name}")
    elif match.kind is MatchKind.VIDEO:
        near = joined(
            tag("b", f"{match.distance} of {match.threshold} bits"), f" on average, {name}"
        )
        count = len(match.segments)
        small.append(f"video: {count:,} segment{'' if count == 1 else 's'}")
    else:
        near = joined(tag("b", f"{match.distance} of {match.threshold} bits"), f", {name}")
        small.append(f"quality {_quality(match.quality)}, entry {_quality(match.entry_quality)}")
    if standing is not Standing.MATCH:
        near = joined(near, " ", tag("span", standing.value, class_="tag lead"))
    return tag("div", near, *(tag("small", line) for line in small), class_="near")


def _quality(quality: int | None) -> str:
    return "not stated" if quality is None else str(quality)


def _digests(item: ItemRecord) -> list[tuple[str, object]]:
    found = [*item.digests.items()]
    algorithm, colon, digits = item.hash.partition(":")
    if colon:
        found.append((algorithm, digits))
    return [(_NAMES.get(name, name), tag("span", text, class_="mono")) for name, text in found]


def _strongest_digest(item: ItemRecord) -> Markup | str:
    for name, text in item.digests.items():
        return tag("small", _NAMES[name], " ", tag("span", text, class_="mono"))
    return ""


def _pairs(pairs: list[tuple[str, object]]) -> Markup:
    return tag("dl", *(joined(tag("dt", name), tag("dd", value)) for name, value in pairs))
