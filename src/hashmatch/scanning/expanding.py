"""Files of the evidence with all that lies in them, read in workers that run no decoder."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from hashmatch.errors import HashFormatError, Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.files.digesting import Digester
from hashmatch.model import AllocationState, Digests, PlaceConfidence, Unreadable
from hashmatch.model.locator import File, Locator, Step
from hashmatch.scanning import disks, wire
from hashmatch.scanning.digested import HEAD, Digested, Sent, is_media, is_surely_media
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.access import Stamp, stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.opening import InsideOpener

if TYPE_CHECKING:
    from hashmatch.sources.inside.address import Address
    from hashmatch.sources.inside.disk_image import Near
    from hashmatch.sources.inside.expanding import Expanded
    from hashmatch.sources.inside.image_items import ReadMedium
    from hashmatch.sources.inside.siblings import FindBeside

_HEAD: Final = 64
_MOST_SENT: Final = 48 << 20
"""Bytes of a member that are sent with it; the worker that decodes a larger one opens it anew."""
_LONGEST_REASON: Final = 1 << 12
_MOST_RUNS: Final = 1000
"""Pieces of a file on its medium that go on record."""
_MEBIBYTE: Final = 1 << 20
_SLOWEST: Final = 10_000_000
"""Bytes a second: a large file is allowed the time to read it at this rate on top."""
_MOST_SIZE: Final = 1 << 63
_MOST_TIME: Final = 40
"""Characters of a time."""
_TIMES: Final = frozenset({"modified", "accessed", "changed", "created"})
_CHANGED: Final = Unreadable(Reason.CHANGED, "it was written to while it was read")


@dataclass(frozen=True, slots=True)
class ExpandFiles:
    """The job of workers that read containers.

    Parsers read hostile bytes, so that they run neither where files are digested nor where
    pictures are decoded. What is said of a file itself is what another worker said that ran no
    parser; a container that takes over its worker can lie about what lies in it and in those
    behind it.

    Attributes:
        opener: of the files, and of what lies in them.
    """

    opener: InsideOpener = field(default_factory=InsideOpener)

    def local(self, task: Digested) -> Digested | None:
        """What holds nothing stays what it is."""
        return None if task.searched else task

    def name(self, task: Digested) -> str:
        """The locator."""
        return task.found.locator

    def payload(self, task: Digested) -> object:
        """What opens the file, and what tells it from another one at its place."""
        return self.opener.handle(task.found), task.stamp

    def loaded(self, task: Digested) -> None:
        """Nothing is sent."""

    def fit_for(self, task: Digested) -> None:
        """It does all."""

    def size(self, task: Digested) -> int:
        """Bytes that are stored."""
        return task.stored

    def is_large(self, answer: bytes) -> bool:  # noqa: ARG002 (what is large comes in parts)
        """All are small."""
        return False

    def part(self, task: Digested, content: bytes) -> tuple[str, Digested]:
        """What lies in the file: its steps, and what is known of it.

        Raises:
            ProtocolError: it is nothing that `stream` gives.
        """
        size = int.from_bytes(content[:4], "big")
        said, data = content[4 : 4 + size], content[4 + size :]
        try:
            values = json.loads(said)
            steps = disks.steps_of(values["steps"])
            digested = _member(task.found, steps, values, data)
        except (ValueError, TypeError, KeyError, AttributeError, HashFormatError):
            raise ProtocolError from None
        return digested.found.recorded, digested

    def result(self, task: Digested, answer: bytes) -> Digested:
        """The file itself, behind all that lies in it."""
        try:
            said = json.loads(answer)
            problem = _problem(said["problem"])
            is_read, is_shown = said["container"] is True, said["media"] is True
            is_opened = said["opened"] is True
            medium = [each for disk in said["disks"] for each in disks.facts_of(task.found, disk)]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ProtocolError from None
        if medium:
            task = replace(task, found=replace(task.found, medium=tuple(medium)))
        if is_read and not is_shown:
            return replace(task, problem=problem, closes=True, opened=is_opened)
        remark = None if problem is None or problem.reason is Reason.OPENED else problem
        return replace(task, remark=remark, closes=True, opened=is_opened)

    def failed(self, task: Digested, why: Unreadable, salvaged: bytes | None) -> Digested:  # noqa: ARG002 (parts are kept)
        """The file with the reason; what was found in it before is kept."""
        return replace(task, remark=why, closes=True)

    def impression(self, task: Digested, result: object) -> Impression:  # noqa: ARG002 (not compared)
        """No answer is checked by another worker."""
        return NOTHING_SPECIAL

    def agree(self, first: object, second: object) -> bool:
        """Whether they are equal."""
        return first == second

    def warm_up(self) -> None:
        """Load every parser, and what digests are computed with."""
        from hashmatch.sources.inside import expanding

        self.opener.warm_up()
        Digester().value()
        del expanding

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """The answer alone."""
        *_, answer = self.stream(payload, on_progress, safe=False)
        return answer

    def salvage(self, payload: object) -> bytes:
        """The answer alone, without parsers that are not written in Python."""
        *_, answer = self.stream(payload, lambda _: None, safe=True)
        return answer

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
                    yield _answer(_CHANGED)
                    return
                for said in self._expanded(file, (beside, near), on_progress, safe=safe):
                    if stamp_of(file) != stamp:
                        # What was given before lay in it as it was when it was digested.
                        yield _answer(_CHANGED)
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
        limits = replace(limits, max_seconds=limits.max_seconds + size / _SLOWEST)
        found = expand(
            file,
            limits,
            parsers.SAFE if safe else parsers.PARSERS,
            passwords=self.opener.passwords,
            budget=_Telling(limits, size, lambda: on_progress(file.tell() / _MEBIBYTE)),
            searches=lambda head: not is_surely_media(head),
            find_beside=around[0],
            near=around[1],
        )
        sent: set[str] = set()
        for each in found:
            if each.steps:
                yield _part(each, file, sent)
            else:
                yield _answer(
                    _outcome(each),
                    is_kind=each.kind is not None or each.is_further,
                    media=_is_media(file) and not each.is_further,
                    opened=each.opened,
                    media_read=each.media,
                )


class _Telling(Spending):
    """A budget that says now and then that the work goes on."""

    def __init__(self, limits: InsideLimits, size: int, on_progress: Callable[[], object]) -> None:
        super().__init__(limits, size)
        self._on_progress = on_progress

    def check(self) -> None:
        """Look at the clock, and say that it goes on."""
        self._on_progress()
        super().check()


def _is_media(file: BinaryIO) -> bool:
    file.seek(0)
    return is_media(file.read(HEAD))


def _outcome(item: "Expanded") -> Unreadable | None:
    """Why a container was not read, or not all of it, or that it was; None of what is none."""
    kind, problems = item.kind, item.problems
    if kind is not None and item.extra:
        install = f"its reader is not installed: pip install 'hashmatch[{item.extra}]'"
        return Unreadable(Reason.CONTAINER, f"{kind.detail}: {install}")
    if problems:
        first, *more = problems
        note = f" (and {len(more):,} more)" if more else ""
        return Unreadable(first.reason, f"{first.detail}{note}")
    return None if kind is None else Unreadable(Reason.OPENED, kind.detail)


def _answer(
    why: Unreadable | None,
    *,
    is_kind: bool = True,
    media: bool = False,
    opened: bool = False,
    media_read: "tuple[ReadMedium, ...]" = (),
) -> bytes:
    said = {"problem": _plain(why), "container": is_kind, "media": media, "opened": opened}
    return json.dumps({**said, "disks": [disks.plain(each) for each in media_read]}).encode()


def _plain(why: Unreadable | None) -> list[str] | None:
    return None if why is None else [why.reason, why.detail]


def _part(item: "Expanded", outer: BinaryIO, sent: set[str]) -> bytes:
    """What lies in a file, with its bytes where they are to be decoded and are not too many.

    Args:
        item: that lies in it.
        outer: the file.
        sent: SHA-256 of what was sent before.
    """
    from hashmatch.sources.inside.streams import extent_in

    inner = item.inner
    head, data, size, digests, extent, problem = b"", b"", item.size, item.digests, None, None
    try:
        if item.file is not None:
            item.file.seek(0)
            data = item.file.read(_MOST_SENT + 1)
            head, extent = data[:HEAD], extent_in(item.file, outer)
            digester = Digester()
            digester.update(data)
            digester.update_to(size or 0, item.file)
            digests = digester.value()
    except UnreadableError as error:
        problem = Unreadable(error.reason, error.detail)
    is_decoded = is_media(head, size) or (item.kind is None and bool(head))
    outcome = problem or (_outcome(item) if item.kind is not None or item.problems else None)
    if not is_decoded or len(data) > _MOST_SENT or str(digests.sha256) in sent:
        data = b""
    elif data:
        sent.add(str(digests.sha256))
    is_made = inner is not None and inner.is_made
    said = {
        "steps": Locator((File(""), *item.steps)).to_list()[1:],
        "size": None if is_made else size,
        "digests": [None] * 3 if is_made else [digests.md5, digests.sha1, digests.sha256],
        "times": {} if inner is None else dict(inner.times),
        "outcome": _plain(outcome),
        "decoded": is_decoded,
        "opened": item.opened,
        "head": head[:_HEAD].hex(),
        "extent": extent,
        "state": inner and inner.state,
        "confidence": inner and inner.confidence,
        "runs": () if inner is None else inner.runs[:_MOST_RUNS],
    }
    header = json.dumps(said).encode()
    return len(header).to_bytes(4, "big") + header + data


def _member(
    outer: Found, steps: tuple[Step, ...], said: Mapping[str, Any], data: bytes
) -> Digested:
    size, times, extent = said["size"], said["times"], said["extent"]
    if size is not None and not (type(size) is int and 0 <= size <= _MOST_SIZE):
        raise ProtocolError
    is_text = all(isinstance(text, str) and len(text) <= _MOST_TIME for text in times.values())
    if not is_text or len(times) > len(_TIMES) or not set(times) <= _TIMES:
        raise ProtocolError
    if extent is not None and not all(type(each) is int and each >= 0 for each in extent):
        raise ProtocolError
    state, confidence = said["state"], said["confidence"]
    runs = tuple((int(offset), int(length)) for offset, length in said["runs"])
    digests = wire.digests_of(said["digests"])
    if data and digests != Digests():
        size = _size_of(data, digests)
    outcome, is_decoded = said["outcome"], said["decoded"] is True
    why = None if outcome is None else wire.unreadable(*outcome)
    read = why is None or why.reason is Reason.OPENED
    place = None if extent is None else (extent[0], extent[1])
    problem = None if is_decoded else (why or Unreadable(Reason.EMPTY))
    return Digested(
        outer.inside(
            *(steps, problem, size or 0, times, place),
            state=None if state is None else AllocationState(state),
            confidence=None if confidence is None else PlaceConfidence(confidence),
            runs=runs,
        ),
        size,
        digests,
        None,
        size or 0,
        bytes.fromhex(said["head"]),
        problem,
        opened=said["opened"] is True,
        remark=None if read else why,
        sent=Sent(data) if data else None,
    )


def _size_of(data: bytes, digests: Digests) -> int:
    """The size of bytes that were sent, once they are those that these digests are of.

    Hashes are kept by digests, for every copy in this scan and in later ones: a container that
    takes over its worker could give the hashes of other bytes to a file that it has never seen.
    What is not sent is compared by the worker that decodes it.

    Raises:
        ProtocolError: they are others.
    """
    digester = Digester()
    digester.update(data)
    if digester.value() != digests:
        raise ProtocolError
    return digester.size


def _problem(value: Any) -> Unreadable | None:  # noqa: ANN401 (whatever JSON holds)
    return None if value is None else wire.unreadable(*value)
