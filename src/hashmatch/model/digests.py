"""Cryptographic digests: equal or not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hashmatch.errors import HashFormatError, check_type
from hashmatch.model.plain import PlainValue

DIGESTS: Final[Sequence[str]] = ("md5", "sha1", "sha256")
"""The names of the digests, the weakest first."""
TITLES: Final[Mapping[str, str]] = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}
"""What they are called in reports and messages."""

_MD5, _SHA1, _SHA256 = (re.compile(rf"[0-9a-f]{{{digits}}}").fullmatch for digits in (32, 40, 64))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Digests(PlainValue):
    """Cryptographic digests of the bytes of one file, in lower-case hex; None where unknown."""

    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        for given in (self.md5, self.sha1, self.sha256):
            if given is not None:
                check_type(given, str, "a digest is text in hex digits, or None")
        if self.md5 is not None and not _MD5(self.md5):
            msg = "md5 is written with 32 lower-case hex digits"
            raise HashFormatError(msg)
        if self.sha1 is not None and not _SHA1(self.sha1):
            msg = "sha1 is written with 40 lower-case hex digits"
            raise HashFormatError(msg)
        if self.sha256 is not None and not _SHA256(self.sha256):
            msg = "sha256 is written with 64 lower-case hex digits"
            raise HashFormatError(msg)

    def agrees_with(self, other: "Digests") -> bool:
        """Whether no digest that both sides have differs."""
        return not any(
            mine != theirs
            for name, mine in self.items()
            if (theirs := getattr(other, name)) is not None
        )

    def proves_equal(self, other: "Digests") -> bool:
        """Whether the two are of the same bytes, as far as anybody can tell.

        SHA-256 proves it, and so do MD5 and SHA-1 together. Each of the two alone does not: files
        that share an MD5 or a SHA-1 have been published.
        """
        shared = {name for name, value in self.items() if value == getattr(other, name)}
        return self.agrees_with(other) and ("sha256" in shared or {"md5", "sha1"} <= shared)

    def items(self) -> Iterable[tuple[str, str]]:
        """(name, hex) of every known digest, the strongest first."""
        return [(n, d) for n in reversed(DIGESTS) if (d := getattr(self, n)) is not None]
