"""Which files beside another one are left out: it may be a part of the same image or archive."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Which files of a folder are left out that is not left out itself.

    Attributes:
        patterns: as `Excluding` takes them.
        folder: the path of the folder below the root; empty of the root.
    """

    patterns: tuple[str, ...]
    folder: str

    def __call__(self, name: str) -> str:
        """The pattern that leaves a file out; empty if none does."""
        path = f"{self.folder}/{name}" if self.folder else name
        for pattern in self.patterns:
            wanted = pattern.strip("/")
            if fnmatchcase(path if "/" in wanted else name, wanted):
                return pattern
        return ""
