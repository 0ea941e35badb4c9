"""Damaged disk images of every kind, read as far as they go."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from hashmatch.errors import UnreadableError
from hashmatch.sources.diskimage.base import BadRange, Medium
from hashmatch.sources.diskimage.opening import Image, open_image
from hashmatch.sources.diskimage.reading import read_around
from hashmatch.sources.diskimage.volumes import find_volumes
from tests.support.aff4_files import AFF4_FORMS
from tests.support.corrected_images import corrected
from tests.support.disk_images import FORMS, medium, write
from tests.support.dmg_files import DMG_FORMS
from tests.support.mutations import mutant

SIZE = 768 << 10
_PIECE = 1 << 16
_MOST_READ = 4 << 20
_PLACES = 16


@dataclass
class Endured:
    """What came of reading mutants.

    Attributes:
        count: of mutants.
        opened: of them, those that are images still.
        reasons: why one was not, or not all of it, counted.
        wrong: what was raised that should not be, or read that is not so.
        slowest: seconds of the one that took longest, and which that was.
    """

    count: int = 0
    opened: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def make_seeds(folder: Path, forms: Mapping[str, Callable[[Path, Path], Path]]) -> dict[str, Path]:
    """A sound image of each form, each in a folder of its own; its first file."""
    raw = write(folder / "raw", medium(SIZE))
    found = {}
    for name, make in forms.items():
        own = folder / name.replace(" ", "-")
        own.mkdir()
        found[name] = make(raw, own)
    return found


ALL_FORMS = FORMS | AFF4_FORMS | DMG_FORMS


def endure(form: str, first: Path, count: int, folder: Path) -> Endured:
    """Damage the files of an image so often, and read what is left of it.

    Args:
        form: of the image.
        first: its first file.
        count: of mutants.
        folder: that they are written to.
    """
    endured = Endured()
    files = {each.name: each.read_bytes() for each in sorted(first.parent.iterdir())}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for number in range(count):
        victim = sorted(files)[number % len(files)]
        data = mutant(victim, number, files).data
        fits = number % 3 == 0
        (folder / victim).write_bytes(corrected(form, data) if fits else data)
        begun = time.monotonic()
        label = f"{form}:{victim}:{number}"
        try:
            with open_image(folder / first.name) as image:
                endured.opened += 1
                _read(image, endured, label, checks=form.startswith("e01") and not fits)
        except (OSError, UnreadableError) as error:
            endured.reasons[getattr(error, "reason", type(error).__name__)] += 1
        except Exception:  # noqa: BLE001 (all others are wrong)
            endured.wrong.append(f"{label}: {traceback.format_exc(limit=-3)}")
        endured.count += 1
        endured.slowest = max(endured.slowest, (time.monotonic() - begun, label))
        (folder / victim).write_bytes(files[victim])
    return endured


def _read(image: Image, endured: Endured, label: str, *, checks: bool) -> None:
    """All of a small medium, places of a large one; its holes and its volumes."""
    source = image.medium
    for at in range(0, min(source.size, _MOST_READ), _PIECE):
        data, bad = read_around(source, at, _PIECE)
        endured.reasons.update(each.reason for each in bad[:1])
        if len(data) != min(_PIECE, source.size - at):
            endured.wrong.append(f"{label}: short at {at}")
        if checks and not _is_true(data, at, bad, source):
            endured.wrong.append(f"{label}: other bytes at {at}")
    chance = Random(label)
    for _ in range(_PLACES):
        read_around(source, chance.randrange(source.size + 1), 4096)
    end = -1
    for number, (start, length) in enumerate(islice(source.holes(), 10_000)):
        if not end < start < start + length <= source.size:
            endured.wrong.append(f"{label}: holes out of order")
        end = start + length
        if number < _PLACES and any(
            read_around(source, at, 4096)[0].strip(b"\0")
            for at in (start, max(start, end - 4096))
            if at + 4096 <= end
        ):
            endured.wrong.append(f"{label}: a hole at {start} that is none")
    volumes = find_volumes(source).volumes
    if sum(each.weight for each in volumes) != source.size:
        endured.wrong.append(f"{label}: weights do not add up")


_DATA = medium(SIZE)


def _is_true(data: bytes, at: int, bad: Sequence[BadRange], source: Medium) -> bool:
    """Whether what could be read is what the medium had: an E01 has checksums of everything."""
    expected = bytearray(_DATA[at : at + len(data)].ljust(len(data), b"\0"))
    for each in bad:
        start, length = each.offset - at, each.length
        expected[start : start + length] = bytes(length)
    return data == expected or source.size != SIZE
