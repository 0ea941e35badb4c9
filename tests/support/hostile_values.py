"""A record of which one value was replaced by one that no table would take.

Types, conditions and triggers are taken from the tables while the value is written, and given back
afterwards: the file looks as hashmatch made it.

python -m tests.support.hostile_values    runs every command on every value, and prints how they end
"""

# ruff: noqa: S608 (statements are made of our own names)

import contextlib
import io
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from hashmatch import cli
from hashmatch.sightings import soundness
from tests.support.forgeries import KEYS, OWNERS, at_once, recorded
from tests.support.program import alone

NOT_TEXT: Final = "CAST(x'ff80' AS TEXT)"
"""Text that is no UTF-8, which Python cannot give to SQLite."""

STEERING: Final = "\x1b[31m\u202e\x9b2J"
"""Characters that steer a terminal, or turn around what it shows."""

VALUES: Final[tuple[Any, ...]] = (
    None,
    -1,
    2**63 - 1,
    -(2**63),
    1e300,
    float("inf"),
    "",
    "{",
    "[" * 5000,
    '{"a":' * 900 + "1" + "}" * 900,
    "[]",
    b"\xff\xfe",
    bytes(32),
    NOT_TEXT,
    STEERING,
)
"""What somebody may write into any column."""

SMALL: Final = frozenset(
    {
        *("audit", "cases", "sources", "hashings", "scans", "runs", "run_lists", "environments"),
        *("rematches", "rematched_scans"),
    }
)
"""Tables of which every command reads all rows."""

_SHOWN: Final = frozenset(
    (
        *("items", "videos", "sightings", "segments", "sighted", "entries"),
        *("places", "original_names", "volumes", "unread_ranges", "matched_parts", "retroactive"),
    )
)

READ: Final = {
    "scan": SMALL,
    "rematch": (SMALL | soundness.ALL) - {"origin_audit", "merged_rows"},
    "cases": SMALL | _SHOWN,
    "cases --json": SMALL | _SHOWN,
    "record viewed": SMALL | _SHOWN | {"times", "viewings"},
    **dict.fromkeys(("record case", "record exhibit", "record import"), SMALL),
    **dict.fromkeys(("record handling", "trace links", "trace who", "trace new"), SMALL),
    # A database into which others were merged is refused before more of it is read.
    "db merge": SMALL,
    **dict.fromkeys(("db origins", "db origins of a row"), SMALL | {"merges", "merged_rows"}),
    **dict.fromkeys(("trace coverage", "trace exclude", "trace verdict", "trace clusters"), SMALL),
}
"""The tables that a command reads; all where it is not named."""


def commands(path: Path, folder: Path) -> dict[str, list[str]]:
    """Every command that reads a database, on this one."""
    database, report = str(path), str(folder / "report")
    of_case = ["report", "--db", database, "--case", "1"]
    to_file = ["--output", report, "--force"]
    by = ["--db", database, "--by", "x"]
    scan = ["scan", str(folder / "evidence"), "--against", str(folder / "known.csv")]
    return {
        "cases": ["cases", "--db", database],
        "cases --json": ["cases", "--db", database, "--json"],
        "report html": [*of_case, *to_file],
        "report json": [*of_case, "--format", "json"],
        "report jsonl": [*of_case, "--format", "jsonl"],
        "report csv": [*of_case, "--format", "csv"],
        "report vics": [*of_case, "--format", "vics", *to_file],
        "db origins": ["db", "origins", "--db", database],
        "db origins of a row": ["db", "origins", "cases:1", "items:2", "--db", database, "--json"],
        "db merge": [
            *("db", "merge", database, "--into", str(folder / "merged"), "--by", "x"),
            *("--same-case", "1", "--dry-run"),
        ],
        **{
            f"trace export {name}": [
                *("trace", "export", "--db", database, "--format", name, "--out", report),
                *("--case", "1", "--force", "--release-red"),
            ]
            for name in ("graphml", "timesketch", "stix", "case-uco")
        },
        "audit verify": ["audit", "verify", "--db", database],
        "audit verify --json": ["audit", "verify", "--db", database, "--json"],
        "record viewed": ["record", "viewed", "1", "--db", database, "--by", "x", "--why", "y"],
        "record case": ["record", "case", "1", *by, "--contact", "x"],
        "record exhibit": ["record", "exhibit", "exhibit 7", "--case", "1", *by, "--owner", "x"],
        "record import": [
            *("record", "import", str(folder / "seen.txt"), "--case", "1", "--exhibit", "x"),
            *("--db", database),
        ],
        "record handling": ["record", "handling", "case:1", "TLP:RED", *by],
        "record erase": ["record", "erase", "item:1", "import:1", "--db", database],
        "trace links": ["trace", "links", "--db", database, "--all", "--protected"],
        "trace clusters": ["trace", "clusters", "--db", database, "--json"],
        "trace who": ["trace", "who", "account:kik/user 20", "--db", database],
        "trace new": ["trace", "new", "--since", "0", "--db", database],
        "trace coverage": ["trace", "coverage", "--db", database],
        "trace exclude": ["trace", "exclude", "cluster:1", *by, "--why", "y"],
        "trace verdict": ["trace", "verdict", "cluster:1", "same", *by, "--why", "y"],
        "rematch": ["rematch", "--db", database, "--against", str(folder / "known.csv")],
        "scan": [*scan, "--db", database, "--case", "9", "--workers", "1"],
    }


def prepared(folder: Path) -> Path:
    """A record, and what a scan needs."""
    (folder / "evidence").mkdir()
    (folder / "known.csv").write_text(f"id,md5\nx,{'ab' * 16}\n")
    (folder / "seen.txt").write_text(f"{'ab' * 16}\n")
    return recorded(folder / "original")


def run(words: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command, run in this process, and all that it printed."""
    with alone():
        return _run(words)


def _run(words: Sequence[str]) -> tuple[int, str]:
    out, before = io.StringIO(), sys.argv
    sys.argv = ["hashmatch", *words]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            cli._run()
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    finally:
        sys.argv = before
    raise AssertionError(words)


def columns(path: Path) -> list[tuple[str, str]]:
    """Every column of every table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "ORDER BY name"
        ).fetchall()
        return [
            (table, row[1])
            for (table,) in tables
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]


def replaced(original: Path, path: Path, table: str, column: str, value: Any) -> bool | None:
    """A copy with a value in the last row of a table.

    Returns:
        Whether the table as it is takes the value; None where SQLite cannot hold it there at all.
    """
    shutil.copy(original, path)
    with closing(_opened(path)) as connection:
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND (type = 'trigger' OR (type = 'table' AND name = ?))",
            (table,),
        ).fetchall()
        triggers = {name: sql for kind, name, sql in made if kind == "trigger"}
        at_once(connection, [f"DROP TRIGGER {name}" for name in triggers])
        connection.execute("PRAGMA foreign_keys = ON")
        legal = _update(connection, table, column, value)
        if not legal:
            ((text,),) = ((sql,) for kind, _, sql in made if kind == "table")
            _write_sql(connection, table, _loose(text))
    if not legal:
        with closing(_opened(path)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            fits = _update(connection, table, column, value)
        with closing(_opened(path)) as connection:
            _write_sql(connection, table, text)
        if not fits:
            return None
    with closing(_opened(path)) as connection:
        at_once(connection, triggers.values())
    return legal


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _update(connection: sqlite3.Connection, table: str, column: str, value: Any) -> bool:
    which = f"rowid = (SELECT max(rowid) FROM {table})"
    if key := KEYS.get(table):
        owner = OWNERS[table][1]
        last = f"SELECT {owner}, {key} FROM {table} ORDER BY 1 DESC, 2 DESC LIMIT 1"
        which = f"({owner}, {key}) = ({last})"
    as_it_is = isinstance(value, str) and value == NOT_TEXT
    new = NOT_TEXT if as_it_is else "?"
    try:
        connection.execute(
            f"UPDATE {table} SET {column} = {new} WHERE {which}", () if as_it_is else (value,)
        )
    except sqlite3.Error:
        return False
    return True


def _loose(text: str) -> str:
    """The text of a table without its types; what is unique stays so, with its index."""
    return (
        re.sub(r"(?<!IS )\bNOT NULL\b", "", text).replace(") STRICT", ")").replace("STRICT, W", "W")
    )


def _write_sql(connection: sqlite3.Connection, table: str, text: str) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (text, table))
    connection.execute("PRAGMA writable_schema = RESET")


def fault(name: str, table: str, code: int, said: str, *, legal: bool) -> str:
    """What is wrong with how a command ended on such a value; empty if nothing is."""
    if "Traceback" in said:
        return "a traceback"
    if any(each in said for each in ("\x1b", "\u202e", "\x9b")):
        return "the terminal is steered"
    if code == cli.EXIT_INTEGRITY:
        words = ("altered", "damaged", "WRONG", "verification", '"passed": false')
        return "" if any(each in said for each in words) else "exit code 5 without a word"
    if legal:
        # A case or an exhibit of another name, a value as good as the one before.
        return "" if code in {0, 2, 4, cli.EXIT_MATCHED} else f"exit code {code}"
    if table in READ.get(name, {table}):
        return f"exit code {code} on a value that no table takes"
    return "" if code in {0, 2, 4, cli.EXIT_MATCHED} else f"exit code {code}"


def main() -> None:
    """Run every command on every value; names of tables as arguments choose some."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = prepared(folder)
        codes: Counter[tuple[str, int]] = Counter()
        for table, column in columns(original):
            if sys.argv[1:] and table not in sys.argv[1:]:
                continue
            for value in VALUES:
                for command in commands(folder / "db", folder):
                    legal = replaced(original, folder / "db", table, column, value)
                    if legal is None:
                        break
                    code, said = run(commands(folder / "db", folder)[command])
                    codes[command, code] += 1
                    if wrong := fault(command, table, code, said, legal=legal):
                        shown = repr(value)[:30]
                        sys.stdout.write(f"{table}.{column} = {shown}, {command}: {wrong}\n")
                        sys.stdout.write(f"    {said[-300:]}\n")
        for (command, code), count in sorted(codes.items()):
            sys.stdout.write(f"{command:20} exit code {code:3}: {count:,}\n")


if __name__ == "__main__":
    main()
