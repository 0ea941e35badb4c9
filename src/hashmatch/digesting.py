"""MD5, SHA-1 and SHA-256 of a file, in one pass."""

import hashlib
from typing import BinaryIO

from hashmatch.model import Digests

_CHUNK = 1 << 20


class Digester:
    """All digests of a stream of bytes.

    Attributes:
        size: bytes taken in so far.
    """

    def __init__(self) -> None:
        self.size = 0
        names = ("md5", "sha1", "sha256")
        self._running = [hashlib.new(name, usedforsecurity=False) for name in names]

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        self.size += len(data)
        for running in self._running:
            running.update(data)

    def update_all(self, file: BinaryIO) -> None:
        """Take in all that is left of a file."""
        while chunk := file.read(_CHUNK):
            self.update(chunk)

    def value(self) -> Digests:
        """Of all that was taken in."""
        return Digests(*(running.hexdigest() for running in self._running))
