"""`hashmatch demo`: the main job on pictures and a film drawn for it."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from hashmatch.cli.doctor import short_check
from hashmatch.cli.outcome import end
from hashmatch.cli.output import line, printable
from hashmatch.cli.program import called

HELP = """Make a small demonstration, scan it, and explain what the scan shows.

Draws a few pictures and a film, hides altered copies of them among others, writes toy hash lists,
runs `hashmatch scan` on it, puts everything on record and writes the report. Needs no network; the
pictures are drawn by code.

\b
Example:
  hashmatch demo
"""


def demo(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Where to write the demonstration.")
    ] = Path("hashmatch-demo"),
) -> None:
    """The command `demo`."""
    from hashmatch import demo as demonstration
    from hashmatch.cli.recording import Record, on_record
    from hashmatch.cli.scan_output import Shown, show_scan
    from hashmatch.reports.writing import write_report
    from hashmatch.scanning.engine import matcher_for
    from hashmatch.sightings.database import Database
    from hashmatch.sources.opening import open_source

    short_check()
    evidence, known, films = demonstration.make(folder)
    line(f"Drew pictures, a film, altered copies and broken files in {printable(str(evidence))},")
    line(f"and listed the hashes of the six known pictures in {printable(str(known))},")
    line(f"those of the known film's frames in {printable(str(films))}.")
    line()
    program = shlex.join(called())
    db, page = folder / "demo.sightings", folder / "report.html"
    lists = f"--against {known} --against {films}"
    command = f"{program} scan {evidence} {lists} --db {db} --case DEMO"
    line(f"$ {printable(command)}")
    matcher = matcher_for([known, films])
    record = Record(db, "DEMO", "demo", rescan=True)
    source = open_source(evidence)
    with on_record(record, matcher, evidence, source) as run:
        summary, _, _ = show_scan(source, matcher, Shown(unsandboxed=True), run=run)
    line()
    line(f"$ {printable(f'{program} report --db {db} --case DEMO --output {page} --force')}")
    with Database.open(db, read_only=True) as database, database.snapshot():
        write_report(database, "DEMO", format="html", out=page)
    line(f"The report is a page without pictures: open {printable(str(page.resolve()))}")
    line()
    for text in _EXPLAINED:
        line(text)
    line()
    line(f"That nothing on record was altered:  {printable(f'{program} audit verify --db {db}')}")
    end(faults=summary.faults)


_EXPLAINED = (
    "What this shows",
    "  equal bytes      the file is the known one, byte for byte (its SHA-256 is on the list)",
    "  pdq 8 of 31      the picture looks like the known one: 8 of 256 bits differ, 31 may",
    "  list / entry     which hash list, and which entry on it; then the publisher's category",
    "  (mirrored)       the copy was mirrored or turned, and was found all the same",
    "  0:00:02.0 –      which seconds of a video are which seconds of the known one",
    "Found although re-encoded, shrunk, turned, mirrored, printed (CMYK), made transparent,",
    "darkened, named .dat, or cut off at the end. half.jpg has half of its data: it is hashed",
    "and marked, and is at most a probable match. zeroed.jpg cannot be read: it is counted.",
    "No picture was shown to anybody, and none was copied.",
)
