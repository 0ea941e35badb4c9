"""Text of unknown origin, made harmless and visible."""

import re
from datetime import UTC, datetime

from hashmatch.model import Alignment, Alpha, Grade, Match, MatchKind, Tier
from hashmatch.model.digests import TITLES
from hashmatch.model.entry import FLAT_CARD, of_flat_card
from hashmatch.model.hash import bits_of
from hashmatch.wording import number_of

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]00:?00|)", re.ASCII)
_NO_TIME = 1e9
"""Seconds that no video lasts."""

_OFFSET = re.compile(r".*[+-]\d\d:?\d\d", re.ASCII)


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning and end with how much was left out between them."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]} […{len(text) - 2 * half:,} characters left out…] {text[-half:]}"


def utc(time: str) -> str:
    """A time as people read it, in UTC, to the whole second.

    >>> utc("2026-03-01T10:11:12.25+02:00")
    '2026-03-01 08:11:12'
    >>> utc("about noon")
    'about noon'
    """
    if found := _TIME.fullmatch(time):
        return f"{found[1]} {found[2]}"
    if not _OFFSET.fullmatch(time):
        return time
    try:
        moment = datetime.fromisoformat(time).astimezone(UTC)
    except (ValueError, OverflowError):
        return time
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def category_of(match: Match) -> str:
    """The publisher's own class with the table that it belongs to."""
    return f"{match.scheme}/{match.category}" if match.scheme and match.category else match.category


NAMES = {**TITLES, "pdq": "PDQ"}
"""How people write the names of digests and hashes."""


def nearness(match: Match) -> str:
    """How near an item is to an entry, in words.

    As "equal bytes (SHA-256)" or "differs in 28 of 256 bits; 31 allowed". What MD5 or SHA-1 says
    is named as such: files that share one have been published.
    """
    name = NAMES.get(match.algorithm, match.algorithm)
    if match.kind is MatchKind.EXACT:
        weak = match.algorithm != "sha256"
        return f"equal {name}; SHA-256 not compared" if weak else f"equal bytes ({name})"
    if match.kind is MatchKind.COLLISION:
        return f"equal {name}, other digests differ: other bytes"
    bits = bits_of(match.algorithm)
    of = f" of {bits}" if bits else ""
    if match.kind is MatchKind.VIDEO:
        differ = f"frames differ in {match.distance}{of} bits on average"
    else:
        differ = f"differs in {match.distance}{of} bits"
    return f"{differ}; {match.threshold} allowed"


def clock(seconds: float) -> str:
    """A moment of a video, or how long it runs.

    >>> clock(83.44), clock(7200)
    ('0:01:23.4', '2:00:00.0')
    """
    if not abs(seconds) < _NO_TIME:
        return "not known"
    tenths = round(abs(seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    sign = "−" if tenths and seconds < 0 else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest / 10:04.1f}"


def stretch(start: float, end: float) -> str:
    """The first and the last time; a single one where both are the same.

    >>> stretch(83.4, 90), stretch(83.4, 83.42)
    ('0:01:23.4 – 0:01:30.0', '0:01:23.4')
    """
    first, last = clock(start), clock(end)
    return first if first == last else f"{first} – {last}"


def later(rematch: int | None) -> list[str]:
    """That a sighting was found without a look at the evidence, where a rematch recorded it."""
    return [] if rematch is None else [f"retroactive, found later by rematch {rematch}"]


def meeting(segment: Alignment) -> str:
    """A segment in words: when in the item, and when in the known file, where that has times."""
    known = stretch(segment.known_start, segment.known_end)
    if segment.end == 0 and segment.known_end > 0:
        return f"the known video's frame at {known}"
    item = stretch(segment.start, segment.end)
    if segment.times_estimated:
        item += " (times estimated)"
    if segment.known_end == 0:
        return f"frame at {item}"
    if segment.grade is Grade.STILL:
        return f"frame at {item}, still, as the known video's at {known}"
    return f"{item} is the known video's {known}, {segment.grade.value}"


def decoded(fraction: float) -> str:
    """How much of a picture or video could be decoded; never "100 %" of less than all.

    >>> decoded(0.9), decoded(0.9999)
    ('only 90% decoded', 'only 99% decoded')
    """
    return f"only {min(round(100 * fraction), 99)}% decoded"


def readings_of(match: Match) -> list[str]:
    """How the item was read to match, if not as it is stored, and when in time it matches."""
    how = manner_of(match)
    if match.segments:
        how.append(meeting(match.segments[0]))
    if more := match.segments[1:]:
        how.append(f"{len(more):,} more segment{'s' if len(more) > 1 else ''}")
    return how


def _part(match: Match) -> list[str]:
    """Which part of the picture matched, and as what, if not the whole of it as itself."""
    if match.tier is Tier.WHOLE:
        return []
    columns = [column for column, _ in match.outline] or [0.0]
    rows = [row for _, row in match.outline] or [0.0]
    where = f"{min(columns):.0f},{min(rows):.0f} to {max(columns):.0f},{max(rows):.0f}"
    told = [f"a part of the picture, pixels {where}; {number_of(match.tried, 'code')} tried"]
    if match.hypothesis:
        told.append(f"taken for {match.hypothesis}")
    if match.similarity is not None:
        like = match.similarity
        told.append(
            f"{number_of(like.inliers, 'patch', 'patches')} agree: scaled by {like.scale:.2f}, "
            f"turned by {like.turn:.0f}°, {like.overlap:.0%} of the known picture in it"
        )
    return told


def manner_of(match: Match) -> list[str]:
    """How the item was read to match the entry, if not as it is stored."""
    how = _part(match)
    if match.orientation != 1:
        how.append(match.orientation.label)
    if match.inverted:
        how.append("negative")
    if match.alpha is Alpha.DROPPED:
        how.append("transparency ignored")
    # What was hashed as a picture says how its luma was computed; a film's frame is told by time.
    if match.frame and (match.mode or not match.segments):
        how.append(f"frame {match.frame}")
    if match.fraction < 1:
        how.append(decoded(match.fraction))
    part = match.part.removeprefix(FLAT_CARD).lstrip("/")
    if of_flat_card(match.part):
        how.append("the known picture is a flat card, of which a smaller distance is asked")
    if part:
        how.append(f"matches the known picture's {part}")
    return how


def known_good_entries(count: int | None, entries: int) -> str:
    """How many of a list's entries count as harmless, in words; None where nobody recorded it."""
    if count is None:
        return f"{entries:,} entries, not recorded how many of them count as known good"
    return f"{count:,} of {entries:,} entries count as known good (harmless)"
