"""A volume of NTFS with two shadow copies, and what was on it when they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.archives import tool
from tests.support.disk_volumes import fuse, run_tool
from tests.support.photos import encoded, variants
from tests.support.vss_writer import Shadow, store_name, with_shadows

_FOLDER = "System Volume Information"
_FILL = b"\xee" * (3 << 20)


@dataclass(frozen=True)
class Shadowed:
    """The volume.

    Attributes:
        volume: with its shadow copies.
        states: the volume when each shadow copy was made, and as it is now, without them.
        area: where the stores begin.
        pictures: of which 0 was replaced by 12 and 1 deleted and overwritten after the first
            shadow copy; 2 was deleted and 13 added after the second; 3 to 11 were always there.
    """

    volume: bytes
    states: tuple[bytes, bytes, bytes]
    area: int
    pictures: tuple[bytes, ...]


MADE = tuple(datetime(2026, 1, day, 3, 4, 5, tzinfo=UTC) for day in (1, 2))


@cache
def shadowed() -> Shadowed:
    """The volume; the test is skipped where a tool is missing, or may not mount."""
    drawn = [each.resize((160, 120)) for each in variants(14, largest=300)]
    pictures = tuple(encoded(each, "JPEG", quality=92) for each in drawn)

    def first(root: Path) -> None:
        (root / _FOLDER).mkdir()
        (root / _FOLDER / store_name(1)).write_bytes(_FILL)
        for number, data in enumerate(pictures[:12]):
            (root / f"{number:02}.jpg").write_bytes(data)

    def second(root: Path) -> None:
        (root / "00.jpg").write_bytes(pictures[12])
        (root / "01.jpg").unlink()
        _fill(root, range(20))

    def third(root: Path) -> None:
        (root / "02.jpg").unlink()
        (root / "13.jpg").write_bytes(pictures[13])
        _fill(root, range(20, 40))

    one, two, now = _states((first, second, third), pictures[1])
    area = now.index(_FILL[: 1 << 16])
    volume = with_shadows(now, area, [Shadow(one, MADE[0]), Shadow(two, MADE[1])])
    return Shadowed(volume, (one, two, now), area, pictures)


def _fill(root: Path, numbers: range) -> None:
    """Write files that take the place of what was deleted."""
    for number in numbers:
        (root / f"filler{number}").write_bytes(bytes([number]) * 30_000)


def _states(steps: tuple[Callable[[Path], None], ...], gone: bytes) -> list[bytes]:
    """The volume after each step; after the second one these bytes are overwritten."""
    with TemporaryDirectory() as name:
        image = Path(name) / "volume.img"
        with image.open("wb") as file:
            file.truncate(16 << 20)
        run_tool(tool("mkntfs"), "-q", "-F", "-Q", str(image))
        states: list[bytes] = []
        for step in steps:
            with fuse(image, "ntfs-3g") as root:
                step(root)
            data = image.read_bytes()
            if states:
                data = data.replace(gone, bytes(len(gone)))
                image.write_bytes(data)
            states.append(data)
        return states
