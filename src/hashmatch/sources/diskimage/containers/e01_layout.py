"""Which chunks of an EnCase image (E01) lie in which of its segments."""

from dataclasses import dataclass, field, replace
from typing import Self

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, Facts
from hashmatch.sources.diskimage.containers import e01_sections as parts


@dataclass(slots=True)
class Table:
    """Where some chunks lie.

    Attributes:
        file: the segment.
        sections: of the table and its copy, as far as they have a head.
        count: of the chunks.
        base: what their places count from.
        end: of the last one in the segment.
        first: number of the first chunk.
    """

    file: Bytes
    sections: list[parts.Section]
    count: int
    base: int
    end: int
    first: int = 0


class _ForeignError(UnreadableError):
    """A segment of another image."""


@dataclass(slots=True)
class Layout:
    """What the sections of all segments say.

    Attributes:
        volume: of the medium.
        tables: of its chunks, in their order.
        facts: of the medium.
        bad: sectors that could not be read when the image was made: the first, and how many.
        problems: what is damaged.
    """

    volume: parts.VolumeSection = field(default_factory=parts.VolumeSection)
    tables: list[Table] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    bad: list[tuple[int, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, segments: list[Bytes]) -> Self:
        """Look at the sections of all segments.

        Raises:
            OSError: one cannot be read.
            UnreadableError: one is a segment of another image, or none says what it holds.
        """
        layout = cls()
        # What lies behind damage has no number, unless it is counted from the end.
        runs: list[list[Table]] = [[]]
        for file in segments:
            try:
                layout._read_sections(file, runs[-1])
            except _ForeignError:
                raise
            except UnreadableError as error:
                layout.problems.append(error.detail)
                runs.append([])
        chunk = layout.volume.chunk
        if not chunk:
            name = segments[0].name
            detail = "; ".join([f"{name} does not say what it holds", *layout.problems])
            raise UnreadableError(Reason.DAMAGED, detail)
        chunks = -(-layout.volume.size // chunk)
        layout.tables = _numbered(runs, chunks)
        listed = sum(table.count for table in layout.tables)
        if 0 < chunks < listed:
            layout.problems.append(
                f"the segments of {segments[0].name} hold {listed:,} chunks, and its medium has "
                f"{chunks:,}: one may be of another image; compare the digests of the medium"
            )
        return layout

    def _read_sections(self, file: Bytes, tables: list[Table]) -> None:
        data_end = 0
        headless: parts.Section | None = None
        for section in parts.sections(file):
            kind = section.kind
            if headless and kind != "table2":
                break
            if kind == "sectors":
                data_end = section.end
            elif kind == "table2" and not headless and tables and tables[-1].file is file:
                tables[-1].sections.append(section)
            elif kind in ("table", "table2"):
                head = parts.table_head(file, section)
                headless = None if head else section
                if head:
                    tables.append(Table(file, [section], *head, data_end or section.end))
            else:
                self._note_facts(file, section)
        if headless:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name}: its table of chunks at {headless.start:,} is damaged"
            )

    def _note_facts(self, file: Bytes, section: parts.Section) -> None:
        """What a section says; damage of it alone is told, and the chunks are read all the same."""
        try:
            self._read_facts(file, section)
        except _ForeignError:
            raise
        except UnreadableError as error:
            self.problems.append(error.detail)

    def _read_facts(self, file: Bytes, section: parts.Section) -> None:
        facts = self.facts
        if section.kind in ("volume", "disk", "data"):
            volume = parts.volume_of(file, section)
            if not self.volume.chunk:
                self.volume = volume
                self.facts = replace(facts, media=volume.media, sector=volume.sector)
            elif volume != replace(self.volume, media=volume.media):
                detail = f"{file.name} is a segment of another image than the first one"
                raise _ForeignError(Reason.DAMAGED, detail)
        elif section.kind in ("header", "header2"):
            described = {**facts.described, **parts.described(file, section)}
            self.facts = replace(facts, described=described)
        elif section.kind in ("hash", "digest"):
            digests = {**parts.digests_of(file, section), **facts.digests}
            self.facts = replace(facts, digests=digests)
        elif section.kind == "error2":
            self.bad += parts.bad_sectors(file, section)


def _numbered(runs: list[list[Table]], chunks: int) -> list[Table]:
    """The tables whose chunks have a number, in their order.

    Args:
        runs: tables without damage between them; damage lies between the runs.
        chunks: of the medium; 0 where it is not known.
    """
    first = 0
    for table in runs[0]:
        table.first = first
        first += table.count
    if len(runs) == 1:
        return runs[0]
    at = chunks - sum(table.count for table in runs[-1])
    if at < first:
        return runs[0]
    for table in runs[-1]:
        table.first = at
        at += table.count
    return [*runs[0], *runs[-1]]
