"""The tables, and how a database of an older version is brought to the newest.

Everything that was recorded stays as it was recorded: triggers forbid to change or delete rows.
They guard against mistakes; what proves that nobody got around them is the audit chain.
"""

from typing import Final

from hashmatch.sightings import circulation, merged, regions, rematched, steps
from hashmatch.sightings.triggers import forbids

APPLICATION_ID: Final = 0x484D7364
"""`HMsd`, in the header of the file."""

_TABLES = (
    """
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        host TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL CHECK (length(previous) = 64),
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
    ) STRICT
    """,
    """
    CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        label TEXT NOT NULL,
        UNIQUE (case_id, label)
    ) STRICT
    """,
    # How pixels become bits: hashes are used again only where this is the same.
    """
    CREATE TABLE hashings (
        id INTEGER PRIMARY KEY,
        options TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    # One source with one configuration, from its start to its end: one or several runs.
    """
    CREATE TABLE scans (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources,
        hashing_id INTEGER NOT NULL REFERENCES hashings,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        identity TEXT NOT NULL,
        binding TEXT NOT NULL,
        fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        started TEXT NOT NULL,
        ended TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL CHECK (status IN ('running', 'done', 'interrupted', 'failed')),
        tool TEXT NOT NULL,
        libraries TEXT NOT NULL,
        command TEXT NOT NULL,
        host TEXT NOT NULL,
        profile TEXT NOT NULL,
        resumed INTEGER REFERENCES runs
    ) STRICT
    """,
    """
    CREATE TABLE run_lists (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        version TEXT NOT NULL,
        entries INTEGER NOT NULL,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        policy TEXT NOT NULL
    ) STRICT
    """,
    # The bytes of files, once per case however many copies there are.
    """
    CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        size INTEGER CHECK (size >= 0),
        UNIQUE (sha256, case_id)
    ) STRICT
    """,
    # What decoding them told, and the hashes: values, never pixels.
    """
    CREATE TABLE pictures (
        id INTEGER PRIMARY KEY,
        content_id INTEGER NOT NULL REFERENCES contents,
        hashing_id INTEGER NOT NULL REFERENCES hashings,
        mode TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        format TEXT NOT NULL,
        decoder TEXT NOT NULL,
        frames INTEGER NOT NULL,
        flags TEXT NOT NULL,
        fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
        reason TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE readings (
        picture_id INTEGER NOT NULL REFERENCES pictures,
        position INTEGER NOT NULL,
        algorithm TEXT NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        alpha_dropped INTEGER NOT NULL CHECK (alpha_dropped IN (0, 1)),
        frame INTEGER NOT NULL,
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        hash BLOB NOT NULL,
        PRIMARY KEY (picture_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        size INTEGER CHECK (size >= 0),
        content_id INTEGER REFERENCES contents,
        picture_id INTEGER REFERENCES pictures,
        status TEXT NOT NULL CHECK (status IN ('hashed', 'unreadable', 'skipped')),
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        raised INTEGER NOT NULL CHECK (raised >= 0),
        UNIQUE (scan_id, locator),
        CHECK ((status = 'hashed') = (picture_id IS NOT NULL)),
        CHECK (status = 'hashed' OR reason <> '')
    ) STRICT
    """,
    """
    CREATE TABLE times (
        item_id INTEGER NOT NULL REFERENCES items,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (item_id, kind)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE sightings (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES items,
        run_id INTEGER NOT NULL REFERENCES runs,
        at TEXT NOT NULL,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        number INTEGER NOT NULL,
        scheme TEXT NOT NULL,
        category TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('exact', 'perceptual')),
        algorithm TEXT NOT NULL,
        distance INTEGER NOT NULL CHECK (distance >= 0),
        threshold INTEGER NOT NULL,
        band TEXT NOT NULL CHECK (band IN ('match', 'probable')),
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        complement INTEGER NOT NULL CHECK (complement IN (0, 1)),
        alpha TEXT NOT NULL CHECK (alpha IN ('composited', 'dropped')),
        frame INTEGER NOT NULL,
        mode TEXT NOT NULL,
        quality INTEGER,
        part TEXT NOT NULL,
        entry_quality INTEGER,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        suppressed INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
        viewed_by_human INTEGER NOT NULL DEFAULT 0 CHECK (viewed_by_human IN (0, 1))
    ) STRICT
    """,
)

_INDEXES = (
    "CREATE INDEX contents_by_size ON contents (case_id, size)",
    "CREATE INDEX pictures_by_content ON pictures (content_id)",
    "CREATE INDEX items_by_scan ON items (scan_id)",
    "CREATE INDEX items_by_content ON items (content_id)",
    "CREATE INDEX items_unreadable ON items (scan_id) WHERE status = 'unreadable'",
    "CREATE INDEX sightings_by_item ON sightings (item_id)",
    "CREATE INDEX sightings_by_entry ON sightings (entry, list)",
    "CREATE INDEX runs_by_scan ON runs (scan_id)",
    "CREATE INDEX run_lists_by_run ON run_lists (run_id)",
    "CREATE INDEX scans_by_source ON scans (source_id)",
)

# Cross-case questions begin here: which entry was seen where.
_CIRCULATION = """
    CREATE VIEW circulation AS
        SELECT sightings.list, sightings.entry, cases.name AS case_name, sources.label,
            items.locator, sightings.kind, sightings.distance, sightings.at
        FROM sightings
        JOIN items ON items.id = sightings.item_id
        JOIN scans ON scans.id = items.scan_id
        JOIN sources ON sources.id = scans.source_id
        JOIN cases ON cases.id = sources.case_id
        WHERE NOT (sightings.known_good OR sightings.suppressed)
    """

_VIEWS = (
    """
    CREATE VIEW unreadable AS
        SELECT items.id, scans.source_id, items.locator, items.size, items.reason, items.detail
        FROM items JOIN scans ON scans.id = items.scan_id
        WHERE items.status = 'unreadable'
    """,
    _CIRCULATION,
)

_FIXED = (
    *("audit", "cases", "sources", "hashings", "run_lists"),
    *("contents", "pictures", "readings", "items", "times", "sightings"),
)
"""Tables whose rows never change."""

_LIVING = ("scans", "runs")
"""Tables whose rows change, in the columns that tell how it ended."""


_TRIGGERS = (
    *(forbids(table, event) for table in _FIXED for event in ("UPDATE", "DELETE")),
    *(forbids(table, "DELETE") for table in _LIVING),
    forbids(
        "scans", "UPDATE OF id, source_id, hashing_id, kind, path, identity, binding, fingerprint"
    ),
    forbids(
        "runs", "UPDATE OF id, scan_id, started, tool, libraries, command, host, profile, resumed"
    ),
    # REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER audit_appends BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'audit rows are only appended'); END
    """,
)

_VIDEOS = (
    # What decoding a video told beyond what is in `pictures`; its hashes are in `frames`.
    """
    CREATE TABLE videos (
        id INTEGER PRIMARY KEY,
        picture_id INTEGER NOT NULL UNIQUE REFERENCES pictures,
        sampling TEXT NOT NULL,
        duration REAL NOT NULL CHECK (duration >= 0),
        codec TEXT NOT NULL,
        damaged INTEGER NOT NULL CHECK (damaged >= 0)
    ) STRICT
    """,
    """
    CREATE TABLE frames (
        video_id INTEGER NOT NULL REFERENCES videos,
        position INTEGER NOT NULL,
        time REAL CHECK (time >= 0),
        part TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        alpha_dropped INTEGER NOT NULL CHECK (alpha_dropped IN (0, 1)),
        frame INTEGER NOT NULL,
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        hash BLOB NOT NULL,
        PRIMARY KEY (video_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    # A CHECK cannot be altered: the table is made anew with one kind more, its rows and their ids
    # as they were. No trigger guards against DROP, and nothing refers to this table yet.
    "DROP VIEW circulation",
    """
    CREATE TABLE sightings_2 (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES items,
        run_id INTEGER NOT NULL REFERENCES runs,
        at TEXT NOT NULL,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        number INTEGER NOT NULL,
        scheme TEXT NOT NULL,
        category TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('exact', 'perceptual', 'video')),
        algorithm TEXT NOT NULL,
        distance INTEGER NOT NULL CHECK (distance >= 0),
        threshold INTEGER NOT NULL,
        band TEXT NOT NULL CHECK (band IN ('match', 'probable')),
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        complement INTEGER NOT NULL CHECK (complement IN (0, 1)),
        alpha TEXT NOT NULL CHECK (alpha IN ('composited', 'dropped')),
        frame INTEGER NOT NULL,
        mode TEXT NOT NULL,
        quality INTEGER,
        part TEXT NOT NULL,
        entry_quality INTEGER,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        suppressed INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
        viewed_by_human INTEGER NOT NULL DEFAULT 0 CHECK (viewed_by_human IN (0, 1))
    ) STRICT
    """,
    "INSERT INTO sightings_2 SELECT * FROM sightings",
    "DROP TABLE sightings",
    "ALTER TABLE sightings_2 RENAME TO sightings",
    *(each for each in _INDEXES if " ON sightings " in each),
    _CIRCULATION,
    # Where in time an item that was seen and the entry meet; seconds.
    """
    CREATE TABLE segments (
        sighting_id INTEGER NOT NULL REFERENCES sightings,
        position INTEGER NOT NULL,
        item_start REAL NOT NULL,
        item_end REAL NOT NULL,
        known_start REAL NOT NULL,
        known_end REAL NOT NULL,
        grade TEXT NOT NULL CHECK (grade IN ('strong', 'probable', 'still')),
        frames INTEGER NOT NULL,
        pictures INTEGER NOT NULL,
        distance REAL NOT NULL,
        speed REAL,
        coverage REAL NOT NULL,
        known_coverage REAL NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        part TEXT NOT NULL,
        PRIMARY KEY (sighting_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    *(
        forbids(table, event)
        for table in ("videos", "frames", "sightings", "segments")
        for event in ("UPDATE", "DELETE")
    ),
)

_COLLISIONS = (
    # One kind of sighting more, as for videos above.
    "DROP VIEW circulation",
    next(each for each in _VIDEOS if "CREATE TABLE sightings_2" in each).replace(
        "'perceptual', 'video'", "'perceptual', 'video', 'collision'"
    ),
    "INSERT INTO sightings_2 SELECT * FROM sightings",
    "DROP TABLE sightings",
    "ALTER TABLE sightings_2 RENAME TO sightings",
    *(each for each in _INDEXES if " ON sightings " in each),
    _CIRCULATION,
    *(forbids("sightings", event) for event in ("UPDATE", "DELETE")),
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_TABLES, *_INDEXES, *_VIEWS, *_TRIGGERS),
    _VIDEOS,
    steps.KNOWN,
    _COLLISIONS,
    steps.ENVIRONMENTS,
    steps.VIEWINGS,
    steps.PLACES,
    steps.ORIGINAL_NAMES,
    (*circulation.CIRCULATION, *regions.REGIONS, *merged.MERGED),
    rematched.REMATCHED,
)
"""What makes each version of the one before it; the first makes a database of nothing."""
