"""What scans see, made up: items with matches that follow from their number, and any at all."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from hashmatch.errors import Reason
from hashmatch.model import (
    Alignment,
    Alpha,
    Band,
    Decoder,
    Digests,
    Grade,
    Hash,
    Item,
    Locator,
    Match,
    MatchKind,
    MediaHashes,
    Mode,
    Place,
    PlaceConfidence,
    Reading,
    Region,
    Sampling,
    ScanResult,
    Similarity,
    Tier,
    Unreadable,
    UnreadRange,
    VideoFacts,
    VolumeFacts,
    VolumeStatus,
)
from hashmatch.model.locator import File, Member, Volume
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import TURNS
from hashmatch.profiles import DEFAULT
from hashmatch.sightings.database import Database
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.scan_config import RunConfig, SourceSpec

LIST = ListRecord("vic", ("ab" * 32,), "2026-11", 1000, policy={"thresholds": {"pdq": 20}})
CONFIGURATION = RunConfig(
    profile=DEFAULT,
    lists=(LIST,),
    options={"algorithms": ["pdq"], "mode": "fast"},
    hash_version="1",
    libraries={"pillow": "11.3"},
    command="hashmatch scan /evidence/7",
)
SOURCE = SourceSpec("exhibit 7", "folder", "/evidence/7", {"volume": "1234-ABCD"})
TIMES = {"modified": "2024-03-07T09:41:27+00:00", "changed": "2024-03-08T00:00:00+00:00"}
HOSTILE = "/evidence/7/caf\udce9 \x1b[31m\n<script>.jpg"


def digests(number: int) -> Digests:
    """Digests that follow from a number."""
    data = hashlib.sha512(str(number).encode()).hexdigest()
    return Digests(md5=data[:32], sha1=data[:40], sha256=data[:64])


def picture(number: int, readings: int = 8) -> MediaHashes:
    """Hashes that follow from a number."""
    seeds = [hashlib.sha256(f"{number} {each}".encode()).digest() for each in range(readings)]
    turned = zip(seeds, Orientation, strict=False)
    made = tuple(Reading(Hash("pdq", seed), 90, orientation) for seed, orientation in turned)
    return MediaHashes(
        made,
        Mode.FAST,
        width=640,
        height=480,
        format="jpeg",
        decoder=Decoder.TURBO,
        flags=("oriented",),
    )


def video(number: int, frames: int = 12) -> MediaHashes:
    """Hashes of frames, a second and a bit apart, that follow from a number."""
    made = tuple(
        Reading(
            Hash("pdq", hashlib.sha256(f"{number} {each}".encode()).digest()),
            each % 101,
            frame=30 * each,
            time=each * 1001 / 1000,
            part="content" if each % 5 == 2 else "",
        )
        for each in range(frames)
    )
    return MediaHashes(
        made,
        Mode.FAST,
        width=1920,
        height=1080,
        format="mp4",
        decoder=Decoder.LIBAV,
        frames=30 * frames,
        flags=("oriented",),
        video=VideoFacts(duration=frames * 1.001, codec="h264", damaged=2),
    )


def segment(number: int, **more: Any) -> Alignment:
    """A segment that follows from a number."""
    values: dict[str, Any] = {
        "start": number + 0.5,
        "end": number + 30.25,
        "known_start": 2.0 * number,
        "known_end": 2.0 * number + 29.75,
        "grade": Grade.STRONG,
        "frames": 30,
        "pictures": 25,
        "distance": 11.3,
        "speed": 1.02,
        "coverage": 0.2,
        "known_coverage": 0.9,
        "orientation": Orientation.MIRRORED,
        "part": "content",
    }
    return Alignment(**values | more)


def match(number: int, **more: Any) -> Match:
    """A match that follows from a number."""
    values: dict[str, Any] = {
        "list_name": "vic",
        "entry_id": f"entry-{number}",
        "category": "1",
        "scheme": "VIC_US",
        "kind": MatchKind.PERCEPTUAL,
        "algorithm": "pdq",
        "distance": number % 32,
        "threshold": 31,
        "number": number,
        "list_sha256": "ab" * 32,
        "mode": "fast",
        "quality": 90,
    }
    return Match(**values | more)


def result(number: int) -> ScanResult:  # noqa: PLR0911 (a return for each kind)
    """An item of some kind, by its number: most are pictures, some videos, copies, unreadable."""
    locator = f"/evidence/7/DCIM/IMG_{number:05}.JPG"
    match number % 10:
        case 0:
            return ScanResult(
                Item(locator, 0, digests=digests(-1), unreadable=Unreadable(Reason.EMPTY))
            )
        case 3:
            damaged = Unreadable(Reason.DAMAGED, f"no picture in it: {number}")
            return ScanResult(
                Item(locator, 5000 + number, digests=digests(number), unreadable=damaged)
            )
        case 5:
            broken = replace(picture(number), fraction=0.5, reason=Reason.TRUNCATED)
            item = Item(locator, 5000 + number, digests=digests(number), media=broken)
            found = (_match(number, fraction=0.5), _match(number, distance=31, fraction=0.5))
            return ScanResult(item, found)
        case 7:
            copied = number - number % 100 + 1
            item = Item(locator, 5000 + copied, digests=digests(copied), media=picture(copied))
            return ScanResult(item, (_match(copied, known_good=True),))
        case 8:
            return clip(number)
        case 9:
            unreadable = Unreadable(Reason.IO_ERROR, "Input/output error")
            return ScanResult(Item(f"{HOSTILE}{number}", unreadable=unreadable))
    return ScanResult(Item(locator, 5000 + number, digests=digests(number), media=picture(number)))


_match = match


def clip(number: int, *, frames: int = 12) -> ScanResult:
    """A video with a match of two segments."""
    item = Item(f"/evidence/7/CLIP_{number}.MP4", 10**6 + number, digests=digests(10**6 + number))
    segments = (segment(1), segment(2, grade=Grade.STILL, speed=None, start=0, end=-0.0))
    found = _match(number, kind=MatchKind.VIDEO, segments=segments)
    return ScanResult(replace(item, media=video(number, frames)), (found,))


def member(number: int, *, container: str = "DCIM/a.zip", name: str = "b.jpg") -> ScanResult:
    """A picture in an archive, by its number: all of one name."""
    locator = Locator((File(container), Member("zip", number, name)))
    place = Place(locator=locator, confidence=PlaceConfidence.RECONSTRUCTED, runs=((40, 50),))
    item = Item(
        str(locator),
        5000 + number,
        digests=digests(number),
        media=picture(number),
        place=place,
        original_name=f"CameraRollDomain/Media/{number}.HEIC",
    )
    return ScanResult(item, (_match(number),))


VOLUME = VolumeFacts(
    locator=Locator((File("disk.E01"), Volume("gpt", 2, 1 << 20))),
    kind="bitlocker",
    offset=1 << 20,
    length=1 << 30,
    status=VolumeStatus.NOT_READ,
    reason="it is locked, and no key was given",
)
UNREAD = UnreadRange(
    locator=Locator((File("disk.E01"),)), offset=4096, length=512, reason="checksum of a chunk"
)


def results(count: int, start: int = 0) -> list[ScanResult]:
    """The items with these numbers."""
    return [result(number) for number in range(start, start + count)]


def batches(found: Sequence[ScanResult], size: int = 16) -> Iterator[Sequence[ScanResult]]:
    """The items in portions."""
    for start in range(0, len(found), size):
        yield found[start : start + size]


def scanned(path: Path, count: int = 100, *, size: int = 16) -> Path:
    """A database of one scan that came to its end."""
    with (
        Database.open(path) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        for batch in batches(results(count), size):
            run.record(batch, times={each.item.locator: TIMES for each in batch})
        run.finish()
    return path


_TEXT = st.text(st.characters(), max_size=30)
"""Any text, surrogates included."""

_CONTAINERS = ("zip archive", "encrypted PDF document", "RAR archive: its reader is not installed")
_FLAGS = ("alpha", "cmyk", "deep", "inside-zip-archive", "inside-a-kind-of-later")

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(_TEXT, each, max_size=3),
    max_leaves=5,
)
_NUMBER = st.integers(0, 2**40)
_SIDE = st.integers(0, 2**32)
_PER_CENT = st.integers(0, 100)
_HEX = {
    name: st.binary(min_size=n, max_size=n).map(bytes.hex)
    for name, n in (("md5", 16), ("sha1", 20), ("sha256", 32))
}
_HASHES = st.one_of(
    st.builds(Hash, st.just("pdq"), st.binary(min_size=32, max_size=32)),
    st.builds(Hash, st.just("phash-64"), st.binary(min_size=8, max_size=8)),
)
_READINGS = st.builds(
    Reading,
    _HASHES,
    _PER_CENT,
    st.sampled_from(Orientation),
    st.sampled_from(Alpha),
    st.integers(0, 1000),
)
_OUTLINES = st.tuples(*[st.tuples(*[st.floats(-9, 1e6)] * 2)] * 4)
_IMAGES = st.builds(
    MediaHashes,
    readings=st.lists(_READINGS, min_size=1, max_size=5).map(tuple),
    mode=st.sampled_from(Mode),
    width=_SIDE,
    height=_SIDE,
    format=st.sampled_from(("jpeg", "png")),
    decoder=st.sampled_from(Decoder),
    frames=st.integers(1, 1000),
    flags=st.lists(st.sampled_from(_FLAGS), unique=True).map(tuple),
    fraction=st.floats(0, 1) | st.just(1),
    reason=st.sampled_from((None, Reason.TRUNCATED, Reason.CORRUPT_DATA)),
    regions=st.lists(
        st.builds(
            Region,
            st.just(Tier.REGIONS),
            _OUTLINES,
            _PER_CENT,
            st.just(TURNS),
            st.binary(min_size=256, max_size=256),
            st.integers(0, 1000),
        ),
        max_size=2,
    ).map(tuple),
)
_SECONDS = st.floats(0, 1e9)
VIDEOS = st.builds(
    lambda times, readings, image, **facts: replace(
        image,
        # As an animated picture may have it, its readings as a picture come first.
        readings=(
            *(image.readings if image.format == "png" else ()),
            *(
                replace(reading, time=time, part=part)
                for time, (reading, part) in zip(sorted(times), cycle(readings), strict=False)
            ),
        ),
        video=VideoFacts(**facts),
    ),
    st.lists(_SECONDS | st.integers(0, 10**9), min_size=1, max_size=8),
    st.lists(st.tuples(_READINGS, st.sampled_from(("", "content"))), min_size=1, max_size=3),
    _IMAGES,
    sampling=st.sampled_from(Sampling),
    duration=_SECONDS,
    codec=st.sampled_from(("", "h264", "vp9")),
    damaged=st.integers(0, 2**32),
)
_SEGMENTS = st.builds(
    Alignment,
    *(_SECONDS, _SECONDS, _SECONDS, _SECONDS, st.sampled_from(Grade)),
    frames=st.integers(0, 10**6),
    pictures=st.integers(0, 10**6),
    distance=st.floats(0, 256),
    speed=st.none() | st.floats(0, 100),
    coverage=st.floats(0, 1),
    known_coverage=st.floats(0, 1),
    orientation=st.sampled_from(Orientation),
    part=_TEXT,
)
MATCHES = st.builds(
    lambda matched, **told: Match(**told, **matched),
    # Where a part matched: which, as what, and how many codes were looked for.
    st.just({})
    | st.fixed_dictionaries(
        {
            "tier": st.sampled_from((Tier.REGIONS, Tier.FRAMING, Tier.PATCHES)),
            "outline": _OUTLINES,
            "hypothesis": _TEXT,
            "tried": st.integers(0, 10**6),
            "similarity": st.none() | st.builds(Similarity, _NUMBER, *[st.floats(-1, 1)] * 3),
        }
    ),
    list_name=_TEXT,
    entry_id=_TEXT,
    category=_TEXT,
    kind=st.sampled_from(MatchKind),
    algorithm=st.sampled_from(("pdq", "sha256")),
    distance=st.integers(0, 256),
    threshold=st.integers(0, 256),
    number=_NUMBER,
    list_sha256=_TEXT,
    scheme=_TEXT,
    band=st.sampled_from(Band),
    orientation=st.sampled_from(Orientation),
    inverted=st.booleans(),
    alpha=st.sampled_from(Alpha),
    frame=st.integers(0, 1000),
    mode=st.sampled_from((None, Mode.FAST)),
    quality=st.none() | _PER_CENT,
    part=_TEXT,
    entry_quality=st.none() | _PER_CENT,
    known_good=st.booleans(),
    suppressed=st.booleans(),
    segments=st.lists(_SEGMENTS, max_size=3).map(tuple),
    entry_hash=_TEXT,
    entry_digests=st.builds(Digests, **{name: st.none() | each for name, each in _HEX.items()}),
    details=st.dictionaries(_TEXT, _JSON, max_size=3),
)
ITEMS = st.builds(
    lambda item, media, unreadable: replace(
        item, media=media, unreadable=None if media else unreadable
    ),
    st.builds(
        Item,
        _TEXT,
        st.none() | _NUMBER,
        digests=st.builds(Digests, **{name: st.none() | each for name, each in _HEX.items()}),
    ),
    st.none() | _IMAGES | VIDEOS,
    st.builds(Unreadable, st.sampled_from(Reason), _TEXT | st.sampled_from(_CONTAINERS)),
)


def _of(item: Item, matches: Sequence[Match]) -> ScanResult:
    """An item with its matches, which say how much of it could be decoded."""
    decoded = item.media.fraction if item.media else 1.0
    digests = (MatchKind.EXACT, MatchKind.COLLISION)
    return ScanResult(
        item,
        tuple(replace(each, fraction=1.0 if each.kind in digests else decoded) for each in matches),
    )


RESULTS = st.builds(_of, ITEMS, st.lists(MATCHES, max_size=3))
TIMES_OF_ITEMS = st.dictionaries(_TEXT, _TEXT, max_size=3)
