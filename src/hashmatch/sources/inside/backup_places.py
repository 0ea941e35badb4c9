"""Which files may belong to an iOS backup, by what they are called."""

import os
import re
from typing import Final

DATABASE: Final = "Manifest.db"
MBDB: Final = "Manifest.mbdb"
SETTINGS: Final = "Manifest.plist"
MANIFESTS: Final = (DATABASE, MBDB)
_FILE: Final = re.compile(
    r"(?:(?P<folder>.*)/)?(?P<two>[0-9a-f]{2})/(?P=two)[0-9a-f]{38}", re.DOTALL
)
_OLD_FILE: Final = re.compile(r"(?:(?P<folder>.*)/)?[0-9a-f]{40}", re.DOTALL)
_NAME: Final = 40
"""Letters of the name of such a file."""
_NAMES: Final = frozenset({*MANIFESTS, SETTINGS})


def folder_of(path: str) -> str | None:
    """The folder of the backup that a file may belong to, by its own name; None of others.

    >>> folder_of("b/1/ab/ab" + "0" * 38), folder_of("b/1/Manifest.db"), folder_of("b/1/a.jpg")
    ('b/1', 'b/1', None)
    """
    folder, _, name = path.rpartition("/")
    if name in MANIFESTS:
        return folder
    if len(name) != _NAME:
        return None
    found = _FILE.fullmatch(path) or _OLD_FILE.fullmatch(path)
    return None if found is None else found["folder"] or ""


def is_named(path: str) -> bool:
    """Whether a file may be one that tells of others in a backup."""
    return path.rpartition("/")[2] in _NAMES


def beside_file(path: str) -> tuple[str, ...]:
    """The files of this system that tell of another one in its backup; none of other files."""
    folder = folder_of(path.replace(os.sep, "/"))
    paths = () if folder is None else (f"{folder}/{name}" for name in sorted(_NAMES))
    return tuple(each for each in paths if os.path.isfile(each))  # noqa: PTH113 (no text)
