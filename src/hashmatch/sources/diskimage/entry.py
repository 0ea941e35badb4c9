"""A file of a file system, as its reader gives it, and as it goes from process to process."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hashmatch.model import AllocationState, PlaceConfidence, Unreadable
from hashmatch.model.locator import FileObject


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that a file system lists, or one stream of it.

    Attributes:
        step: from the volume to it.
        size: in bytes, as the file system says, and no more than the volume could hold.
        times: by kind, ISO 8601; with `Z` only where they are known to be UTC.
        state: whether its bytes belong to a file.
        confidence: how sure it is that the bytes that are read are its own.
        runs: offset and length of each piece on the volume, in their order; empty where its bytes
            do not lie there as they are.
        links: how many names the file has.
        problem: why its bytes cannot be read; None where they can.
        original_name: what it was called where it came from, as another file says; empty where
            none does.
        remark: what is to be said of it if nothing is found in it.
    """

    step: FileObject
    size: int = 0
    times: Mapping[str, str] = field(default_factory=dict)
    state: AllocationState = AllocationState.ALLOCATED
    confidence: PlaceConfidence = PlaceConfidence.CERTAIN
    runs: tuple[tuple[int, int], ...] = ()
    links: int = 1
    problem: Unreadable | None = None
    original_name: str = ""
    remark: Unreadable | None = None

    @property
    def deleted_span(self) -> tuple[int, int] | None:
        """Begin and size of a deleted file whose bytes can be read, on the volume.

        A search of free space finds it there once more.
        """
        if self.state is AllocationState.ALLOCATED or not self.runs or self.problem:
            return None
        return self.runs[0][0], self.size
