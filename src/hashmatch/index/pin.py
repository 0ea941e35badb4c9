"""What is pickled in the place of an index: its path, and which generation it must hold."""

import os
from collections.abc import Sequence
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
        if Pin.of(file).sha256 != self.sha256:
            msg = (
                f"the index {self.folder} was changed since it was pickled: it holds other content "
                f"in that generation now ({self.number}); open it again by its path"
            )
            raise KnownChangedError(msg)

    def check_there(self, there: Sequence[int]) -> None:
        """Nothing, if the generation is among those that are there, or none is.

        Raises:
            KnownChangedError: it was tidied away.
        """
        if there and self.number not in there:
            msg = (
                f"generation {self.number} of the index {self.folder} was tidied away; its newest "
                f"one is {there[-1]}. Open it again by its path; a lease keeps a generation while "
                "a job runs (`Index.lease`, MatchBatch and `hashmatch batch` take one)"
            )
            raise KnownChangedError(msg)
