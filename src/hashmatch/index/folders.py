"""The folder of an index: which names in it are ours, and where none can be made."""

import os
import re
from pathlib import Path
from typing import Final

from hashmatch.errors import SourceError
from hashmatch.index import generation as generations

LOCK: Final = "lock"
OURS: Final = re.compile(
    r"\.?(generation-\d{10}\.json|(entries|withdrawn)-[0-9a-f]{32}\.hma)(\.[0-9a-f]{32})?"
)
"""Names that only we give: files of old generations, and of writers that were killed."""


def check_place(path: Path) -> None:
    """Refuse a folder that holds something else, and one that is none.

    A slip of the Tab key must not write into evidence. Files of our own without a generation are
    what a first import leaves behind when it is killed.

    Raises:
        SourceError: no index can be made or changed here; nothing was written.
    """
    try:
        names = os.listdir(path)  # noqa: PTH208 (names are enough)
    except FileNotFoundError:
        return
    except OSError as error:
        msg = f"the index {path} cannot be opened: {error.strerror}"
        raise SourceError(msg) from None
    foreign = sorted(name for name in names if name != LOCK and not OURS.fullmatch(name))
    if foreign and not generations.numbers(path):
        msg = (
            f"{path} is neither an empty folder nor an index: it holds {foreign[0]!r}"
            f"{f' and {len(foreign) - 1:,} more' if len(foreign) > 1 else ''}. "
            "Nothing was written. Name a new folder for the index"
        )
        raise SourceError(msg)
