"""Columns and keys of lists with names: what each holds, and the entry that a row makes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import unquote

from hashmatch import registry
from hashmatch.errors import HashFormatError, ListFormatError, there_is
from hashmatch.hashlists import families
from hashmatch.hashlists.base import ListFile
from hashmatch.hashlists.delimited import check_width, content
from hashmatch.hashlists.values import (
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
from hashmatch.model.digests import DIGESTS

DEEPEST: Final = 50
"""JSON in `details` that lies deeper stays a text: no publisher means it, and writers choke."""

_HASHES, _ALGORITHM, _UNNAMED = "hashes", "algorithm", "image-hash"
_FIELDS = (
    *("id", "category", "scheme", "known_good", "quality", "part", "time", "details"),
    *(_HASHES, _ALGORITHM),
)
_Shared: TypeAlias = tuple[int | None, str, float | None]  # quality, part and time of a hash
_NOTHING: _Shared = (None, "", None)
_SIZED = re.compile(r"[a-z][a-z0-9_.]*[_ ]*(?:[(\[]?[0-9x×_ ]+(?:bits?)?[)\]]?)?").fullmatch
"""A name with Python's dots, and a size behind it."""

_TEXTS = frozenset(("id", "category", "scheme", "part", "details"))
_SYNONYMS = {
    "entry": "id",
    "entry_id": "id",
    "cat": "category",
    "knowngood": "known_good",
    "pdq_hash": "pdq",
    "hash": _HASHES,
    "hash_value": _HASHES,
    "image_hash": _UNNAMED,
    "imagehash": _UNNAMED,
    "img_hash": _UNNAMED,
    "algo": _ALGORITHM,
    **dict.fromkeys(("hash_algorithm", "hash_algo", "hash_method", "hash_type"), _ALGORITHM),
    "hashtype": _ALGORITHM,
    "md5_hash": "md5",
    "sha1_hash": "sha1",
    "sha256_hash": "sha256",
}


@dataclass(slots=True)
class Columns:
    """What the columns hold, by their places.

    Attributes:
        names: as the file writes them.
        digests: place to name.
        algorithms: place to algorithm.
        fields: name of ours to place.
        details: place to the file's own name.
    """

    names: tuple[str, ...]
    digests: dict[int, str] = field(default_factory=dict)
    algorithms: dict[int, str] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    details: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: tuple[str, ...], file: ListFile) -> "Columns":
        """What columns of these names hold.

        Raises:
            ListFormatError: two of them are one of ours, or one that `file.columns` names is
                missing.
        """
        hashers = _hashers()
        columns, mapped = cls(names), _mapped(names, file, hashers)
        taken = set(mapped.values())
        seen: set[str] = set()
        unnamed: list[int] = []
        for place, name in enumerate(names):
            ours = mapped.get(place) or _role(name, hashers)
            if place not in mapped and ours in taken:
                ours = ""
            if ours == _UNNAMED:
                unnamed.append(place)
                continue
            if ours and ours in seen:
                msg = f"two columns of {file.path} are both {ours}"
                raise ListFormatError(msg)
            seen.add(ours)
            columns._set(place, ours, name)
        columns._settle(unnamed)
        return columns

    def _settle(self, unnamed: list[int]) -> None:
        """Take up columns of hashes that do not say their algorithm, and one that says it.

        Where another column says it, or nothing else could be meant, they hold values of any kind.
        Beside other values they are carried under a name of their own, which is never compared.
        """
        alone = not self.digests and not self.algorithms and _HASHES not in self.fields
        for place in unnamed:
            if _HASHES not in self.fields and (_ALGORITHM in self.fields or alone):
                self.fields[_HASHES] = place
            else:
                self.algorithms[place] = _UNNAMED
        if _ALGORITHM in self.fields and _HASHES not in self.fields:
            place = self.fields.pop(_ALGORITHM)
            self._set(place, "", self.names[place])

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


def _mapped(columns: tuple[str, ...], file: ListFile, hashers: frozenset[str]) -> dict[int, str]:
    """Place to our name, as `file.columns` says."""
    mapped: dict[int, str] = {}
    folded = [name.casefold() for name in columns]
    for ours, theirs in file.columns.items():
        role = _role(ours, hashers) or (ours.lower() if bits_of(ours.lower()) else "")
        if not role:
            names = (*DIGESTS, *registry.names("hashers"), *OPAQUE, *_FIELDS)
            msg = f"no column of hashmatch is called {ours!r}"
            raise ListFormatError(there_is(msg, names))
        if theirs in columns:
            mapped[columns.index(theirs)] = role
        elif theirs.strip().casefold() in folded:
            mapped[folded.index(theirs.strip().casefold())] = role
        else:
            there = ", ".join(name for name in columns if name)
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
    if plain == _UNNAMED:
        return plain
    if plain in _FIELDS:
        return plain
    try:
        known = algorithm_id(plain)
    except HashFormatError:
        return ""
    if not plain.isidentifier():
        # Values are no names: `phash:12345678` is one, `PHash (8x8)` and `imagehash.phash` are not.
        return families.family_of(known) if _SIZED(plain) else ""
    if known in DIGESTS or known in OPAQUE or known in hashers:
        return known
    return families.family_of(known)


def names_hashes(names: Sequence[str]) -> bool:
    """Whether any column of these names holds digests or hashes."""
    hashers = _hashers()
    roles = [_role(name, hashers) for name in names]
    return any(role == _HASHES or (role and role not in _FIELDS) for role in roles)


def entry_of(columns: Columns, cells: list[str], number: int) -> Entry:
    """The entry that a row makes.

    Raises:
        HashFormatError: a cell is broken, or there is neither a digest nor a hash.
    """
    check_width(cells, len(columns.names))
    width = len(cells)
    digests: dict[str, str] = {}
    for place, name in columns.digests.items():
        if place < width and (text := content(cells[place])):
            digests[name] = digest(name, text)
    named_fields = {
        name: text
        for name, place in columns.fields.items()
        if place < width and (text := (str.strip if name in _TEXTS else content)(cells[place]))
    }
    details = _details(columns, cells, named_fields)
    shared = _shared(named_fields)
    hashes = [
        known
        for place, name in columns.algorithms.items()
        if place < width and (text := content(cells[place]))
        for known in _column(name, text, shared)
    ]
    algorithm = algorithm_id(named) if (named := named_fields.get(_ALGORITHM)) else ""
    text, crops = named_fields.get(_HASHES, ""), families.family_of(algorithm) == families.CROPS
    for token in families.parts_of(text) if crops else text.split():
        found, known_hashes = _any(token, algorithm, shared)
        for name, value in found.items():
            if digests.setdefault(name, value) != value:
                msg = f"the row has two {name} digests"
                raise HashFormatError(msg)
        hashes.extend(known_hashes)
    if not digests and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    return Entry(
        id=named_fields.get("id", str(number)),
        number=number,
        digests=Digests(**digests),
        hashes=tuple(hashes),
        category=named_fields.get("category", ""),
        scheme=named_fields.get("scheme", ""),
        known_good=bool(truth(named_fields.get("known_good"))),
        details=details,
    )


def _column(algorithm: str, text: str, shared: _Shared) -> Iterator[KnownHash]:
    """The hashes in a cell of their algorithm's column; an opaque cell holds one."""
    if algorithm == families.CROPS:
        tokens = families.parts_of(text)
    elif families.is_family(algorithm) or bits_of(algorithm) is not None:
        tokens = text.split()
    else:
        tokens = [text]
    for token in tokens:
        value, *more = token.split("@")
        yield _known(_hash(algorithm, value), more, shared)


def _hash(algorithm: str, text: str) -> Hash:
    """A hash of an algorithm, or of the one of a family that its length says."""
    if families.is_family(algorithm):
        return families.hash_in(algorithm, text.rpartition(":")[2].strip())
    return hash_of(algorithm, text)


def _any(token: str, algorithm: str, shared: _Shared) -> tuple[Mapping[str, str], list[KnownHash]]:
    """A value of any kind, in `hashes`; of this algorithm, if it does not say it and the row does.

    Raises:
        HashFormatError: not of the form that the algorithm demands, or of none that is known.
    """
    value, *more = token.split("@")
    name, colon, text = value.partition(":")
    if colon:
        algorithm, value = algorithm_id(name), text
        shared = _NOTHING
    if algorithm in DIGESTS:
        return {algorithm: digest(algorithm, value)}, []
    if not algorithm:
        digests, hashes = readings(value)
        return dict(digests.items()), [_known(each, more, _NOTHING) for each in hashes]
    family = families.unsized_family(algorithm)
    known = family or (algorithm if bits_of(algorithm) is not None else "")
    if not colon and not known and algorithm not in OPAQUE:
        msg = "the row names an unknown algorithm"
        raise HashFormatError(msg)
    return {}, [_known(_hash(known or algorithm, value), more, shared)]


def _shared(named_fields: Mapping[str, str]) -> _Shared:
    """What the row says of all hashes in columns of their own."""
    rating, time = named_fields.get("quality"), named_fields.get("time")
    return (
        quality(rating) if rating else None,
        named_fields.get("part", ""),
        seconds(time) if time else None,
    )


def _known(value: Hash, more: list[str], shared: _Shared) -> KnownHash:
    """A hash with what stands behind it, else with what the row says."""
    if not more:
        return KnownHash(value, *shared)
    if len(more) > 3:  # noqa: PLR2004 (quality, time, part)
        msg = "a hash is followed by more than quality, time and part"
        raise HashFormatError(msg)
    rating, time, part = [*more, "", ""][:3]
    return KnownHash(
        value,
        quality(rating) if rating else shared[0],
        unquote(part) or shared[1],
        seconds(time) if time else shared[2],
    )


def _details(columns: Columns, cells: list[str], named_fields: dict[str, str]) -> dict[str, Json]:
    """All else; also a `time` that is none in a video, as many lists have a column of dates."""
    details: dict[str, Json] = {
        name: cells[place]
        for place, name in columns.details.items()
        if place < len(cells) and cells[place].strip()
    }
    if "time" in named_fields:
        try:
            seconds(named_fields["time"])
        except HashFormatError:
            details[columns.names[columns.fields["time"]]] = named_fields.pop("time")
    return details | said_as_json(named_fields.get("details", ""))


def said_as_json(text: str) -> dict[str, Json]:
    """What a cell of details says: a JSON object, or whatever else as a text; empty for nothing."""
    try:
        ours = json.loads(text) if text else {}
        shallow = isinstance(ours, dict) and depth_of(ours) <= DEEPEST
    except (ValueError, RecursionError):
        shallow = False
    return ours if shallow else {"details": text}


def depth_of(value: Json) -> int:
    """How deep objects and lists lie in each other."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return 0
    inner = value.values() if isinstance(value, Mapping) else value
    return 1 + max(map(depth_of, inner), default=0)
