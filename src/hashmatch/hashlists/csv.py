"""CSV with a header that names its columns."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO, TypeAlias
from urllib.parse import quote, unquote

from hashmatch import registry
from hashmatch.errors import HashFormatError, ListFormatError
from hashmatch.hashlists.base import About, Confidence, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.delimited import (
    Header,
    check_width,
    content,
    find_header,
    read_records,
    require,
)
from hashmatch.hashlists.values import (
    DIGESTS,
    OPAQUE,
    algorithm_id,
    digest,
    hash_of,
    quality,
    readings,
    seconds,
    truth,
)
from hashmatch.model import Digests, Entry, Hash, Json, KnownHash, bits_of

_HASHES = "hashes"
_FIELDS = ("id", "category", "scheme", "known_good", "quality", "part", "time", "details", _HASHES)
_Said: TypeAlias = tuple[int | None, str, float | None]  # quality, part and time of a hash
_NOTHING: _Said = (None, "", None)
_TEXTS = frozenset(("id", "category", "scheme", "part", "details"))
_SYNONYMS = {
    "entry": "id",
    "entry_id": "id",
    "cat": "category",
    "knowngood": "known_good",
    "pdq_hash": "pdq",
    "hash": _HASHES,
    "hash_value": _HASHES,
    "md5_hash": "md5",
    "sha1_hash": "sha1",
    "sha256_hash": "sha256",
}
_WRITTEN = (
    *("id", "md5", "sha1", "sha256", "pdq", "quality", _HASHES),
    *("category", "scheme", "known_good", "details"),
)
_LONGEST_HASHES = 300_000
"""Characters of hashes in one row, if there are several: longer lines would not be read."""

_LONGEST_HASH, _LONGEST_DETAILS = 600_000, 200_000
_DEEPEST = 50
"""JSON in `details` that lies deeper stays a text: no publisher means it, and writers choke."""


class CsvFormat:
    """Columns for digests, hashes and what a publisher says of them.

    Names are compared without case. `hashes` (or `hash`) holds any values, several with spaces
    between: a bare or named digest, or a hash as `pdq:f8f8…@88@12.5@centre`: with its quality,
    its time in seconds and what part of the file it is of, each of which may be left out. A
    column of the name of an algorithm may hold several hashes in the same way. `quality`, `time`
    and `part` speak for those hashes of such columns that do not say it themselves. `details`
    holds a JSON object. Every other column is kept verbatim in the entry's details.
    """

    title = "CSV with a header that names md5, sha1, sha256, pdq or another algorithm"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether the first line names a column of hashes."""
        header = find_header(as_text(head).split("\n"), _names_hashes)
        return Confidence.STRUCTURE if header else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken cell is quarantined whole.

        Raises:
            ListFormatError: the header is missing, names a column twice, or lacks a column that
                `file.columns` names.
        """
        columns = _Columns.of(require(_header(file), file, self.title), file)
        for record in read_records(file, columns.header):
            if isinstance(record, Quarantined):
                yield record
                continue
            try:
                yield _entry(columns, record.cells, record.number)
            except HashFormatError as error:
                yield Quarantined(record.number, str(error))

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """One row per entry, in UTF-8, lines ending in line feeds.

        Cells are written as they are, also where a spreadsheet would take them for a formula:
        this is a file for programs. Times are rounded to the millisecond.

        Returns:
            What was lost: what the list says of itself; spaces around and line breaks inside of
            names; entries with very many hashes, which become several rows of one id.
        """
        lost: Counter[str] = Counter()
        if about != About():
            lost["name, version or owner of the list"] += 1
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(_WRITTEN)
        for entry in entries:
            rows.writerows(_rows(entry, lost))
        return lost


@dataclass(slots=True)
class _Columns:
    """What the columns hold, by their places.

    Attributes:
        header: the first row.
        digests: place to name.
        algorithms: place to algorithm.
        fields: name of ours to place.
        details: place to the file's own name.
    """

    header: Header
    digests: dict[int, str] = field(default_factory=dict)
    algorithms: dict[int, str] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    details: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, header: Header, file: ListFile) -> "_Columns":
        hashers = _hashers()
        columns, mapped = cls(header), _mapped(header, file, hashers)
        taken = set(mapped.values())
        seen: set[str] = set()
        for place, name in enumerate(header.columns):
            ours = mapped.get(place) or _role(name, hashers)
            if place not in mapped and ours in taken:
                ours = ""
            if ours and ours in seen:
                msg = f"two columns of {file.path} are both {ours}"
                raise ListFormatError(msg)
            seen.add(ours)
            columns._set(place, ours, name)
        return columns

    def _set(self, place: int, ours: str, name: str) -> None:
        if ours in DIGESTS:
            self.digests[place] = ours
        elif ours in _FIELDS:
            self.fields[ours] = place
        elif ours:
            self.algorithms[place] = ours
        else:
            plain = name or f"column {place + 1}"
            again = plain in self.details.values()
            self.details[place] = f"{plain} ({place + 1})" if again else plain


def _mapped(header: Header, file: ListFile, hashers: frozenset[str]) -> dict[int, str]:
    """Place to our name, as `file.columns` says."""
    mapped: dict[int, str] = {}
    folded = [name.casefold() for name in header.columns]
    for ours, theirs in file.columns.items():
        role = _role(ours, hashers) or (ours.lower() if bits_of(ours.lower()) else "")
        if not role:
            names = ", ".join((*DIGESTS, *registry.names("hashers"), *OPAQUE, *_FIELDS))
            msg = f"no column of hashmatch is called {ours!r}; there is: {names}"
            raise ListFormatError(msg)
        if theirs in header.columns:
            mapped[header.columns.index(theirs)] = role
        elif theirs.strip().casefold() in folded:
            mapped[folded.index(theirs.strip().casefold())] = role
        else:
            there = ", ".join(name for name in header.columns if name)
            msg = f"{file.path} has no column {theirs!r}; it has: {there}"
            raise ListFormatError(msg)
    return mapped


def _hashers() -> frozenset[str]:
    """Algorithms that can be computed here, asked for once a file: looking them up is slow."""
    return frozenset(registry.names("hashers"))


def _role(name: str, hashers: frozenset[str]) -> str:
    """Our name of a column that the file calls so; empty for all that is not ours."""
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    plain = _SYNONYMS.get(plain, plain)
    if plain in _FIELDS or not plain.isidentifier():
        return plain if plain in _FIELDS else ""
    try:
        known = algorithm_id(plain)
    except HashFormatError:
        return ""
    ours = known in DIGESTS or known in OPAQUE or known in hashers
    return known if ours else ""


def _names_hashes(names: list[str]) -> bool:
    hashers = _hashers()
    roles = [_role(name, hashers) for name in names]
    return any(role == _HASHES or (role and role not in _FIELDS) for role in roles)


def _header(file: ListFile) -> Header | None:
    """The header; if columns are named, whatever comes first is one."""
    if not file.columns:
        return find_header((line for _, line in file.lines()), _names_hashes)
    wanted = {column.strip().casefold() for column in file.columns.values()}

    def has_all(names: list[str]) -> bool:
        return wanted <= {name.casefold() for name in names}

    right = find_header((line for _, line in file.lines()), has_all)
    return right or find_header((line for _, line in file.lines()), bool)


def _entry(columns: _Columns, cells: list[str], number: int) -> Entry:
    check_width(cells, len(columns.header.columns))
    width = len(cells)
    digests: dict[str, str] = {}
    for place, name in columns.digests.items():
        if place < width and (text := content(cells[place])):
            digests[name] = digest(name, text)
    said = {
        name: text
        for name, place in columns.fields.items()
        if place < width and (text := (str.strip if name in _TEXTS else content)(cells[place]))
    }
    details = _details(columns, cells, said)
    shared = _shared(said)
    hashes = [
        known
        for place, name in columns.algorithms.items()
        if place < width and (text := content(cells[place]))
        for known in _column(name, text, shared)
    ]
    for token in said.get(_HASHES, "").split():
        found, known_hashes = _any(token)
        for name, value in found.items():
            if digests.setdefault(name, value) != value:
                msg = f"the row has two {name} digests"
                raise HashFormatError(msg)
        hashes.extend(known_hashes)
    if not digests and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    return Entry(
        id=said.get("id", str(number)),
        number=number,
        digests=Digests(**digests),
        hashes=tuple(hashes),
        category=said.get("category", ""),
        scheme=said.get("scheme", ""),
        known_good=bool(truth(said.get("known_good"))),
        details=details,
    )


def _column(algorithm: str, text: str, shared: _Said) -> Iterator[KnownHash]:
    """The hashes in a cell of their algorithm's column; an opaque cell holds one."""
    for token in [text] if bits_of(algorithm) is None else text.split():
        value, *more = token.split("@")
        yield _known(hash_of(algorithm, value), more, shared)


def _any(token: str) -> tuple[Mapping[str, str], list[KnownHash]]:
    """A value of any kind, in `hashes`."""
    value, *more = token.split("@")
    name, colon, text = value.partition(":")
    if colon and algorithm_id(name) not in DIGESTS:
        return {}, [_known(hash_of(algorithm_id(name), text), more, _NOTHING)]
    digests, hashes = readings(value)
    return dict(digests.items()), [_known(each, more, _NOTHING) for each in hashes]


def _shared(said: Mapping[str, str]) -> _Said:
    """What the row says of all hashes in columns of their own."""
    rating, time = said.get("quality"), said.get("time")
    return (
        quality(rating) if rating else None,
        said.get("part", ""),
        seconds(time) if time else None,
    )


def _known(value: Hash, more: list[str], shared: _Said) -> KnownHash:
    """A hash with what stands behind it, else with what the row says."""
    if not more:
        return KnownHash(value, *shared)
    if len(more) > 3:  # noqa: PLR2004 (quality, time, part)
        msg = "a hash has more behind it than quality, time and part"
        raise HashFormatError(msg)
    rating, time, part = [*more, "", ""][:3]
    return KnownHash(
        value,
        quality(rating) if rating else shared[0],
        unquote(part) or shared[1],
        seconds(time) if time else shared[2],
    )


def _details(columns: _Columns, cells: list[str], said: dict[str, str]) -> dict[str, Json]:
    """All else; also a `time` that is none in a video, as many lists have a column of dates."""
    details: dict[str, Json] = {
        name: cells[place]
        for place, name in columns.details.items()
        if place < len(cells) and cells[place].strip()
    }
    if "time" in said:
        try:
            seconds(said["time"])
        except HashFormatError:
            details[columns.header.columns[columns.fields["time"]]] = said.pop("time")
    if text := said.get("details"):
        try:
            ours = json.loads(text)
            shallow = isinstance(ours, dict) and _depth(ours) <= _DEEPEST
        except (ValueError, RecursionError):
            shallow = False
        details |= ours if shallow else {"details": text}
    return details


def _depth(value: Json) -> int:
    """How deep objects and lists lie in each other."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return 0
    inner = value.values() if isinstance(value, Mapping) else value
    return 1 + max(map(_depth, inner), default=0)


def _rows(entry: Entry, lost: Counter[str]) -> Iterator[list[str]]:
    """The rows of an entry: one, unless it has very many hashes."""
    rest = list(entry.hashes)
    plain = [known for known in rest if known.hash.algorithm == "pdq"]
    first = plain[0] if len(plain) == 1 else None
    if first and (first.part or first.time is not None):
        first = None
    if first:
        rest.remove(first)
    cells = _packed(rest, lost)
    if len(cells) > 1:
        lost["one row for all hashes of an entry with very many: written in several"] += 1
    if not entry.hashes and not list(entry.digests.items()):
        lost["an entry without digest or hash"] += 1
        return
    digests = [getattr(entry.digests, name) or "" for name in DIGESTS]
    details = json.dumps(entry.details, separators=(",", ":")) if entry.details else ""
    if len(details) > _LONGEST_DETAILS or _depth(entry.details) > _DEEPEST:
        lost[f"details of more than {_LONGEST_DETAILS} characters, or very deep ones"] += 1
        details = ""
    names = [_line(entry.category, lost), _line(entry.scheme, lost)]
    good = "true" if entry.known_good else ""
    rating = str(first.quality) if first and first.quality is not None else ""
    own = [*digests, first.hash.hex if first else "", rating]
    for cell in cells:
        yield [_line(entry.id, lost), *own, cell, *names, good, details]
        own, details = [""] * len(own), ""


def _packed(hashes: list[KnownHash], lost: Counter[str]) -> list[str]:
    """The cells that these hashes fill, one for nearly every entry."""
    cells: list[str] = []
    tokens: list[str] = []
    size = 0
    for known in hashes:
        token = _token(known)
        if len(token) > _LONGEST_HASH:
            lost[f"a hash of more than {_LONGEST_HASH} characters"] += 1
            continue
        if tokens and size + len(token) > _LONGEST_HASHES:
            cells.append(" ".join(tokens))
            tokens, size = [], 0
        tokens.append(token)
        size += len(token) + 1
    return [*cells, " ".join(tokens)]


def _token(known: KnownHash) -> str:
    rating = "" if known.quality is None else str(known.quality)
    time = "" if known.time is None else f"{known.time:.3f}"
    return f"{known.hash}@{rating}@{time}@{quote(known.part, safe='')}".rstrip("@")


def _line(text: str, lost: Counter[str]) -> str:
    """A name on one line, without what a reader would take away."""
    plain = " ".join(text.splitlines()).strip()
    if plain != text:
        lost["spaces around a name, or line breaks in it"] += 1
    return plain
