"""Files of the evidence with all that lies in them, read in workers that run no decoder."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from hashmatch.errors import HashFormatError, Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.files.digesting import Digester
from hashmatch.model import Unreadable
from hashmatch.scanning import disks
from hashmatch.scanning.digested import HEAD, Digested, is_media, is_surely_media
from hashmatch.scanning.image_plan import plan_of
from hashmatch.scanning.job import StreamingJob
from hashmatch.scanning.members import member_of, outcome, part_of, plain, problem_in, unpacked
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.access import Stamp, stamp_of
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.opening import InsideOpener

if TYPE_CHECKING:
    from hashmatch.sources.inside.address import Address
    from hashmatch.sources.inside.disk_image import Near
    from hashmatch.sources.inside.siblings import FindBeside
    from hashmatch.sources.inside.volume_reports import ReadMedium

_MEBIBYTE: Final = 1 << 20
SLOWEST: Final = 10_000_000
"""Bytes a second: a large file is allowed the time to read it at this rate on top."""
_SILENCE: Final = 0.1
"""Seconds: a large archive is checked a hundred thousand times."""
CHANGED: Final = Unreadable(Reason.CHANGED, "it was written to while it was read")


@dataclass(frozen=True, slots=True)
class ExpandFiles(StreamingJob):
    """The job of workers that read containers.

    Parsers read hostile bytes, so that they run neither where files are digested nor where
    pictures are decoded. What is said of a file itself is what another worker said that ran no
    parser; a container that takes over its worker can lie about what lies in it and in those
    behind it.

    Attributes:
        opener: of the files, and of what lies in them.
        divides: whether of a file that is a disk image only is said what is to be read of it.
        sends: whether members come with their bytes.
        kinds: of containers that are opened, as `PARSERS` has them; all where it is None.
    """

    opener: InsideOpener = field(default_factory=InsideOpener)
    divides: bool = False
    sends: bool = True
    kinds: frozenset[str] | None = None

    def local(self, task: Digested) -> Digested | None:
        """What holds nothing stays what it is."""
        return None if task.searched else task

    def name(self, task: Digested) -> str:
        """The locator."""
        return task.found.locator

    def payload(self, task: Digested) -> object:
        """What opens the file, and what tells it from another one at its place."""
        return self.opener.handle(task.found), task.stamp

    def size(self, task: Digested) -> int:
        """Bytes that are stored."""
        return task.stored

    def part(self, task: Digested, content: bytes) -> tuple[str, Digested]:
        """What lies in the file: its steps, and what is known of it.

        Raises:
            ProtocolError: it is nothing that `stream` gives.
        """
        values, data = unpacked(content)
        try:
            digested = member_of(task.found, disks.steps_of(values["steps"]), values, data)
        except (ValueError, TypeError, KeyError, AttributeError, HashFormatError):
            raise ProtocolError from None
        return digested.found.recorded, digested

    def result(self, task: Digested, answer: bytes) -> Digested:
        """The file itself, behind all that lies in it."""
        try:
            said = json.loads(answer)
            problem = problem_in(said["problem"])
            is_read, is_shown = said["container"] is True, said["media"] is True
            is_opened = said["opened"] is True
            kinds = frozenset(map(str, said["kinds"]))
            medium = [each for disk in said["disks"] for each in disks.facts_of(task.found, disk)]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ProtocolError from None
        if medium:
            task = replace(task, found=replace(task.found, medium=tuple(medium)))
        task = replace(task, kinds=kinds)
        return _closed(task, problem, is_read=is_read and not is_shown, opened=is_opened)

    def failed(self, task: Digested, why: Unreadable, salvaged: bytes | None) -> Digested:  # noqa: ARG002 (parts are kept)
        """The file with the reason; what was found in it before is kept."""
        return replace(task, remark=why, closes=True)

    def warm_up(self) -> None:
        """Load the parsers, and what digests are computed with."""
        from hashmatch.sources.inside import expanding, parsers

        self.opener.warm_up()
        if self.kinds is not None:
            parsers.warm_up(parsers.only(parsers.PARSERS, self.kinds))
        Digester().value()
        del expanding

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        """All that lies in the file, and last the file itself."""
        address, stamp = cast("tuple[Address, Stamp | None]", payload)
        try:
            with (
                self.opener.open(address) as file,
                self.opener.finding(address) as beside,
                self.opener.near(address) as near,
            ):
                if stamp_of(file) != stamp:
                    yield _answer(CHANGED)
                    return
                for said in self._expanded(file, (beside, near), on_progress, safe=safe):
                    if stamp_of(file) != stamp:
                        # What was given before lay in it as it was when it was digested.
                        yield _answer(CHANGED)
                        return
                    yield said
        except UnreadableError as error:
            yield _answer(Unreadable(error.reason, error.detail))
        except OSError as error:
            yield _answer(Unreadable(Reason.IO_ERROR, error.strerror or fault_of(error)))

    def _expanded(
        self,
        file: BinaryIO,
        around: "tuple[FindBeside, Near]",
        on_progress: Callable[[float], object],
        *,
        safe: bool,
    ) -> Iterator[bytes]:
        from hashmatch.sources.inside import parsers
        from hashmatch.sources.inside.expanding import expand

        size = file.seek(0, os.SEEK_END)
        limits = self.opener.limits
        limits = replace(limits, max_seconds=limits.max_seconds + size / SLOWEST)
        found = expand(
            file,
            limits,
            parsers.only(parsers.SAFE if safe else parsers.PARSERS, self.kinds),
            passwords=self.opener.passwords,
            budget=Telling(limits, size, lambda: on_progress(file.tell() / _MEBIBYTE)),
            searches=lambda head: not is_surely_media(head),
            find_beside=around[0],
            near=around[1],
            divides=self.divides and not safe,
        )
        sent: set[str] | None = set() if self.sends else None

        def reached(place: int) -> None:
            on_progress(place / _MEBIBYTE)

        kinds: set[str] = set()
        for each in found:
            if each.kind is not None:
                kinds.add(each.kind.form)
            if each.steps:
                yield part_of(each, file, sent)
            else:
                plan = None
                if each.image is not None:
                    verify = limits.verify_images
                    plan = plan_of(each.image, verify=verify, on_progress=reached)
                yield _answer(
                    outcome(each),
                    is_kind=each.kind is not None or each.is_further,
                    media=_is_media(file) and not each.is_further,
                    opened=each.opened,
                    media_read=each.media,
                    plan=plan,
                    kinds=kinds,
                )


class Telling(Spending):
    """A budget that says now and then that the work goes on."""

    def __init__(self, limits: InsideLimits, size: int, on_progress: Callable[[], object]) -> None:
        super().__init__(limits, size)
        self._on_progress = on_progress
        self._told = 0.0

    def check(self) -> None:
        """Look at the clock, and say now and then that it goes on."""
        if (now := monotonic()) - self._told > _SILENCE:
            self._told = now
            self._on_progress()
        super().check()


def _closed(task: Digested, problem: Unreadable | None, *, is_read: bool, opened: bool) -> Digested:
    """A file behind all that lies in it.

    Args:
        task: the file.
        problem: why not all of it was read, or that it was opened.
        is_read: whether a container was read that is no picture or film itself.
        opened: whether a container in it was opened.
    """
    if is_read:
        return replace(task, problem=problem, closes=True, opened=opened)
    remark = None if problem is None or problem.reason is Reason.OPENED else problem
    return replace(task, remark=remark, closes=True, opened=opened)


def nothing_wrong() -> bytes:
    """The answer of a file in which nothing was wrong."""
    return _answer(None)


def _is_media(file: BinaryIO) -> bool:
    file.seek(0)
    return is_media(file.read(HEAD))


def _answer(
    why: Unreadable | None,
    *,
    is_kind: bool = True,
    media: bool = False,
    opened: bool = False,
    media_read: "tuple[ReadMedium, ...]" = (),
    plan: Mapping[str, object] | None = None,
    kinds: Iterable[str] = (),
) -> bytes:
    said = {"problem": plain(why), "container": is_kind, "media": media, "opened": opened}
    told = [disks.plain(each) for each in media_read]
    return json.dumps({**said, "disks": told, "plan": plan, "kinds": sorted(kinds)}).encode()
