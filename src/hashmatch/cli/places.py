"""Where commands may write: never among evidence, and over no file unless that is asked for."""

import os
from collections.abc import Sequence
from pathlib import Path

import typer

from hashmatch.cli.standard_input import DASH


def check_places(
    folders: Sequence[Path],
    *,
    indexes: Sequence[Path] = (),
    written: Sequence[tuple[str, Path | None]] = (),
) -> None:
    """Refuse to write among evidence, and to read a folder twice.

    Args:
        folders: the evidence.
        indexes: folders of indexes; files of hash lists among them are only read.
        written: further files that are written, and what each is.

    Raises:
        BadParameter: one of ours lies in the evidence, one folder in another, or a folder is `-`.
    """
    from hashmatch.sources.access import lies_in

    ours = [("the index", path) for path in indexes if path.is_dir() or not path.exists()]
    ours += [(what, path) for what, path in written if path is not None]
    for number, folder in enumerate(folders):
        if folder == DASH:
            msg = (
                "standard input is no folder; `hashmatch match -` and `hashmatch hash -` read one "
                "file from it"
            )
            raise typer.BadParameter(msg)
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


def check_output(path: Path, *, force: bool) -> None:
    """Refuse to write over what is there, before any work is done.

    Args:
        path: of the file that is to be written; `-` is standard output.
        force: whether a file may be replaced.

    Raises:
        BadParameter: there is a file and `force` was not given, or something that is no file.
    """
    if path == DASH or not os.path.lexists(path):
        return
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file"
        msg = f"{path} is {what}: name a file, or - for standard output"
        raise typer.BadParameter(msg)
    if not force:
        msg = f"there is a {path} already: --force replaces it"
        raise typer.BadParameter(msg)
