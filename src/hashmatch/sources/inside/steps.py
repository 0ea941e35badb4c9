"""The one item that lies behind some steps in a file."""

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO, Final, NamedTuple

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sniffing import Container, sniff_beginning, sniff_container
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Range, Step, Volume
from hashmatch.sources.inside import split_archives
from hashmatch.sources.inside.backups import MISSING
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.disk_image import ALONE, DiskImage, Near
from hashmatch.sources.inside.expanded import HEAD, PIECE_HELD, Passing
from hashmatch.sources.inside.parsers import (
    PARSERS,
    STREAMED,
    is_installed,
    members_of,
    parser_of,
    searching,
)
from hashmatch.sources.inside.siblings import FindBeside, Siblings, nothing
from hashmatch.sources.inside.streams import Take, window
from hashmatch.wording import to_install

NO_SUCH_ITEM: Final = Unreadable(Reason.IO_ERROR, "there is no such item in its container")
"""What the error says of steps that lead nowhere, where nothing else is wrong."""


class Reached(NamedTuple):
    """An item that was found again: its bytes can be read as long as this value is kept.

    Attributes:
        file: its bytes, to be read once from the beginning; seekable where they lie in the file
            around it as they are.
        is_made: whether it has no bytes of its own: they are made of pixels that its container
            holds.
        parsed: the containers on the way. A parser that is dropped closes its document.
        original_name: what it was called where it came from, as another item on the way says;
            empty where none does.
    """

    file: BinaryIO
    is_made: bool = False
    parsed: tuple[Iterator[Inner | Unreadable], ...] = ()
    original_name: str = ""


def reach(
    file: BinaryIO,
    steps: tuple[Step, ...],
    limits: InsideLimits | None = None,
    parsers: Mapping[str, str] = PARSERS,
    *,
    passwords: tuple[str, ...] = (),
    find_beside: FindBeside = nothing,
    near: Near = ALONE,
) -> Reached:
    """The one item that lies behind these steps in a file; usable as long as the file is open.

    Args:
        file: opened for reading and seekable.
        steps: as `expand` gave them.
        limits: of what is read on the way.
        parsers: by kind, as `PARSERS`.
        passwords: to be tried on what is encrypted.
        find_beside: opens the file beside this one that has its name without an ending.
        near: where the file lies, if it may be a disk image of several files.

    Raises:
        UnreadableError: there is no such item (`NO_SUCH_ITEM`), or it cannot be read.
        LimitError: of the limits.
        OSError: the file cannot be read.
    """
    whole = None
    if near.folder is not None:
        whole = split_archives.whole_of(near.name, near.folder)
    file, starts = (file, ()) if whole is None else (whole.file, whole.starts)
    budget = Spending(limits or InsideLimits(), file.seek(0, os.SEEK_END))
    reached = Reached(file)
    behind = 0
    for number, step in enumerate(steps):
        if number < behind:
            continue
        if isinstance(step, Volume):
            around = near if not number else ALONE
            found, count, find_beside = _on_image(reached.file, steps[number:], around)
            reached = found._replace(parsed=reached.parsed)
            behind = number + count
            continue
        if isinstance(step, Range):
            file = _range(reached.file, step, budget)
            name = _name_below(reached, step)
            reached = Reached(file, parsed=reached.parsed, original_name=name)
            find_beside = nothing
            continue
        way = _Way(budget, parsers, passwords, find_beside, () if number else starts)
        found, find_beside = _step(reached.file, step, way)
        reached = found._replace(
            parsed=(*reached.parsed, *found.parsed),
            original_name=found.original_name or _name_below(reached, step),
        )
    if reached.file.seekable():
        reached.file.seek(0)
    return reached


def _name_below(reached: Reached, step: Step) -> str:
    """The name of what lies in an item that has one."""
    return f"{reached.original_name}!{step}" if reached.original_name else ""


def _on_image(
    file: BinaryIO, steps: tuple[Step, ...], near: Near
) -> tuple[Reached, int, FindBeside]:
    """What lies on a disk image, how many steps lead to it, and what finds files beside it."""
    image = DiskImage()
    if not is_installed(image):
        install = f"its reader is not installed: {to_install(image.extra)}"
        raise UnreadableError(Reason.CONTAINER, install)
    there, count = image.reach(file, steps, near)
    name = image.original_name(file, steps[:count], near)
    return Reached(there, original_name=name), count, image.beside(file, steps[:count], near)


def _range(file: BinaryIO, step: Range, budget: Spending) -> BinaryIO:
    if not file.seekable():
        Take(file, step.offset).skip(budget)
        return Take(file, step.length).as_file()
    size = file.seek(0, os.SEEK_END)
    if step.offset + step.length > size:
        raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
    return window(file, step.offset, step.length)


def _seekable(file: BinaryIO, limits: InsideLimits) -> BinaryIO:
    """The file, in memory where it cannot be sought; what of it can be read."""
    if file.seekable():
        return file
    held = io.BytesIO()
    try:
        while held.tell() <= limits.max_member_bytes and (data := file.read(PIECE_HELD)):
            held.write(data)
    except UnreadableError:
        # A container that is cut gives the members before the cut.
        pass
    return held


class _Way(NamedTuple):
    """How a step is taken."""

    budget: Spending
    parsers: Mapping[str, str]
    passwords: tuple[str, ...]
    find_beside: FindBeside
    starts: tuple[int, ...] = ()


def _step(file: BinaryIO, step: Step, way: _Way) -> tuple[Reached, FindBeside]:
    """The item behind a step, and what finds others beside it."""
    limits, passwords = way.budget.limits, way.passwords
    if isinstance(step, Member) and step.container == MISSING:
        detail = f"its backup lists it, and had no bytes of it: {step.name}"
        raise UnreadableError(Reason.MISSING, detail)
    file, kind = _container(file, limits)
    parser = parser_of(kind.form, way.parsers) if kind is not None else None
    if parser is not None:
        parser = split_archives.reading(parser, way.starts)
    is_read = parser is not None and is_installed(parser)
    found = (parser,) if parser is not None and is_read else searching()
    problems = []
    if kind is not None and parser is not None and not is_read:
        install = f"its reader is not installed: {to_install(parser.extra)}"
        problems.append(Unreadable(Reason.CONTAINER, f"{kind.detail}: {install}"))
    for each in found:
        members = members_of(each, file, way.budget, passwords, way.find_beside)
        for inner in members:
            if isinstance(inner, Unreadable):
                problems.append(inner)
            elif inner.step == step:
                siblings = Siblings(each, file, limits, passwords)
                name = siblings.named(inner).original_name
                reached = Reached(_opened(inner), inner.is_made, (members,), name)
                return reached, siblings.beside(step)
    # What is wrong with the container is why the item is not found in it.
    why = next(iter(problems), NO_SUCH_ITEM)
    raise UnreadableError(why.reason, why.detail)


def _opened(inner: Inner) -> BinaryIO:
    if inner.open is None:
        why = inner.problem or Unreadable(Reason.UNSUPPORTED)
        raise UnreadableError(why.reason, why.detail)
    return inner.open()


def _container(file: BinaryIO, limits: InsideLimits) -> tuple[BinaryIO, Container | None]:
    """A container to be read, as `expand` reads it: passed on, or held in memory."""
    if not file.seekable():
        head = b""
        with suppress(UnreadableError):
            while len(head) < HEAD and (data := file.read(HEAD - len(head))):
                head += data
        passing = Passing(head, file).as_file()
        kind = sniff_beginning(head)
        if kind is not None and kind.form in STREAMED and len(head) == HEAD:
            return passing, kind
        file = _seekable(passing, limits)
    file.seek(0)
    return file, sniff_container(file, file.read(HEAD))
