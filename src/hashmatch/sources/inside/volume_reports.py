"""What became of the volumes of a disk image."""

from dataclasses import dataclass, field, replace
from typing import Final

from hashmatch.errors import Reason
from hashmatch.model import AllocationState, Unreadable, VolumeStatus
from hashmatch.model.locator import Step
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.diskimage.spans import Span
from hashmatch.sources.diskimage.verifying import StoredDigests
from hashmatch.sources.diskimage.volumes import Volume

LEFT_OUT: Final = "it is left out, as others were asked for"
"""Why a volume was not read that nobody asked for."""


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """What became of a volume.

    Attributes:
        volume: it.
        status: what became of it.
        reason: why it was not read, or not all of it; empty if it was.
    """

    volume: Volume
    status: VolumeStatus
    reason: str = ""

    @property
    def remark(self) -> str:
        """The reason; of a shadow copy also when it was made."""
        if not self.volume.made:
            return self.reason
        made = f"shadow copy of {self.volume.made}"
        return f"{made}: {self.reason}" if self.reason else made

    @property
    def kind(self) -> str:
        """What lies on it, in a word."""
        return self.volume.contents[0].kind if self.volume.contents else "unknown"

    def without(self, why: str) -> "VolumeReport":
        """The same of a volume of which something else could not be read."""
        is_read = self.status is VolumeStatus.READ
        status = VolumeStatus.PARTLY_READ if is_read else self.status
        return replace(self, status=status, reason=self.reason or why)

    @property
    def told(self) -> Unreadable | None:
        """Why the image was not read whole; None where nothing of this volume is missing."""
        is_left_out = self.reason == LEFT_OUT
        if self.status is VolumeStatus.READ or is_left_out:
            return None
        where = "!".join(map(str, self.volume.steps))
        is_locked = "is encrypted" in self.reason
        reason = Reason.ENCRYPTED if is_locked else Reason.CONTAINER
        return Unreadable(reason, f"volume {where}: {self.reason}")


@dataclass(frozen=True, slots=True)
class ReadMedium:
    """A disk image in a file, with what became of its volumes.

    Attributes:
        steps: from the file to it; none where the file is the image.
        reports: of its volumes.
        unread: offset, length and reason of ranges that are missing.
        size: of the medium, in bytes.
        digests: that the image keeps of it.
    """

    steps: tuple[Step, ...]
    reports: tuple[VolumeReport, ...]
    unread: tuple[tuple[int, int, str], ...] = ()
    size: int = 0
    digests: StoredDigests = field(default_factory=StoredDigests)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What is known of a volume once its file systems were walked through.

    Attributes:
        report: what became of it.
        free: the space that belongs to no file, on the volume: what of it is stored.
        state: of what is found there.
    """

    report: VolumeReport
    free: list[Span] = field(default_factory=list)
    state: AllocationState = AllocationState.UNALLOCATED


def without_deleted(report: VolumeReport, spans: list[Span], left: list[Entry]) -> Surveyed:
    """A volume whose deleted files and free space are left out."""
    size = sum(length for _, length in spans)
    what = f"{len(left):,} deleted files and {size:,} bytes of free space are left out"
    return Surveyed(replace(report, reason=f"{report.reason}; {what}" if report.reason else what))


def report_of(volume: Volume, wrong: list[str], *, is_known: bool) -> VolumeReport:
    """What became of a volume.

    Args:
        volume: it.
        wrong: what was wrong with it, in sentences.
        is_known: whether its file systems were read, or it is a gap.
    """
    if wrong:
        more = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        status = VolumeStatus.PARTLY_READ if is_known else VolumeStatus.BY_CONTENT
        return VolumeReport(volume, status, f"{wrong[0]}{more}")
    if is_known:
        return VolumeReport(volume, VolumeStatus.READ)
    titles = ", ".join(each.title for each in volume.contents)
    reason = f"{titles}: searched for pictures by content alone"
    return VolumeReport(volume, VolumeStatus.BY_CONTENT, reason)
