"""Encrypted members of zip archives: the old way, and AES as WinZip and 7-Zip write it."""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from hashmatch.sources.inside.zip_directory import DirectoryEntry

AES: Final = 99
"""The method of members that are encrypted by AES; an extra field has the method of their data."""
AES_FIELD: Final = 0x9901
OLD_HEADER: Final = 12
"""Bytes before the data that are encrypted in the old way."""
_SALTS: Final = {1: (8, 16), 2: (12, 24), 3: (16, 32)}
"""Bytes of salt and of key, by strength."""
_CHECKED: Final = 2
"""Bytes that tell most wrong passwords."""
CODE: Final = 10
"""Bytes behind data that are encrypted by AES, which prove them."""
_ROUNDS: Final = 1000


def _table() -> tuple[int, ...]:
    rows = []
    for row in range(256):
        value = row
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        rows.append(value)
    return tuple(rows)


_CRC: Final = _table()

Decrypt: TypeAlias = Callable[[bytes], bytes]


def encodings_of(password: str) -> tuple[bytes, ...]:
    """A password as bytes, in the encodings that are in use."""
    forms = [password.encode("utf-8", "surrogateescape")]
    for encoding in ("cp437", "latin-1"):
        try:
            forms.append(password.encode(encoding))
        except UnicodeEncodeError:
            continue
    return tuple(dict.fromkeys(forms))


def old_key(password: bytes, header: bytes, entry: "DirectoryEntry") -> Decrypt | None:
    """What decrypts in the old way, behind its header; None where the password is certainly wrong.

    One wrong password of 256 is not told from the right one.
    """
    decrypt = _old(password)
    last = decrypt(header)[-1:]
    # Which one it is depends on whether the checksum was known when the header was written.
    if len(header) < OLD_HEADER or last[0] not in (entry.crc >> 24, entry.time >> 8):
        return None
    return decrypt


def _old(password: bytes) -> Decrypt:
    first, second, third = 0x12345678, 0x23456789, 0x34567890
    table = _CRC
    for each in password:
        first = first >> 8 ^ table[(first ^ each) & 255]
        second = ((second + (first & 255)) * 134775813 + 1) & 0xFFFFFFFF
        third = third >> 8 ^ table[(third ^ second >> 24) & 255]

    def decrypt(data: bytes) -> bytes:
        nonlocal first, second, third
        one, two, three = first, second, third
        plain = bytearray(data)
        for at, each in enumerate(data):
            mixed = three | 2
            byte = each ^ (mixed * (mixed ^ 1) >> 8 & 255)
            plain[at] = byte
            one = one >> 8 ^ table[(one ^ byte) & 255]
            two = ((two + (one & 255)) * 134775813 + 1) & 0xFFFFFFFF
            three = three >> 8 ^ table[(three ^ two >> 24) & 255]
        first, second, third = one, two, three
        return bytes(plain)

    return decrypt


def aes_header(strength: int) -> int:
    """Bytes before the data; 0 where the strength is none."""
    return _SALTS[strength][0] + _CHECKED if strength in _SALTS else 0


def aes_key(password: bytes, header: bytes, strength: int) -> Decrypt | None:
    """What decrypts by AES; None where the password is wrong, or no library for it is installed."""
    try:
        from Cryptodome.Cipher import AES as Cipher  # noqa: N811 (a module)
        from Cryptodome.Util import Counter
    except ImportError:
        return None
    of_salt, of_key = _SALTS[strength]
    derived = hashlib.pbkdf2_hmac(
        "sha1", password, header[:of_salt], _ROUNDS, 2 * of_key + _CHECKED
    )
    if derived[-_CHECKED:] != header[of_salt:]:
        return None
    counter = Counter.new(128, initial_value=1, little_endian=True)
    decrypt: Decrypt = Cipher.new(derived[:of_key], Cipher.MODE_CTR, counter=counter).decrypt
    return decrypt
