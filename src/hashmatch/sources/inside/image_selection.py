"""Which parts of disk images are read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hashmatch.errors import check_type

if TYPE_CHECKING:
    from hashmatch.model.locator import Step


@dataclass(frozen=True, slots=True)
class ImageSelection:
    """Which parts of disk images are read: all by default.

    Attributes:
        deleted: whether deleted files are read, and pictures are looked for in space that belongs
            to no file.
        snapshots: whether shadow copies of volumes are read too.
        volumes: names of the volumes that are read, as their steps have them, with the place or
            without: `gpt:2@1048576`, `gpt:2`; all where there is none. In images in
            other containers all volumes are read.

    >>> ImageSelection(volumes=("gpt:2",)).deleted
    True
    """

    deleted: bool = True
    snapshots: bool = True
    volumes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what selects nothing.

        Raises:
            TypeError: a value is of another type.
        """
        check_type(self.deleted, bool, "deleted is True or False")
        check_type(self.snapshots, bool, "snapshots is True or False")
        check_type(self.volumes, tuple, "volumes are a tuple of texts")
        for each in self.volumes:
            check_type(each, str, "the name of a volume is text")

    def takes(self, steps: "tuple[Step, ...]") -> bool:
        """Whether a volume is read, by the steps that lead to it: also what lies in one."""
        if not self.volumes:
            return True
        names = [str(each) for each in steps]
        short = [each.partition("@")[0] for each in names]
        ways = (way[: at + 1] for way in (names, short) for at in range(len(way)))
        return any("!".join(way) in self.volumes for way in ways)
