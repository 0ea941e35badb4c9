"""All that lies in an archive, as values that can be compared."""

import io
from typing import NamedTuple

from hashmatch.errors import UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Step
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.steps import reach


class Row(NamedTuple):
    """An item: its steps, its bytes, which container it is, and what is wrong with it."""

    steps: tuple[Step, ...]
    data: bytes | None
    kind: str
    problems: tuple[Unreadable, ...]


def rows_of(
    archive: bytes, limits: InsideLimits | None = None, *, passwords: tuple[str, ...] = ()
) -> list[Row]:
    """Every item in it, in order."""
    rows = []
    for item in expand(io.BytesIO(archive), limits, passwords=passwords):
        data = None
        if item.file is not None:
            item.file.seek(0)
            data = item.file.read()
        kind = item.kind.name if item.kind is not None else ""
        rows.append(Row(item.steps, data, kind, item.problems))
    return rows


def opened(archive: bytes, steps: tuple[Step, ...], *, passwords: tuple[str, ...] = ()) -> bytes:
    """The bytes behind these steps, as far as they can be read."""
    pieces = []
    try:
        reached = reach(io.BytesIO(archive), steps, passwords=passwords)
        while piece := reached.file.read(1 << 16):
            pieces.append(piece)
    except UnreadableError:
        pass
    return b"".join(pieces)
