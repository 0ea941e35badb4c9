"""Writers that are killed: of an index, of reports and lists, of an older database."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from hashmatch.index import generation
from hashmatch.index.index import Index
from hashmatch.index.verify import verify
from hashmatch.profiles import WIDE
from hashmatch.sightings import schema
from hashmatch.sightings.database import Database
from tests.support.index_steps import expected, held
from tests.support.kill_ways import ALONE, Outcome, Way, ended, hit, wait
from tests.support.places import GOLDEN

_STEPS: Final = Path(__file__).with_name("index_steps.py")

_MIGRATE: Final = """
import sys
from hashmatch.sightings.database import Database
print("ready", flush=True)
Database.open(sys.argv[1]).close()
"""
_OLD: Final = "what was there before\n"
_INTERRUPT_SECONDS: Final = 10.0
_VERSIONS: Final = 4
_MIGRATION_SECONDS: Final = 0.04


def _started(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 (ours)
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def killed_changes(
    folder: Path, chance: Random, kills: int, ways: Sequence[Way] = ALONE
) -> Outcome:
    """Kill a process that changes an index; it must hold what was committed, or the next change.

    Args:
        folder: of the index, not there yet.
        chance: for ways and moments.
        kills: how many.
        ways: to choose from.
    """
    outcome = Outcome("index change")
    committed = 0
    while outcome.count < kills:
        process = _started(str(_STEPS), str(folder))
        assert process.stdout is not None
        process.stdout.readline()
        wait(process, chance.uniform(0, 1), until=lambda: False)
        way = chance.choice(ways)
        outcome.kills[way] += hit(process, way, chance)
        # Python loses an interrupt that comes while it frees something: the next change begins.
        wait(process, _INTERRUPT_SECONDS, until=lambda: False)
        process.kill()
        said, _ = ended(process, [])
        committed = max([committed, *(int(each) for each in said.split("\n") if each.isdigit())])
        outcome.amid += bool(_strays(folder))
        if not Index.at(folder):
            outcome.demand(not committed, "the index is gone")
            continue
        index = Index(folder)
        number = index.generation.number
        outcome.demand(number in {committed, committed + 1}, f"{number} is not {committed} or next")
        outcome.demand(held(index) == expected(number), "it holds something else")
        failed = [each for each in verify(index, thresholds=WIDE.probable) if not each.passed]
        outcome.demand(not failed, f"it is damaged: {failed}")
        committed = number
    return outcome


def _strays(folder: Path) -> list[str]:
    """Files of a change that no generation names."""
    numbers = generation.numbers(folder) if folder.is_dir() else []
    named = {name for each in numbers for name in generation.read(folder, each).files}
    return [each.name for each in folder.glob("*.hma*") if each.name not in named]


@dataclass(frozen=True)
class Written:
    """A command that writes a file.

    Attributes:
        kind: what is written.
        command: arguments of hashmatch.
        whole: for each format, what raises for a text that is not whole.
        folder: where it is written; it holds nothing else.
    """

    kind: str
    command: tuple[str, ...]
    whole: Mapping[str, Callable[[str], object]]
    folder: Path

    @classmethod
    def report(cls, db: Path, folder: Path) -> "Written":
        """Reports of a case."""
        command = ("report", "--db", str(db), "--case", "1")
        return cls(
            "report", command, {"json": json.loads, "html": _page, "vics": json.loads}, folder
        )

    @classmethod
    def export(cls, index: Path, name: str, folder: Path) -> "Written":
        """Exports of a list of an index."""
        least = len(Index(index)[name])
        lines = partial(_lines, least)
        forms: dict[str, Callable[[str], object]] = {
            "jsonl": lines,
            "csv": lines,
            "vics": json.loads,
        }
        command = ("lists", "export", name, "--index", str(index))
        return cls("list export", command, forms, folder)

    def start(self, form: str) -> "subprocess.Popen[str]":
        """Start to write in a format."""
        path = str(self.path(form))
        options = ("--format", form, "--output", path, "--force")
        return _started("-m", "hashmatch", *self.command, *options)

    def path(self, form: str) -> Path:
        """Of the file in a format."""
        return self.folder / f"output.{form}"


def _page(text: str) -> None:
    if not text.rstrip().endswith("</html>"):
        raise ValueError


def _lines(least: int, text: str) -> None:
    if not text.endswith("\n") or text.count("\n") < least:
        raise ValueError


def killed_files(
    written: Written, chance: Random, kills: int, ways: Sequence[Way] = ALONE
) -> Outcome:
    """Kill a command that writes a file, over an older one or where there is none.

    The file must be the old or the new one, whole, and nothing may lie beside it.
    """
    outcome = Outcome(written.kind)
    lasts = {form: _lasts(written, form) for form in written.whole}
    while outcome.count < kills:
        form = chance.choice(sorted(lasts))
        path = written.path(form)
        path.unlink(missing_ok=True)
        if replaced := chance.random() < 0.5:
            path.write_text(_OLD, encoding="utf-8")
        process = written.start(form)
        # Half of them anywhere, the others towards the end, when it is written.
        first = chance.choice((0.0, 0.6))
        wait(process, lasts[form] * chance.uniform(first, 1.05), until=lambda: False)
        way = chance.choice(ways)
        met = hit(process, way, chance)
        ended(process, [])
        if met:
            outcome.kills[way] += 1
            _check_file(written, form, outcome, replaced=replaced)
        for each in written.folder.iterdir():
            each.unlink()
    return outcome


def _lasts(written: Written, form: str) -> float:
    """Seconds that it takes without interruption."""
    begun = time.monotonic()
    ended(written.start(form), [])
    written.whole[form](written.path(form).read_text(encoding="utf-8"))
    written.path(form).unlink()
    return time.monotonic() - begun


def _check_file(written: Written, form: str, outcome: Outcome, *, replaced: bool) -> None:
    path = written.path(form)
    text = path.read_text(encoding="utf-8") if path.exists() else None
    outcome.demand(text is not None or not replaced, f"{form}: the old file is gone")
    if text not in {None, _OLD}:
        outcome.amid += 1
        try:
            written.whole[form](str(text))
        except ValueError:
            outcome.demand(False, f"{form}: half a file")  # noqa: FBT003 (what it is)
    left = [each.name for each in written.folder.iterdir() if each != path]
    outcome.demand(not left, f"{form}: {left} were left behind")


def killed_migrations(
    folder: Path, chance: Random, kills: int, ways: Sequence[Way] = ALONE
) -> Outcome:
    """Kill the migration of an older database; it is as it was, or of the newest version."""
    outcome = Outcome("migration")
    newest = len(schema.MIGRATIONS)
    while outcome.count < kills:
        version = chance.randrange(1, _VERSIONS + 1)
        path = folder / f"migrated-{outcome.count}.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript((GOLDEN / f"sightings-{version}.sql").read_text("utf-8"))
        process = _started("-c", _MIGRATE, str(path))
        assert process.stdout is not None
        process.stdout.readline()
        wait(process, chance.uniform(0, _MIGRATION_SECONDS), until=lambda: False)
        way = chance.choice(ways)
        if not hit(process, way, chance):
            ended(process, [])
            continue
        outcome.kills[way] += 1
        ended(process, [])
        outcome.amid += path.with_name(f"{path.name}-wal").exists()
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        outcome.demand(found in {version, newest}, f"version {found} of {version}")
        for read_only in (True, False, True):
            with Database.open(path, read_only=read_only) as database:
                outcome.demand(not database.verify().problems, "the record is broken")
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        outcome.demand(found == newest, "it cannot be migrated any more")
        with suppress(OSError):
            path.unlink()
    return outcome
