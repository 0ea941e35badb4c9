"""A report to a file: whole or not at all, and for its owner alone."""

import re
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, TextIO

from hashmatch import registry
from hashmatch.errors import ReportError
from hashmatch.reports.base import CaseReader, Report, Writing
from hashmatch.reports.redaction import Redacted
from hashmatch.whole_files import whole_file

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 100


def default_name(case: str, report: Report) -> str:
    """The name of a file for the report of a case, made of harmless characters.

    >>> from hashmatch.reports.html import HtmlReport
    >>> default_name("2026/0417 <a>", HtmlReport())
    '2026-0417-a.html'
    """
    name = _UNSAFE.sub("-", case).strip(".-")[:_LONGEST_NAME]
    return f"{name or 'case'}{report.suffix}"


def write_report(
    database: CaseReader,
    case: str,
    *,
    form: str,
    out: TextIO | Path,
    redact_paths: bool = False,
) -> Counter[str]:
    """Write the report of a case.

    Args:
        database: what is on record.
        case: the lab's own number.
        form: `html`, `json`, `jsonl`, `csv` or `vics`, or a registered one.
        out: a file to be written beside and renamed, readable by its owner alone; or a stream.
        redact_paths: whether names of folders and files are withheld.

    Returns:
        What the format could not carry, in words, and how often.

    Raises:
        UnknownNameError: no such format.
        ReportError: the file cannot be written, or the database changed meanwhile.
    """
    report: Report = registry.load("reports", form)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    writing = Writing(version("hashmatch"), now, redact_paths)
    reader = Redacted(database) if redact_paths else database
    if not isinstance(out, Path):
        return report.write(reader, case, out, writing=writing)
    try:
        with whole_file(out) as file:
            return report.write(reader, case, file, writing=writing)
    except OSError as error:
        if isinstance(error, ReportError):
            raise
        msg = f"cannot write {out}: {error.strerror}"
        raise ReportError(msg) from None
