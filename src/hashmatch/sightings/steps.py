"""Versions 3 and 5 to 8 of the tables, each made of the one before it."""

from hashmatch.sightings.triggers import forbids

KNOWN = (
    # What a list says of an entry that was seen, once however often it is seen.
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        details TEXT NOT NULL
    ) STRICT
    """,
    # Which entry a sighting is of, and which of its hashes matched. Sightings of older versions
    # have none, and their rows stay what was proved of them.
    """
    CREATE TABLE sighted (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        entry_id INTEGER NOT NULL REFERENCES entries,
        hash TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX entries_by_entry ON entries (entry, source)",
    # How many files the source has, as far as they were counted.
    "ALTER TABLE runs ADD COLUMN expected INTEGER CHECK (expected >= 0)",
    *(forbids(table, event) for table in ("entries", "sighted") for event in ("UPDATE", "DELETE")),
)

ENVIRONMENTS = (
    # Under which conditions a run went on: one row for each aspect, as often as it changed.
    """
    CREATE TABLE environments (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        aspect TEXT NOT NULL CHECK (aspect <> ''),
        facts TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX environments_by_run ON environments (run_id)",
    *(forbids("environments", event) for event in ("UPDATE", "DELETE")),
    # How a run and a scan ended is recorded once.
    """
    CREATE TRIGGER runs_end_once BEFORE UPDATE OF ended, status ON runs
    WHEN OLD.status <> 'running'
    BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END
    """,
    """
    CREATE TRIGGER runs_expect_once BEFORE UPDATE OF expected ON runs
    WHEN OLD.expected IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END
    """,
    """
    CREATE TRIGGER scans_done_once BEFORE UPDATE OF done ON scans
    WHEN OLD.done
    BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END
    """,
)

VIEWINGS = (
    # That a person looked at what was seen: who, when and why. The column of sightings that would
    # say so is part of what was proved when they were recorded, and stays as it is.
    """
    CREATE TABLE viewings (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL REFERENCES sightings,
        at TEXT NOT NULL,
        viewer TEXT NOT NULL CHECK (viewer <> ''),
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    """,
    "CREATE INDEX viewings_by_sighting ON viewings (sighting_id)",
    *(forbids("viewings", event) for event in ("UPDATE", "DELETE")),
)

PLACES = (
    # Where an item lies that no plain path leads to. An item without a row here is a plain file,
    # and its locator is its path.
    """
    CREATE TABLE places (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL UNIQUE REFERENCES items,
        scan_id INTEGER NOT NULL REFERENCES scans,
        parent TEXT NOT NULL,
        steps TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN (
            'allocated', 'deleted', 'orphaned', 'unallocated', 'slack', 'carved'
        )),
        confidence TEXT NOT NULL CHECK (confidence IN (
            'certain', 'contiguous-assumed', 'overwritten', 'reconstructed', 'by-content'
        )),
        runs TEXT NOT NULL,
        weight INTEGER NOT NULL CHECK (weight >= 0),
        inside INTEGER NOT NULL CHECK (inside IN (0, 1))
    ) STRICT
    """,
    # What a medium is divided into. What becomes known later is a further row.
    """
    CREATE TABLE volumes (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind <> ''),
        offset INTEGER NOT NULL CHECK (offset >= 0),
        length INTEGER NOT NULL CHECK (length >= 0),
        status TEXT NOT NULL CHECK (status IN ('read', 'partly-read', 'by-content', 'not-read')),
        reason TEXT NOT NULL,
        CHECK (status = 'read' OR reason <> '')
    ) STRICT
    """,
    "CREATE INDEX volumes_by_scan ON volumes (scan_id, locator)",
    """
    CREATE TABLE unread_ranges (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        offset INTEGER NOT NULL CHECK (offset >= 0),
        length INTEGER NOT NULL CHECK (length > 0),
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    """,
    "CREATE INDEX unread_ranges_by_scan ON unread_ranges (scan_id, locator, offset)",
    *(
        forbids(table, event)
        for table in ("places", "volumes", "unread_ranges")
        for event in ("UPDATE", "DELETE")
    ),
)

ORIGINAL_NAMES = (
    # What an item was called where it came from, as the manifest of its backup says.
    """
    CREATE TABLE original_names (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL UNIQUE REFERENCES items,
        name TEXT NOT NULL CHECK (name <> '')
    ) STRICT
    """,
    *(forbids("original_names", event) for event in ("UPDATE", "DELETE")),
)
