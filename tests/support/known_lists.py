"""Hash lists made up for tests: random digests and hashes, the same for the same seed."""

import hashlib
from collections.abc import Iterable

import numpy as np

from hashmatch.hashlists.base import Withdrawn
from hashmatch.hashlists.reading import HashList
from hashmatch.model import Digests, Entry, Hash, KnownHash


def entry(number: int, *, id: str = "", **more: object) -> Entry:  # noqa: A002 (the field's name)
    """An entry whose values follow from its number."""
    random = np.random.default_rng(number)
    return Entry(
        id=id or f"entry-{number}",
        number=number,
        digests=Digests(md5=hashlib.md5(str(number).encode()).hexdigest()),  # noqa: S324
        hashes=(KnownHash(Hash("pdq", random.bytes(32)), 80),),
        **{"category": "1", "scheme": "TEST", **more},  # type: ignore[arg-type]
    )


def hash_list(
    entries: Iterable[Entry], *, name: str = "lab", withdrawn: Iterable[str] = ()
) -> HashList:
    """A list of these entries, as if read from a file."""
    table = HashList.of(name, entries).entries
    gone = tuple(Withdrawn(each, number) for number, each in enumerate(withdrawn, 1))
    text = f"{name} {[each.id for each in table]} {[each.id for each in gone]}"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return HashList(name, "csv", sha256=sha256, entries=table, withdrawn=gone)
