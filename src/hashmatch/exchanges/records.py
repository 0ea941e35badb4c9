"""Records of exchanges to rows: every value is read, or named as one that cannot be."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import Quarantined, Row
from hashmatch.hashlists.values import DIGESTS, OPAQUE, algorithm_id, digest, hash_of
from hashmatch.model import Digests, Entry, Json, KnownHash

T = TypeVar("T")
_CARRIED = (*DIGESTS, "pdq", *OPAQUE)
_NUMBERS = 1 << 32


class Fingerprints:
    """The digests and hashes of one record; a broken one costs itself, not those beside it."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}
        self._hashes: list[KnownHash] = []
        self._problems: list[str] = []

    def add(self, name: str, text: str) -> None:
        """Take one value that the publisher calls by this name.

        A name that nobody knows is not made an algorithm of its own: it could be that of one of
        ours by chance, and its values would be compared with hashes that mean something else.
        """
        try:
            name = algorithm_id(name)
            if name not in _CARRIED:
                self._problems.append("a fingerprint of a kind that hashmatch does not know")
            elif name not in DIGESTS:
                self._hashes.append(KnownHash(hash_of(name, text)))
            elif self._digests.setdefault(name, digest(name, text)) != digest(name, text):
                self._problems.append(f"the record has two {name} digests: the first is kept")
        except HashFormatError as error:
            self._problems.append(str(error))

    def only(self) -> str:
        """The first value with its name, as `pdq:…` or `md5:…`.

        Raises:
            HashFormatError: there is none, with the reason.
        """
        found = [
            *(f"{n}:{d}" for n, d in self._digests.items()),
            *(str(h.hash) for h in self._hashes),
        ]
        if not found:
            raise HashFormatError(self._problems[0])
        return found[0]

    def rows(
        self,
        number: int,
        *,
        entry: str,
        scheme: str,
        category: str = "",
        known_good: bool = False,
        details: Mapping[str, Json] | None = None,
    ) -> Iterator[Row]:
        """The entry, if any value of it can be used, and what of it cannot.

        Args:
            number: of the record.
            entry: its id.
            scheme: the table that the category belongs to.
            category: the publisher's class.
            known_good: whether the publisher says that it is harmless.
            details: all else.
        """
        yield from (Quarantined(number, problem) for problem in self._problems)
        if self._digests or self._hashes:
            yield Entry(
                id=entry,
                number=number % _NUMBERS,
                digests=Digests(**self._digests),
                hashes=tuple(self._hashes),
                category=category,
                scheme=scheme,
                known_good=known_good,
                details=details or {},
            )
        elif not self._problems:
            yield Quarantined(number, "the record has neither a digest nor a hash")


def text_of(record: Any, name: str) -> str:  # noqa: ANN401 (a record is whatever was sent)
    """A field that identifies or classifies, as text; empty if it is missing.

    Raises:
        HashFormatError: the record is no object, or the field holds more than one value.
    """
    value = fields(record).get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        msg = f"{name} is neither text nor a whole number"
        raise HashFormatError(msg)
    return str(value).strip()


def said(record: Mapping[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """What a record says beyond the fields that were taken; 0 and false are kept."""
    kept = {name: value for name, value in record.items() if name not in taken}
    return {name: value for name, value in kept.items() if value or value in (0, False)}


def needed(record: Any, name: str) -> str:  # noqa: ANN401 (a record is whatever was sent)
    """As `text_of`, of a field that must be there.

    Raises:
        HashFormatError: it is not.
    """
    text = text_of(record, name)
    if not text:
        msg = f"the record has no {name}"
        raise HashFormatError(msg)
    return text


def read_as(name: str, values: Mapping[str, T], problem: str) -> T:
    """What a word of the publisher's stands for.

    Raises:
        HashFormatError: nobody knows it; with `problem`.
    """
    if name not in values:
        raise HashFormatError(problem)
    return values[name]


def fields(record: Any) -> Mapping[str, Any]:  # noqa: ANN401 (a record is whatever was sent)
    """The record, if it is an object.

    Raises:
        HashFormatError: it is not.
    """
    if not isinstance(record, Mapping):
        msg = "the record is no JSON object"
        raise HashFormatError(msg)
    return record
