"""What was matched again later, without the evidence, in words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.sightings.rematch_records import RematchedScan, RematchRecord


def rematch_in_words(rematch: "RematchRecord") -> Iterator[str]:
    """What a rematch searched with, and what it did of each scan, a sentence for each."""
    lists = ", ".join(f"{each.name} {each.version}".strip() for each in rematch.lists)
    yield f"begun {rematch.at} with hashmatch {rematch.tool} on {rematch.host}: {lists}"
    yield f"command: {rematch.command}"
    yield f"profile: {rematch.profile.get('name')}"
    indexes = rematch.facts.get("indexes", {})
    files = indexes.get("files", {}) if isinstance(indexes, Mapping) else {}
    # A redacted report has no paths.
    for path, sha256 in files.items() if isinstance(files, Mapping) else ():
        yield f"file of an index: {path}, SHA-256 {sha256}"
    if not rematch.scans:
        yield "it was stopped before it came to the end of a scan of this case"
    for scan in rematch.scans:
        yield from scan_in_words(scan)


def scan_in_words(scan: "RematchedScan") -> Iterator[str]:
    """What was matched of a scan, and what could not be."""
    yield (
        f"scan {scan.scan}: {number_of(scan.items, 'item')} on record until {scan.at}, "
        f"{scan.hashed:,} matched by hashes, {scan.digests_only:,} by digests alone, "
        f"{scan.unreadable:,} unreadable; {number_of(scan.sightings, 'new sighting')}, "
        f"{scan.repeated:,} on record before"
    )
    for name, count in scan.without.items():
        yield f"scan {scan.scan}: {number_of(count, 'item')} have no hashes of {name} on record"
    for words in scan.lacking:
        yield f"scan {scan.scan}: {words}"
