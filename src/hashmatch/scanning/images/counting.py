"""How many files a volume of a disk image has: a survey of which nothing is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from hashmatch.scanning.images.orders import SurveyOrder
from hashmatch.scanning.images.tasks import SurveyTask, VolumeEnd
from hashmatch.scanning.members import size_in
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.inside.opening import InsideOpener


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is on a volume.

    Attributes:
        files: that are there, with streams and forks.
        bytes: of these.
        deleted: files that are deleted, and those without a name.
        deleted_bytes: of these.
        free: bytes that belong to no file, and are stored.
    """

    files: int = 0
    bytes: int = 0
    deleted: int = 0
    deleted_bytes: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True)
class CountEnd(VolumeEnd):
    """What became of a volume, and how much there is on it.

    Attributes:
        counts: of files and bytes.
    """

    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True, eq=False)
class CountTask(SurveyTask):
    """Say how much lies on a volume."""

    def order(self, opener: InsideOpener) -> SurveyOrder:
        """What a worker is told."""
        return replace(SurveyTask.order(self, opener), counts=True)

    def end(self, said: Mapping[str, Any]) -> CountEnd:
        """What became of the volume, with its files counted."""
        ended = SurveyTask.end(self, said)
        if len(said["counts"]) != len(fields(Counts)):
            raise ProtocolError
        counts = Counts(*map(size_in, said["counts"]))
        return CountEnd(ended.facts, ended.told, ended.state, counts)
