"""What is pickled in the place of an index: its path, and which generation it must hold."""

import os
from dataclasses import dataclass

from hashmatch.errors import KnownChangedError
from hashmatch.index import generation as generations
from hashmatch.index.held import HeldFile


@dataclass(frozen=True, slots=True)
class Pin:
    """Which generation of which index: what is pickled in the place of an index.

    Attributes:
        folder: of the index, absolute.
        number: of the generation.
        sha256: of the file of the generation, which names the SHA-256 of all its other files.
    """

    folder: str
    number: int
    sha256: str

    @classmethod
    def of(cls, file: HeldFile) -> "Pin":
        """The generation in this file."""
        folder = os.path.abspath(file.path.parent)  # noqa: PTH100 (links stay links)
        return cls(folder, generations.number_of(file.path.name), file.sha256)

    def check(self, file: HeldFile) -> None:
        """Nothing, if this is the same generation.

        Raises:
            KnownChangedError: it is another one.
        """
        found = Pin.of(file)
        if (found.number, found.sha256) != (self.number, self.sha256):
            msg = (
                f"the index {self.folder} was changed since it was pickled: it held generation "
                f"{self.number}, and holds {_other(found.number, self.number)}; "
                "open it again by its path, or pickle it again after `refresh`"
            )
            raise KnownChangedError(msg)


def _other(found: int, pinned: int) -> str:
    return f"generation {found} now" if found != pinned else "other content in that generation now"
