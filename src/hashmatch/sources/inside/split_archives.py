"""Archives of several files: those that a program cut into parts, and that lie in one folder.

`a.7z.001`, `a.zip.001` and what `split` makes (`a.tar.gz.aa`) are pieces of one file. The parts of
a zip archive (`a.z01`, `a.z02`, … and last `a.zip`) are too, but places in it are counted in each.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.sources.diskimage.beside import Folder, OnDisk
from hashmatch.sources.diskimage.files import Handles
from hashmatch.sources.diskimage.reading import Joined, as_file
from hashmatch.sources.inside.base import Parser
from hashmatch.sources.inside.disk_image import Near

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
_MOST: Final = 100_000
_INCOMPLETE: Final = frozenset(
    {Reason.DAMAGED, Reason.TRUNCATED, Reason.CORRUPT_DATA, Reason.UNSUPPORTED}
)
_TOGETHER: Final = "put all parts in one folder"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Whole:
    """An archive with all of its parts.

    Attributes:
        file: the parts, joined.
        starts: where each of them begins; none of what has no parts.
    """

    file: BinaryIO
    starts: tuple[int, ...] = ()

    def told(self, problems: tuple[Unreadable, ...]) -> tuple[Unreadable, ...]:
        """The same problems; the first says that parts may be missing, if they may."""
        if not self.starts or not problems or problems[0].reason not in _INCOMPLETE:
            return problems
        (first, *more), count = problems, len(self.starts)
        hint = f"{first.detail}; {count} parts lie here: if there are more, {_TOGETHER}"
        return (Unreadable(first.reason, hint), *more)


def is_part(name: str) -> bool:
    """Whether a file may be a part of an archive, by its name."""
    return bool(_PIECE.fullmatch(name) or _OF_ZIP.fullmatch(name) or _ZIP.fullmatch(name))


def look(near: Near) -> "Whole | Unreadable | None":
    """An archive that begins in a file, or what is to be said of a part of one; None of others.

    Args:
        near: where the file lies.
    """
    if near.folder is None:
        return None
    return further_part(near.name, near.folder) or whole_of(near.name, near.folder)


def whole_of(name: str, folder: Folder) -> Whole | None:
    """The archive that begins in a file, or is named by it; None of what has one part alone.

    Args:
        name: of the file.
        folder: that it lies in.

    Raises:
        OSError, UnreadableError: a part cannot be opened.
    """
    if not is_part(name):
        return None
    parts = _parts(name, _names(folder))
    if parts is None or len(parts) < 2:  # noqa: PLR2004 (a whole has no parts)
        return None
    opened: list[Bytes] = [folder.open(each) for each in parts]
    starts = (0, *accumulate(each.size for each in opened))
    return Whole(as_file(Joined(opened, name)), starts[:-1])


def further_part(name: str, folder: Folder) -> Unreadable | None:
    """What is to be said of a part that another file leads to; None of all other files.

    Args:
        name: of the file.
        folder: that it lies in.
    """
    piece, of_zip = _PIECE.fullmatch(name), _OF_ZIP.fullmatch(name)
    if piece is not None:
        first, kind = f"{piece['whole']}.{_first(piece['part'])}", _KINDS[piece["kind"].lower()]
        word = "first"
    elif of_zip is not None:
        first, kind, word = f"{of_zip['stem']}.zip", "zip archive", "last"
    else:
        return None
    names = _names(folder)
    if first not in names and of_zip is not None:
        first = f"{of_zip['stem']}.ZIP" if f"{of_zip['stem']}.ZIP" in names else first
    if first == name or (piece is not None and _is_other_name(piece, names)):
        return None
    parts = _parts(first, names) if first in names else None
    if parts is not None and name in parts:
        return Unreadable(Reason.OPENED, f"a further file of {first}, and read with it")
    if of_zip is not None and first not in names and not _has_more(of_zip, names):
        # Other programs call files so, too.
        return None
    missing = f"its {word} part {first} is not here" if first not in names else "one is missing"
    detail = f"{kind}: a part of one of several files; {missing}: {_TOGETHER}"
    return Unreadable(Reason.CONTAINER, detail)


def reading(parser: Parser, starts: tuple[int, ...]) -> Parser:
    """The parser of an archive whose parts begin there; the same of one without parts."""
    if not starts:
        return parser
    # Whoever reads no archive, as the process that records, needs no parser of one.
    from hashmatch.sources.inside.zip import Zip

    return cast("Parser", Zip(starts)) if isinstance(parser, Zip) else parser


def has_parts(path: str) -> bool:
    """Whether a file of this system is a part of an archive of several files."""
    folder, name = os.path.split(path)
    handles = Handles()
    try:
        near = OnDisk(folder, handles)
        return further_part(name, near) is not None or whole_of(name, near) is not None
    except (OSError, UnreadableError):
        return False
    finally:
        handles.close()


def _names(folder: Folder) -> frozenset[str]:
    """Names of the files in a folder; none of one that may not be listed, as of a single file."""
    with suppress(OSError, UnreadableError):
        return frozenset(folder.names())
    return frozenset()


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


def _has_more(of_zip: "re.Match[str]", names: frozenset[str]) -> bool:
    """Whether another part of a zip archive lies there."""
    stem, letter, width = of_zip["stem"], of_zip["letter"], len(of_zip["part"])
    number = int(of_zip["part"])
    beside = {f"{stem}.{letter}{each:0{width}}" for each in (number - 1, number + 1)}
    return bool(beside & names) or number == 1


def _parts(name: str, names: frozenset[str]) -> list[str] | None:
    """The names of all parts, in their order; None of what begins in none of this name."""
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
