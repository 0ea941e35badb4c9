"""Damaged archives and documents of every kind, read to their last member."""

import io
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hashmatch.errors import UnreadableError
from hashmatch.scanning.digested import is_media
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.expanding import expand
from tests.support.container_tree import make_tree
from tests.support.evidence_archives import PASSWORD
from tests.support.mutations import mutant

_LIMITS = InsideLimits(
    max_members=20_000,
    max_bytes=1 << 28,
    free_bytes=1 << 26,
    max_ratio=200,
    max_member_bytes=1 << 26,
    max_seconds=60,
)
_PIECE = 1 << 20


@dataclass
class Endured:
    """What came of reading mutants.

    Attributes:
        count: of mutants.
        members: that were read in them.
        reasons: why something was not read, counted.
        wrong: what was raised, or given twice, by the mutant's seed and number.
        slowest: seconds of the one that took longest, and which that was.
    """

    count: int = 0
    members: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


@cache
def seeds() -> Mapping[str, bytes]:
    """A sound file of every kind in the tree of evidence."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = make_tree(Path(folder))
        return {kind.name: kind.files[0].read_bytes() for kind in kinds}


def endure(count: int, first: int = 0) -> Endured:
    """Read so many mutants, of all kinds in turn.

    Args:
        count: of mutants.
        first: number of the first of them.
    """
    found = Endured()
    files = seeds()
    names = list(files)
    for number in range(first, first + count):
        seed = names[number % len(names)]
        name = f"{seed} {number}"
        begun = time.monotonic()
        try:
            _read(mutant(seed, number, files).data, name, found)
        except Exception:  # noqa: BLE001 (whatever it is, it is wrong)
            found.wrong.append(f"{name}: {traceback.format_exc(limit=-3)}")
        found.slowest = max(found.slowest, (time.monotonic() - begun, name))
        found.count += 1
    return found


def _read(data: bytes, name: str, found: Endured) -> None:
    seen = set()
    last = None
    items = expand(
        io.BytesIO(data),
        _LIMITS,
        passwords=(PASSWORD,),
        searches=lambda head: not is_media(head),
    )
    for item in items:
        last = item
        if item.steps in seen:
            found.wrong.append(f"{name}: given twice")
        seen.add(item.steps)
        found.members += bool(item.steps)
        found.reasons.update(why.reason.value for why in item.problems)
        if item.file is None:
            if item.steps and not item.problems and item.digests.sha256 is None:
                found.wrong.append(f"{name}: neither bytes nor a reason")
            continue
        item.file.seek(0)
        try:
            while item.file.read(_PIECE):
                pass
        except (LimitError, UnreadableError) as error:
            found.reasons[type(error).__name__] += 1
    if last is None or last.steps:
        found.wrong.append(f"{name}: the file itself was not given")
