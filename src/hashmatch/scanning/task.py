"""What a worker is asked to read."""

from dataclasses import dataclass

from hashmatch.sources.base import Found


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read, and how much of it has to be.

    Attributes:
        found: the file.
        known: SHA-256 of contents of its size that need not be decoded again.
        digests_only: another file of its size is being read: its digests will tell whether it is
            a copy of that.
        same_file: it is a further name of a file that was given before.
    """

    found: Found
    known: frozenset[str] = frozenset()
    digests_only: bool = False
    same_file: bool = False
