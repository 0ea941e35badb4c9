"""Hashes and lists for tests of matching."""

from typing import Any

from hashmatch.errors import (
    Reason,
)
from hashmatch.hashlists.reading import HashList
from hashmatch.model import (
    Decoder,
    Digests,
    Entry,
    Hash,
    KnownHash,
    MediaHashes,
    Mode,
    Reading,
)

KNOWN = Hash("pdq", bytes(16) + b"\xff" * 16)


def near(bits: int) -> Hash:
    return Hash("pdq", (int.from_bytes(KNOWN.value) ^ ((1 << bits) - 1)).to_bytes(32))


def image(*readings: Reading, fraction: float = 1.0) -> MediaHashes:
    reason = None if fraction == 1 else Reason.TRUNCATED
    return MediaHashes(
        readings,
        Mode.EXACT,
        width=9,
        height=9,
        format="png",
        decoder=Decoder.PILLOW,
        fraction=fraction,
        reason=reason,
    )


def listed(*entries: Entry, name: str = "list") -> HashList:
    return HashList.of(name, entries)


def entry(id: str, *known: Hash, quality: int | None = None, **more: Any) -> Entry:  # noqa: A002 (the field's name)
    return Entry(id, hashes=tuple(KnownHash(each, quality) for each in known), **more)


ONE = listed(
    entry("e1", KNOWN, quality=90, digests=Digests(md5="0" * 32), category="1", scheme="VIC_US")
)
