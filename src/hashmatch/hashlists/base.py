"""A hash list, and what every format of one is."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from hashmatch import registry
from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.model import Digests, Entry, Hash, bits_of

if TYPE_CHECKING:
    from os import PathLike

_HEAD = 1 << 16
_DIGEST_NAMES = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be understood, set aside: never guessed, never dropped unseen.

    Attributes:
        line: its number in the file, from 1.
        reason: what is wrong with it, for a person.
    """

    line: int
    reason: str


Row: TypeAlias = Entry | Rejected


@dataclass(frozen=True, slots=True)
class HashList:
    """One file of a publisher, read.

    Attributes:
        name: what matches call it.
        format: which format it was read as.
        sha256: of the file, in hex: proves which version was used.
        entries: in the order of the file.
        rejected: rows that could not be understood.
    """

    name: str
    format: str = ""
    sha256: str = ""
    entries: tuple[Entry, ...] = ()
    rejected: tuple[Rejected, ...] = ()


class ListFormat(Protocol):
    """One file format of hash lists."""

    def detect(self, head: str) -> bool:
        """Whether a file that starts with this text is of this format."""
        ...

    def read(self, text: str) -> Iterator[Row]:
        """The rows of a file of this format, each understood or rejected.

        Raises:
            ListFormatError: the file as a whole cannot be understood.
        """
        ...


def read_list(path: "str | PathLike[str]", *, name: str = "", form: str = "") -> HashList:
    """The hash list in a file.

    Args:
        path: of the file; UTF-8, with or without a byte-order mark.
        name: what matches call it; the file's name without its ending by default.
        form: the format; recognised by content by default.

    Raises:
        ListFormatError: the file cannot be read, or is no hash list.
        UnknownNameError: no such format.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"cannot read the hash list {path}: {error.strerror}"
        raise ListFormatError(msg) from None
    text = data.decode("utf-8-sig", errors="replace")
    form = form or _detect(text[:_HEAD], path)
    rows = list(registry.load("lists", form).read(text))
    entries = tuple(row for row in rows if isinstance(row, Entry))
    rejected = tuple(row for row in rows if isinstance(row, Rejected))
    if not entries:
        first = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        msg = f"{path} holds no usable hash{first}"
        raise ListFormatError(msg)
    return HashList(name or path.stem, form, hashlib.sha256(data).hexdigest(), entries, rejected)


def _detect(head: str, path: Path) -> str:
    for form in registry.names("lists"):
        if registry.load("lists", form).detect(head):
            return form
    msg = (
        f"{path} is no hash list: expected CSV with a header that names md5, sha1, sha256 or pdq, "
        "or plain hashes, one a line"
    )
    raise ListFormatError(msg)


def parse_digest(name: str, text: str) -> Digests:
    """The digest that a list wrote as `text`.

    Raises:
        HashFormatError: not hex, or of another length.
    """
    return Digests(**{name: text.strip().lower()})


def parse_value(text: str) -> Digests | Hash:
    """A digest or hash written with its name, as `md5:…` or `pdq:…`, or a bare MD5 or SHA-1.

    Raises:
        HashFormatError: neither, or 64 bare hex digits, which can be a SHA-256 or a PDQ hash.
    """
    name, colon, value = text.partition(":")
    if colon:
        name = name.strip().lower()
        if name in _DIGEST_NAMES.values():
            return parse_digest(name, value)
        if bits_of(name) is None:
            msg = "the name before the colon is neither a digest nor a known algorithm"
            raise HashFormatError(msg)
        return Hash.fromhex(name, value.strip())
    if not _HEX.fullmatch(text):
        msg = "not written in hex digits"
        raise HashFormatError(msg)
    kind = _DIGEST_NAMES.get(len(text))
    if kind in ("md5", "sha1"):
        return parse_digest(kind, text)
    msg = f"{len(text)} hex digits are neither MD5 (32), SHA-1 (40) nor PDQ or SHA-256 (64)"
    raise HashFormatError(msg)
