"""Volumes that are surveyed, files that are read and space that is searched, in a worker."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from hashmatch.errors import Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.model import AllocationState, Unreadable
from hashmatch.model.locator import plain_steps
from hashmatch.scanning import disks
from hashmatch.scanning.digested import is_surely_media
from hashmatch.scanning.expanding import CHANGED, SLOWEST, Telling
from hashmatch.scanning.images.objects import packed_rows, row_of
from hashmatch.scanning.images.orders import Place, ReadOrder, SearchOrder, SurveyOrder
from hashmatch.scanning.members import packed, part_of, plain
from hashmatch.sources.access import stamp_of
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.opening import InsideOpener

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.entry import Entry
    from hashmatch.sources.diskimage.volumes import Volume
    from hashmatch.sources.inside.expanded import Expanded
    from hashmatch.sources.inside.image_items import ImageItems
    from hashmatch.sources.inside.volume_reports import Surveyed

Order = SurveyOrder | ReadOrder | SearchOrder
OnProgress = Callable[[float], object]
_MOST_OBJECTS: Final = 64
_MOST_BYTES: Final = 4 << 20
"""Files, and bytes of them, that are read as one task."""
_MOST_SPANS: Final = 10_000
_MOST_KNOWN: Final = 100_000
"""Contents of which a worker remembers that it sent them."""


class OpenImage:
    """The disk image that a worker read last, with its file systems: it is seldom another one."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._place: Place | None = None
        self._opened = ExitStack()
        self.sent: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._place = None
        self._opened.close()

    def __reduce__(self) -> tuple[type["OpenImage"], tuple[()]]:
        """Nothing of it goes to another process."""
        return OpenImage, ()

    def of(self, place: Place, opener: InsideOpener) -> "tuple[ImageItems, BinaryIO]":
        """The image, and the file that it lies in.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: likewise, or it is another file than before.
        """
        is_same = self._place is not None and self._place.address == place.address
        if not is_same or stamp_of(self._file) != place.stamp:
            self._open(place, opener)
        if stamp_of(self._file) != place.stamp:
            raise UnreadableError(CHANGED.reason, CHANGED.detail)
        if len(self.sent) > _MOST_KNOWN:
            self.sent.clear()
        return self._items, self._file

    def _open(self, place: Place, opener: InsideOpener) -> None:
        from hashmatch.sources.inside.disk_image import DiskImage

        self._place = None
        self._opened.close()
        self.sent.clear()
        self._opened = ExitStack()
        self._file = self._opened.enter_context(opener.open(place.address))
        near = self._opened.enter_context(opener.near(place.address))
        self._items = DiskImage().items(self._file, near, opener.limits.images)
        self._place = place


def stream(
    order: Order, opener: InsideOpener, image: OpenImage, on_progress: OnProgress, *, safe: bool
) -> Iterator[bytes]:
    """What is asked for, in parts, and last the answer.

    Args:
        order: what is asked for.
        opener: of the image, and of what lies on it.
        image: that was read last.
        on_progress: called now and then.
        safe: whether it ended a worker before.
    """
    problem: Unreadable | None = None
    try:
        items, file = image.of(order.place, opener)
        volume = items.volume(order.place.steps)
        working = _Working(items, volume, file, opener, on_progress, safe=safe)
        if isinstance(order, SurveyOrder):
            yield from working.survey(order)
        elif isinstance(order, SearchOrder):
            yield from working.search(order, image.sent)
        else:
            yield from working.read(order, image.sent)
        if stamp_of(file) == order.place.stamp:
            return
        problem = CHANGED
    except UnreadableError as error:
        problem = Unreadable(error.reason, error.detail)
    except OSError as error:
        problem = Unreadable(Reason.IO_ERROR, error.strerror or fault_of(error))
    yield packed({"problem": plain(problem)})


class _Working:
    def __init__(
        self,
        items: "ImageItems",
        volume: "Volume",
        file: BinaryIO,
        opener: InsideOpener,
        on_progress: OnProgress,
        *,
        safe: bool,
    ) -> None:
        self._items, self._volume, self._file = items, volume, file
        self._opener, self._on_progress, self._safe = opener, on_progress, safe

    def survey(self, order: SurveyOrder) -> Iterator[bytes]:
        """All files of the volume, its free space, and what became of it."""
        from hashmatch.sources.inside.image_items import Survey

        how = Survey.BY_CONTENT if order.by_content else Survey.WHOLE
        if self._safe and not order.by_content:
            how = Survey.WITHOUT_NAMES
        entries = self._items.survey(self._volume, lambda: self._on_progress(0), how)
        counts: list[int] = []
        if order.counts:
            surveyed = _counted(entries, counts)
        else:
            surveyed = yield from _batches(entries, self._volume)
            for at in range(0, len(surveyed.free), _MOST_SPANS):
                yield packed({"spans": surveyed.free[at : at + _MOST_SPANS]})
        report = surveyed.report
        yield packed(
            {
                "counts": counts,
                "problem": None,
                "kind": report.kind,
                "status": report.status,
                "reason": report.remark,
                "told": plain(report.told),
                "state": surveyed.state,
            }
        )

    def read(self, order: ReadOrder, sent: set[str]) -> Iterator[bytes]:
        """Files with all that lies in them; of several that ended a worker, none."""
        from hashmatch.sources.diskimage.entry import Entry

        if not (self._safe and len(order.objects) > 1):
            for number, step, size in order.objects:
                inner = self._items.inner(self._volume, Entry(step, size))
                count = len(inner.before) + 1
                for each in self._expanded(inner, size):
                    yield self._part(each, sent, count, unit=number)
        yield packed({"problem": None})

    def search(self, order: SearchOrder, sent: set[str]) -> Iterator[bytes]:
        """What is found in a part of the space of the volume; last, how far the search is."""
        from hashmatch.sources.inside.free_space import Space

        stretch, state = order.stretch, replace(order.begun)
        begin, end = stretch.part
        space = Space(self._volume.open(self._items.medium), [*stretch.spans], stretch.left_out)
        problems = []
        found = (
            inner
            for each in space.search(self._budget(end - begin), state, stretch.part)
            for inner in space.placed(
                each, self._volume, stretch.state, stretch.given, stretch.number
            )
        )
        try:
            for inner in found:
                if isinstance(inner, Unreadable):
                    problems.append(plain(inner))
                    continue
                count = len(inner.before)
                for each in self._expanded(inner, inner.size or 0):
                    yield self._part(each, sent, count)
        except LimitError as error:
            problems.append(plain(error.why))
        reached = [state.carved, state.text, state.number]
        yield packed({"problem": None, "reached": reached, "problems": problems})

    def _budget(self, size: int) -> Telling:
        limits = self._opener.limits
        limits = replace(limits, max_seconds=limits.max_seconds + size / SLOWEST)
        return Telling(limits, size, lambda: self._on_progress(0))

    def _expanded(self, inner: Any, size: int) -> "Iterator[Expanded]":  # noqa: ANN401 (an Inner)
        from hashmatch.sources.inside import parsers
        from hashmatch.sources.inside.expanding import expand_item

        return expand_item(
            inner,
            self._budget(size),
            parsers.SAFE if self._safe else parsers.PARSERS,
            passwords=self._opener.passwords,
            searches=lambda head: not is_surely_media(head),
        )

    def _part(self, item: "Expanded", sent: set[str], count: int, **more: object) -> bytes:
        """What is said of an item, by the steps behind the first ones."""
        steps = plain_steps(item.steps[count:])
        told = [disks.plain(each) for each in item.media]
        said = {**more, "steps": steps, "disks": told, "safe": self._safe}
        try:
            return part_of(item, self._file, sent, more=said, on_progress=self._on_progress)
        except OSError as error:
            why = Unreadable(Reason.IO_ERROR, error.strerror or fault_of(error))
        lost = replace(item, file=None, size=None, problems=(why, *item.problems))
        return part_of(lost, self._file, sent, more=said)


def _counted(entries: "Generator[Entry, None, Surveyed]", counts: list[int]) -> "Surveyed":
    """What became of a volume; added are how many files it has, and bytes, deleted ones apart."""
    files = size = gone = lost = 0
    while True:
        try:
            entry = next(entries)
        except StopIteration as end:
            surveyed: Surveyed = end.value
            counts += (files, size, gone, lost, sum(length for _, length in surveyed.free))
            return surveyed
        if entry.state is AllocationState.ALLOCATED:
            files, size = files + 1, size + entry.size
        else:
            gone, lost = gone + 1, lost + entry.size


def _batches(
    entries: "Generator[Entry, None, Surveyed]", volume: "Volume"
) -> "Generator[bytes, None, Surveyed]":
    """The files, as many at a time as are read as one task."""
    rows: list[list[Any]] = []
    size = 0
    while True:
        try:
            entry = next(entries)
        except StopIteration as end:
            if rows:
                yield packed({"objects": len(rows)}, packed_rows(rows))
            surveyed: Surveyed = end.value
            return surveyed
        if rows and (len(rows) == _MOST_OBJECTS or size + entry.size > _MOST_BYTES):
            yield packed({"objects": len(rows)}, packed_rows(rows))
            rows, size = [], 0
        rows.append(row_of(entry, volume))
        size += entry.size
