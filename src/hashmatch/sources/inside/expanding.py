"""A file of the evidence with all that lies in it: archives in archives, to the last member."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from hashmatch.containers import ENCRYPTED
from hashmatch.errors import Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.kinds.sniffing import Container, sniff_beginning, sniff_container
from hashmatch.model import Unreadable
from hashmatch.model.locator import Range, Step
from hashmatch.sources.inside import split_archives
from hashmatch.sources.inside.backups import MissingFiles
from hashmatch.sources.inside.base import Inner, LimitError, Parser
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.disk_image import ALONE, DiskImage, Near
from hashmatch.sources.inside.expanded import (
    HEAD,
    PIECE_HELD,
    Expanded,
    Passing,
    called,
    counted,
    sha256_of,
)
from hashmatch.sources.inside.parsers import (
    PARSERS,
    STREAMED,
    behind,
    depth_of,
    is_installed,
    members_of,
    parser_of,
    searching,
)
from hashmatch.sources.inside.siblings import FindBeside, Siblings, nothing
from hashmatch.sources.inside.streams import copied
from hashmatch.sources.inside.volume_reports import ReadMedium
from hashmatch.sources.inside.whole import whole_in


def expand(
    file: BinaryIO,
    limits: InsideLimits | None = None,
    parsers: Mapping[str, str] = PARSERS,
    *,
    passwords: tuple[str, ...] = (),
    budget: Spending | None = None,
    searches: Callable[[bytes], bool] = lambda _: False,
    find_beside: FindBeside = nothing,
    near: Near = ALONE,
    divides: bool = False,
) -> Iterator[Expanded]:
    """All that lies in a file, in an order that is the same every time, and last the file itself.

    Members come before the container that they lie in. Nothing is written, and no other file is
    opened but what `find_beside` opens. The time in which the caller works on an item does not
    count.

    Args:
        file: opened for reading and seekable.
        limits: of what is read.
        parsers: by kind, as `PARSERS`.
        passwords: to be tried on what is encrypted.
        budget: that counts; begun anew where it is None.
        searches: by its first 64 KiB, whether pictures are looked for at any place of a file that
            no parser reads: False of a picture.
        find_beside: opens the file beside this one that has its name without an ending.
        near: where the file lies, if it may have further files there.
        divides: whether a file that is a disk image is only opened: `image` of the file has it.

    Raises:
        OSError: the file cannot be read.
    """
    whole = whole_in(file, near)
    if isinstance(whole, Unreadable):
        size = file.seek(0, os.SEEK_END)
        yield Expanded((), None, file, size, problems=(whole,), is_further=True)
        return
    size = whole.file.seek(0, os.SEEK_END)
    spending = budget or Spending(limits or InsideLimits(), size)
    walk = _Walk(parsers, spending, passwords, searches, near, divides, whole.starts)
    for item in walk.file((), None, whole.file, size, (), find_beside):
        with spending.paused():
            if item.steps:
                yield item
                continue
            told = whole.told(item.problems, is_container=item.kind is not None)
            yield replace(item, media=tuple(walk.media), problems=told)


def expand_item(
    inner: Inner,
    budget: Spending,
    parsers: Mapping[str, str] = PARSERS,
    *,
    passwords: tuple[str, ...] = (),
    searches: Callable[[bytes], bool] = lambda _: False,
) -> Iterator[Expanded]:
    """An item of a disk image with all that lies in it; it comes last.

    Args:
        inner: the item.
        budget: for it alone.
        parsers: as for `expand`.
        passwords: as for `expand`.
        searches: as for `expand`.
    """
    walk = _Walk(parsers, budget, passwords, searches)
    steps = (*inner.before, inner.step)
    for item in walk.apart(steps, inner):
        yield replace(item, media=tuple(walk.media)) if item.steps == steps else item


@dataclass(slots=True)
class _Walk:
    parsers: Mapping[str, str]
    budget: Spending
    passwords: tuple[str, ...]
    searches: Callable[[bytes], bool]
    near: Near = ALONE
    divides: bool = False
    starts: tuple[int, ...] = ()
    """Where the parts of the file begin, if it is a split archive."""
    met: Unreadable | None = None
    """The limit that was met: nothing further is read."""
    media: list[ReadMedium] = field(default_factory=list)

    def file(  # noqa: PLR0917 (what it is, and where it lies)
        self,
        steps: tuple[Step, ...],
        inner: Inner | None,
        file: BinaryIO,
        size: int,
        problems: tuple[Unreadable, ...],
        find_beside: FindBeside,
    ) -> Iterator[Expanded]:
        """A seekable file and what lies in it."""
        file.seek(0)
        head = file.read(HEAD)
        kind = sniff_container(file, head) if head else None
        item = Expanded(steps, inner, file, size, kind=kind, problems=problems)
        if self.met is not None:
            more = () if kind is None or self.met in problems else (self.met,)
            yield replace(item, problems=(*problems, *more))
            return
        parser = None
        if kind is not None:
            parser, item = self._parser(item, kind)
        reading = self._readers(parser, inner)
        is_searched = not reading and self._is_searched(item, head)
        reading = reading or (searching() if is_searched else _behind(item))
        found = [*split_archives.unjoined(steps)] if is_searched and steps else []
        locked = Counter[bool]()
        given = frozenset[str]() if inner is None else inner.given
        for each in reading:
            if isinstance(each, DiskImage) and self.divides and not steps:
                item = self._divided(item, each, file, found)
                continue
            if isinstance(each, DiskImage):
                yield from self._image(steps, each, file, found)
                continue
            members = self._members(steps, each, file, found, given, find_beside)
            yield from counted(members, len(steps) + 1, locked)
        if parser is not None or (locked and not is_searched):
            item = replace(item, opened=True)
        if kind is not None and locked[True] and not locked[False]:
            found.insert(0, Unreadable(Reason.ENCRYPTED, ENCRYPTED + kind.name))
        yield replace(item, problems=(*item.problems, *found)) if found else item

    def _readers(self, parser: Parser | None, inner: Inner | None) -> tuple[Parser, ...]:
        """What reads a container: its parser, and of the list of a backup what else it tells."""
        if parser is None:
            return ()
        has = self.near.has if inner is None else inner.has
        if has is not None and parser.kinds[0] in MissingFiles.kinds:
            missing = MissingFiles(has)
            return (missing,) if isinstance(parser, MissingFiles) else (parser, missing)
        return (split_archives.reading(parser, () if inner else self.starts),)

    def _is_over(self) -> bool:
        """Whether a limit was met."""
        return self.met is not None

    def _is_searched(self, item: Expanded, head: bytes) -> bool:
        """Whether pictures are looked for at any place of what no parser reads."""
        is_locked = item.kind is not None and item.kind.encrypted
        is_deep = depth_of(item.steps) > self.budget.limits.max_depth
        return not is_locked and not is_deep and self.searches(head)

    def _parser(self, item: Expanded, kind: Container) -> tuple[Parser | None, Expanded]:
        parser = parser_of(kind.form, self.parsers)
        depth, extra, reason = depth_of(item.steps), "", kind.reason
        if parser is not None and not is_installed(parser):
            extra = parser.extra
            parser = None
        if parser is not None and depth >= self.budget.limits.max_depth:
            parser, reason = None, Reason.TOO_DEEP
        if parser is not None:
            return parser, item
        name = kind.detail if reason is not Reason.TOO_DEEP else kind.detail.removeprefix(ENCRYPTED)
        why = Unreadable(reason, name)
        return None, replace(item, problems=(*item.problems, why), extra=extra)

    def _members(  # noqa: PLR0917 (what is read, and where it lies)
        self,
        steps: tuple[Step, ...],
        parser: Parser,
        file: BinaryIO,
        found: list[Unreadable],
        given: frozenset[str] = frozenset(),
        find_beside: FindBeside = nothing,
    ) -> Iterator[Expanded]:
        """Members of one container; what is wrong with it as a whole is added to `found`.

        Contents that were given before, by these SHA-256, are left out.
        """
        if self._is_over():
            return
        siblings = Siblings(parser, file, self.budget.limits, self.passwords)
        try:
            for inner in members_of(parser, file, self.budget, self.passwords, find_beside):
                if isinstance(inner, Unreadable):
                    found.append(inner)
                    continue
                if given and isinstance(inner.step, Range) and sha256_of(inner) in given:
                    continue
                beside, named = siblings.beside(inner.step), siblings.named(inner)
                around = (*steps, inner.step)
                yield from called(named, around, self._member(around, named, beside))
                if self._is_over():
                    break
            found += siblings.told()
        except LimitError as error:
            self.met = error.why
        except UnreadableError as error:
            found.append(Unreadable(error.reason, error.detail))
        if self.met is not None and self.met not in found:
            found.append(self.met)

    def _image(
        self,
        steps: tuple[Step, ...],
        image: DiskImage,
        file: BinaryIO,
        found: list[Unreadable],
    ) -> Iterator[Expanded]:
        """What lies on a disk image: each item has a budget of its own."""
        limits = self.budget.limits
        selection = replace(limits.images, volumes=()) if steps else limits.images
        try:
            how = (self.budget, self.passwords, ALONE if steps else self.near, selection)
            for inner in image(file, *how, verify=limits.verify_images):
                if isinstance(inner, Unreadable):
                    found.append(inner)
                else:
                    yield from self._of_image((*steps, *inner.before, inner.step), inner)
        except LimitError as error:
            found.append(error.why)
        except UnreadableError as error:
            found.append(Unreadable(error.reason, error.detail))
        told = (tuple(image.reports), tuple(image.unread), image.size, image.digests)
        self.media.append(ReadMedium(steps, *told))

    def _divided(
        self, item: Expanded, image: DiskImage, file: BinaryIO, found: list[Unreadable]
    ) -> Expanded:
        """The file with the disk image that it is, opened and not read."""
        selection = self.budget.limits.images
        try:
            return replace(item, image=image.items(file, self.near, selection))
        except UnreadableError as error:
            found.append(Unreadable(error.reason, error.detail))
            return item

    def _of_image(self, steps: tuple[Step, ...], inner: Inner) -> Iterator[Expanded]:
        budget = Spending(self.budget.limits, inner.size or 0)
        walk = _Walk(self.parsers, budget, self.passwords, self.searches, media=self.media)
        return walk.apart(steps, inner)

    def apart(self, steps: tuple[Step, ...], inner: Inner) -> Iterator[Expanded]:
        """An item with all that lies in it, of which damage costs no other item."""
        try:
            for item in called(inner, steps, self._member(steps, inner, inner.beside or nothing)):
                with self.budget.paused():
                    yield item
        except UnreadableError as error:
            why = Unreadable(error.reason, error.detail)
        except OSError as error:
            why = Unreadable(Reason.IO_ERROR, error.strerror or fault_of(error))
        else:
            return
        yield Expanded(steps, inner, problems=(why,))

    def _member(
        self, steps: tuple[Step, ...], inner: Inner, find_beside: FindBeside
    ) -> Iterator[Expanded]:
        if inner.problem is not None or inner.open is None:
            yield Expanded(steps, inner, problems=(inner.problem,) if inner.problem else ())
            return
        try:
            opened = inner.open()
        except UnreadableError as error:
            yield Expanded(steps, inner, problems=(Unreadable(error.reason, error.detail),))
            return
        except LimitError as error:
            self.met = error.why
            yield Expanded(steps, inner, problems=(error.why,))
            return
        with opened:
            if opened.seekable():
                size = opened.seek(0, os.SEEK_END)
                if not size:
                    # Nothing lies in no bytes: an archive may have a million such members.
                    yield Expanded(steps, inner, opened, size)
                    return
                held = copied(opened, size)
                yield from self.file(steps, inner, held, size, (), find_beside)
            else:
                yield from self._stream(steps, inner, opened, find_beside)

    def _stream(
        self,
        steps: tuple[Step, ...],
        inner: Inner,
        opened: BinaryIO,
        find_beside: FindBeside,
    ) -> Iterator[Expanded]:
        """A member whose bytes are made as they are read: passed on, or held in memory."""
        held = io.BytesIO()
        problems = self._hold(held, opened, HEAD)
        head = held.getvalue()
        kind = sniff_beginning(head) if len(head) >= HEAD else None
        parser = None
        if kind is not None and kind.form in STREAMED and not problems and self.met is None:
            parser, item = self._parser(Expanded(steps, inner, kind=kind), kind)
        if parser is not None:
            yield from self._passed(item, parser, Passing(head, opened))
            return
        held.seek(0, os.SEEK_END)
        most = self.budget.limits.max_member_bytes
        problems = problems or self._hold(held, opened, most + 1)
        size = len(held.getvalue())  # spare memory is given back: it is read without a copy
        if size > most and not problems:
            passing = Passing(b"", opened)
            passing.digester.update(held.getvalue())
            yield self._digested(Expanded(steps, inner), passing)
            return
        yield from self.file(steps, inner, held, size, problems, find_beside)

    def _hold(self, held: io.BytesIO, opened: BinaryIO, most: int) -> tuple[Unreadable, ...]:
        """Read on until so many bytes are held, and say why it went no further."""
        try:
            while held.tell() < most:
                data = opened.read(min(PIECE_HELD, most - held.tell()))
                if not data:
                    break
                held.write(data)
        except UnreadableError as error:
            return (Unreadable(error.reason, error.detail),)
        except LimitError as error:
            self.met = error.why
            return (error.why,)
        return ()

    def _passed(self, item: Expanded, parser: Parser, passing: Passing) -> Iterator[Expanded]:
        """A container that is read as it is made, and not held."""
        found: list[Unreadable] = []
        yield from self._members(item.steps, parser, passing.as_file(), found)
        yield self._digested(replace(item, problems=tuple(found)), passing, says_size=False)

    def _digested(self, item: Expanded, passing: Passing, *, says_size: bool = True) -> Expanded:
        """The same item with the digests of all its bytes, which were not kept."""
        problems = list(item.problems)
        try:
            while self.met is None and passing.piece(PIECE_HELD):
                pass
        except LimitError as error:
            self.met = error.why
        if self.met is not None and self.met not in problems:
            problems.append(self.met)
        if passing.problem is not None:
            problems.append(passing.problem)
        if self.met is not None:
            return replace(item, problems=tuple(problems))
        digester = passing.digester
        if says_size:
            detail = f"{digester.size:,} bytes, more than are held in memory"
            problems.append(Unreadable(Reason.TOO_MANY_BYTES, detail))
        return replace(item, size=digester.size, digests=digester.value(), problems=tuple(problems))


def _behind(item: Expanded) -> tuple[Parser, ...]:
    """What looks for a container behind a picture or film, if that has bytes of its own."""
    is_made = item.inner is not None and item.inner.is_made
    return () if item.kind is not None or is_made else (behind(),)
