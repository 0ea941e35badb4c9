"""Archives of several files: those that a program cut into parts, and that lie in one folder.

`a.7z.001`, `a.zip.001` and what `split` makes (`a.tar.gz.aa`) are pieces of one file. The parts of
a zip archive (`a.z01`, `a.z02`, … and last `a.zip`) are too, but places in it are counted in each.
Volumes of a RAR archive (`a.part1.rar`, `a.part2.rar`, … or `a.rar`, `a.r00`, …) are archives of
their own, whose members go on from one to the next.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Step
from hashmatch.sources.diskimage.beside import Folder, OnDisk
from hashmatch.sources.diskimage.files import Handles
from hashmatch.sources.diskimage.reading import Joined, as_file
from hashmatch.sources.inside.base import Parser
from hashmatch.sources.inside.rar_volumes import is_locked, is_volume
from hashmatch.sources.inside.whole_archives import begins_an_archive, is_whole

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

_KINDS: Final = {
    **dict.fromkeys(("zip", "zipx", "jar", "apk"), "zip archive"),
    "7z": "7-Zip archive",
    "rar": "RAR archive",
    "tar": "tar archive",
    **dict.fromkeys(("gz", "tgz"), "gzip-compressed file"),
    **dict.fromkeys(("bz2", "tbz2", "tbz"), "bzip2-compressed file"),
    **dict.fromkeys(("xz", "txz"), "xz-compressed file"),
    **dict.fromkeys(("zst", "tzst"), "Zstandard-compressed file"),
}
"""Kinds of archives by the ends of their names."""
_PIECE: Final = re.compile(
    rf"(?P<whole>.+\.(?P<kind>{'|'.join(_KINDS)}))\.(?P<part>\d{{3,5}}|[a-z]{{2,3}})",
    re.DOTALL | re.IGNORECASE,
)
_OF_ZIP: Final = re.compile(r"(?P<stem>.+)\.(?P<letter>[zZ])(?P<part>\d{2,5})", re.DOTALL)
_ZIP: Final = re.compile(r"(?P<stem>.+)\.zip", re.DOTALL | re.IGNORECASE)
_VOLUME: Final = re.compile(
    r"(?P<stem>.+\.part)(?P<part>\d{1,5})(?P<end>\.rar)", re.DOTALL | re.IGNORECASE
)
_OLD_VOLUME: Final = re.compile(r"(?P<stem>.+)\.(?P<letter>[r-yR-Y])(?P<part>\d{2})", re.DOTALL)
_RAR: Final = re.compile(r"(?P<stem>.+)\.(?P<letter>[rR])[aA][rR]", re.DOTALL)
_LETTERS_OF_VOLUMES: Final = "rstuvwxy"
_HEAD: Final = 1 << 12
_MOST: Final = 100_000
_INCOMPLETE: Final = frozenset(
    {Reason.DAMAGED, Reason.TRUNCATED, Reason.CORRUPT_DATA, Reason.UNSUPPORTED}
)
_TOGETHER: Final = "put all parts in one folder"
_ONE_OF_SEVERAL: Final = "a part of one of several files"
_LOCKED: Final = (
    "names in it are encrypted, and such parts are not joined: extract it with another program, "
    "and scan what that gives"
)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Whole:
    """An archive with all of its parts.

    Attributes:
        file: the parts, joined.
        starts: where each of them begins; none of what has no parts.
        lone: of a part whose others are not all here, what is to be said of it.
        is_sure: whether it says itself that it is a part.
    """

    file: BinaryIO
    starts: tuple[int, ...] = ()
    lone: Unreadable | None = None
    is_sure: bool = False

    def told(
        self, problems: tuple[Unreadable, ...], *, is_container: bool
    ) -> tuple[Unreadable, ...]:
        """The same problems; the first says that parts may be missing, if they may.

        Args:
            problems: of the file.
            is_container: whether it is one by itself: it may only be called as a part is.
        """
        if self.lone is not None and (problems or not is_container or self.is_sure):
            return (self.lone, *problems)
        if not self.starts or not problems or problems[0].reason not in _INCOMPLETE:
            return problems
        (first, *more), count = problems, len(self.starts)
        hint = f"{first.detail}; {count} parts lie here: if there are more, {_TOGETHER}"
        return (Unreadable(first.reason, hint), *more)


def lone_part(file: BinaryIO, why: Unreadable) -> Whole:
    """A part whose others are not all here, and what is to be said of it."""
    file.seek(0)
    return Whole(file, lone=why, is_sure=is_volume(file.read(_HEAD)))


def whole_of(name: str, folder: Folder) -> Whole | None:
    """The archive that begins in a file, or is named by it; None of what has one part alone.

    Args:
        name: of the file.
        folder: that it lies in.

    Raises:
        OSError, UnreadableError: a part cannot be opened.
    """
    parts = _parts(name, folder) if _may_begin(name) else None
    if parts is not None and _PIECE.fullmatch(name):
        parts = _without_others(parts, folder)
    if parts is None or len(parts) < 2:  # noqa: PLR2004 (a whole has no parts)
        return None
    opened: list[Bytes] = [folder.open(each) for each in parts]
    starts = (0, *accumulate(each.size for each in opened))
    return Whole(as_file(Joined(opened, name)), starts[:-1])


def _may_begin(name: str) -> bool:
    return any(each.fullmatch(name) for each in (_PIECE, _ZIP, _RAR))


def _without_others(parts: list[str], folder: Folder) -> list[str]:
    """The pieces of one archive, without archives that are only called as its pieces are.

    These are read themselves (see `further_part`): as pieces, too, they would give all members
    twice. Where one may be a piece all the same, nothing is left out.
    """
    own = len(parts)
    while own > 1 and _begins_an_archive(parts[own - 1], folder):
        own -= 1
    for count in range(own, len(parts)):
        opened: list[Bytes] = [folder.open(each) for each in parts[:count]]
        if is_whole(as_file(Joined(opened, parts[0]))):
            return parts[:count]
    return parts


def further_part(name: str, folder: Folder) -> str | Unreadable | None:
    """The first part, which leads to a part, or what is to be said of it; None of other files.

    Args:
        name: of the file.
        folder: that it lies in.
    """
    leads = _leads_to(name)
    if leads is None:
        return None
    names = _names(folder)
    first = next((each for each in leads.firsts if each in names), leads.firsts[0])
    if first == name or _is_called_so(name, names):
        return None
    parts = _parts(first, folder) if first in names else None
    if parts is not None and name in parts:
        # What begins as an archive of its own may be one that is only called so.
        return None if leads.is_piece and _begins_an_archive(name, folder) else first
    if first in names and leads.is_volume and is_locked(folder.open(first).pread(0, _HEAD)):
        return Unreadable(Reason.CONTAINER, f"{leads.kind}: {_ONE_OF_SEVERAL}; {_LOCKED}")
    missing = (
        f"its {leads.word} part {first} is not here" if first not in names else "one is missing"
    )
    return Unreadable(Reason.CONTAINER, f"{leads.kind}: {_ONE_OF_SEVERAL}; {missing}: {_TOGETHER}")


def unjoined(steps: Sequence[Step]) -> Iterator[Unreadable]:
    """That a file in an archive or on a disk image is a part of an archive, by its name.

    Args:
        steps: that lead to it.
    """
    name = str(getattr(steps[-1], "name", getattr(steps[-1], "path", ""))).rpartition("/")[2]
    leads = _leads_to(name)
    if leads is not None and name not in leads.firsts and name[-1:].isdigit():
        why = "parts in archives and on disk images are not joined"
        yield Unreadable(Reason.CONTAINER, f"{leads.kind}: {_ONE_OF_SEVERAL}; {why}: {_TOGETHER}")


def reading(parser: Parser, starts: tuple[int, ...]) -> Parser:
    """The parser of an archive whose parts begin there; the same of one without parts."""
    if not starts:
        return parser
    # Whoever reads no archive, as the process that records, needs no parser of one.
    from hashmatch.sources.inside.rar import Rar
    from hashmatch.sources.inside.zip import Zip

    if isinstance(parser, Zip):
        return cast("Parser", Zip(starts))
    return cast("Parser", Rar(starts)) if isinstance(parser, Rar) else parser


def has_parts(path: str) -> bool:
    """Whether a file of this system is a part of an archive of several files."""
    folder, name = os.path.split(path)
    handles = Handles()
    try:
        near = OnDisk(folder, handles)
        # Whether the parts are those of one archive is for workers to read.
        parts = _parts(name, near) if _may_begin(name) else None
        return len(parts or ()) > 1 or further_part(name, near) is not None
    except (OSError, UnreadableError):
        return False
    finally:
        handles.close()


def _names(folder: Folder) -> frozenset[str]:
    """Names of the files in a folder; none of one that may not be listed, as of a single file."""
    with suppress(OSError, UnreadableError):
        return frozenset(folder.names())
    return frozenset()


@dataclass(frozen=True, slots=True)
class _Leads:
    """The file that leads to a part of an archive, by the name of the part.

    Attributes:
        firsts: names that it may have.
        kind: of the archive.
        word: which part it is.
        is_piece: whether parts are pieces of one file, cut anywhere.
        is_volume: whether parts are volumes of a RAR archive.
    """

    firsts: tuple[str, ...]
    kind: str
    word: str = "first"
    is_piece: bool = False
    is_volume: bool = False


def _leads_to(name: str) -> _Leads | None:
    """The file that leads to this one, if it is called as a part of an archive is."""
    if (piece := _PIECE.fullmatch(name)) is not None:
        first = f"{piece['whole']}.{_first(piece['part'])}"
        return _Leads((first,), _KINDS[piece["kind"].lower()], is_piece=True)
    if (part := _OF_ZIP.fullmatch(name)) is not None:
        return _Leads((f"{part['stem']}.zip", f"{part['stem']}.ZIP"), "zip archive", "last")
    if (part := _VOLUME.fullmatch(name)) is not None:
        first = f"{part['stem']}{'1'.zfill(len(part['part']))}{part['end']}"
        return _Leads((first,), "RAR archive", is_volume=True)
    if (part := _OLD_VOLUME.fullmatch(name)) is not None:
        return _Leads((f"{part['stem']}.rar", f"{part['stem']}.RAR"), "RAR archive", is_volume=True)
    return None


def _is_called_so(name: str, names: frozenset[str]) -> bool:
    """Whether other programs call files so too, and no other part tells that it is one."""
    if (piece := _PIECE.fullmatch(name)) is not None:
        return _is_other_name(piece, names)
    part = _OF_ZIP.fullmatch(name) or _OLD_VOLUME.fullmatch(name)
    if part is None:
        return False
    firsts = _leads_to(name)
    is_led_to = firsts is not None and not names.isdisjoint(firsts.firsts)
    return not is_led_to and not _has_more(part, names)


def _begins_an_archive(name: str, folder: Folder) -> bool:
    return begins_an_archive(folder.open(name).pread(0, _HEAD))


def _is_other_name(piece: "re.Match[str]", names: frozenset[str]) -> bool:
    """Whether letters at the end of a name are no number, as in `a.tar.gz` and `a.zip.bak`.

    They are one where the part before or behind it lies there too.
    """
    part = piece["part"]
    if part.isdigit():
        return False
    endings = list(_numbered(_first(part)))
    at = endings.index(part.lower())
    beside = endings[max(at - 1, 0) : at] + endings[at + 1 : at + 2]
    return not names & {f"{piece['whole']}.{each}" for each in beside}


def _has_more(part: "re.Match[str]", names: frozenset[str]) -> bool:
    """Whether another part of an archive lies there."""
    stem, letter, width = part["stem"], part["letter"], len(part["part"])
    number = int(part["part"])
    beside = {f"{stem}.{letter}{each:0{width}}" for each in (number - 1, number + 1)}
    return bool(beside & names) or (number == 1 and letter in "zZ")


def _parts(name: str, folder: Folder) -> list[str] | None:
    """The names of all parts, in their order; None of what begins in none of this name."""
    names = _names(folder)
    if _RAR.fullmatch(name) is None:
        return _pieces(name, names)
    # Other files may be called so, too.
    volumes = _volumes(name, names)
    return [*takewhile(lambda each: is_volume(folder.open(each).pread(0, _HEAD)), volumes)]


def _pieces(name: str, names: frozenset[str]) -> list[str] | None:
    """The same of archives whose parts are pieces of one file."""
    if (piece := _PIECE.fullmatch(name)) is not None:
        if piece["part"] != _first(piece["part"]):
            return None
        found = []
        for part in _numbered(piece["part"]):
            if (each := f"{piece['whole']}.{part}") not in names:
                break
            found.append(each)
        return found
    if (last := _ZIP.fullmatch(name)) is not None:
        found = []
        for letter in "zZ":
            for number in range(1, _MOST):
                each = f"{last['stem']}.{letter}{number:02}"
                if each not in names:
                    break
                found.append(each)
            if found:
                return [*found, name]
    return None


def _volumes(name: str, names: frozenset[str]) -> Iterator[str]:
    """The names of volumes of a RAR archive, if this is the first of them."""
    new, old = _VOLUME.fullmatch(name), _RAR.fullmatch(name)
    if new is not None:
        if int(new["part"]) != 1:
            return
        width = len(new["part"])
        numbered = (f"{new['stem']}{each:0{width}}{new['end']}" for each in range(1, _MOST))
        found = [*takewhile(names.__contains__, numbered)]
        if len(found) > 1:
            yield from found
            return
    if old is not None:
        yield name
        letters = _LETTERS_OF_VOLUMES if old["letter"] == "r" else _LETTERS_OF_VOLUMES.upper()
        further = (f"{old['stem']}.{each}{number:02}" for each in letters for number in range(100))
        yield from takewhile(names.__contains__, further)


def _first(part: str) -> str:
    """The ending of the first part, written as this one."""
    if part.isdigit():
        return "0" * (len(part) - 1) + ("0" if int(part) == 0 else "1")
    return "a" * len(part)


def _numbered(first: str) -> Iterator[str]:
    """The endings of parts, from the first one on."""
    if first.isdigit():
        yield from (f"{number:0{len(first)}}" for number in range(int(first), _MOST))
        return
    base = len(_LETTERS)
    for number in range(base ** len(first)):
        digits = [number // base**place % base for place in reversed(range(len(first)))]
        yield "".join(_LETTERS[each] for each in digits)
