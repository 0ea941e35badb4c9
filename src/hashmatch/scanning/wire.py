"""Items as bytes: how a worker tells its parent what it found in a file.

JSON, read strictly: whatever the bytes are, they give an item of plausible values or an error.
The locator is not among them, so that no worker can speak of a file it was not given.

The readings of a picture are blocks of bytes, and stay so in the parent (`model.packed`). Those of
a video, tens of thousands, are columns, deflated; a column whose values are all the same holds the
value once.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

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
from hashmatch.model.framing import AREAS, AT_EDGES, COVERS, OF_WHOLE, SLIGHT, hypotheses
from hashmatch.model.hash import check_packed
from hashmatch.model.orientation import Orientation
from hashmatch.model.packed import BESIDE, Block, PackedReadings, blocks_of
from hashmatch.model.patch import are_patches
from hashmatch.model.region import CODE, MOST_CODES, TURNS
from hashmatch.scanning.strict import integer_in, list_in, one_of, real_in, refuse, text_in, word_in

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
_JSON: Final = json.JSONDecoder().raw_decode

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
_OF_BLOCK: Final = 4
_MAX_WIDTH: Final = 1 << 16
"""Bytes of one hash."""
_COLUMNS: Final = 8
"""Columns in which the readings of a video are sent."""

_MOST_VALUES: Final = _COLUMNS * _MAX_VIDEO_READINGS + 1000
_MOST_LISTS: Final = _MAX_READINGS + 1000
"""That any answer has, with room for what stands in words."""

_ORIENTATIONS: Final = {each.value: each for each in Orientation}
_ALPHAS: Final = {each.value: each for each in Alpha}
_REASONS: Final = {each.value: each for each in Reason}
_MODES: Final = {each.value: each for each in Mode}
_DECODERS: Final = {each.value: each for each in Decoder}
_TIERS: Final = {each.value: each for each in Tier if each is not Tier.WHOLE}
_PLANS: Final = {
    tier: {plan: count for plan, count in hypotheses().items() if plan in plans}
    for tier, plans in (
        (Tier.REGIONS, {TURNS, *SLIGHT}),
        (Tier.FRAMING, {*OF_WHOLE, *AT_EDGES, AREAS, COVERS}),
    )
}
"""How many codes a region of each tier has, by its plan."""
_NO_DIGESTS: Final = Digests()
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


def decode(data: bytes, *, locator: str, **known: Any) -> Item:  # noqa: ANN401 (fields of items)
    """The item with these bytes, found at `locator`.

    Args:
        data: what a worker says.
        locator: of the file that it was given.
        known: fields of the item that it is not believed in, but must say what is valid.

    Raises:
        ProtocolError: the bytes are no item; also for every value that none of ours can have.
    """
    # Every value is checked before it is used: what is raised besides is a fault of ours.
    size, digests, media, why, metadata = list_in(_values_in(data), 5)
    told = {
        "size": None if size is None else integer_in(size, _MAX_SIZE),
        "digests": digests_of(digests),
    }
    return Item(
        locator,
        **(told | known),
        media=None if media is None else _media(media),
        unreadable=None if why is None else unreadable(*list_in(why, 2)),
        metadata=_metadata(metadata),
    )


def _values_in(data: bytes) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """What the JSON of an answer says."""
    try:
        plain = _inflated(data) if data.startswith(_DEFLATED) else data
        if plain.count(b",") > _MOST_VALUES or plain.count(b"[") > _MOST_LISTS:
            # A value of two bytes takes up to a hundred in memory.
            refuse()
        text = plain.decode("ascii")
        value, end = _JSON(text)
    except (ValueError, RecursionError, zlib.error):
        refuse()
    if end != len(text):
        refuse()
    return value


def _metadata(pairs: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 (whatever JSON holds)
    """What a file says of itself: names, each once, and values that can be shown."""
    if len(list_in(pairs)) > _MAX_FIELDS:
        refuse()
    names = set()
    for each in pairs:
        if type(each) is not list or len(each) != 2:  # noqa: PLR2004 (a name and a value)
            refuse()
        name, value = each
        if type(value) is not str or len(value) > _MAX_VALUE or not value.isprintable():
            refuse()
        names.add(word_in(name))
    if len(names) != len(pairs):
        refuse()
    return tuple(map(tuple, pairs))


def digests_of(values: Any) -> Digests:  # noqa: ANN401 (whatever JSON holds)
    """The digests in a list of three texts.

    Raises:
        ProtocolError: they are none.
    """
    md5, sha1, sha256 = (each if each is None else text_in(each) for each in list_in(values, 3))
    if md5 is sha1 is sha256 is None:
        return _NO_DIGESTS
    try:
        return Digests(md5=md5, sha1=sha1, sha256=sha256)
    except HashFormatError:
        refuse()


def _hash(algorithm: object, digits: object) -> Hash:
    try:
        return Hash.fromhex(word_in(algorithm), text_in(digits))
    except HashFormatError:
        refuse()


def _inflated(data: bytes) -> bytes:
    inflating = zlib.decompressobj()
    plain = inflating.decompress(data, _MAX_BYTES)
    if not inflating.eof or inflating.unused_data:
        refuse()
    return plain


def _media_fields(media: MediaHashes) -> list[object]:
    video: tuple[object, ...] = ()
    if media.video is not None:
        facts = media.video
        video = facts.sampling, facts.duration, facts.codec, facts.damaged
    return [
        _columns(media.readings) if video else _block_fields(media.readings),
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


def _block_fields(readings: Sequence[Reading]) -> list[object]:
    return [
        [each.algorithm, each.frame, each.width, each.data.hex()] for each in blocks_of(readings)
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
    readings, regions, *told = list_in(fields, _OF_PICTURE, _OF_VIDEO)
    mode, width, height, kind, decoder, frames, flags, fraction, reason, *video = told
    if len(list_in(flags)) > _MAX_FLAGS:
        refuse()
    facts: dict[str, Any] = {
        "mode": one_of(_MODES, mode),
        "width": integer_in(width, _MAX_SIDE),
        "height": integer_in(height, _MAX_SIDE),
        "format": word_in(kind),
        "decoder": one_of(_DECODERS, decoder),
        "frames": integer_in(frames, _MAX_SIDE),
        "flags": tuple(word_in(each) for each in flags),
        "fraction": real_in(fraction, 1),
        "reason": None if reason is None else one_of(_REASONS, reason),
        "regions": tuple(_region(each) for each in list_in(regions)),
    }
    if sum([each.count for each in facts["regions"]]) > MOST_CODES:
        refuse()
    if not video:
        packed = PackedReadings(tuple([_block(each) for each in list_in(readings)]))
        if not 0 < len(packed) <= _MAX_READINGS:
            refuse()
        return MediaHashes(packed, **facts)
    sampling, duration, codec, damaged = video
    return MediaHashes(
        _readings_of_video(*list_in(readings, _COLUMNS)),
        **facts,
        video=VideoFacts(
            sampling=one_of(_SAMPLINGS, sampling),
            duration=real_in(duration, _MAX_SECONDS),
            codec="" if codec == "" else word_in(codec),
            damaged=integer_in(damaged, _MAX_SIDE),
        ),
    )


def _region(fields: Any) -> Region:  # noqa: ANN401 (whatever JSON holds)
    tier, places, quality, plan, frame, *held = list_in(fields, _OF_REGION)
    at = [real_in(each, _MAX_SIDE, least=-_MAX_SIDE) for each in list_in(places, _PLACES)]
    codes, lie = map(_bytes, held)
    fit, of = are_patches(plan, codes, lie), one_of(_TIERS, tier)
    if of is not Tier.PATCHES:
        fit = len(codes) == CODE * one_of(_PLANS[of], plan) and not lie
    if not fit:
        refuse()
    outline = tuple(zip(at[::2], at[1::2], strict=True))
    told = integer_in(quality, _PER_CENT), plan, codes, integer_in(frame, _MAX_SIDE), lie
    return Region(of, outline, *told)


def _bytes(value: object) -> bytes:
    try:
        return b64decode(text_in(value), validate=True)
    except ValueError:
        refuse()


def _readings_of_video(times: Any, hexes: Any, *columns: Any) -> tuple[Reading, ...]:  # noqa: ANN401
    count = len(list_in(times))
    if len(list_in(hexes)) != count or not 0 < count <= _MAX_VIDEO_READINGS:
        refuse()
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
        source, _ = source_and_look("" if part == "" else word_in(part))
        turned, composed = one_of(_ORIENTATIONS, orientation), one_of(_ALPHAS, alpha)
        # A picture's own readings come first, and those of covers anywhere, without a time.
        if time is not None or (runs and source not in (BEHIND, COVER)):
            run = source, composed.value
            runs[run] = real_in(time, _MAX_SECONDS, least=runs.get(run, 0.0))
        readings.append(
            Reading(
                _hash(algorithm, digits),
                integer_in(quality, _PER_CENT),
                turned,
                composed,
                integer_in(frame, _MAX_SIDE),
                time,
                part,
            )
        )
    return tuple(readings)


def _column(values: Any, count: int) -> list[Any]:  # noqa: ANN401 (whatever JSON holds)
    held = list_in(values, 1, count)
    return held * count if len(held) == 1 else held


def _block(fields: Any) -> Block:  # noqa: ANN401 (whatever JSON holds)
    algorithm, frame, width, digits = list_in(fields, _OF_BLOCK)
    try:
        data = bytes.fromhex(text_in(digits))
        block = Block(word_in(algorithm), integer_in(frame, _MAX_SIDE), width, data)
        size = integer_in(width, _MAX_WIDTH) + BESIDE
        if not data or len(data) % size or len(digits) != 2 * len(data):
            refuse()
        check_packed(block.algorithm, data, width, size)
    except ValueError:
        refuse()
    turned, dropped = data[width + 1 :: size], data[width + 2 :: size]
    if max(data[width::size]) > _PER_CENT or max(dropped) > 1:
        refuse()
    if min(turned) < 1 or max(turned) > len(_ORIENTATIONS):
        refuse()
    return block


def unreadable(reason: Any, detail: object) -> Unreadable:  # noqa: ANN401 (whatever JSON holds)
    """Why something is unreadable, as a worker says it.

    Raises:
        ProtocolError: it says nothing that one of ours says.
    """
    shown = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text_in(detail)
    )
    why = Unreadable(one_of(_REASONS, reason), shown[:_MAX_DETAIL])
    if why.reason is Reason.INTERNAL_ERROR and not is_fault(why.detail):
        refuse()
    return why
