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

DeepenOption = Annotated[
    bool,
    typer.Option(
        "--deepen",
        help="Go on with a scan that looked less hard: what it met is not decoded again.",
    ),
]

TriageOption = Annotated[
    bool,
    typer.Option("--triage", help="Read first the files in which matches are likeliest."),
]

StopAfterOption = Annotated[
    str,
    typer.Option(
        metavar="SHARE|TIME",
        help="End a triage after this share of the work, as 5%, or time, as 90s, 15m, 2h.",
    ),
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

DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        is_eager=True,
        help="List what would be read, as the volumes of disk images with their files, and what "
        "would not; nothing is decoded, matched or recorded. KNOWN is not needed.",
    ),
]


def _known(context: typer.Context, against: list[Path] | None) -> list[Path]:
    """What is known: it is needed unless nothing is matched."""
    if not against and not context.params.get("dry_run"):
        msg = "it is missing: name an index or a hash list, or only list the files with --dry-run"
        raise typer.BadParameter(msg)
    return against or []


KnownOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        metavar="KNOWN",
        envvar="HASHMATCH_INDEX",
        callback=_known,
        help="Index, or file of a hash list in any known format; - for a list on standard input; "
        "repeat for several. Required, but for --dry-run.",
    ),
]
