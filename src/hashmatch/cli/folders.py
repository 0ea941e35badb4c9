"""Folders that a command is given to read."""

from collections.abc import Sequence
from pathlib import Path

from hashmatch.cli.output import note
from hashmatch.cli.standard_input import DASH


def warn_of_empty(files: Sequence[Path]) -> bool:
    """Say which folders among these hold no file, and whether one does."""
    from hashmatch.sources.opening import open_source

    folders = [each for each in files if each != DASH and each.is_dir()]
    empty = [each for each in folders if next(iter(open_source(each)), None) is None]
    for each in empty:
        note(f"warning: {each} holds no file: is it the right folder, and is it mounted?")
    return bool(empty)
