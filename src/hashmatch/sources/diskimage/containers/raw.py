"""Raw images: the bytes of the medium as they are, in one file or in several."""

import re
from typing import Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers.plain import Plain
from hashmatch.sources.diskimage.reading import Joined

_FIRST: Final = re.compile(r"(?P<stem>.+[._-])(?P<count>0{1,4}[01]|a{2,4}|A{2,4})", re.DOTALL)
"""Names of the first part: `disk.001`, `disk.000`, `disk.aa`; the name alone says it."""


def is_first(name: str) -> bool:
    """Whether a name is that of the first part of a raw image."""
    return _FIRST.fullmatch(name) is not None


def open_raw(file: Bytes, beside: Beside) -> Plain:
    """The medium in a raw image; where its name says that it is the first part, in all parts.

    Raises:
        OSError: a part cannot be opened.
        UnreadableError: a part is missing, or is no part of the same image.
    """
    names = _parts(file.name, beside)
    parts = [file, *(beside.find(name, "the next part") for name in names)]
    for part in parts[1:-1]:
        if part.size != file.size:
            detail = (
                f"{part.name} has {part.size:,} bytes, and the other parts {file.size:,}: it is "
                "cut, or no part of this image; copy it again from where it was made"
            )
            raise UnreadableError(Reason.DAMAGED, detail)
    if parts[-1].size > file.size:
        detail = f"{parts[-1].name} is longer than {file.name}: parts are missing or in wrong order"
        raise UnreadableError(Reason.DAMAGED, detail)
    return Plain(Joined(parts) if names else file)


def _parts(first: str, beside: Beside) -> list[str]:
    """Names of the parts behind the first, as far as any is there."""
    found = _FIRST.fullmatch(first)
    if found is None:
        return []
    stem, count = found["stem"], found["count"]
    form = "[0-9]" if count.isdigit() else "[a-z]" if count.islower() else "[A-Z]"
    pattern = re.compile(re.escape(stem) + f"({form}{{{len(count)},}})", re.DOTALL)
    there = {match[1] for name in beside.folder.names() if (match := pattern.fullmatch(name))}
    names: list[str] = []
    there.discard(count)
    while there:
        count = _next(count)
        names.append(stem + count)
        if count not in there:
            # Later parts are there: that this one is missing shows when it is opened.
            break
        there.discard(count)
    return names


def _next(count: str) -> str:
    if count.isdigit():
        return f"{int(count) + 1:0{len(count)}}"
    last = "z" if count.islower() else "Z"
    kept = count.rstrip(last)
    first = "a" if count.islower() else "A"
    if not kept:
        return first * (len(count) + 1)
    return kept[:-1] + chr(ord(kept[-1]) + 1) + first * (len(count) - len(kept))
