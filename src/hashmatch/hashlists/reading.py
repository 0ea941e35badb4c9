"""A publisher's file to a hash list: recognised, read in a stream, accounted for."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hashmatch import registry
from hashmatch.errors import ListFormatError, check_type, there_is
from hashmatch.hashlists.base import (
    About,
    BulkReader,
    ListFile,
    ListFormat,
    Quarantined,
    Row,
    Withdrawn,
)
from hashmatch.hashlists.batches import Batch
from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.foreign import marked, what_is
from hashmatch.hashlists.packed import packing_of
from hashmatch.hashlists.table import EntryTable
from hashmatch.model import Digests, Entry, Json, KnownHash
from hashmatch.model.confidence import Confidence
from hashmatch.model.notebook import of_fields
from hashmatch.model.plain import PlainValue

if TYPE_CHECKING:
    from os import PathLike

_REPORTED = 10_000
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True, repr=False)
class HashList(PlainValue):
    """A hash list, as it was read from a publisher's file.

    Attributes:
        name: what matches call it.
        format: which format it was read as.
        sha256: of the file, in hex: proves which version was used.
        version: what the publisher calls this version; empty where it does not say.
        owner: who publishes it; empty where the file does not say.
        entries: in the order of the file.
        quarantined: rows that could not be understood.
        withdrawn: ids of entries that the publisher took back.
        details: all else that the file says of itself; of a compressed one, how, and the name of
            the list inside; and the columns that were named to read it.
    """

    name: str
    format: str = ""
    _: KW_ONLY
    sha256: str = ""
    version: str = ""
    owner: str = ""
    entries: EntryTable = field(default_factory=lambda: TableBuilder().finish())
    quarantined: tuple[Quarantined, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)

    @property
    def about(self) -> About:
        """What it says of itself as a whole."""
        return About(self.name, self.version, self.owner, self.details)

    def _repr_html_(self) -> str:
        return of_fields(
            self,
            entries=len(self.entries),
            quarantined=len(self.quarantined),
            withdrawn=len(self.withdrawn),
        )

    def __repr__(self) -> str:
        which = f" ({self.format}, SHA-256 {self.sha256[:8]}…)" if self.sha256 else ""
        return f"<HashList {ascii(self.name[:40])[:80]}: {len(self.entries):,} entries{which}>"

    @classmethod
    def of(cls, name: str, entries: Iterable[Entry]) -> "HashList":
        """A hash list made here; entries without a number get that of their place, from 1."""
        check_type(name, str, "the name of a hash list is text")
        check_type(entries, Iterable, "the entries of a hash list are several Entry values")
        builder = TableBuilder()
        for number, entry in enumerate(entries, 1):
            _check_entry(entry)
            builder.add(entry if entry.number else replace(entry, number=number))
        return cls(name, entries=builder.finish())


def read_list(
    path: "str | PathLike[str]",
    *,
    name: str = "",
    format: str = "",
    columns: Mapping[str, str] | None = None,
    on_rows: Callable[[int, float], object] | None = None,
) -> HashList:
    """The hash list in a file.

    Gzip, xz and bzip2 files, and zip archives that hold one hash list, are read as they are.

    Args:
        path: of the file.
        name: what matches call it; the file's name without its ending by default.
        format: the format; recognised by content by default.
        columns: our name of a column to the file's own; says that the file is CSV.
        on_rows: called now and then with how many rows were read and which share of the file, 0–1.

    Raises:
        ListFormatError: the file cannot be read, or is no hash list.
        UnknownNameError: no such format.
    """
    check_type(name, str, "the name of a hash list is text")
    check_type(format, str, "a format is named by text")
    check_type(columns, (Mapping, type(None)), "columns are a mapping of our names to the file's")
    for ours, theirs in (columns or {}).items():
        check_type(ours, str, "our name of a column is text")
        check_type(theirs, str, "the file's name of a column is text")
    file = _opened(ListFile(Path(path), columns or {}))
    format = format or ("csv" if columns else detect(file))
    sha256 = _sha256(file)
    reader: ListFormat = registry.load("lists", format)
    gathered = _Gathered(keyed=reader.keyed)
    read = reader.read_bulk if isinstance(reader, BulkReader) else reader.read
    count, due = 0, _REPORTED
    for row in read(file):
        gathered.add(row)
        count += len(row) if isinstance(row, Batch) else 1
        if on_rows is not None and count >= due:
            on_rows(count, file.share())
            due = count + _REPORTED
    gathered.quarantined.extend(_of_packing(file, count))
    if _sha256(file) != sha256:
        msg = f"{path} changed while it was read: read it again"
        raise ListFormatError(msg)
    entries, quarantined = gathered.entries(), tuple(gathered.quarantined)
    if not len(entries) and not gathered.withdrawn:
        first = quarantined[0] if quarantined else None
        why = f"; number {first.number}: {first.reason}" if first else ""
        msg = f"{file} holds no usable hash{why}"
        raise ListFormatError(msg)
    about = gathered.about
    return HashList(
        name=name.strip() or about.name.strip() or _name(file),
        format=format,
        sha256=sha256,
        version=about.version,
        owner=about.owner,
        entries=entries,
        quarantined=quarantined,
        withdrawn=tuple(gathered.withdrawn.values()),
        details={**about.details, **_packing(file), **_columns(file)},
    )


def _opened(file: ListFile) -> ListFile:
    """The list itself, if it lies compressed in the file."""
    packed = packing_of(file, lambda head: bool(_surest(head)))
    return ListFile(file.path, file.columns, packed=packed) if packed else file


def _name(file: ListFile) -> str:
    """What to call a list that nobody named: its file, but for endings."""
    inside = file.packed is not None and not file.packed.kind.startswith("zip")
    return Path(file.name).stem if inside else file.path.stem


def _packing(file: ListFile) -> dict[str, Json]:
    return {"packed": file.packed.kind, "member": file.packed.member} if file.packed else {}


def _columns(file: ListFile) -> dict[str, Json]:
    """The columns that the caller named: without them the file cannot be read in the same way."""
    return {"columns": dict(file.columns)} if file.columns else {}


def _of_packing(file: ListFile, rows: int) -> Iterator[Quarantined]:
    """What of a compressed file was not read."""
    if file.packed is None:
        return
    if file.packed.is_cut:
        yield Quarantined(rows + 1, f"the {file.packed.kind} ends in the middle of the list")
    around = ((file.packed.before, "in front of"), (file.packed.behind, "behind the end of"))
    for count, place in around:
        if count:
            were = f"{count:,} bytes {place}" if count > 1 else f"1 byte {place}"
            yield Quarantined(rows + 1, f"not read: {were} the {file.packed.kind}")
    for number, words in file.packed.others:
        yield Quarantined(number, f"file {number} of the archive was not read: {words}")


def detect(file: ListFile) -> str:
    """The format that is surest of a file by its first bytes; of several, the first registered.

    Raises:
        ListFormatError: it cannot be read, or is of none.
    """
    head = file.head()
    if format := _surest(head):
        return format
    if words := what_is(head):
        msg = f"{file} is {words}, not a hash list"
        raise ListFormatError(msg)
    titles = [f"{name}: {registry.load('lists', name).title}" for name in registry.names("lists")]
    msg = f"{file} is in no format of hash lists that hashmatch reads; name it with --format"
    raise ListFormatError(there_is(msg, titles))


def _surest(head: bytes) -> str:
    """The name of the format that is surest of these first bytes; empty if none is."""
    best, found = Confidence.NONE, ""
    for format in registry.names("lists"):
        sure = registry.load("lists", format).detect(head)
        sure = Confidence.STRUCTURE if sure is True else sure
        if sure > best:
            best, found = sure, format
    # An archive of lists begins with a name, and goes on as a list.
    return found if best is Confidence.MAGIC or not marked(head) else ""


class _Gathered:
    """Rows as they come in."""

    def __init__(self, *, keyed: bool) -> None:
        self._keyed = keyed
        self._builder = TableBuilder()
        self._latest: dict[str, int] = {}
        self._taken_back: dict[str, int] = {}
        self.about = About()
        self.quarantined: list[Quarantined] = []
        self.withdrawn: dict[str, Withdrawn] = {}

    def add(self, row: Row | Batch) -> None:
        if isinstance(row, Entry):
            if self._keyed:
                self._latest[row.id] = len(self._builder)
            if self.withdrawn:
                self.withdrawn.pop(row.id, None)
            self._builder.add(row)
        elif isinstance(row, Batch):
            self._builder.add_batch(row)
        elif isinstance(row, Quarantined):
            self.quarantined.append(row)
        elif isinstance(row, Withdrawn):
            self._latest.pop(row.id, None)
            self._taken_back[row.id] = len(self._builder)
            self.withdrawn[row.id] = row
        else:
            self.about = row

    def entries(self) -> EntryTable:
        """The table, without what later rows replaced or took back."""
        table = self._builder.finish()
        if self._keyed:
            rows = sorted(self._latest.values())
        elif self._taken_back:
            rows = [
                row for row, each in enumerate(table) if row >= self._taken_back.get(each.id, 0)
            ]
        else:
            return table
        if len(rows) == len(table):
            return table
        standing = TableBuilder()
        for row in rows:
            standing.add(table[row])
        return standing.finish()


def _check_entry(entry: object) -> None:
    """Refuse what is no entry, or one whose fields are of other types."""
    check_type(entry, Entry, "the entries of a hash list are Entry values")
    if isinstance(entry, Entry):
        check_type(entry.id, str, "the id of an entry is text")
        check_type(entry.digests, Digests, "the digests of an entry are Digests")
        check_type(entry.hashes, (tuple, list), "an entry has several hashes")
        for each in entry.hashes:
            check_type(each, KnownHash, "the hashes of an entry are KnownHash values")


def _sha256(file: ListFile) -> str:
    with file.as_given() as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
