"""What a file is, and how much lies in it, as far as that can be told without reading all of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sniffing import Container, sniff_beginning, sniff_container
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside import split_archives
from hashmatch.sources.inside.base import Inner, LimitError, Parser
from hashmatch.sources.inside.budget import Spending
from hashmatch.sources.inside.disk_image import ALONE, DiskImage, Near
from hashmatch.sources.inside.expanded import HEAD, Passing
from hashmatch.sources.inside.image_items import ImageItems
from hashmatch.sources.inside.parsers import (
    COMPRESSED,
    PARSERS,
    STREAMED,
    is_installed,
    members_of,
    parser_of,
)
from hashmatch.sources.inside.whole import whole_in

_LISTED: Final = frozenset(
    {
        *("zip archive", "7-Zip archive", "RAR archive", "cabinet archive (CAB)"),
        *("Android backup", *STREAMED),
    }
)
"""Archives, whose members are told without reading them; compressed ones are expanded once."""
_MOST_TOLD: Final = 20
"""Problems of single members that are kept."""


@dataclass(slots=True)
class Look:
    """What a file is.

    Attributes:
        head: its first bytes, 64 KiB of them or all.
        kind: the container that it is; None where it is none.
        parts: files that it consists of, itself included.
        is_further: whether another file leads to it: nothing else is said of it then.
        members: files in it; None where they were not counted.
        bytes: of these members, as far as the container says.
        locked: members that need a password.
        problems: why it cannot be read, or not all of it.
        extra: which extra its reader needs that is not installed; empty if none.
        image: the disk image that it is.
    """

    head: bytes = b""
    kind: Container | None = None
    parts: int = 1
    is_further: bool = False
    members: int | None = None
    bytes: int = 0
    locked: int = 0
    problems: list[Unreadable] = field(default_factory=list)
    extra: str = ""
    image: ImageItems | None = None

    def note(self, why: Unreadable) -> None:
        """Keep a reason, if there are not many of them."""
        if len(self.problems) < _MOST_TOLD and why not in self.problems:
            self.problems.append(why)

    def count(self, inner: Inner) -> None:
        """Count a member."""
        self.members = (self.members or 0) + 1
        self.bytes += inner.size or 0
        if inner.problem is not None and inner.problem.reason is Reason.ENCRYPTED:
            self.locked += 1
        elif inner.problem is not None and not inner.problem.reason.skipped:
            self.note(inner.problem)


def look(
    file: BinaryIO,
    budget: Spending,
    parsers: Mapping[str, str] = PARSERS,
    *,
    passwords: tuple[str, ...] = (),
    near: Near = ALONE,
    opens: bool = True,
) -> Look:
    """What a file is; of an archive its members are counted, of a disk image volumes are found.

    Args:
        file: opened for reading and seekable.
        budget: that counts.
        parsers: by kind, as `PARSERS`.
        passwords: to be tried on what is encrypted.
        near: where the file lies, if it may have further files there.
        opens: whether containers are opened; else they are only named.

    Raises:
        OSError: the file cannot be read.
    """
    whole = whole_in(file, near if opens else ALONE)
    if isinstance(whole, Unreadable):
        return Look(is_further=whole.reason.skipped, problems=[whole])
    file = whole.file
    file.seek(0)
    head = file.read(HEAD)
    kind = sniff_container(file, head) if head else None
    found = Look(head, kind, max(1, len(whole.starts)))
    if kind is None:
        found.problems = [*whole.told((), is_container=False)]
        return found
    parser = parser_of(kind.form, parsers) if opens else None
    if parser is not None and not is_installed(parser):
        found.extra, parser = parser.extra, None
    if parser is None or budget.limits.max_depth == 0:
        found.note(Unreadable(kind.reason, kind.detail))
        return found
    try:
        if isinstance(parser, DiskImage):
            found.image = parser.items(file, near, budget.limits.images)
        else:
            parser = split_archives.reading(parser, whole.starts)
            _open(parser, kind, file, _Reading(budget, passwords), found)
    except LimitError as error:
        found.note(error.why)
    except UnreadableError as error:
        found.note(Unreadable(error.reason, error.detail))
    found.problems = [*whole.told(tuple(found.problems), is_container=True)]
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """What every parser is given."""

    budget: Spending
    passwords: tuple[str, ...]

    def members(self, parser: Parser, file: BinaryIO) -> Iterator[Inner | Unreadable]:
        return members_of(parser, file, self.budget, self.passwords)


def _open(parser: Parser, kind: Container, file: BinaryIO, how: _Reading, found: Look) -> None:
    """Count the members of an archive; of another container only see if it is locked."""
    if kind.form in _LISTED:
        found.members = 0
        _count(parser, file, how, found)
    elif kind.encrypted:
        first = next(how.members(parser, file), None)
        if isinstance(first, Unreadable):
            found.note(first)


def _count(parser: Parser, file: BinaryIO, how: _Reading, found: Look) -> None:
    """Count the members of an archive, also of one that was compressed as a whole."""
    for inner in how.members(parser, file):
        if isinstance(inner, Unreadable):
            found.note(inner)
        elif not _counted_inside(inner, how, found):
            found.count(inner)


def _counted_inside(inner: Inner, how: _Reading, found: Look) -> bool:
    """Whether a member is an archive that was compressed as a whole; then its members are counted.

    Raises:
        UnreadableError: it cannot be expanded.
    """
    step = inner.step
    if not isinstance(step, Member) or step.container not in COMPRESSED or inner.open is None:
        return False
    with inner.open() as opened:
        head = b""
        while len(head) < HEAD and (piece := opened.read(HEAD - len(head))):
            head += piece
        kind = sniff_beginning(head) if head else None
        parser = parser_of(kind.form) if kind is not None and kind.form in STREAMED else None
        if parser is None:
            return False
        passing = Passing(head, opened)
        _count(parser, passing.as_file(), how, found)
        if passing.problem is not None:
            found.note(passing.problem)
    return True
