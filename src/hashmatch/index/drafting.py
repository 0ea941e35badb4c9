"""Segments before they are made: entries of a list, with all that will search them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.reading import HashList
from hashmatch.hashlists.table import EntryTable
from hashmatch.index import digests
from hashmatch.index.searchable import layout_for, searchable
from hashmatch.index.section_writing import write_sections
from hashmatch.index.segment import Segment
from hashmatch.index.spacing import is_sparse_in
from hashmatch.model.layout import Layout
from hashmatch.search.made import Made

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A segment that is not made yet: its largest arrays never have to be in memory.

    Attributes:
        table: the entries, with their hashes as they were read.
        arrays: that are made: the columns of the entries, and small ones.
        made: that are not.
        meta: what they refer to.
    """

    table: EntryTable
    arrays: "Mapping[str, NDArray[Any]]"
    made: Sequence[Made]
    meta: Mapping[str, Any]

    def segment(self) -> Segment:
        """The segment in memory."""
        arrays = dict(self.arrays)
        for each in self.made:
            arrays |= each.arrays()
        return Segment(arrays, self.meta)

    def write(self, path: Path) -> str:
        """Write the segment to a file, and return the SHA-256 of that."""
        return write_sections(path, self.arrays, self.meta, self.made)


def drafted(hash_list: HashList, *, layout: Layout | None = None) -> Draft:
    """The segment of a hash list.

    Args:
        hash_list: its entries.
        layout: of the tables that search it; None takes the compact one for the frames of videos,
            of which there are many, and the fast one for pictures.
    """
    rows = [(each.number, each.reason) for each in hash_list.quarantined]
    return _indexed(hash_list.entries, [hash_list.sha256], rows, layout)


def merged(
    parts: "Sequence[tuple[Segment, NDArray[np.uint32]]]", *, layout: Layout | None = None
) -> Draft:
    """One segment of several, in their order, without the rows named beside each.

    All of each has been read.
    """
    builder, sources, quarantined = TableBuilder(), dict[str, int](), list[tuple[int, str]]()
    codes: list[NDArray[np.uint32]] = []
    for segment, withdrawn in parts:
        quarantined += segment.quarantined
        # Files of which nothing is left stay named: a part without any is none that can be read.
        ours = [sources.setdefault(source, len(sources)) for source in segment.files]
        rows = np.delete(np.arange(len(segment.table)), withdrawn)
        builder.add_table(segment.table, rows)
        codes.append(np.array(ours, np.uint32)[segment.sources_of(rows)])
    table = builder.finish()
    table = EntryTable({**table.arrays, "source": np.concatenate(codes)}, table.meta)
    return _indexed(table, list(sources), quarantined, layout)


def _indexed(
    table: EntryTable, sources: list[str], quarantined: list[tuple[int, str]], layout: Layout | None
) -> Draft:
    arrays = dict(table.arrays)
    made = [digests.made(arrays[f"{name}.values"]).named(f"{name}.") for name in table.digests]
    for name in table.algorithms:
        if f"{name}.codes" in arrays:
            chosen = layout or layout_for(arrays.get(f"{name}.time"))
            found, later = searchable(name, arrays.pop(f"{name}.codes"), chosen)
            arrays |= found
            made += later
    sparse = [name for name in table.algorithms if is_sparse_in(table.arrays, name)]
    reasons = list(dict.fromkeys(reason for _, reason in quarantined))
    codes = {reason: code for code, reason in enumerate(reasons)}
    arrays["quarantined.number"] = np.array([number for number, _ in quarantined], np.uint64)
    arrays["quarantined.reason"] = np.array([codes[why] for _, why in quarantined], np.uint32)
    meta = {**table.meta, "sources": sources, "reasons": reasons, "sparse": sparse}
    return Draft(table, arrays, made, meta)
