"""Checks of output paths: nothing is written among evidence, or over a file without --force."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from hashmatch.cli.standard_input import DASH
from hashmatch.files.whole import cannot_write

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database


_SQLITE: Final = b"SQLite format 3\x00"
_NO_FOLDER: Final = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def check_places(
    folders: Sequence[Path],
    *,
    indexes: Sequence[Path] = (),
    written: Sequence[tuple[str, Path | None]] = (),
) -> None:
    """Refuse to write among evidence, and to read a folder twice.

    Args:
        folders: the evidence.
        indexes: folders of indexes; files of hash lists among them are only read.
        written: further files that are written, and what each is.

    Raises:
        BadParameter: one of ours lies in the evidence, one folder in another, or a folder is `-`.
    """
    from hashmatch.sources.access import lies_in

    ours = [("the index", path) for path in indexes if path.is_dir() or not path.exists()]
    ours += [(what, path) for what, path in written if path is not None]
    for number, folder in enumerate(folders):
        if folder == DASH:
            msg = (
                "standard input is no folder; `hashmatch match -` and `hashmatch hash -` read one "
                "file from it"
            )
            raise typer.BadParameter(msg)
        for what, path in ours:
            if lies_in(path, folder):
                msg = (
                    f"{what} {path} lies in the evidence {folder}, where nothing is written: "
                    "move it, or name another place"
                )
                raise typer.BadParameter(msg)
        for other in (*folders[:number], *folders[number + 1 :]):
            if lies_in(folder, other):
                where = f"lies in {other}"
                if lies_in(other, folder):
                    where = "is given twice" if folder == other else f"is {other}"
                msg = f"{folder} {where}: its files would be counted twice"
                raise typer.BadParameter(msg)


def check_exhibits(written: Sequence[tuple[str, Path | None]], database: "Database") -> None:
    """Refuse to write among evidence that is on record.

    Args:
        written: files that are written, and what each is.
        database: that knows the evidence.

    Raises:
        BadParameter: one lies in a folder that was scanned as evidence.
    """
    from hashmatch.sources.access import lies_in

    paths = [(what, path) for what, path in written if path not in (None, DASH)]
    for folder in database.exhibits() if paths else ():
        for what, path in paths:
            if path is not None and lies_in(path, folder):
                msg = (
                    f"{what} {path} lies in the evidence {folder}, which is on record in "
                    f"{database.path}, and where nothing is written: name another place"
                )
                raise typer.BadParameter(msg)


def check_known_exhibits(
    written: Sequence[tuple[str, Path | None]], database: Path | None = None
) -> None:
    """Refuse to write among evidence that the lab's database knows, where there is one.

    Args:
        written: files that are written, and what each is.
        database: the file; that of HASHMATCH_DB by default.

    Raises:
        BadParameter: one lies in a folder that was scanned as evidence.
        DatabaseError: the database that was named cannot be read.
    """
    named = database or Path(os.environ.get("HASHMATCH_DB") or os.devnull)
    if not named.is_file():
        return
    from hashmatch.errors import DatabaseError
    from hashmatch.sightings.database import Database

    try:
        with Database.open(named, read_only=True) as opened:
            check_exhibits(written, opened)
    except DatabaseError:
        # A command that does not use it does not fail for it.
        if database is not None:
            raise


def check_output(path: Path, *, force: bool) -> None:
    """Refuse to write over what is there, or among known evidence, before any work is done.

    Args:
        path: of the file that is to be written; `-` is standard output.
        force: whether a file may be replaced.

    Raises:
        BadParameter: there is a file and `force` was not given, a database, or something that is no
            file.
        OutputError: there is no folder to write it in.
    """
    check_known_exhibits([("the file", path)])
    if path == DASH:
        return
    if not os.path.lexists(path):
        # Not only behind the work, which may take hours.
        if not path.parent.is_dir():
            raise cannot_write(path, _NO_FOLDER)
        return
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file (a pipe, a device or a socket)"
        msg = f"{path} is {what}: name a file, or - for standard output"
        raise typer.BadParameter(msg)
    if _is_database(path):
        msg = f"{path} is a database, and --force replaces none: name another file"
        raise typer.BadParameter(msg)
    if not force:
        msg = f"{path} is there already: --force replaces it"
        raise typer.BadParameter(msg)


def _is_database(path: Path) -> bool:
    """Whether a file is a database of SQLite, as a record is: one slip would end all of it."""
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False
