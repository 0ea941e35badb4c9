"""The contract of reports, checked."""

import io
import re
from collections import Counter
from typing import Final

from hashmatch.model import Digests
from hashmatch.reports.base import CaseReader, Report, Writing
from hashmatch.testing.rules import expect

_PICTURE: Final = re.compile(
    r"<img\b|<image\b|<video\b|data:(?:image|video)|;base64,", re.IGNORECASE
)
"""Applies to a page, where names from evidence are escaped; elsewhere they may hold anything."""
_BYTES: Final = re.compile(r"[A-Za-z0-9+/]{4000}")
"""More than any hash takes as text."""
_ACTIVE: Final = re.compile(r"<script\b|\bon\w+\s*=\s*[\"']|javascript:", re.IGNORECASE)


def check_report(report: Report, database: CaseReader, case: str) -> None:
    """Check one kind of report against the contract of `reports.base.Report`.

    It names its suffix; the same record and the same time give the same text; it tells of every
    item with a match, or counts what it could not carry; it holds no picture, and, as a page,
    nothing that runs.

    Args:
        report: what is checked.
        database: what is on record, with at least one sighting.
        case: the one to report.

    Raises:
        AssertionError: the first rule that does not hold, in words.
    """
    name = type(report).__name__
    expect(report.suffix.startswith("."), name, "its suffix begins with a dot")
    expect(isinstance(report.is_stream, bool), name, "says whether it is a stream")
    text, lost = _text(report, database, case)
    expect(bool(text), name, "writes something")
    expect((text, lost) == _text(report, database, case), name, "gives the same text again")
    expect(_BYTES.search(text) is None, name, "holds no bytes of a file")
    if report.suffix in {".html", ".htm", ".xhtml", ".svg"}:
        expect(_PICTURE.search(text) is None, name, "holds no picture")
        expect(_ACTIVE.search(text) is None, name, "holds nothing that runs")
    seen = [each.item.digests for each in database.sightings(case)]
    expect(bool(seen), name, "has a sighting to be checked with")
    if getattr(report, "is_binary", False):
        return  # only who knows the format can look for what is in it
    missing = sum(not _tells(text.lower(), digests) for digests in seen)
    told = missing <= lost.total()
    expect(told, name, "tells of every item with a match, or how many it could not carry")


def _tells(text: str, digests: Digests) -> bool:
    return any(each in text for each in (digests.md5, digests.sha1, digests.sha256) if each)


def _text(report: Report, database: CaseReader, case: str) -> tuple[str, Counter[str]]:
    held = io.BytesIO()
    out = io.TextIOWrapper(held, "utf-8", "surrogatepass", newline="", write_through=True)
    lost = report.write(database, case, out, writing=Writing("0", "2020-01-01T00:00:00Z"))
    out.flush()
    return held.getvalue().decode("utf-8", "backslashreplace"), lost
