"""`hashmatch lists check`: what a hash list holds, without an index."""

from pathlib import Path
from typing import Annotated

import typer

from hashmatch.cli.exit_codes import EXIT_UNREADABLE
from hashmatch.cli.list_facts import count_lines, counts_of, facts_of
from hashmatch.cli.options import JsonOption, ListFormatOption
from hashmatch.cli.output import json_line, line, printable
from hashmatch.cli.standard_input import check_dashes, or_standard_input
from hashmatch.wording import number_of

HELP = """Read hash lists and say what is in them; nothing is imported or changed.

Prints the format, the numbers of entries, digests and hashes, and every quarantined row: one that
could not be understood, with its number and the reason. Exit code 4 says that there were some.

\b
Examples:
  hashmatch lists check vic-us.json
  zcat list.csv.gz | hashmatch lists check -
"""


def check_lists(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Hash lists; - for standard input.")
    ],
    *,
    format: ListFormatOption = "",
    as_json: JsonOption = False,
) -> None:
    """The command `lists check`."""
    from hashmatch.hashlists.reading import read_list
    from hashmatch.index.reading import KnownList

    check_dashes(files)
    quarantined = 0
    for given in files:
        with or_standard_input(given) as path:
            known = read_list(path, format=format)
        listed = KnownList.of(known)
        quarantined += len(known.quarantined)
        if as_json:
            json_line(facts_of(known, given, listed.known_good_entries))
        else:
            entries = number_of(len(known.entries), "entry", "entries")
            line(f"{printable(str(given))}: {entries} ({known.format}, SHA-256 {known.sha256})")
            if listed.known_good_entries:
                line(f"  {listed.known_good_entries:,} of them known good")
            for words in count_lines(counts_of(known.entries)):
                line(f"  {words}")
            if known.quarantined:
                line(f"  {number_of(len(known.quarantined), 'quarantined row')}:")
        for row in known.quarantined:
            if as_json:
                json_line({"record": "quarantined", "row": row.number, "reason": row.reason})
            else:
                line(f"    row {row.number}: {printable(row.reason)}")
    if quarantined:
        raise typer.Exit(EXIT_UNREADABLE)
