"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[
    Path,
    typer.Option(
        "--index",
        metavar="INDEX",
        envvar="HASHMATCH_INDEX",
        help="Folder of the index; made if there is none.",
    ),
]

AgainstOption = Annotated[
    list[Path],
    typer.Option(
        metavar="KNOWN",
        envvar="HASHMATCH_INDEX",
        help="Index, or file of a hash list in any known format; repeat for several.",
    ),
]

ProfileOption = Annotated[
    str,
    typer.Option(
        metavar="strict|default|wide",
        help="Thresholds: strict (22 bits), default (31), or wide (31, and apart from these what "
        "is probable, up to 46).",
    ),
]

ThreadsOption = Annotated[
    int | None, typer.Option(min=1, help="Files at a time.  [default: as many as cores]")
]

WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Processes that read, each locked down; 0 reads in this one.  [default: as many as "
        "cores]",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="JSON objects, one a line.")]
