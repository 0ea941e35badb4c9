"""The tar archive in an Android backup (`adb backup`)."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import PIECE, Budget, Inner
from hashmatch.sources.inside.decompressors import Inflate
from hashmatch.sources.inside.forward import Forward
from hashmatch.sources.inside.streams import Expanding, stored

_MAGIC: Final = b"ANDROID BACKUP"
_LINES: Final = 4
_LONGEST: Final = 256


class AndroidBackup:
    """Reads Android backups: four lines, then a tar archive, mostly compressed."""

    kinds: ClassVar[tuple[str, ...]] = ("Android backup",)
    modules: ClassVar[tuple[str, ...]] = ("zlib",)
    extra: ClassVar[str] = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The archive, as one member.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        budget.member()
        walk = Forward(file, budget)
        head = walk.read(_LONGEST)
        lines = head.split(b"\n", _LINES)
        if len(lines) <= _LINES or lines[0] != _MAGIC:
            yield Unreadable(Reason.CORRUPT_DATA, "its header is damaged")
            return
        start = len(head) - len(lines[_LINES])
        step = Member("ab", 0, "backup.tar")
        if lines[3] != b"none":
            yield Inner(step, problem=Unreadable(Reason.ENCRYPTED))
            return
        is_compressed = lines[2] == b"1"
        streams: list[Expanding] = []

        def opened() -> BinaryIO:
            if not is_compressed:
                return stored(file, start, walk.size - start, budget)
            walk.place = start
            inflater = Inflate(zlib.MAX_WBITS)
            streams[:] = [Expanding(lambda size: walk.read(min(size, PIECE)), inflater, budget)]
            return streams[0].as_file()

        yield Inner(step, open=opened)
        for each in streams:
            if each.is_whole:
                yield from walk.rest(start + each.taken - len(each.unused))
