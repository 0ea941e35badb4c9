"""What there is: cases on record, algorithms, formats."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, printable
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.hashers.base import Hasher
    from hashmatch.profiles import Profile

CASES_HELP = """Show the cases in a database of sightings, with their exhibits and scans.

\b
Examples:
  hashmatch cases --db lab.sightings
  hashmatch cases --db lab.sightings --json
"""

ALGORITHMS_HELP = """Show the perceptual hash algorithms: their ids, bits and default thresholds.

\b
Example:
  hashmatch algorithms
"""

FORMATS_HELP = """Show the formats of hash lists, pictures, videos, reports and exports.

Formats are recognised by content, never by the name of a file.

\b
Example:
  hashmatch formats
"""


def show_cases(
    *,
    db: Annotated[
        Path,
        typer.Option(
            "--db", metavar="FILE", envvar="HASHMATCH_DB", help="The database of sightings."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """The command `cases`."""
    from hashmatch.reports.statement import earlier_files
    from hashmatch.sightings.database import Database

    with Database.open(db, read_only=True) as database, database.snapshot():
        for name in database.cases():
            case = database.case(name)
            if as_json:
                json_line({"record": "case", **case.to_dict()})
                continue
            line(f"{printable(name)}: {number_of(len(case.sources), 'exhibit')}")
            for source in case.sources:
                line(
                    f"  {printable(source.label)}: {number_of(source.items, 'file')}, "
                    f"{number_of(source.matched, 'file')} with a match, "
                    f"{source.unreadable:,} unreadable"
                )
            for words in earlier_files(case):
                line(f"  {printable(words)}")
            labels = {source.id: source.label for source in case.sources}
            for run in case.runs:
                seen = number_of(run.position, "file")
                of = "" if run.expected is None else f" of {run.expected:,}"
                exhibit = printable(labels.get(run.source, "an exhibit"))
                how_far = f"{run.status}, {seen}{of} on record"
                line(f"    scan {run.id} of {exhibit}, {run.started}: {how_far}")


def show_algorithms(*, as_json: JsonOption = False) -> None:
    """The command `algorithms`."""
    from hashmatch import registry
    from hashmatch.profiles import DEFAULT

    for name in registry.names("hashers"):
        hasher: Hasher = registry.load("hashers", name)
        if as_json:
            json_line(
                {
                    "record": "algorithm",
                    "algorithm": name,
                    "bits": hasher.bits,
                    "distance": hasher.distance,
                    "threshold": hasher.threshold,
                    "probable": DEFAULT.probable.get(name),
                    "minimum_quality": hasher.minimum_quality,
                    "source": hasher.source,
                }
            )
            continue
        line(f"{name:15} {_matching(hasher, DEFAULT)}")
        line(f"{'':15} {hasher.source}")


def _matching(hasher: "Hasher", profile: "Profile") -> str:
    """The default condition of a match by an algorithm, in words."""
    from hashmatch.hashers.base import Comparison

    if hasher.distance != Comparison.HAMMING:
        return "is not compared by differing bits"
    if hasher.threshold is not None:
        within = f"matches up to {hasher.threshold} of {hasher.bits} bits"
        return f"{within}, quality {hasher.minimum_quality} or more"
    said = f"not matched by default ({hasher.bits} bits)"
    probable = profile.probable.get(hasher.algorithm)
    if probable is None:
        return f"{said}; set a threshold with --threshold or lists policy"
    near = f"hashes within {number_of(probable, 'bit')}" if probable else "equal hashes"
    return f"{said}; {near} are only probable, quality {profile.probable_quality} or more"


def show_formats(*, as_json: JsonOption = False) -> None:
    """The command `formats`."""
    from hashmatch import registry
    from hashmatch.decoding import demuxers, formats
    from hashmatch.hashlists.base import ListWriter

    lists = {
        name: isinstance(registry.load("lists", name), ListWriter)
        for name in registry.names("lists")
    }
    found = {
        "hash lists": [*lists],
        "hash lists, written too": [name for name, written in lists.items() if written],
        "pictures": [*formats.names()],
        "videos": sorted(demuxers.VIDEO),
        "reports": registry.names("reports"),
        "exports": registry.names("exports"),
        "exchanges": registry.names("exchanges"),
    }
    for kind, names in found.items():
        if as_json:
            json_line({"record": "formats", "kind": kind, "names": names})
        else:
            line(f"{kind}:")
            line(fill(", ".join(names), width=78, initial_indent="  ", subsequent_indent="  "))
