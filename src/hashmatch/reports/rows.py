"""Sightings and items as rows of the HTML report."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from hashmatch.errors import Reason
from hashmatch.markup import Markup, definitions, element, foreign, joined, tag
from hashmatch.model import ItemStatus, Json, Match, MatchKind
from hashmatch.reports import flags, placing
from hashmatch.reports.outlines import outline_of
from hashmatch.reports.text import (
    NAMES,
    category_of,
    clock,
    later,
    manner_of,
    meeting,
    nearness,
    shortened,
    utc,
)
from hashmatch.reports.timelines import segments_of
from hashmatch.reports.totals import Standing
from hashmatch.sightings.records import ItemRecord, SightingRecord, Viewing
from hashmatch.wording import number_of

_B, _SMALL, _STRONG = element("b"), element("small"), element("strong")
_TD, _TR, _WIDE = element("td"), element("tr"), element("td", colspan=3)
_PAIRS, _KNOWN = element("dl"), element("dl", class_="known")
_FLAG, _TAG = element("span", class_="flag"), element("span", class_="tag")
_MONO, _NEAR = element("span", class_="mono"), element("div", class_="near")
_PATH = element("bdi", class_="path", dir="ltr")
_LI, _COPIES, _LIST = element("li"), element("div", class_="copies"), element("ul")
_NAME = element("th", scope="row")
_NUMBERS = {rows: element("th", scope="row", rowspan=rows) for rows in (2, 3, 4)}
_AS_ABOVE = _TD(_SMALL("copy of the file above, byte for byte"))
_DIGESTS_AS_ABOVE = _TD(_SMALL("those of the file above"))

_LONGEST = 1200
"""Characters of a locator; longer ones are in the JSON report."""

_LONGEST_BRIEFLY = 160
_LONGEST_ID = 200
_LONGEST_DETAIL = 300
_MOST_DETAILS = 24
_MOST_TIMES = 3
"""Segments of which the index tells the times."""


def index_row(
    number: int, brief: str, copies: list[tuple[int, str]], more: int, pages: Sequence[str]
) -> Markup:
    """A finding in the index: its number leads to all that is known of it.

    Args:
        number: of the finding.
        brief: the first of its `finding_texts`.
        copies: numbers of copies, and the first of the `copy_texts` of each.
        more: how many further copies there are.
        pages: the addresses of the pages that have the finding and each copy in full; empty for
            this one.
    """
    name = _NAME(_link(number, pages[0]))
    count = len(copies) + more
    listed: Markup | str = ""
    if count:
        head = f"{count:,} byte-identical {'copy' if count == 1 else 'copies'}:"
        lines = [
            _LI(_link(each, page), " ", Markup(text))
            for (each, text), page in zip(copies, pages[1:], strict=True)
        ]
        rest = [_LI(f"{more:,} more under the finding")] if more else []
        listed = _COPIES(_SMALL(head), _LIST(*lines, *rest))
    first, rest_of_row = brief.split(_CUT, 1)
    return _TR(name, _TD(Markup(first), listed), Markup(rest_of_row))


def _link(number: int, page: str) -> Markup:
    """The number of a sighting, which leads to all that is known of it."""
    return tag("a", number, href=f"{page}#s{number}")


_DOT = Markup(" · ")
_CUT = "\n"
"""Separates the first cell of a row of the index, behind which copies stand, from the rest."""


def finding_texts(sighting: SightingRecord, exhibits: Mapping[int, str]) -> tuple[Markup, Markup]:
    """A finding in the index, but for its number and copies, and all that is known of it.

    The latter are rows: its file; then entry, times and bytes; then the known entry; then segments.
    """
    item, match = sighting.item, sighting.match
    exhibit, other = _exhibit(item, exhibits), flags.other_name(item)
    entry, how, words = _entry(match), manner_of(match), nearness(match)
    times = [meeting(each) for each in match.segments[:_MOST_TIMES]]
    if more := match.segments[_MOST_TIMES:]:
        times.append(f"{len(more):,} more segment{'' if len(more) == 1 else 's'}")
    lines = (*how, *times, *later(sighting.rematch))
    brief = joined(
        _brief_file(item, exhibit, other),
        Markup(_CUT),
        _TD(entry),
        _TD(_B(words), *map(_SMALL, lines)),
    )
    known = _known(match)
    lower = [
        *([_TR(_WIDE(known))] if known else []),
        *([_TR(_WIDE(segments_of(match.segments, item.duration)))] if match.segments else []),
    ]
    number = _NUMBERS[2 + len(lower)](sighting.id)
    first = _TR(number, _WIDE(_file(item, exhibit, other)))
    second = _TR(
        _TD(entry, _near(match, words, how), _outline(item, match)),
        _TD(_pairs(_times(sighting))),
        _TD(_pairs(_digests(item))),
    )
    return brief, tag("tbody", first, second, *lower, id=f"s{sighting.id}")


def _outline(item: ItemRecord, match: Match) -> Markup | str:
    """Where the part lies that matched; empty of a further page, whose size is on no record."""
    return "" if match.frame else outline_of(match.outline, item.width, item.height)


def copy_texts(sighting: SightingRecord, exhibits: Mapping[int, str]) -> tuple[Markup, Markup]:
    """A further file with the bytes of a finding: in the index, and in full."""
    item = sighting.item
    exhibit, other = _exhibit(item, exhibits), flags.other_name(item)
    first = _TR(_NUMBERS[2](sighting.id), _WIDE(_file(item, exhibit, other)))
    second = _TR(_AS_ABOVE, _TD(_pairs(_times(sighting))), _DIGESTS_AS_ABOVE)
    whole = tag("tbody", first, second, id=f"s{sighting.id}", class_="copy")
    return _brief_file(item, exhibit, other), whole


def _brief_file(item: ItemRecord, exhibit: Markup, other: str) -> Markup:
    """The location of a file and its exhibit, and whether its name contradicts its content."""
    named = placing.original_in_words(item, _LONGEST_BRIEFLY) if item.original_name else ""
    return joined(
        _PATH(shortened(item.locator, _LONGEST_BRIEFLY)),
        _SMALL(
            exhibit,
            *([" · ", foreign(named)] if named else []),
            *([" · ", _STRONG(other)] if other else []),
        ),
    )


def unreadable_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item that gave no hash, and why."""
    detail = _SMALL(foreign(item.detail)) if item.detail else ""
    cells = (
        _TD(_file_alone(item, exhibits), _strongest_digest(item)),
        _TD(_STRONG(item.reason), detail),
    )
    return _TR(_NAME(item.id), *cells)


def incomplete_row(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    """An item of which only a part could be decoded."""
    cells = (
        _TD(_file_alone(item, exhibits), _strongest_digest(item)),
        _TD(_STRONG(item.reason), _SMALL(foreign(_what_was_decoded(item)))),
    )
    return _TR(_NAME(item.id), *cells)


def _what_was_decoded(item: ItemRecord) -> str:
    if item.reason == Reason.INTERNAL_ERROR:
        return f"{item.detail}: what lies behind or in the picture was not read"
    if item.detail:
        return f"{item.detail}: of what it holds, the first picture alone was hashed"
    return f"{item.fraction:.0%} decoded"


def _exhibit(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    return _labelled(exhibits.get(item.source, f"source {item.source}"))


@lru_cache
def _labelled(label: str) -> Markup:
    is_named = label.lower().startswith(("exhibit", "source"))
    return foreign(label if is_named else f"exhibit {label}")


def _file_alone(item: ItemRecord, exhibits: Mapping[int, str]) -> Markup:
    return _file(item, _exhibit(item, exhibits), flags.other_name(item))


def _file(item: ItemRecord, exhibit: Markup, other: str) -> Markup:
    """The location of a file and what it is; `other` is what its name says instead."""
    facts: list[object] = [exhibit]
    if item.size is not None:
        facts.append(number_of(item.size, "byte"))
    if item.width and item.height:
        facts.append(f"{item.format} {item.width} × {item.height}")
    if item.duration is not None:
        frames = number_of(item.frames or 0, "frame")
        facts += [clock(item.duration), item.codec or "codec not known", frames]
    if item.damaged:
        facts.append(_STRONG(f"{number_of(item.damaged, 'packet')} damaged"))
    if item.status is ItemStatus.HASHED and item.fraction < 1:
        facts.append(_STRONG(f"only {item.fraction:.0%} decoded"))
    if other:
        facts.append(_STRONG(other))
    facts += map(_FLAG, flags.in_words(item))
    facts += map(foreign, placing.in_words(item))
    separated = [part for fact in facts for part in (_DOT, fact)]
    return joined(
        _PATH(shortened(item.locator, _LONGEST)),
        _SMALL(*separated[1:]),
    )


def _times(sighting: SightingRecord) -> list[tuple[str, object]]:
    times: list[tuple[str, object]] = [
        (kind, utc(time)) for kind, time in sighting.item.times.items()
    ]
    times += [("recorded", utc(sighting.at)), ("run", str(sighting.run))]
    times += [("retroactive", words) for words in later(sighting.rematch)]
    return times + [
        ("viewed", joined(_STRONG(utc(each.at), " by ", foreign(each.by)), _reason(each)))
        for each in sighting.viewings
    ]


def _reason(viewing: Viewing) -> Markup:
    return _SMALL(foreign(shortened(viewing.why, _LONGEST_DETAIL)))


def _entry(match: Match) -> Markup:
    category = category_of(match)
    return joined(
        _STRONG(foreign(match.list_name)),
        " ",
        _TAG(foreign(category)) if category else "",
        _SMALL("entry ", foreign(shortened(match.entry_id, _LONGEST_ID))),
    )


def _near(match: Match, words: str, how: Sequence[str]) -> Markup:
    standing = Standing.of(match)
    small = [*how]
    if match.kind is MatchKind.VIDEO:
        count = len(match.segments)
        small.append(f"video: {count:,} segment{'' if count == 1 else 's'}")
    elif match.kind is MatchKind.PERCEPTUAL:
        small.append(f"quality {_quality(match.quality)}, entry {_quality(match.entry_quality)}")
    near = _B(words[:1].upper() + words[1:])
    if standing is not Standing.MATCH:
        near = joined(near, " ", tag("span", standing.value, class_="tag lead"))
    return _NEAR(near, *(_SMALL(line) for line in small))


def _quality(quality: int | None) -> str:
    return "not stated" if quality is None else str(quality)


def _known(match: Match) -> Markup | str:
    """The entry's own hashes and its publisher's details; empty where none are on record."""
    pairs: list[tuple[str, object]] = []
    algorithm, colon, digits = match.entry_hash.partition(":")
    if colon and algorithm not in dict(match.entry_digests.items()):
        name = f"entry's {NAMES.get(algorithm, algorithm)}"
        if match.kind is MatchKind.VIDEO:
            name = f"{name} of its frame that is nearest to frame {match.frame:,} of this file"
        pairs.append((name, _mono(digits)))
    pairs += [(f"entry's {NAMES[name]}", _mono(text)) for name, text in match.entry_digests.items()]
    said = list(_details(match.details))
    pairs += [(foreign(name), foreign(text)) for name, text in said[:_MOST_DETAILS]]
    if more := len(said) - _MOST_DETAILS:
        pairs += [("further", f"{more:,} more details are in the JSON report")] if more > 0 else []
    if not pairs:
        return ""
    head = (
        f"Known entry, line or record {match.number:,} of its list"
        if match.number
        else "Known entry"
    )
    return joined(_SMALL(f"{head}, in the publisher's own words"), _pairs(pairs, is_known=True))


def _details(details: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """What the publisher says of an entry, one thing at a time; lists and objects as JSON."""
    for name, value in details.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield shortened(name, _LONGEST_DETAIL), shortened(text, _LONGEST_DETAIL)


def _digests(item: ItemRecord) -> list[tuple[str, object]]:
    found = [*item.digests.items()]
    algorithm, colon, digits = item.hash.partition(":")
    if colon:
        found.append((algorithm, digits))
    return [(NAMES.get(name, name), _mono(text)) for name, text in found]


def _strongest_digest(item: ItemRecord) -> Markup | str:
    for name, text in item.digests.items():
        return _SMALL(NAMES[name], " ", _mono(text))
    return ""


def _mono(text: str) -> Markup:
    return _MONO(text)


def _pairs(pairs: Iterable[tuple[object, object]], *, is_known: bool = False) -> Markup:
    made = _KNOWN if is_known else _PAIRS
    return made(definitions(pairs))
