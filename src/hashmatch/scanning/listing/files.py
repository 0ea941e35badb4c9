"""The job of workers that say what files of the evidence are, and how much lies in them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias, cast

from hashmatch.errors import Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.kinds import pictures
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Unreadable
from hashmatch.model.media import FileKind
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import SLOWEST, Telling
from hashmatch.scanning.image_plan import Plan, plan_in, plan_of
from hashmatch.scanning.images.counting import CountTask
from hashmatch.scanning.images.orders import SurveyOrder
from hashmatch.scanning.images.tasks import End
from hashmatch.scanning.images.working import OpenImage, stream
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression
from hashmatch.scanning.members import plain, problem_in, size_in
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.access import Stamp, stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from hashmatch.sources.inside.address import Address
    from hashmatch.sources.inside.looking import Look

_MEBIBYTE: Final = 1 << 20
_LONGEST_WORD: Final = 60
_LONGEST_NAME: Final = 4096


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file of the evidence, and how much lies in it.

    Attributes:
        found: the file.
        kind: by its first bytes; None where it could not be read.
        format: which one, as `jpeg` or `zip archive`; empty of what is none of these.
        parts: files that it consists of, itself included.
        names: of the files of a disk image.
        is_further: whether it is read with another file, which leads to it.
        members: files in an archive; None where they were not counted.
        bytes: of these, as far as the archive says.
        locked: of these, how many need a password.
        problems: why it cannot be read, or not all of it.
        plan: of a disk image.
    """

    found: Found
    kind: FileKind | None = None
    format: str = ""
    parts: int = 1
    names: tuple[str, ...] = ()
    is_further: bool = False
    members: int | None = None
    bytes: int = 0
    locked: int = 0
    problems: tuple[Unreadable, ...] = ()
    plan: Plan | None = None


Task: TypeAlias = Found | CountTask
Answer: TypeAlias = LookedAt | End


@dataclass(frozen=True, slots=True)
class LookAtFiles:
    """The job: of each file what it is, of each volume of a disk image how many files it has.

    Attributes:
        opener: of the files.
        opens: whether containers are opened; else they are only named.
        image: that a worker read last.
    """

    opener: InsideOpener = field(default_factory=InsideOpener)
    opens: bool = True
    image: OpenImage = field(default_factory=OpenImage)

    def local(self, task: Task) -> Answer | None:
        """What is not to be read has a problem."""
        if isinstance(task, CountTask) or task.problem is None:
            return None
        return LookedAt(task, problems=(task.problem,))

    def name(self, task: Task) -> str:
        """What a person calls it."""
        return task.name if isinstance(task, CountTask) else task.locator

    def payload(self, task: Task) -> object:
        """What opens the file, or what is to be said of a volume."""
        return task.order(self.opener) if isinstance(task, CountTask) else self.opener.handle(task)

    def loaded(self, task: Task) -> None:
        """Nothing is sent."""

    def fit_for(self, task: Task) -> None:
        """It does all."""

    def size(self, task: Task) -> int:
        """Bytes that may be read."""
        return task.size

    def is_large(self, answer: bytes) -> bool:  # noqa: ARG002 (no decoder runs here)
        """All are small."""
        return False

    def result(self, task: Task, answer: bytes) -> Answer:
        """What is said of a file, or of a volume.

        Raises:
            ProtocolError: the answer is none of ours.
        """
        if isinstance(task, CountTask):
            return task.ended(answer)
        try:
            return _looked_at(task, json.loads(answer))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ProtocolError from None

    def failed(self, task: Task, why: Unreadable, salvaged: bytes | None) -> Answer:
        """The reason; beside it what was said without libraries in C."""
        said = None if salvaged is None else self.result(task, salvaged)
        if isinstance(task, CountTask):
            return End(why, has_failed=True, said=said.said if isinstance(said, End) else None)
        seen = said if isinstance(said, LookedAt) else LookedAt(task)
        return replace(seen, problems=(why, *seen.problems), plan=None)

    def impression(self, task: Task, result: object) -> Impression:  # noqa: ARG002 (not compared)
        """No answer is checked by another worker."""
        return NOTHING_SPECIAL

    def agree(self, first: object, second: object) -> bool:
        """Whether they are equal."""
        return first == second

    def warm_up(self) -> None:
        """Load every parser."""
        from hashmatch.sources.inside import free_space, looking

        self.opener.warm_up()
        del free_space, looking

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """The answer."""
        return self._answer(payload, on_progress, safe=False)

    def salvage(self, payload: object) -> bytes:
        """The answer without parsers that are not written in Python."""
        return self._answer(payload, lambda _: None, safe=True)

    def _answer(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> bytes:
        if isinstance(payload, SurveyOrder):
            *_, answer = stream(payload, self.opener, self.image, on_progress, safe=safe)
            return answer
        address = cast("Address", payload)
        try:
            with self.opener.open(address) as file:
                return json.dumps(self._look(file, address, on_progress, safe=safe)).encode()
        except UnreadableError as error:
            why = Unreadable(error.reason, error.detail)
        except OSError as error:
            why = Unreadable(Reason.IO_ERROR, error.strerror or fault_of(error))
        return json.dumps({"kind": None, "problems": [plain(why)]}).encode()

    def _look(
        self,
        file: BinaryIO,
        address: "Address",
        on_progress: Callable[[float], object],
        *,
        safe: bool,
    ) -> dict[str, object]:
        from hashmatch.sources.inside import parsers
        from hashmatch.sources.inside.looking import look

        size = file.seek(0, 2)
        limits = self.opener.limits
        limits = replace(limits, max_seconds=limits.max_seconds + size / SLOWEST)
        with self.opener.near(address) as near:
            found = look(
                file,
                Telling(limits, size, lambda: on_progress(file.tell() / _MEBIBYTE)),
                parsers.SAFE if safe else parsers.PARSERS,
                passwords=self.opener.passwords,
                near=near,
                opens=self.opens,
            )
            return _said(found, size, stamp_of(file))


def _said(found: "Look", size: int, stamp: Stamp | None) -> dict[str, object]:
    """What is known of a file, as JSON."""
    kind, form = FileKind.OTHER, ""
    if found.kind is not None:
        kind, form = FileKind.CONTAINER, found.kind.detail
    elif picture := pictures.sniff(found.head, size):
        kind, form = FileKind.PICTURE, picture
    elif video := sniff_video(found.head):
        kind, form = FileKind.VIDEO, video.name
    problems = found.problems
    if found.extra:
        install = f"{form}: its reader is not installed: {to_install(found.extra)}"
        problems = [Unreadable(Reason.CONTAINER, install)]
    image = found.image
    plan = None if image is None else plan_of(image, verify=False, on_progress=lambda _: None)
    return {
        "kind": kind,
        "format": form,
        "parts": found.parts,
        "names": [] if image is None else image.names,
        "further": found.is_further,
        "members": found.members,
        "bytes": found.bytes,
        "locked": found.locked,
        "problems": [plain(each) for each in problems],
        "plan": plan,
        "stamp": stamp,
    }


def _looked_at(task: Found, said: dict[str, object]) -> LookedAt:
    """What a worker says of a file.

    Raises:
        ValueError, TypeError, KeyError, AttributeError, ProtocolError: it is nothing of ours.
    """
    problems = tuple(why for each in _list(said["problems"]) if (why := problem_in(each)))
    if said["kind"] is None:
        return LookedAt(task, problems=problems)
    stamp, plan, members = said["stamp"], said["plan"], said["members"]
    digested = Digested(task, stamp=Stamp(*map(_number, _list(stamp))) if stamp else None)
    return LookedAt(
        task,
        FileKind(str(said["kind"])),
        _text(said["format"], _LONGEST_WORD),
        size_in(said["parts"]),
        tuple(_text(each, _LONGEST_NAME) for each in _list(said["names"])),
        said["further"] is True,
        None if members is None else size_in(members),
        size_in(said["bytes"]),
        size_in(said["locked"]),
        problems,
        plan_in(digested, plan) if isinstance(plan, dict) else None,
    )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ProtocolError
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise ProtocolError
    return value


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ProtocolError
    return value
