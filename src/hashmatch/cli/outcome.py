"""How a verb ends: what was not read because of a fault of hashmatch, and the exit code."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from hashmatch.cli.exit_codes import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_MATCHED, EXIT_UNREADABLE
from hashmatch.cli.output import note
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.model import ScanSummary


def left_unread(summary: "ScanSummary") -> bool:
    """Whether some file was not read, or not all of what it holds.

    That something which lies behind a picture could not be read is enough, and so is a worker that
    gave false answers.
    """
    seen = summary.unreadable or summary.incomplete or summary.containers
    return bool(seen or summary.alarms)


def left_undone(read: int, files: int, *, all_read: bool) -> str:
    """What a scan that was interrupted did not come to, in words.

    Args:
        read: files that are read and matched.
        files: how many there are.
        all_read: whether these are all.
    """
    if all_read:
        count = number_of(read, "file")
        return (
            f"interrupted after all {count} had been read and matched: the verification of the "
            "index files was not finished"
        )
    return f"interrupted after {read:,} of {number_of(files, 'file')}"


def end(
    *,
    interrupted: bool = False,
    faults: Mapping[str, int] | None = None,
    matched: bool = False,
    unreadable: object = False,
    undone: str = "read",
) -> None:
    """Exit with the code of what weighs most; return where all is well.

    What was not done because of faults of hashmatch is said loudly, and last of all.

    Args:
        interrupted: whether the user asked to stop.
        faults: files that were not read for each fault of hashmatch.
        matched: whether there were matches, and the exit code is to say so.
        unreadable: whether something was unreadable or not understood.
        undone: what was not done with files because of faults.
    """
    if faults:
        from hashmatch.faults import counted, in_words

        note(
            f"INTERNAL ERROR: {counted(sum(faults.values()))} not {undone} because of a fault in "
            f"hashmatch, not of the files: {in_words(faults)}; please report it with the output of "
            "`hashmatch doctor`"
        )
    for holds, code in (
        (interrupted, EXIT_INTERRUPTED),
        (faults, EXIT_INTERNAL),
        (matched, EXIT_MATCHED),
        (unreadable, EXIT_UNREADABLE),
    ):
        if holds:
            raise typer.Exit(code)
