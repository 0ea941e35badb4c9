"""Tables of what came from other databases: which, when, by whom, and which rows are theirs.

The audit chain of an origin is kept whole, as it was, and goes on proving its rows: they are read
back with the numbers that they had there. The chain of this database says which rows those are.
"""

from typing import Final

from hashmatch.sightings.triggers import forbids

_ORIGINS: Final = """
    CREATE TABLE origins (
        id INTEGER PRIMARY KEY,
        chain TEXT NOT NULL CHECK (length(chain) = 64),
        copy_of INTEGER REFERENCES origins,
        common INTEGER NOT NULL CHECK (common >= 0)
    ) STRICT
    """

_MERGES: Final = """
    CREATE TABLE merges (
        id INTEGER PRIMARY KEY,
        origin_id INTEGER NOT NULL REFERENCES origins,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        reason TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL CHECK (length(sha256) IN (0, 64)),
        rows INTEGER NOT NULL CHECK (rows > 0),
        head TEXT NOT NULL CHECK (length(head) = 64)
    ) STRICT
    """

# Rows `first`, `first` + 1 … of a table of the origin are rows `number`, `number` + 1 … here. They
# came from there (1), were here already and are the same (0), or others here say the same (2); or
# they are not carried (3).
_MERGED_ROWS: Final = """
    CREATE TABLE merged_rows (
        id INTEGER PRIMARY KEY,
        merge_id INTEGER NOT NULL REFERENCES merges DEFERRABLE INITIALLY DEFERRED,
        kind TEXT NOT NULL CHECK (kind <> ''),
        first INTEGER NOT NULL CHECK (first > 0),
        number INTEGER NOT NULL CHECK (number >= 0),
        count INTEGER NOT NULL CHECK (count > 0),
        added INTEGER NOT NULL CHECK (added IN (0, 1, 2, 3)),
        CHECK ((added = 3) = (number = 0))
    ) STRICT
    """

_ORIGIN_AUDIT: Final = """
    CREATE TABLE origin_audit (
        origin_id INTEGER NOT NULL REFERENCES origins,
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        host TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL CHECK (length(previous) = 64),
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
        PRIMARY KEY (origin_id, seq)
    ) STRICT, WITHOUT ROWID
    """

FIXED: Final = ("origins", "merges", "merged_rows", "origin_audit")

MERGED: Final = (
    *(_ORIGINS, _MERGES, _MERGED_ROWS, _ORIGIN_AUDIT),
    "CREATE INDEX origin_audit_by_sha256 ON origin_audit (sha256)",
    "CREATE INDEX merged_rows_by_number ON merged_rows (kind, number)",
    *(forbids(table, event) for table in FIXED for event in ("UPDATE", "DELETE")),
)
"""What makes the tables."""
