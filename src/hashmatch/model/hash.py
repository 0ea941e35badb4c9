"""Perceptual hashes: the bits of one algorithm for one picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from hashmatch.errors import AlgorithmMismatchError, HashFormatError, check_type
from hashmatch.model.plain import PlainValue, Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ALGORITHM = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_BITS_IN_NAME = re.compile(r"-(\d{1,5})$")
_BITS = {"pdq": 256, "crop-resistant": 64}
_INVERTED = bytes(range(255, -1, -1))
"""The byte with all bits turned, for each byte."""


@lru_cache(maxsize=1024)
def _checked_bits(algorithm: str) -> int | None:
    """The bits of a hash of this algorithm; None for an opaque one.

    Raises:
        HashFormatError: no algorithm is called so.
    """
    if not _ALGORITHM.fullmatch(algorithm):
        msg = f"an algorithm id is lower-case words joined by hyphens, not {algorithm!r}"
        raise HashFormatError(msg)
    return bits_of(algorithm)


@lru_cache(maxsize=1024)
def bits_of(algorithm: str) -> int | None:
    """How many bits a hash of this algorithm has; None for an opaque one.

    An id ends in its number of bits, as `phash-64` does, unless the field knows it by another
    name. Hashes of all other algorithms are opaque: carried byte for byte, never compared.
    """
    if algorithm in _BITS:
        return _BITS[algorithm]
    found = _BITS_IN_NAME.search(algorithm)
    return int(found[1]) if found else None


def check_packed(algorithm: str, data: bytes, width: int, size: int) -> None:
    """See that hashes that stand in bytes are such of this algorithm.

    Args:
        algorithm: of all of them.
        data: that hold one every `size` bytes, with its first byte first.
        width: bytes of a hash.
        size: bytes from one to the next.

    Raises:
        HashFormatError: they are not, or no algorithm is called so.
    """
    bits = _checked_bits(algorithm)
    spare = 0 if bits is None else bits % 8
    is_fit = width > 0 if bits is None else width == -(-bits // 8)
    if not is_fit or (spare and max(data[::size]) >> spare):
        msg = f"these bytes are no {algorithm} hashes"
        raise HashFormatError(msg)


@dataclass(frozen=True, slots=True, repr=False)
class Hash(PlainValue):
    """A perceptual hash: the bits of one algorithm for one picture.

    Two hashes are equal when algorithm and all bits are. `a - b` is their Hamming distance.

    Attributes:
        algorithm: stable id of what the bits mean, as `pdq` or `phash-64`.
        value: the bits, first bit first, padded with zero bits in front to whole bytes.

    >>> a = Hash.parse("dhash-64:00000000000000ff")
    >>> a - Hash.parse("dhash-64:00000000000000f0")
    4
    >>> str(a)
    'dhash-64:00000000000000ff'
    """

    json_shape: ClassVar = Shape(text=True)

    algorithm: str
    value: bytes

    def __post_init__(self) -> None:
        if type(self.algorithm) is not str or type(self.value) is not bytes:
            check_type(self.algorithm, str, "an algorithm is named by its id, as 'pdq'")
            check_type(self.value, bytes, "the bits of a hash are bytes")
        bits = _checked_bits(self.algorithm)
        if bits is None:
            return
        if len(self.value) != -(-bits // 8):
            msg = f"a {self.algorithm} hash has {bits} bits, not {len(self.value)} bytes"
            raise HashFormatError(msg)
        if bits % 8 and self.value[0] >> bits % 8:
            msg = f"a {self.algorithm} hash has {bits} bits: the first byte is too large"
            raise HashFormatError(msg)

    @classmethod
    def parse(cls, text: str) -> "Hash":
        """The hash that `str()` printed: `algorithm:hex`.

        Raises:
            HashFormatError: the text is not of this form, or has the wrong number of bits.
            TypeError: it is no text.
        """
        check_type(text, str, "a hash is parsed from text, as 'pdq:f8f8…'")
        algorithm, colon, digits = text.strip().partition(":")
        if not colon:
            msg = "a hash is written algorithm:hex, as pdq:f8f8…"
            raise HashFormatError(msg)
        return cls.fromhex(algorithm, digits)

    @classmethod
    def fromhex(cls, algorithm: str, digits: str) -> "Hash":
        """The hash of `algorithm` with these hex digits, in upper or lower case.

        Raises:
            HashFormatError: not hex, or the wrong number of digits for the algorithm.
            TypeError: one of the two is no text.
        """
        if type(algorithm) is not str or type(digits) is not str:
            check_type(algorithm, str, "an algorithm is named by its id, as 'pdq'")
            check_type(digits, str, "hex digits are text")
        bits = bits_of(algorithm)
        expected = len(digits) + len(digits) % 2 if bits is None else -(-bits // 4)
        if len(digits) != expected or not digits.isascii() or not digits.isalnum():
            msg = f"a {algorithm} hash is written with {expected} hex digits, not {len(digits)}"
            raise HashFormatError(msg)
        try:
            return cls(algorithm, bytes.fromhex(f"0{digits}" if len(digits) % 2 else digits))
        except ValueError as error:
            if isinstance(error, HashFormatError):
                raise
            msg = f"a {algorithm} hash is written in hex digits"
            raise HashFormatError(msg) from None

    @property
    def bits(self) -> int | None:
        """How many bits it has; None where the algorithm is opaque."""
        return bits_of(self.algorithm)

    @property
    def hex(self) -> str:
        """Lower-case hex digits, as lists carry them: one digit for four bits."""
        text = self.value.hex()
        return text if self.bits is None else text[len(text) - -(-self.bits // 4) :]

    def to_dict(self) -> dict[str, str]:
        """Its algorithm and its hex digits, as `algorithm` and `hash`."""
        return {"algorithm": self.algorithm, "hash": self.hex}

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    def __repr__(self) -> str:
        return f"<Hash {self.algorithm}:{self.hex[:8]}…>"

    def __sub__(self, other: "Hash") -> int:
        """The Hamming distance in bits.

        Raises:
            AlgorithmMismatchError: the algorithms differ, or theirs has no Hamming distance.
        """
        if not isinstance(other, Hash):
            return NotImplemented
        if self.algorithm != other.algorithm or self.bits is None:
            msg = f"{self.algorithm} and {other.algorithm} hashes have no distance"
            raise AlgorithmMismatchError(msg)
        return (int.from_bytes(self.value) ^ int.from_bytes(other.value)).bit_count()

    def __invert__(self) -> "Hash":
        """The hash with every bit turned: for PDQ, the hash of the photographic negative."""
        if self.bits is None:
            msg = f"{self.algorithm} hashes are opaque"
            raise AlgorithmMismatchError(msg)
        flipped = self.value.translate(_INVERTED)
        if padding := -self.bits % 8:
            flipped = bytes((flipped[0] & 255 >> padding, *flipped[1:]))
        return Hash(self.algorithm, flipped)

    @staticmethod
    def pack(hashes: Sequence["Hash"]) -> "NDArray[np.uint8]":
        """An (n, bytes) uint8 array of hashes of one algorithm, in their order.

        Raises:
            AlgorithmMismatchError: the hashes are not all of one algorithm.
        """
        import numpy as np

        if {type(each) for each in hashes} - {Hash}:
            for each in hashes:
                check_type(each, Hash, "what is packed are hashes")
        if len({h.algorithm for h in hashes}) > 1 or len({len(h.value) for h in hashes}) > 1:
            msg = "hashes of different algorithms cannot be packed together"
            raise AlgorithmMismatchError(msg)
        width = len(hashes[0].value) if hashes else 0
        return np.frombuffer(b"".join(h.value for h in hashes), np.uint8).reshape(-1, width or 1)

    @staticmethod
    def unpack(algorithm: str, packed: "NDArray[np.uint8]") -> list["Hash"]:
        """The hashes in an (n, bytes) uint8 array, the inverse of `pack`."""
        return [Hash(algorithm, row.tobytes()) for row in packed]
