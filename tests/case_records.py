"""Cases that were never scanned: records as a database would give them back."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hashmatch.model import Alpha, Band, Digests, Match, MatchKind
from hashmatch.orientation import Orientation
from hashmatch.sightings.records import (
    CaseRecord,
    ItemRecord,
    ListRecord,
    RunRecord,
    SightingRecord,
    SourceRecord,
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

    def items(self, case: str, /, *, status: str) -> Iterator[ItemRecord]:
        assert case == self.record.name
        return (item for item in self.all_items if item.status == status)


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
        status="hashed",
        hash=f"pdq:{hashlib.sha256(str(number).encode()).hexdigest()}",
        quality=97,
        width=4032,
        height=3024,
        format="jpeg",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def match(**changed: object) -> Match:
    base = Match(
        list="VIC-US",
        entry="184467",
        category="1",
        kind=MatchKind.PERCEPTUAL,
        algorithm="pdq",
        distance=12,
        threshold=31,
        number=18,
        source="ab" * 32,
        scheme="VIC_US",
        mode="fast",
        quality=97,
        entry_quality=100,
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def sighting(number: int, of: ItemRecord, how: Match, **changed: object) -> SightingRecord:
    at = "2026-03-02T09:14:07Z"
    return replace(SightingRecord(number, of, how, 1, at), **changed)  # type: ignore[arg-type]


EXACT = {"kind": MatchKind.EXACT, "algorithm": "sha256", "distance": 0, "threshold": 0}
EXACT |= {"quality": None, "entry_quality": None, "mode": ""}
PROBABLE = {"band": Band.PROBABLE, "distance": 40, "threshold": 46}


def lists() -> tuple[ListRecord, ...]:
    return (
        ListRecord("VIC-US", ("ab" * 32, "0c" * 32), "2026-02", 1_204_331),
        ListRecord("NCMEC", ("cd" * 32,), "2026-02-27", 310_872),
        ListRecord("NSRL", ("ef" * 32,), "RDS 2026.03.1", 48_112_003, known_good=True),
    )


def run(**changed: object) -> RunRecord:
    base = RunRecord(
        id=1,
        started="2026-03-02T09:12:44Z",
        ended="2026-03-02T10:31:05Z",
        status="done",
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


def holding(
    seen: Iterable[SightingRecord], items: Iterable[ItemRecord] = (), **about: str
) -> InMemory:
    """A case of one source whose counters fit these sightings and items."""
    seen = list(seen)
    all_items = list({each.item.id: each.item for each in seen}.values()) + list(items)
    statuses = [each.status for each in all_items]
    raised = {each.item.id for each in seen if each.match.raised}
    counted = source(
        items=len(all_items),
        hashed=statuses.count("hashed"),
        unreadable=statuses.count("unreadable"),
        skipped=statuses.count("skipped"),
        incomplete=sum(each.status == "hashed" and bool(each.reason) for each in all_items),
        matched=len(raised),
        bytes=sum(each.size or 0 for each in all_items),
    )
    return InMemory(case(counted, **about), seen, all_items)


def example(count: int = 46, seed: int = 4) -> InMemory:
    """A case with everything that a report can show."""
    rng = random.Random(seed)
    labels = {1: "A-7 laptop, internal SSD", 2: "A-9 phone, DCIM", 3: "B-2 USB stick"}
    seen: list[SightingRecord] = []
    items: list[ItemRecord] = []
    number = 0
    for index in range(count):
        number += 1
        where = rng.choice([1, 1, 1, 2, 2, 3])
        name = HOSTILE[index % len(HOSTILE)] if index % 3 == 2 else f"IMG_{rng.randrange(9999):04}.jpg"
        folder = rng.choice(["Users/k/Pictures/2024", "DCIM/100MEDIA", "Downloads/neu", "x/.cache"])
        size = rng.randrange(20_000, 6_000_000)
        file = item(number, f"{folder}/{name}", source=where, size=size, quality=rng.randrange(51, 101))
        file = replace(file, digests=digests(index // 4) if index % 9 == 0 else file.digests)
        if index == 5:
            file = replace(file, fraction=0.97, reason="truncated")
        kind = rng.random()
        how = match(
            entry=str(rng.randrange(100_000, 999_999)),
            category=rng.choice("1112"),
            distance=min(31, int(rng.expovariate(0.12))),
            quality=file.quality,
        )
        if rng.random() < 0.25:
            how = replace(how, list="NCMEC", category=rng.choice(["A1", "A2", "B1"]), scheme="NCMEC")
        if kind < 0.3:
            how = replace(how, **EXACT)  # type: ignore[arg-type]
        elif kind < 0.42:
            how = replace(how, **PROBABLE)  # type: ignore[arg-type]
            how = replace(how, distance=rng.randrange(32, 47))
        elif kind < 0.56:
            turned = rng.choice([Orientation.MIRRORED, Orientation.ROTATED_90])
            how = replace(how, orientation=turned, complement=rng.random() < 0.3)
        elif kind < 0.62:
            how = replace(how, part="centre", frame=3, alpha=Alpha.DROPPED)
        elif kind < 0.7:
            how = replace(how, **EXACT, known_good=True, list="NSRL", category="", scheme="")  # type: ignore[arg-type]
        elif kind < 0.75:
            how = replace(how, suppressed=True)
        seen.append(sighting(len(seen) + 1, file, how))
        items.append(file)
        if index % 8 == 3:
            other = replace(how, list="NCMEC", category="A1", scheme="NCMEC", entry="88d1-77", suppressed=False)
            seen.append(sighting(len(seen) + 1, file, other))
    for reason, detail in (
        ("damaged", "not a complete picture: no scan data"),
        ("too-many-pixels", "900,000,000 pixels are more than the limit of 512,000,000"),
        ("io-error", "Permission denied"),
        ("out-of-memory", "the worker exceeded its memory limit and was replaced"),
    ):
        number += 1
        broken = item(number, f"Users/k/AppData/<{reason}>.dat", source=1, status="unreadable")
        items.append(replace(broken, reason=reason, detail=detail, hash="", quality=None, width=0, height=0))
    raised = {each.item.id for each in seen if each.match.raised}
    good = {each.item.id for each in seen if each.match.known_good}
    sources = []
    for where, label in labels.items():
        own = [each for each in items if each.source == where]
        hashed = 18_204 * where
        broken_ones = sum(each.status == "unreadable" for each in own)
        sources.append(
            source(
                where,
                label,
                path=f"/mnt/evidence/{label.split()[0]}",
                identity={"device": 2049 + where, "file system": "ext4", "uuid": "1f6e-77aa"},
                items=hashed + broken_ones + 77_310 * where,
                hashed=hashed,
                unreadable=broken_ones,
                skipped=77_310 * where,
                incomplete=sum(bool(each.reason) and each.status == "hashed" for each in own),
                known_good=sum(each.id in good for each in own),
                matched=sum(each.id in raised for each in own),
                bytes=41_220_118_004 * where,
            )
        )
    return InMemory(case(*sources), seen, items)
