"""Hashes of files whose digests are known, computed in workers that decode."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import BinaryIO, Final, cast

from hashmatch.errors import Reason
from hashmatch.hashing.options import HashOptions
from hashmatch.kinds import pictures
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Item, Reading, Unreadable
from hashmatch.model.flags import Flag
from hashmatch.model.packed import PackedReadings, first_of
from hashmatch.scanning import wire
from hashmatch.scanning.claims import fits
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.plausibility import FEATURELESS, UNHASHED
from hashmatch.scanning.task import Task
from hashmatch.sources.access import Stamp
from hashmatch.sources.held import stamp_of_held
from hashmatch.sources.inside.address import Address
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.opener import FILES, Opener

_BY_CHANCE = frozenset({Reason.TIMED_OUT, Reason.OUT_OF_MEMORY, Reason.CHANGED, Reason.IO_ERROR})
"""What two workers need not agree on."""
_UNHASHED_DOUBT: Final = 0.25
_READING: Final = 250
"""Bytes of memory that a hash, or a block of them, takes besides its bits, about."""
_LEAST_QUALITY: Final = 50
"""The quality of PDQ below which its authors advise against matching."""


@dataclass(frozen=True, slots=True)
class HashFiles:
    """The job of a scan: the hashes of every file whose digests are known.

    A file that ends its worker still has its size and digests, which other workers computed:
    nobody escapes a list of digests by a file that crashes a decoder, or takes it over. Nor does
    a picture lose its own hashes to what else its file holds: a clip behind it, later frames of
    an animation.

    Attributes:
        options: what to hash and how.
        opener: of the files.
    """

    options: HashOptions = field(default_factory=HashOptions)
    opener: Opener = FILES

    def local(self, task: Task) -> Item | None:
        """The item of what need not be decoded."""
        return task.item

    def name(self, task: Task) -> str:
        """The locator."""
        return task.digested.found.locator

    def payload(self, task: Task) -> object:
        """What opens the file, and what tells its bytes from others."""
        digested = task.digested
        # A bare tuple is pickled in a third of the time.
        known = tuple(digested.stamp) if digested.stamp else digested.digests.sha256
        return self.opener.handle(digested.found), known

    def loaded(self, task: Task) -> object | None:
        """The bytes of a member that came with it."""
        sent = task.digested.sent
        data = None if sent is None else sent.take()
        return None if data is None else (Address(None, data=data), stamp_of_held(len(data)))

    def fit_for(self, task: Task) -> "HashFiles | None":
        """The same with an opener that parses, if what lies in a file may be opened anew."""
        opener, found = self.opener, task.digested.found
        if not found.steps or found.extent is not None:
            return None
        if not isinstance(opener, InsideOpener) or opener.parses:
            return None
        return replace(self, opener=replace(opener, parses=True))

    def size(self, task: Task) -> int:
        """Bytes that are stored, not those that a header claims."""
        return task.digested.stored

    def is_large(self, answer: bytes) -> bool:
        """Whether it holds thousands of hashes."""
        return wire.is_large(answer)

    def result(self, task: Task, answer: bytes) -> Item:
        """The item, of whose size and digests the worker is not asked."""
        item = self._read(task, answer)
        outcomes = (item.media is not None) + (item.unreadable is not None)
        in_part = item.media is not None and item.fault is not None
        if outcomes != 1 and not in_part:
            msg = "an item has hashes or a reason why it has none"
            raise ProtocolError(msg)
        return item

    def failed(self, task: Task, why: Unreadable, salvaged: bytes | None) -> Item:
        """An item with the reason, and with its first picture where that could be had."""
        if salvaged is None or (media := (read := self._read(task, salvaged)).media) is None:
            digested = task.digested
            return Item(
                digested.found.locator,
                digested.size,
                digests=digested.digests,
                unreadable=why,
                place=digested.found.place,
            )
        flags = (*media.flags, Flag.UNREAD_PART)
        fault = why if why.reason is Reason.INTERNAL_ERROR else None
        media = replace(media, flags=flags, reason=media.reason or why.reason)
        return replace(read, media=media, unreadable=fault)

    def _read(self, task: Task, answer: bytes) -> Item:
        digested = task.digested
        found = digested.found
        known = {"size": digested.size, "digests": digested.digests, "place": found.place}
        return wire.decode(answer, locator=found.locator, **known)

    def impression(self, task: Task, result: object) -> Impression:
        """Doubtful are claims that do not fit the file, and pictures and films without a hash."""
        if not isinstance(result, Item):
            return NOTHING_SPECIAL
        digested, media, excuse = task.digested, result.media, is_by_chance(result)
        if media is None:
            if pictures.sniff(digested.head) is None and not sniff_video(digested.head):
                return Impression(excuse=excuse)
            return Impression(_UNHASHED_DOUBT, UNHASHED, excuse=excuse)
        doubt = 0.0 if fits(media, digested.head, digested.size) else 1.0
        *likeness, quality = first_of(media.readings)
        kind = FEATURELESS if quality < _LEAST_QUALITY else ""
        held = _bytes_of(media.readings)
        held += sum([_READING + len(each.codes) for each in media.regions])
        return Impression(doubt, kind, tuple(likeness), excuse, held)

    def agree(self, first: object, second: object) -> bool:
        """Whether hashes and metadata are equal; where time or memory was short, anything."""
        if not (isinstance(first, Item) and isinstance(second, Item)):
            return False
        return (
            is_by_chance(first)
            or is_by_chance(second)
            or (first.media, first.metadata) == (second.media, second.metadata)
        )

    def warm_up(self) -> None:
        """Import every decoder and hasher, and run them once; load what opens files."""
        # The parent loads no decoder.
        from hashmatch.hashing.items import warm_up

        self.opener.warm_up()
        warm_up(self.options)

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """The item, encoded."""
        from hashmatch.hashing.items import decode_item

        opened, known = self._opened(payload)
        return wire.encode(decode_item(opened, self.options, known, on_progress=on_progress))

    def salvage(self, payload: object) -> bytes:
        """The first picture of a file that holds more than it, encoded."""
        from hashmatch.hashing.items import first_picture

        opened, known = self._opened(payload)
        return wire.encode(first_picture(opened, self.options, known))

    def _opened(self, payload: object) -> tuple[Callable[[], BinaryIO], Stamp | str | None]:
        """What opens a file, and what tells its bytes from others."""
        handle, known = cast("tuple[object, tuple[int, ...] | str | None]", payload)
        stamp = Stamp(*known) if isinstance(known, tuple) else known
        return partial(self.opener.open, handle), stamp


def _bytes_of(readings: Sequence[Reading]) -> int:
    """Bytes of memory that readings take, about."""
    if isinstance(readings, PackedReadings):
        return sum([_READING + len(each.data) for each in readings.blocks])
    return sum([_READING + len(each.hash.value) for each in readings])


def is_by_chance(item: Item) -> bool:
    """Whether an item blames what two workers need not agree on."""
    why = item.unreadable.reason if item.unreadable else item.media and item.media.reason
    return why in _BY_CHANCE
