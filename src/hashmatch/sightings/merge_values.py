"""What a merge of databases did, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hashmatch.errors import Choice
from hashmatch.model.plain import PlainValue, Shape


class ConflictKind(Choice):
    """What several databases say of one thing."""

    CASE = "case"
    """Equal numbers of cases."""
    EXHIBIT = "exhibit"
    """Equal labels of exhibits of one case."""
    COPY = "copy"
    """Databases that are copies of one, and both went on."""
    IMPORT = "import"
    """The same report, read differently."""
    HANDLING = "handling"
    ACCESS = "access"
    STATEMENT = "statement"
    """Verdicts, exclusions and what was stated of cases and exhibits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict(PlainValue):
    """Something that databases do not agree about, and by which rule it was settled.

    Attributes:
        kind: of it.
        thing: which one.
        said: what each says, by the path of the database.
        settled: what holds in the merged database, and why; in words.
    """

    json_shape: ClassVar = Shape(first={"record": "conflict"})

    kind: ConflictKind
    thing: str
    said: Mapping[str, str] = field(default_factory=dict)
    settled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDatabase(PlainValue):
    """A database that was merged into another one.

    Attributes:
        path: of its file.
        sha256: of the file; empty where its last batches were in a log beside it.
        origin: number of its chain in the merged database.
        chain: SHA-256 of the first row of its audit chain.
        rows: of the chain.
        head: SHA-256 of the last one.
        added: rows of each table that came.
        here: rows of each table that were there already.
    """

    json_shape: ClassVar = Shape(first={"record": "merged-database"}, null=("sha256",))

    path: str
    sha256: str
    origin: int
    chain: str
    rows: int
    head: str
    added: Mapping[str, int] = field(default_factory=dict)
    here: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(PlainValue):
    """What was merged.

    Attributes:
        into: path of the database.
        databases: in the order in which they were given.
        conflicts: what they do not agree about.
        dry_run: whether nothing was recorded.
        clusters: whether one of them had clusters, which are to be made anew.
    """

    into: str
    databases: tuple[MergedDatabase, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    dry_run: bool = False
    clusters: bool = False
