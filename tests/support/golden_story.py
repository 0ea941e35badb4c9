"""What is in the files of tests/golden that one version of hashmatch wrote.

`tests/golden/0.1.0` and `sightings-5.sql` were written by the code of commit b4b45c4, before fields
of matches were renamed, enums came and a video was no picture any more: of the values below, as
they were spelled then.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from hashmatch.model import (
    Alpha,
    Band,
    Digests,
    Entry,
    Hash,
    KnownHash,
    MatchKind,
    ScanResult,
)
from hashmatch.model.orientation import Orientation
from tests.support.places import GOLDEN
from tests.support.sighting_values import digests, match, results

WRITTEN: Final = GOLDEN / "0.1.0"
FACTS: Final[dict[str, Any]] = json.loads((WRITTEN / "facts.json").read_text(encoding="utf-8"))
"""What the code that wrote them said of them."""


def seen() -> list[ScanResult]:
    """The items of the scans in `sightings-5.sql`."""
    found = [_with_entries(number, each) for number, each in enumerate(results(18))]
    collision = match(
        7,
        kind=MatchKind.COLLISION,
        algorithm="md5",
        distance=0,
        threshold=0,
        suppressed=True,
        mode=None,
        quality=None,
    )
    negative = match(
        6,
        inverted=True,
        orientation=Orientation.MIRRORED,
        alpha=Alpha.DROPPED,
        band=Band.PROBABLE,
        distance=40,
        frame=2,
        part="content",
        entry_quality=88,
    )
    found[1] = replace(found[1], matches=(*found[1].matches, collision))
    found[2] = replace(found[2], matches=(*found[2].matches, negative))
    return found


def _with_entries(number: int, result: ScanResult) -> ScanResult:
    """Every other item with what the list says of the entries that it matches."""
    if not number % 2:
        return result
    matches = tuple(
        replace(
            each,
            entry_hash="pdq:" + hashlib.sha256(each.entry_id.encode()).hexdigest(),
            entry_digests=digests(each.entry_id),  # type: ignore[arg-type] # any text will do
            details={"series": f"s{number % 3}", "tags": ["a", number], "odd": None},
        )
        for each in result.matches
    )
    return replace(result, matches=matches)


def entries() -> Sequence[Entry]:
    """The entries of the hash lists."""
    film = tuple(
        KnownHash(_hash(f"film{at}"), 60 + at, "content" if at % 4 == 3 else "", at * 1.001)
        for at in range(12)
    )
    of_two = (
        KnownHash(_hash("2"), 55),
        KnownHash(_hash("2", "phash-64", 8)),
        KnownHash(_hash("2c"), 80, "content"),
    )
    opaque = KnownHash(Hash("photodna", bytes(range(144))))
    return (
        _entry(1, "one", (KnownHash(_hash("1"), 97),), Series="alpha", Tags=["indoor"]),
        replace(_entry(2, "two", of_two, VictimIdentified=False), category="2"),
        replace(_entry(3, "three"), digests=Digests(md5=_digests("three").md5)),
        replace(
            _entry(4, "four", (KnownHash(_hash("4")),), note='caf\u00e9, "quoted"; line'),
            digests=Digests(),
            category="2",
        ),
        _entry(5, "film", film, duration=12.5),
        _entry(6, "opaque", (opaque,)),
    )


def _entry(number: int, of: str, hashes: tuple[KnownHash, ...] = (), **details: Any) -> Entry:
    return Entry(
        f"100{number}",
        number,
        digests=_digests(of),
        hashes=hashes,
        category="1",
        scheme="VIC_US",
        details=details,
    )


def _digests(of: str) -> Digests:
    return digests(of)  # type: ignore[arg-type] # any text will do


def _hash(of: str, algorithm: str = "pdq", width: int = 32) -> Hash:
    return Hash(algorithm, hashlib.sha512(f"{algorithm}{of}".encode()).digest()[:width])
