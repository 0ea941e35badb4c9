"""What is said of every hash list that was read, whichever command read it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashmatch.model.digests import DIGESTS

if TYPE_CHECKING:
    from hashmatch.hashlists.reading import HashList
    from hashmatch.hashlists.table import EntryTable


def facts_of(read: "HashList", file: Path, known_good_entries: int) -> dict[str, Any]:
    """What is in a hash list that was read from a file, for JSON.

    Args:
        read: the list.
        file: as it was named.
        known_good_entries: how many of its entries count as harmless, as it is treated.
    """
    return {
        "record": "list",
        "list": read.name,
        "file": str(file),
        "format": read.format,
        "sha256": read.sha256,
        "version": read.version,
        "entries": len(read.entries),
        "known_good_entries": known_good_entries,
        "withdrawn": len(read.withdrawn),
        "quarantined": len(read.quarantined),
        "counts": counts_of(read.entries),
    }


def counts_of(entries: "EntryTable") -> dict[str, int]:
    """How many values were read as which digest or algorithm."""
    names = (*entries.digests, *entries.algorithms)
    return {name: count for name in names if (count := entries.count(name))}


def count_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Numbers of values in words, with the bits that hashes of each algorithm have."""
    from hashmatch.model.hash import bits_of

    for name, count in counts.items():
        if name in DIGESTS:
            yield f"{count:,} {name}"
        elif bits := bits_of(name):
            yield f"{count:,} {name} ({bits} bits each)"
        else:
            yield f"{count:,} {name} (opaque: carried, and never compared)"
