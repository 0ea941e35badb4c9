"""Whether the entries in an index are those of the publisher's file that it names."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hashmatch.errors import SourceError
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.entries import entries_sha256
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList
from hashmatch.model import Entry
from hashmatch.model.changes import Change

if TYPE_CHECKING:
    from pathlib import Path

    from hashmatch.index.generation import ListSource


@dataclass(frozen=True, slots=True)
class Comparison:
    """The entries of one list in an index, beside those of a file that they came from.

    Attributes:
        list_name: name of the list.
        sha256: of the file.
        entries: how many the file gives, read again.
        same: how many of them the index holds, each with all that the file says of it.
        withdrawn: how many of those do not match any more, on record.
        replaced: how many are not there any more because newer files came, or by withdrawal.
        missing: how many are not there, and nothing on record says why.
        foreign: how many the index holds as from this file that the file does not give.
        recorded: the SHA-256 of the entries that the index names; empty if an older version wrote
            it.
        found: the SHA-256 of the entries of the file, read again.
    """

    list_name: str
    sha256: str
    entries: int
    same: int
    withdrawn: int
    replaced: int
    missing: int
    foreign: int
    recorded: str
    found: str

    @property
    def passed(self) -> bool:
        """Whether the index holds what the file says, and nothing else in its name."""
        agrees = self.recorded in ("", self.found)
        return agrees and not self.missing and not self.foreign


def compare_source(index: Index, path: "Path") -> list[Comparison]:
    """Read a publisher's file again and compare it with every list that came from it.

    Args:
        index: opened; all of it is proven first.
        path: of the file; it is found in the index by its SHA-256.

    Raises:
        DamagedIndexError: the index is damaged.
        ListFormatError: the file cannot be read.
        SourceError: no list in the index came from this file.
    """
    read: dict[tuple[str, str], HashList] = {}
    found: list[Comparison] = []
    plain = read_list(path)
    for known in index.lists:
        for source in known.sources:
            if source.sha256 == plain.sha256:
                columns = source.details.get("columns")
                mapping = dict(columns) if isinstance(columns, dict) else {}
                key = source.form, repr(mapping)
                if key not in read:
                    same = source.form == plain.format and not mapping
                    again = plain if same else read_list(path, format=source.form, columns=mapping)
                    read[key] = again
                found.append(_compared(index, known, source, read[key]))
    if not found:
        msg = f"no list in the index {index.path} came from {path} (SHA-256 {plain.sha256})"
        raise SourceError(msg)
    return found


def _compared(index: Index, known: KnownList, source: "ListSource", read: HashList) -> Comparison:
    there, withdrawn = Counter[bytes](), 0
    for part in known.parts:
        part.segment.prove()
        gone = set(part.withdrawn.tolist())
        for row, entry in enumerate(part.segment.table):
            if part.segment.source_of(row) == source.sha256:
                there[_digest(entry)] += 1
                withdrawn += row in gone
    wanted = Counter(map(_digest, read.entries))
    same = (there & wanted).total()
    lost = wanted - there
    accounted = _accounted(index, known, source, (e for e in read.entries if _digest(e) in lost))
    missing = lost.total() - accounted
    return Comparison(
        list_name=known.name,
        sha256=source.sha256,
        entries=len(read.entries),
        same=same,
        withdrawn=withdrawn,
        replaced=accounted,
        missing=missing,
        foreign=(there - wanted).total(),
        recorded=source.entries_sha256,
        found=entries_sha256(read.entries),
    )


def _accounted(index: Index, known: KnownList, source: "ListSource", lost: Iterable[Entry]) -> int:
    """How many entries left the index by what is on record: withdrawn, or replaced by an update.

    An update says by its number how many entries it replaced or took back, not which.
    """
    ids: set[str] = set()
    updates, live = 0, False
    for event in index.generation.history:
        if event.list == known.name:
            live = live or event.source == source.sha256
            if live and event.action == Change.WITHDRAW:
                taken = event.details.get("ids")
                ids |= set(map(str, taken)) if isinstance(taken, list) else set()
            elif live and event.source != source.sha256:
                updates += event.withdrawn
    named = unnamed = 0
    for entry in lost:
        if entry.id in ids:
            named += 1
        else:
            unnamed += 1
    return named + min(unnamed, updates)


def _digest(entry: Entry) -> bytes:
    """A digest of all that an entry says."""
    hashes = [
        (each.hash.algorithm, each.hash.value, each.quality, each.part, each.time, each.place)
        for each in entry.hashes
    ]
    details = json.dumps(entry.details, sort_keys=True)
    told = (entry.id, entry.number, list(entry.digests.items()), hashes, details)
    ruled = (entry.category, entry.scheme, entry.known_good)
    text = repr((told, ruled)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()
