"""Cases that were never scanned: records as a database would give them back."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hashmatch.model import (
    Alignment,
    Alpha,
    Band,
    Digests,
    Grade,
    ItemStatus,
    Json,
    Match,
    MatchKind,
    Mode,
    RunStatus,
)
from hashmatch.model.orientation import Orientation
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.records import (
    CaseRecord,
    ItemRecord,
    RunRecord,
    SightingRecord,
    SourceRecord,
    Viewing,
)

HOSTILE = (
    "<script>alert(1)</script>.jpg",
    "=cmd|'/c calc'!A1.jpg",
    "</script></style></table><img src=x onerror=alert(1)>.jpg",
    "data:text/html,<b>bold</b>.jpg",
    "holiday\u202egpj.exe",
    "two\nlines\r\x1b[31mred\x07.jpg",
    "bytes\udcff\udc80.jpg",
    "@SUM(A1;=1+1).png",
    "a" * 251 + ".jpg",
    "שלום-عالم.jpg",
    "Z̴̡̛͙̹͈̗̫̗̩̙͉͉̀̀̑̎͑́̿̏̈́͌a̷lgo.jpg",
    "   spaces   \u00a0 .jpg",
    "https://example.org/?q=a&b.jpg",
    "bild-äöü-写真-📷.jpg",
)


VIEWING = Viewing("2026-11-28T10:00:00.000+00:00", "A. Meier", "identification of a victim")


@dataclass
class InMemory:
    """A case reader over lists."""

    record: CaseRecord
    seen: Sequence[SightingRecord] = ()
    all_items: Sequence[ItemRecord] = field(default_factory=list)

    def case(self, name: str, /) -> CaseRecord:
        assert name == self.record.name
        return self.record

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        assert case == self.record.name
        return iter(self.seen)

    def items(
        self, case: str, /, *, status: ItemStatus, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        assert case == self.record.name
        found = (item for item in self.all_items if item.status == status)
        return (item for item in found if item.reason or not in_part)


class Many:
    """A case whose sightings exist only while they are read."""

    def __init__(self, count: int) -> None:
        self.count = count

    def case(self, name: str, /) -> CaseRecord:
        return case(source(items=self.count, hashed=self.count), name=name)

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        assert case
        one = sighting(0, item(), match())
        for number in range(self.count):
            path = f"f{number % 97}/{number}.jpg"
            file = replace(one.item, id=number, locator=path, digests=Digests(md5=f"{number:032x}"))
            yield replace(one, id=number, item=file)

    def items(
        self, case: str, /, *, status: ItemStatus, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        assert case
        assert in_part or status is ItemStatus.UNREADABLE
        return iter(())


def digests(content: object) -> Digests:
    data = repr(content).encode("utf-8", "surrogatepass")
    return Digests(
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def item(number: int = 1, locator: str = "DCIM/100/IMG_0001.jpg", **changed: object) -> ItemRecord:
    base = ItemRecord(
        id=number,
        source=1,
        locator=locator,
        size=2_483_112,
        digests=digests(locator),
        times={
            "modified": "2024-07-19T16:02:11.5Z",
            "accessed": "2025-11-02T08:44:59Z",
            "changed": "2024-07-19T16:02:11Z",
        },
        status=ItemStatus.HASHED,
        hash=f"pdq:{hashlib.sha256(str(number).encode()).hexdigest()}",
        quality=97,
        width=4032,
        height=3024,
        format="jpeg",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def match(**changed: object) -> Match:
    base = Match(
        list_name="VIC-US",
        entry_id="184467",
        category="1",
        kind=MatchKind.PERCEPTUAL,
        algorithm="pdq",
        distance=12,
        threshold=31,
        number=18,
        list_sha256="ab" * 32,
        scheme="VIC_US",
        mode=Mode.FAST,
        quality=97,
        entry_quality=100,
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def segment(number: int = 1, **changed: object) -> Alignment:
    start, known = 61.4 * number, 12.0 + 45 * number
    base = Alignment(
        *(start, start + 29.75, known, known + 30.4, Grade.STRONG, 30, 24, 11.25, 1.02, 0.21, 0.17),
        part="content" if number % 2 else "",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


VIDEO = {"kind": MatchKind.VIDEO, "algorithm": "pdq", "distance": 11, "threshold": 31}
VIDEO |= {"quality": None, "entry_quality": None, "part": "", "frame": 0}
STILL: dict[str, Any] = {"grade": Grade.STILL, "pictures": 1, "speed": None}


def clip(number: int = 1, locator: str = "DCIM/100/MVI_0001.MP4", **changed: object) -> ItemRecord:
    """A video on record."""
    of_video: dict[str, object] = {
        "hash": "",
        "quality": None,
        "format": "mov",
        "width": 1920,
        "height": 1080,
    }
    of_video |= {"duration": 421.3, "codec": "h264", "sampling": "query", "frames": 12_640}
    return item(number, locator, **(of_video | changed))


def sighting(number: int, of: ItemRecord, how: Match, **changed: object) -> SightingRecord:
    at = "2026-03-02T09:14:07Z"
    return replace(SightingRecord(number, of, how, 1, at), **changed)  # type: ignore[arg-type]


EXACT = {"kind": MatchKind.EXACT, "algorithm": "sha256", "distance": 0, "threshold": 0}
EXACT |= {"quality": None, "entry_quality": None, "mode": ""}
PROBABLE = {"band": Band.PROBABLE, "distance": 40, "threshold": 46}


_POLICY: dict[str, Json] = {
    "known_good": None,
    "thresholds": {"pdq": 31},
    "categories": {"VIC_US/5": {"known_good": True, "thresholds": {}, "categories": {}}},
}


def lists() -> tuple[ListRecord, ...]:
    return (
        ListRecord("VIC-US", ("ab" * 32, "0c" * 32), "2026-02", 1_204_331, policy=_POLICY),
        ListRecord("NCMEC", ("cd" * 32,), "2026-02-27", 310_872),
        ListRecord(
            "NSRL",
            ("ef" * 32,),
            "RDS 2026.03.1",
            48_112_003,
            known_good=True,
            policy={"known_good": True, "thresholds": {}, "categories": {}},
        ),
    )


def run(**changed: object) -> RunRecord:
    base = RunRecord(
        id=1,
        started="2026-03-02T09:12:44Z",
        ended="2026-03-02T10:31:05Z",
        status=RunStatus.DONE,
        tool="0.4.0",
        libraries={"simplejpeg": "1.8.2", "pillow": "11.3.0", "faiss": "1.11.0", "av": "15.0.0"},
        command="hashmatch scan /evidence/A-7 --against lab.index --case 2026-0417 "
        "--db lab.sightings --profile wide",
        host="forensic-03",
        profile={
            "name": "wide",
            "thresholds": {"pdq": 31},
            "probable": {"pdq": 46},
            "minimum_quality": 50,
            "probable_quality": 90,
            "minimum_fraction": 0.95,
            "source": "Meta, 'The TMK+PDQF video-hashing algorithm and the PDQ image-hashing "
            "algorithm' (2019): match at 31 or less, discard quality 49 or less",
        },
        lists=lists(),
        fingerprint="5d" * 32,
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def case(
    *sources: SourceRecord, name: str = "2026-0417", runs: Sequence[RunRecord] | None = None
) -> CaseRecord:
    runs = (run(),) if runs is None else tuple(runs)
    return CaseRecord(name, tuple(runs), sources or (source(),), lists(), "9f" * 32, 48_112)


def source(number: int = 1, label: str = "A-7", **changed: object) -> SourceRecord:
    path = f"/evidence/{label}"
    return replace(SourceRecord(number, label, "folder", path), **changed)  # type: ignore[arg-type]


def holding(seen: Iterable[SightingRecord], items: Iterable[ItemRecord] = ()) -> InMemory:
    """A case of one source whose counters fit these sightings and items."""
    seen = list(seen)
    all_items = list({each.item.id: each.item for each in seen}.values()) + list(items)
    statuses = [each.status for each in all_items]
    hashed = [each for each in all_items if each.status is ItemStatus.HASHED]
    raised = {each.item.id for each in seen if each.match.reportable}
    counted = source(
        items=len(all_items),
        hashed=len(hashed),
        unreadable=statuses.count(ItemStatus.UNREADABLE),
        skipped=statuses.count(ItemStatus.SKIPPED),
        videos=sum(each.is_video for each in all_items),
        incomplete=sum(
            each.status is ItemStatus.HASHED and bool(each.reason) for each in all_items
        ),
        matched=len(raised),
        bytes=sum(each.size or 0 for each in all_items),
    )
    return InMemory(case(counted), seen, all_items)


def _how(rng: random.Random, quality: int | None) -> Match:
    """One of the ways in which an item meets an entry."""
    how = match(
        entry_id=str(rng.randrange(100_000, 999_999)),
        category=rng.choice("1112"),
        distance=min(31, int(rng.expovariate(0.12))),
        quality=quality,
    )
    if rng.random() < 0.25:
        how = replace(
            how, list_name="NCMEC", category=rng.choice(["A1", "A2", "B1"]), scheme="NCMEC"
        )
    changes: tuple[tuple[int, dict[str, object]], ...] = (
        (30, EXACT),
        (12, {**PROBABLE, "distance": rng.randrange(32, 47)}),
        (7, {"orientation": Orientation.MIRRORED, "inverted": True}),
        (7, {"orientation": Orientation.ROTATED_90}),
        (6, {"part": "centre", "frame": 3, "alpha": Alpha.DROPPED}),
        (8, {**EXACT, "known_good": True, "list_name": "NSRL", "category": "", "scheme": ""}),
        (5, {"suppressed": True}),
        (25, {}),
    )
    (changed,) = rng.choices([each for _, each in changes], [weight for weight, _ in changes])
    return replace(how, **changed)  # type: ignore[arg-type]


def example(count: int = 46, seed: int = 4) -> InMemory:
    """A case with everything that a report can show."""
    rng = random.Random(seed)
    seen: list[SightingRecord] = []
    items: list[ItemRecord] = []
    for number in range(1, count + 1):
        name = HOSTILE[number // 3 % len(HOSTILE)] if number % 3 == 0 else f"IMG_{number:04}.jpg"
        folder = rng.choice(("Users/k/Pictures/2024", "DCIM/100MEDIA", "Downloads/neu", ".cache"))
        file = item(
            number,
            f"{folder}/{name}",
            source=rng.choice((1, 1, 1, 2, 2, 3)),
            size=rng.randrange(20_000, 6_000_000),
            quality=rng.randrange(51, 101),
            digests=digests(number // 18 if number % 9 == 0 else number * 1000),
        )
        if number == 6:
            file = replace(file, fraction=0.97, reason="truncated")
        how = _how(rng, file.quality)
        if number % 2:
            file = replace(file, flags=("oriented",))
            how = replace(
                how,
                entry_hash=f"pdq:{hashlib.sha256(how.entry_id.encode()).hexdigest()}",
                entry_digests=digests(how.entry_id),
                details={"Series": f"series {number % 5}", "Tags": ["indoor", number]},
            )
        if number % 15 == 4:
            file, how = _of_video(number, file, how)
        seen.append(sighting(len(seen) + 1, file, how))
        items.append(file)
        if number % 8 == 3:
            also = {"list_name": "NCMEC", "category": "A1", "scheme": "NCMEC"}
            also["entry_id"] = "88d1-77"
            other = replace(how, suppressed=False, **also)  # type: ignore[arg-type]
            seen.append(sighting(len(seen) + 1, file, other))
    items += _broken(len(items) + 1)
    return InMemory(case(*_counted(seen, items)), seen, items)


def _of_video(number: int, file: ItemRecord, how: Match) -> tuple[ItemRecord, Match]:
    """A video in the file's place, and where in time it meets the entry."""
    locator = file.locator.removesuffix(".jpg") + ".mp4"
    file = clip(number, locator, source=file.source, size=file.size, damaged=number % 2 * 3)
    turned = segment(
        2, start=300.2, end=331.0, orientation=Orientation.MIRRORED, grade=Grade.PROBABLE
    )
    still = segment(3, end=184.2, known_end=147.0, frames=1, **STILL)
    picture = segment(start=83.44, end=83.44, known_start=0, known_end=0, known_coverage=1, **STILL)
    segments = {4: (segment(),), 19: (segment(), turned, still), 34: (picture,)}
    return file, replace(how, **VIDEO, segments=segments[number])  # type: ignore[arg-type]


def _broken(first: int) -> Iterator[ItemRecord]:
    reasons = (
        ("damaged", "not a complete picture: no scan data"),
        ("too-many-pixels", "900,000,000 pixels are more than the limit of 512,000,000"),
        ("io-error", "Permission denied"),
        ("out-of-memory", "the worker exceeded its memory limit and was replaced"),
    )
    for number, (reason, detail) in enumerate(reasons, first):
        yield item(
            number,
            f"Users/k/AppData/<{reason}>.dat",
            status=ItemStatus.UNREADABLE,
            reason=reason,
            detail=detail,
            hash="",
            quality=None,
            width=0,
            height=0,
        )


def _counted(seen: list[SightingRecord], items: list[ItemRecord]) -> Iterator[SourceRecord]:
    labels = {1: "A-7 laptop, internal SSD", 2: "A-9 phone, storage", 3: "B-2 USB stick"}
    raised = {each.item.id for each in seen if each.match.reportable}
    good = {each.item.id for each in seen if each.match.known_good}
    for where, label in labels.items():
        own = [each for each in items if each.source == where]
        hashed, skipped = 18_204 * where, 77_310 * where
        unreadable = sum(each.status is ItemStatus.UNREADABLE for each in own)
        yield source(
            where,
            label,
            path=f"/mnt/evidence/{label.split()[0]}",
            identity={"device": 2049 + where, "file system": "ext4", "uuid": "1f6e-77aa"},
            items=hashed + unreadable + skipped,
            hashed=hashed,
            unreadable=unreadable,
            skipped=skipped,
            videos=sum(each.is_video for each in own),
            incomplete=sum(bool(each.reason) and each.status is ItemStatus.HASHED for each in own),
            known_good=sum(each.id in good for each in own),
            matched=sum(each.id in raised for each in own),
            bytes=41_220_118_004 * where,
        )
