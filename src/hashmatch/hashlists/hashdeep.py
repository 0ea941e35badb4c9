"""What hashdeep, md5sum and their kin print."""

import re
from collections.abc import Iterator

from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import (
    About,
    ListFile,
    Quarantined,
    Row,
    as_text,
    encoding_of,
    most_lines,
)
from hashmatch.hashlists.values import digest, readings
from hashmatch.model import Digests, Entry, Hash, Json, KnownHash
from hashmatch.model.digests import DIGESTS

_MARK = "%%%% HASHDEEP-"
_COLUMNS = "%%%% "
_SIZE = re.compile(r"\d{1,19}", re.ASCII)

_GNU = re.compile(r"(\\?)([0-9a-fA-F]{32,128}) [ *](.+)")
_LOOSE = re.compile(r"()([0-9a-fA-F]{32,128})[ \t]+\*?([^\s#].*)")
_BARE = re.compile(r"()([0-9a-fA-F]{32,64})()")
_BSD = re.compile(r"(\\?)(MD5|SHA-?1|SHA2?-?256) ?\((.*)\) ?= ?([0-9a-fA-F]+)", re.IGNORECASE)
_COMMENTS = ("#", "//")
"""FCIV, of Microsoft, writes two slashes."""

_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "r": "\r", "\\": "\\"}


class HashdeepFormat:
    """hashdeep 1.0: sizes, digests and names of files, as its second line says.

    Size, name and digests that hashmatch does not match (Tiger, Whirlpool) stay in the details.
    """

    title = "hashdeep"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the first line is hashdeep's."""
        return as_text(head).lstrip().startswith(_MARK)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line; a line that names other columns changes what follows."""
        columns: list[str] = []
        comments: list[str] = []
        for number, line in file.lines():
            text = line.strip()
            if text.startswith(_MARK) or not text:
                continue
            if text.startswith(_COLUMNS):
                columns = [name.strip().lower() for name in text[len(_COLUMNS) :].split(",")]
                if not any(name in DIGESTS for name in columns):
                    msg = f"line {number} of {file.path} names no digest that hashmatch reads"
                    raise ListFormatError(msg)
            elif text.startswith("##"):
                comments.append(text[2:].strip())
            else:
                yield _row(columns, line, number)
        said: list[Json] = [text for text in comments if text]
        if said:
            yield About(details={"comments": said[:10]})


class SumsFormat:
    """`md5sum`, `sha1sum`, `sha256sum`: digest and name, or BSD's `MD5 (name) = digest`.

    Any white space may stand between the two, as The Sleuth Kit takes it, and lines may end in
    zero bytes (`--zero`). A digest may stand alone.

    The name, with its escapes resolved, stays in the details. 64 digits that no tool's name
    stands beside are read both ways, as in a plain list.
    """

    title = "md5sum, sha1sum or sha256sum"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether most of the first lines are a digest with a name."""
        is_utf8 = encoding_of(head)[1] == "utf-8"
        return most_lines(
            head.replace(b"\0", b"\n") if is_utf8 else head, _named, comments=_COMMENTS
        )

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per line; `#` at its start makes a comment."""
        texts = (each for _, line in file.lines() for each in line.split("\0"))
        for number, each in enumerate(texts, 1):
            text = each.strip()
            if not text or text.startswith(_COMMENTS):
                continue
            found = _sum(text)
            if found is None:
                yield Quarantined(number, "the line is not a digest with the name of a file")
                continue
            kind, value, name = found
            try:
                digests, hashes = _values(kind, value)
            except HashFormatError as error:
                yield Quarantined(number, str(error))
                continue
            known = tuple(KnownHash(each) for each in hashes)
            details: dict[str, Json] = {"filename": name} if name else {}
            yield Entry(str(number), number, digests=digests, hashes=known, details=details)


def _values(kind: str, text: str) -> tuple[Digests, tuple[Hash, ...]]:
    return (Digests(**{kind: digest(kind, text)}), ()) if kind else readings(text)


def _named(line: str) -> bool:
    return not _BARE.fullmatch(line) and _sum(line) is not None


def _sum(line: str) -> tuple[str, str, str] | None:
    """The digest's name, as far as the line says it, the digest, and the file's name."""
    if found := _GNU.fullmatch(line) or _LOOSE.fullmatch(line) or _BARE.fullmatch(line):
        escaped, value, name = found.groups()
        kind = ""
    elif found := _BSD.fullmatch(line):
        escaped, kind, name, value = found.groups()
        kind = "md5" if kind.lower() == "md5" else "sha256" if "256" in kind else "sha1"
    else:
        return None
    if escaped:
        name = _ESCAPED.sub(lambda each: _MEANT.get(each[1], each[0]), name)
    return kind, value, name


def _row(columns: list[str], line: str, number: int) -> Row:
    if not columns:
        return Quarantined(number, "no line before this one says what its columns are")
    named = "filename" in columns[-1:]
    cells = line.split(",", len(columns) - 1 if named else -1)
    if len(cells) != len(columns):
        return Quarantined(number, f"the line has {len(cells)} columns, not {len(columns)}")
    known: dict[str, str] = {}
    details: dict[str, Json] = {}
    try:
        for name, cell in zip(columns, cells, strict=True):
            if name in DIGESTS:
                known[name] = digest(name, cell)
            elif name == "size" and not _SIZE.fullmatch(cell):
                return Quarantined(number, "the size is no number")
            else:
                details[name] = int(cell) if name == "size" else cell
    except HashFormatError as error:
        return Quarantined(number, str(error))
    return Entry(str(number), number, digests=Digests(**known), details=details)
