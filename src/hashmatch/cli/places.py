"""Where commands may write: never among evidence."""

from collections.abc import Sequence
from pathlib import Path

import typer


def check_places(
    folders: Sequence[Path], *, indexes: Sequence[Path] = (), database: Path | None = None
) -> None:
    """Refuse to write among evidence, and to read a folder twice.

    Args:
        folders: the evidence.
        indexes: folders of indexes; files of hash lists among them are only read.
        database: of sightings.

    Raises:
        BadParameter: one of ours lies in the evidence, or one folder in another.
    """
    from hashmatch.sources.access import lies_in

    ours = [("the index", path) for path in indexes if path.is_dir() or not path.exists()]
    ours += [("the database", database)] if database else []
    for number, folder in enumerate(folders):
        for what, path in ours:
            if lies_in(path, folder):
                msg = (
                    f"{what} {path} lies in the evidence {folder}, where nothing is written: "
                    "move it, or name another place"
                )
                raise typer.BadParameter(msg)
        for other in (*folders[:number], *folders[number + 1 :]):
            if lies_in(folder, other):
                msg = f"{folder} lies in {other}: its files would be counted twice"
                raise typer.BadParameter(msg)
