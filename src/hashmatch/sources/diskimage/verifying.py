"""The digests of a whole medium that its image keeps, and whether its bytes have the same."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hashmatch.errors import UnreadableError
from hashmatch.model.digests import TITLES

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes, Medium

NOT_COMPARED: Final = "its stored digests were not compared with its bytes"
EQUAL: Final = "its bytes have the digests that it stores"
UNREADABLE: Final = "its bytes cannot be read to the end, to compare its digests"
DIFFERENT: Final = "its bytes do not have the digests that it stores"
_PIECE: Final = 1 << 20
_VALUE: Final = re.compile(r"[0-9a-f]{1,256}")


@dataclass(frozen=True, slots=True)
class StoredDigests:
    """What an image says of its whole medium, and what is true of its bytes.

    Attributes:
        stored: digests that the image keeps, by name.
        computed: of its bytes; none where they were not read.
        problem: why they could not be read to the end; empty if they were, or were not to be.
    """

    stored: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no digest.

        Raises:
            ValueError: one is none.
        """
        for name, value in (*self.stored.items(), *self.computed.items()):
            if not name.isalnum() or not _VALUE.fullmatch(value):
                msg = "not a digest in hexadecimal"
                raise ValueError(msg)

    @property
    def is_different(self) -> bool:
        """Whether some stored digest is not that of the bytes, or they cannot be read."""
        return bool(self.problem) or any(
            self.computed[name] != value
            for name, value in self.stored.items()
            if name in self.computed
        )

    @property
    def verdict(self) -> str:
        """What is to be said of them, in a few words; empty where none is stored."""
        if self.problem:
            return f"{UNREADABLE}: {self.problem}"
        if not self.stored:
            return ""
        if self.is_different:
            return DIFFERENT
        return EQUAL if self.computed else NOT_COMPARED

    @property
    def in_words(self) -> str:
        """The digests that are stored, those of the bytes where they differ, and the verdict."""
        told = []
        for name, value in self.stored.items():
            now = self.computed.get(name, value)
            other = "" if now == value else f" (its bytes: {now})"
            told.append(f"{TITLES.get(name, name)} {value}{other}")
        return f"stored {', '.join(told)}; {self.verdict}" if told else ""


def stored_in(medium: "Medium") -> StoredDigests:
    """The digests that an image keeps; nothing is read."""
    kept = {name: value.lower() for name, value in medium.facts.digests.items()}
    return StoredDigests(
        {name: kept[name] for name in sorted(kept) if _VALUE.fullmatch(kept[name])}
    )


def compared(
    medium: "Medium", on_progress: Callable[[int], object] = lambda _: None
) -> StoredDigests:
    """The same, compared with the bytes of the whole medium where any is kept.

    Args:
        medium: that is read from end to end.
        on_progress: told of the bytes that were read, now and then.

    Raises:
        OSError: the system cannot read it.
    """
    kept = stored_in(medium)
    names = [name for name in kept.stored if name in TITLES]
    if not names:
        return kept
    try:
        return StoredDigests(kept.stored, digests_of(medium, names, on_progress))
    except UnreadableError as error:
        return StoredDigests(kept.stored, problem=error.detail)


def digests_of(
    medium: "Bytes",
    names: list[str],
    on_progress: Callable[[int], object] = lambda _: None,
) -> dict[str, str]:
    """Digests of all bytes, in hexadecimal.

    Args:
        medium: that is read from end to end.
        names: of the digests.
        on_progress: told of the bytes that were read, now and then.

    Raises:
        OSError: the system cannot read them.
        UnreadableError: some of them are damaged or missing.
    """
    running = {name: hashlib.new(name, usedforsecurity=False) for name in names}
    place = 0
    while place < medium.size:
        data = medium.pread(place, min(_PIECE, medium.size - place))
        for each in running.values():
            each.update(data)
        place += len(data)
        on_progress(place)
    return {name: each.hexdigest() for name, each in running.items()}
