"""Passwords on record: whether they are the same can be told, and guessing them is slow."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from hashmatch.sightings.encoding import canonical

_NAME: Final = "scrypt"
_COST: Final = 1 << 15
_BLOCKS: Final = 8
_MEMORY: Final = 64 << 20
"""Bytes that the derivation may take; it takes half of them, for a tenth of a second."""
_SALT: Final = 16


def seal(passwords: Iterable[str]) -> str:
    """Text that tells whether other passwords are these, with a salt of its own each time."""
    return _sealed(passwords, secrets.token_bytes(_SALT))


def is_seal_of(passwords: Iterable[str], sealed: str) -> bool:
    """Whether `seal` gave this text for the same passwords, in whatever order."""
    name, _, rest = sealed.partition(":")
    salt = rest.partition(":")[0]
    try:
        again = _sealed(passwords, bytes.fromhex(salt))
    except ValueError:
        return False
    return name == _NAME and hmac.compare_digest(again.encode(), sealed.encode())


def _sealed(passwords: Iterable[str], salt: bytes) -> str:
    secret = canonical(sorted(passwords)).encode("utf-8", "surrogatepass")
    key = hashlib.scrypt(secret, salt=salt, n=_COST, r=_BLOCKS, p=1, maxmem=_MEMORY, dklen=32)
    return f"{_NAME}:{salt.hex()}:{key.hex()}"
