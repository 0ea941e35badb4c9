"""Items as bytes: how a worker tells its parent what it found in a file.

JSON, read strictly: whatever the bytes are, they give an item of plausible values or an error.
The locator is not among them, so that no worker can speak of a file it was not given.

The readings of a picture are rows. Those of a video, tens of thousands, are columns, deflated; a
column whose values are all the same holds the value once.
"""

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

from hashmatch.errors import HashFormatError, Reason
from hashmatch.faults import is_fault
from hashmatch.model import (
    Alpha,
    Decoder,
    Digests,
    Hash,
    Item,
    MediaHashes,
    Mode,
    Reading,
    Region,
    Sampling,
    Tier,
    Unreadable,
    VideoFacts,
)
from hashmatch.model.alignment import BEHIND, COVER, source_and_look
from hashmatch.model.framing import hypotheses
from hashmatch.model.orientation import Orientation
from hashmatch.model.patch import are_patches
from hashmatch.model.region import CODE
from hashmatch.scanning.messages import ProtocolError

T = TypeVar("T")

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}").fullmatch
_MAX_DETAIL: Final = 300
_MAX_READINGS: Final = 100_000
_MAX_VIDEO_READINGS: Final = 400_000
"""A day of video, a frame each second, read in four ways: about what fits into one answer."""

_MAX_BYTES: Final = 64 << 20
"""Bytes of one item, inflated."""

_LARGE: Final = 256 << 10
"""Bytes, inflated, that are read in some hundredths of a second: 2,000 hashes and more."""

_DEFLATED: Final = b"x"
"""What zlib begins with, and JSON does not."""

_FASTEST: Final = 1

_MAX_SECONDS: Final = 1e9
_MAX_FLAGS: Final = 64
_MAX_FIELDS: Final = 64
_MAX_VALUE: Final = 1024
_MAX_SIDE: Final = 1 << 32
_MAX_SIZE: Final = 1 << 63
_PER_CENT: Final = 100

_OF_PICTURE: Final = 11
"""Fields of a picture."""
_OF_VIDEO: Final = 15
_OF_REGION: Final = 7
_PLACES: Final = 8
"""Numbers that tell the corners of a region."""
_OF_READING: Final = 6
_COLUMNS: Final = 8
"""Columns in which the readings of a video are sent."""

_MOST_VALUES: Final = _COLUMNS * _MAX_VIDEO_READINGS + 1000
_MOST_LISTS: Final = _MAX_READINGS + 1000
"""That any answer has, with room for what stands in words."""

_ORIENTATIONS: Final = {each.value: each for each in Orientation}
_ALPHAS: Final = {each.value: each for each in Alpha}
_REASONS: Final = {each.value: each for each in Reason}
_KEYS: Final = (int, str)
_MODES: Final = {each.value: each for each in Mode}
_DECODERS: Final = {each.value: each for each in Decoder}
_TIERS: Final = {each.value: each for each in Tier if each is not Tier.WHOLE}
_PLANS: Final = hypotheses()
_SAMPLINGS: Final = {each.value: each for each in Sampling}


def encode(item: Item) -> bytes:
    """The item without its locator."""
    media, unreadable = item.media, item.unreadable
    digests = item.digests
    data = json.dumps(
        [
            item.size,
            [digests.md5, digests.sha1, digests.sha256],
            None if media is None else _media_fields(media),
            None if unreadable is None else [unreadable.reason, unreadable.detail[:_MAX_DETAIL]],
            item.metadata,
        ],
        separators=(",", ":"),
    ).encode()
    return zlib.compress(data, _FASTEST) if media is not None and media.is_video else data


def is_large(data: bytes) -> bool:
    """Whether it takes longer to decode than most; nothing but its size is looked at."""
    if not data.startswith(_DEFLATED):
        return len(data) > _LARGE
    try:
        return len(zlib.decompressobj().decompress(data, _LARGE + 1)) > _LARGE
    except zlib.error:
        return False


def decode(data: bytes, *, locator: str) -> Item:
    """The item with these bytes, found at `locator`.

    Raises:
        ProtocolError: the bytes are no item; also for every value that none of ours can have.
    """
    try:
        plain = _inflated(data) if data.startswith(_DEFLATED) else data
        if plain.count(b",") > _MOST_VALUES or plain.count(b"[") > _MOST_LISTS:
            # A value of two bytes takes up to a hundred in memory.
            _refuse()
        read = json.loads(plain)
    except (ValueError, RecursionError, zlib.error):
        _refuse()
    # Every value is checked before it is used: what is raised besides is a fault of ours.
    size, digests, media, why, metadata = _list(read, 5)
    return Item(
        locator,
        None if size is None else _integer(size, _MAX_SIZE),
        digests=digests_of(digests),
        media=None if media is None else _media(media),
        unreadable=None if why is None else unreadable(*_list(why, 2)),
        metadata=_metadata(metadata),
    )


def _metadata(pairs: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 (whatever JSON holds)
    """What a file says of itself: names, each once, and values that can be shown."""
    if len(_list(pairs)) > _MAX_FIELDS:
        _refuse()
    fields = {}
    for each in pairs:
        name, value = _list(each, 2)
        if _word(name) in fields or len(_text(value)) > _MAX_VALUE or not value.isprintable():
            _refuse()
        fields[name] = value
    return tuple(fields.items())


def digests_of(values: Any) -> Digests:  # noqa: ANN401 (whatever JSON holds)
    """The digests in a list of three texts.

    Raises:
        ProtocolError: they are none.
    """
    md5, sha1, sha256 = (each if each is None else _text(each) for each in _list(values, 3))
    try:
        return Digests(md5=md5, sha1=sha1, sha256=sha256)
    except HashFormatError:
        _refuse()


def _hash(algorithm: object, digits: object) -> Hash:
    try:
        return Hash.fromhex(_word(algorithm), _text(digits))
    except HashFormatError:
        _refuse()


def _inflated(data: bytes) -> bytes:
    inflating = zlib.decompressobj()
    plain = inflating.decompress(data, _MAX_BYTES)
    if not inflating.eof or inflating.unused_data:
        _refuse()
    return plain


def _media_fields(media: MediaHashes) -> list[object]:
    video: tuple[object, ...] = ()
    if media.video is not None:
        facts = media.video
        video = facts.sampling, facts.duration, facts.codec, facts.damaged
    return [
        _columns(media.readings) if video else _rows(media.readings),
        [_region_fields(each) for each in media.regions],
        media.mode,
        media.width,
        media.height,
        media.format,
        media.decoder,
        media.frames,
        media.flags,
        media.fraction,
        media.reason,
        *video,
    ]


def _region_fields(region: Region) -> list[object]:
    places = [place for corner in region.outline for place in corner]
    held = [b64encode(each).decode() for each in (region.codes, region.places)]
    return [region.tier, places, region.quality, region.plan, region.frame, *held]


def _rows(readings: Iterable[Reading]) -> list[object]:
    return [
        [r.hash.algorithm, r.hash.hex, r.quality, r.orientation, r.alpha, r.frame] for r in readings
    ]


def _columns(readings: Sequence[Reading]) -> list[object]:
    return [
        [r.time for r in readings],
        [r.hash.hex for r in readings],
        *(
            column[:1] if len(set(column)) == 1 else column
            for column in (
                [r.hash.algorithm for r in readings],
                [r.quality for r in readings],
                [r.orientation for r in readings],
                [r.alpha for r in readings],
                [r.frame for r in readings],
                [r.part for r in readings],
            )
        ),
    ]


def _media(fields: Any) -> MediaHashes:  # noqa: ANN401 (whatever JSON holds)
    readings, regions, *told = _list(fields, _OF_PICTURE, _OF_VIDEO)
    mode, width, height, kind, decoder, frames, flags, fraction, reason, *video = told
    if len(_list(flags)) > _MAX_FLAGS:
        _refuse()
    facts: dict[str, Any] = {
        "mode": _one_of(_MODES, mode),
        "width": _integer(width, _MAX_SIDE),
        "height": _integer(height, _MAX_SIDE),
        "format": _word(kind),
        "decoder": _one_of(_DECODERS, decoder),
        "frames": _integer(frames, _MAX_SIDE),
        "flags": tuple(_word(each) for each in flags),
        "fraction": _real(fraction, 1),
        "reason": None if reason is None else _one_of(_REASONS, reason),
        "regions": tuple(_region(each) for each in _list(regions)),
    }
    if not video:
        if not 0 < len(_list(readings)) <= _MAX_READINGS:
            _refuse()
        return MediaHashes(tuple(_reading(each) for each in readings), **facts)
    sampling, duration, codec, damaged = video
    return MediaHashes(
        _readings_of_video(*_list(readings, _COLUMNS)),
        **facts,
        video=VideoFacts(
            sampling=_one_of(_SAMPLINGS, sampling),
            duration=_real(duration, _MAX_SECONDS),
            codec="" if codec == "" else _word(codec),
            damaged=_integer(damaged, _MAX_SIDE),
        ),
    )


def _region(fields: Any) -> Region:  # noqa: ANN401 (whatever JSON holds)
    tier, places, quality, plan, frame, *held = _list(fields, _OF_REGION)
    at = [_real(each, _MAX_SIDE, least=-_MAX_SIDE) for each in _list(places, _PLACES)]
    codes, lie = map(_bytes, held)
    fit = are_patches(plan, codes, lie)
    if _one_of(_TIERS, tier) is not Tier.PATCHES:
        fit = len(codes) == CODE * _one_of(_PLANS, plan) and not lie
    if not fit:
        _refuse()
    outline = tuple(zip(at[::2], at[1::2], strict=True))
    told = _integer(quality, _PER_CENT), plan, codes, _integer(frame, _MAX_SIDE), lie
    return Region(_one_of(_TIERS, tier), outline, *told)


def _bytes(value: object) -> bytes:
    try:
        return b64decode(_text(value), validate=True)
    except ValueError:
        _refuse()


def _readings_of_video(times: Any, hexes: Any, *columns: Any) -> tuple[Reading, ...]:  # noqa: ANN401
    count = len(_list(times))
    if len(_list(hexes)) != count or not 0 < count <= _MAX_VIDEO_READINGS:
        _refuse()
    algorithms, qualities, orientations, alphas, frames, parts = (
        _column(each, count) for each in columns
    )
    readings: list[Reading] = []
    runs: dict[tuple[str, str], float] = {}
    # Hashes are never held once for many: they have any length, and would multiply.
    for row in zip(
        *(times, hexes, algorithms, qualities, orientations, alphas, frames, parts), strict=True
    ):
        time, digits, algorithm, quality, orientation, alpha, frame, part = row
        source, _ = source_and_look("" if part == "" else _word(part))
        turned, composed = _one_of(_ORIENTATIONS, orientation), _one_of(_ALPHAS, alpha)
        # A picture's own readings come first, and those of covers anywhere, without a time.
        if time is not None or (runs and source not in (BEHIND, COVER)):
            run = source, composed.value
            runs[run] = _real(time, _MAX_SECONDS, least=runs.get(run, 0.0))
        readings.append(
            Reading(
                _hash(algorithm, digits),
                _integer(quality, _PER_CENT),
                turned,
                composed,
                _integer(frame, _MAX_SIDE),
                time,
                part,
            )
        )
    return tuple(readings)


def _column(values: Any, count: int) -> list[Any]:  # noqa: ANN401 (whatever JSON holds)
    held = _list(values, 1, count)
    return held * count if len(held) == 1 else held


def _reading(fields: Any) -> Reading:  # noqa: ANN401 (whatever JSON holds)
    algorithm, digits, quality, orientation, alpha, frame = _list(fields, _OF_READING)
    return Reading(
        _hash(algorithm, digits),
        _integer(quality, _PER_CENT),
        _one_of(_ORIENTATIONS, orientation),
        _one_of(_ALPHAS, alpha),
        _integer(frame, _MAX_SIDE),
    )


def unreadable(reason: Any, detail: object) -> Unreadable:  # noqa: ANN401 (whatever JSON holds)
    """Why something is unreadable, as a worker says it.

    Raises:
        ProtocolError: it says nothing that one of ours says.
    """
    shown = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in _text(detail)
    )
    why = Unreadable(_one_of(_REASONS, reason), shown[:_MAX_DETAIL])
    if why.reason is Reason.INTERNAL_ERROR and not is_fault(why.detail):
        _refuse()
    return why


def _list(value: object, *lengths: int) -> list[Any]:
    """The list that a value is, of one of these lengths, if any are given."""
    if type(value) is not list or (lengths and len(value) not in lengths):
        _refuse()
    return value


def _one_of(table: Mapping[Any, T], value: object) -> T:
    if type(value) not in _KEYS or value not in table:
        _refuse()
    return table[value]


def _integer(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        _refuse()
    return value


def _real(value: object, most: float, *, least: float = 0.0) -> float:
    # No NaN lies between two numbers.
    if type(value) not in (int, float) or not least <= value <= most:  # type: ignore[operator]
        _refuse()
    return value  # type: ignore[return-value]


def _word(value: object) -> str:
    if not isinstance(value, str) or not _WORD(value):
        _refuse()
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        _refuse()
    return value


def _refuse() -> NoReturn:
    msg = "not an item: it has an invalid value"
    raise ProtocolError(msg) from None
