"""The page to a file: whole or not at all, and for its owner alone."""

from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from hashmatch.errors import HashmatchError, ReportError
from hashmatch.files.whole import cannot_write, whole_file
from hashmatch.reports.base import Writing
from hashmatch.reports.circulation.page import CirculationPage

if TYPE_CHECKING:
    from hashmatch.tracing.reported import Circulation

NAME: Final = "circulation.html"
"""The name of the file where none is given."""


def write_circulation(
    found: "Circulation",
    out: TextIO | str | PathLike[str],
    *,
    examiner: str = "",
    agency: str = "",
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Write the page of circulation.

    Args:
        found: what `hashmatch.tracing.circulation.circulation` gives.
        out: a file to be written beside and renamed, readable by its owner alone; or a stream.
        examiner: who hands the page out, for its cover.
        agency: for which the examiner works.
        note: a text for the cover.
        at: when the page is written, with its time zone; now by default. The same record and the
            same time give the same bytes.

    Raises:
        ReportError: the file cannot be written.
    """
    when = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    writing = Writing(
        version("hashmatch"),
        when.replace("+00:00", "Z"),
        examiner=examiner.strip(),
        agency=agency.strip(),
        note=note.strip(),
    )
    pieces = CirculationPage(found, writing).pieces()
    if not isinstance(out, str | PathLike):
        out.writelines(f"{each}\n" for each in pieces)
        return
    path = Path(out)
    try:
        with whole_file(path) as file:
            file.writelines(f"{each}\n" for each in pieces)
    except HashmatchError:
        raise
    except OSError as error:
        raise ReportError(str(cannot_write(path, error))) from None
