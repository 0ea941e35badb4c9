"""Version 9 of the tables: exhibits, events, what was told of files, and clusters.

Links are found in these and in the older tables alone. Whatever a person states is a row of
`statements`, changed by further rows only; what was imported, read from files or clustered is
recorded in units, as the items of scans are.
"""

from typing import Final

from hashmatch.sightings.triggers import forbids

_STATEMENTS: Final = """
    CREATE TABLE statements (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        topic TEXT NOT NULL CHECK (topic IN ('exhibit', 'case', 'handling', 'link', 'exclusion')),
        case_id INTEGER REFERENCES cases,
        source_id INTEGER REFERENCES sources,
        subject TEXT NOT NULL,
        field TEXT NOT NULL CHECK (field <> ''),
        value TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('stated', 'withdrawn')),
        reason TEXT NOT NULL
    ) STRICT
    """

_IMPORTS: Final = """
    CREATE TABLE imports (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        source_id INTEGER NOT NULL REFERENCES sources,
        at TEXT NOT NULL,
        name TEXT NOT NULL,
        format TEXT NOT NULL CHECK (format <> ''),
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        service TEXT NOT NULL,
        report TEXT NOT NULL,
        events INTEGER NOT NULL CHECK (events >= 0),
        repeated INTEGER NOT NULL CHECK (repeated >= 0),
        quarantined INTEGER NOT NULL CHECK (quarantined >= 0),
        notes TEXT NOT NULL
    ) STRICT
    """

# The import itself is recorded behind its events: how many there are is known by then.
_EVENTS: Final = """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES imports DEFERRABLE INITIALLY DEFERRED,
        place TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'upload', 'download', 'sending', 'receipt', 'login', 'registration', 'purchase',
            'stored', 'seen', 'named', 'other'
        )),
        role TEXT NOT NULL CHECK (role IN (
            'uploader', 'holder', 'recipient', 'victim', 'reporter', 'associated', 'compromised',
            'unknown'
        )),
        service TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        time_kind TEXT NOT NULL,
        earliest TEXT NOT NULL,
        latest TEXT NOT NULL CHECK (latest >= earliest),
        stated TEXT NOT NULL,
        zone TEXT NOT NULL,
        port INTEGER CHECK (port BETWEEN 0 AND 65535),
        proxy INTEGER CHECK (proxy IN (0, 1)),
        thread TEXT NOT NULL,
        message TEXT NOT NULL,
        fields TEXT NOT NULL
    ) STRICT
    """

# The parts: `subject` of whom the role is told, `counterpart` the other side, `key` what makes it
# the same event in another form of its report, `hash` a perceptual hash of its item.
_EVENT_VALUES: Final = """
    CREATE TABLE event_values (
        event_id INTEGER NOT NULL REFERENCES events,
        position INTEGER NOT NULL,
        part TEXT NOT NULL CHECK (part IN ('subject', 'counterpart', 'key', 'hash')),
        kind TEXT NOT NULL,
        value TEXT NOT NULL CHECK (value <> ''),
        service TEXT NOT NULL,
        PRIMARY KEY (event_id, position)
    ) STRICT, WITHOUT ROWID
    """

_QUARANTINED: Final = """
    CREATE TABLE quarantined_rows (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES imports DEFERRABLE INITIALLY DEFERRED,
        place TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    """

# What files say of themselves: make, model, serial numbers, times. One row for the file, with
# those of its fields; text that came with an entry of a list is of another copy and never here.
_METADATA: Final = (
    """
    CREATE TABLE metadata (
        id INTEGER PRIMARY KEY,
        content_id INTEGER NOT NULL REFERENCES contents,
        reader TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE metadata_fields (
        metadata_id INTEGER NOT NULL REFERENCES metadata,
        position INTEGER NOT NULL,
        name TEXT NOT NULL CHECK (name <> ''),
        value TEXT NOT NULL,
        PRIMARY KEY (metadata_id, position)
    ) STRICT, WITHOUT ROWID
    """,
)

# A cluster is named by the row of its medoid, which never changes.
_CLUSTERS: Final = """
    CREATE TABLE cluster_members (
        id INTEGER PRIMARY KEY,
        cluster_id INTEGER NOT NULL REFERENCES cluster_members,
        picture_id INTEGER NOT NULL REFERENCES pictures,
        distance INTEGER NOT NULL CHECK (distance >= 0),
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        threshold INTEGER NOT NULL CHECK (threshold >= 0),
        reason TEXT NOT NULL CHECK (reason IN ('', 'low-quality', 'flat', 'no-hash')),
        CHECK (cluster_id <= id AND (cluster_id < id OR distance = 0))
    ) STRICT
    """

# By order of a court rows are erased. The tombstone of each has its number and the digest that the
# audit chain proved it by: nothing of what it held. Of a row that came from other databases each
# chain that proves it has a tombstone; 0 is the chain of this database.
_ERASURES: Final = (
    """
    CREATE TABLE erasures (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        court_order TEXT NOT NULL CHECK (court_order <> ''),
        reason TEXT NOT NULL CHECK (reason <> ''),
        things TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE erased (
        id INTEGER PRIMARY KEY,
        erasure_id INTEGER NOT NULL REFERENCES erasures,
        kind TEXT NOT NULL CHECK (kind <> ''),
        number INTEGER NOT NULL CHECK (number > 0),
        source_id INTEGER REFERENCES sources,
        scan_id INTEGER REFERENCES scans,
        origin_id INTEGER NOT NULL CHECK (origin_id >= 0),
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        UNIQUE (kind, number, origin_id, erasure_id)
    ) STRICT
    """,
    "CREATE INDEX erased_by_source ON erased (source_id, kind)",
)

FIXED: Final = (
    *("statements", "imports", "events", "event_values", "quarantined_rows"),
    *("metadata", "metadata_fields", "cluster_members", "erasures", "erased"),
)
"""The tables; rows of them never change."""

CIRCULATION: Final = (
    *(_STATEMENTS, _IMPORTS, _EVENTS, _EVENT_VALUES, _QUARANTINED, *_METADATA, _CLUSTERS),
    *_ERASURES,
    "CREATE INDEX statements_by_subject ON statements (topic, subject)",
    "CREATE INDEX statements_by_source ON statements (source_id)",
    "CREATE INDEX imports_by_sha256 ON imports (sha256, case_id)",
    "CREATE INDEX events_by_import ON events (import_id)",
    "CREATE INDEX events_by_sha256 ON events (sha256) WHERE sha256 IS NOT NULL",
    "CREATE INDEX events_by_md5 ON events (md5) WHERE md5 IS NOT NULL",
    "CREATE INDEX event_values_by_value ON event_values (value, kind, service)",
    """
    CREATE INDEX metadata_numbers ON metadata_fields (name, value)
        WHERE name IN ('body-serial', 'lens-serial', 'unique-id')
    """,
    "CREATE INDEX metadata_by_content ON metadata (content_id)",
    "CREATE INDEX members_by_picture ON cluster_members (picture_id)",
    "CREATE INDEX members_by_cluster ON cluster_members (cluster_id)",
    "CREATE INDEX contents_by_md5 ON contents (md5) WHERE md5 IS NOT NULL",
    # Each question about links asks which entries are of flat cards: few of a million.
    """
    CREATE INDEX entries_of_flat_cards ON entries (list, entry)
        WHERE instr(details, '"flat-card":true') > 0
    """,
    # Which entries were seen in several places is answered from the index alone.
    "DROP INDEX sightings_by_entry",
    """
    CREATE INDEX sightings_by_entry
        ON sightings (entry, list, run_id, known_good, suppressed, item_id)
    """,
    *(forbids(table, event) for table in FIXED for event in ("UPDATE", "DELETE")),
)
