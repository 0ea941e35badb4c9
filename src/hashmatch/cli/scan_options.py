"""Options of `hashmatch scan` alone."""

from pathlib import Path
from typing import Annotated

import typer

FoldersArgument = Annotated[
    list[Path], typer.Argument(metavar="DIR...", help="Folders, single files, or block devices.")
]

ExcludeOption = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="Leave files out, as '*.iso'; repeat for several."),
]

DatabaseOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", envvar="HASHMATCH_DB", help="Database of sightings; made if there is none."
    ),
]

CaseOption = Annotated[str, typer.Option(metavar="N", help="The lab's own case number.")]

ExhibitOption = Annotated[
    str, typer.Option(metavar="LABEL", help="The lab's label for DIR.  [default: its path]")
]

ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Continue a scan that was interrupted.")
]

RescanOption = Annotated[
    bool, typer.Option("--rescan", help="Start a new scan even if one is on record.")
]

ReplaceEarlierOption = Annotated[
    bool,
    typer.Option(
        "--replace-earlier",
        help="Matches of earlier scans of the exhibit no longer count, even those that this scan "
        "does not find again.",
    ),
]

AllowUnmatchedOption = Annotated[
    bool, typer.Option("--allow-unmatched", help="Scan even if nothing known can match.")
]
