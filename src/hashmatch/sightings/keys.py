"""Keys of a laboratory: Ed25519, in files that only their owner can read.

`cryptography` is needed: `pip install '.[signing]'`.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from hashmatch.errors import SigningError
from hashmatch.files.regular import buffered, open_regular
from hashmatch.files.whole import cannot_write
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LENGTH: Final = 32
_LONGEST: Final = 1 << 16
_OWNER_ALONE: Final = 0o600


class Signer(Protocol):
    """Whatever holds a private key."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """The signature of a message, 64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key that was read from a file."""

    _key: "Ed25519PrivateKey" = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return bytes(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes, /) -> bytes:
        """The signature of a message, 64 bytes."""
        return bytes(self._key.sign(message))


def make(path: Path, passphrase: str = "") -> bytes:
    """Make a key: the private one at the path, the public one beside it, ending in `.pub`.

    Args:
        path: of a file that must not be there yet.
        passphrase: encrypts the private key; empty for none.

    Returns:
        The public key, 32 bytes.

    Raises:
        SigningError: `cryptography` is missing, there is such a file, or it cannot be written.
    """
    _need()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for each, data in ((path, private), (path.with_name(f"{path.name}.pub"), public)):
        _write(each, data)
    return bytes(key.public_key().public_bytes_raw())


def _write(path: Path, data: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            # An empty file would be in the way of the next try.
            path.unlink(missing_ok=True)
            raise
    except FileExistsError:
        msg = f"{path} is there already: a key is never replaced"
        raise SigningError(msg) from None
    except OSError as error:
        raise cannot_write(path, error) from None


def private(path: Path, passphrase: str = "") -> KeyFile:
    """The private key in a file.

    Raises:
        SigningError: `cryptography` is missing, or the file holds no such key, or needs another
            passphrase.
    """
    _need()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _read(path)
    try:
        key = load_pem_private_key(data, passphrase.encode() or None)
    except TypeError:
        said = "has no passphrase" if passphrase else "needs its passphrase"
        msg = f"the key {path} {said}"
        raise SigningError(msg) from None
    except ValueError:
        msg = f"{path} holds no private key, or the passphrase is wrong"
        raise SigningError(msg) from None
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"the key {path} is no Ed25519 key"
        raise SigningError(msg)
    return KeyFile(key)


def is_encrypted(path: Path) -> bool:
    """Whether the private key in a file needs a passphrase.

    Raises:
        SigningError: the file cannot be read.
    """
    return b"ENCRYPTED PRIVATE KEY" in _read(path)


def public(path: Path) -> bytes:
    """The public key in a file, 32 bytes.

    Raises:
        SigningError: `cryptography` is missing, or the file holds no such key.
    """
    _need()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = _read(path)
    try:
        key = load_pem_public_key(data)
    except ValueError:
        msg = f"{path} holds no public key: name the file that ends in .pub"
        raise SigningError(msg) from None
    if not isinstance(key, Ed25519PublicKey):
        msg = f"the key {path} is no Ed25519 key"
        raise SigningError(msg)
    return bytes(key.public_bytes_raw())


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the signature of a message by a key."""
    _need()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        with buffered(open_regular(path)) as file:
            return file.read(_LONGEST)
    except OSError as error:
        msg = f"the key {path} cannot be read: {error.strerror}"
        raise SigningError(msg) from None


def _need() -> None:
    """See that the library is there.

    Raises:
        SigningError: it is not.
    """
    try:
        import cryptography.hazmat.primitives  # noqa: F401 (whether it is there)
    except ImportError:
        msg = f"cryptography is not installed: {to_install('signing')}"
        raise SigningError(msg) from None
