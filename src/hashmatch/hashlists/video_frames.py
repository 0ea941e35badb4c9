"""What the formats that hold nothing but frames of videos can carry of an entry."""

from collections import Counter

from hashmatch.model import Entry, KnownHash


def frames_of(entry: Entry, lost: Counter[str]) -> list[KnownHash]:
    """The frames of an entry that can be written; what cannot is counted."""
    pdq = [known for known in entry.hashes if known.hash.algorithm == "pdq"]
    whole = [known for known in pdq if not known.part]
    kept = [known for known in whole if known.quality is not None]
    kept.sort(key=lambda known: known.time or 0.0)
    for what, count in (
        ("an entry without any frame", int(not kept)),
        ("an entry's own id", int(entry.id != str(entry.number))),
        ("a digest", len(list(entry.digests.items()))),
        ("a hash of another algorithm than pdq", len(entry.hashes) - len(pdq)),
        ("a hash of a part of the picture", len(pdq) - len(whole)),
        ("a frame without quality", len(whole) - len(kept)),
        ("category, scheme or known-good", int(bool(_classed(entry)))),
        ("details", int(bool(entry.details))),
    ):
        if count:
            lost[what] += count
    return kept


def _classed(entry: Entry) -> bool:
    return bool(entry.category or entry.scheme or entry.known_good)
