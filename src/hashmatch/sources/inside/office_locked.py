"""Encrypted Office documents, decrypted in memory by msoffcrypto: 2007 and later, and before."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, BinaryIO, Final, NamedTuple

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.inside.base import Budget
from hashmatch.wording import to_install

ALWAYS: Final = ("VelvetSweatshop", "/01Hannes Ruescher/01")
"""Passwords with which Excel and PowerPoint encrypt what opens without asking for one."""
_MOST_TURNS: Final = 10_000_000
"""Times that a password is hashed, at most: what the format allows."""
_LARGEST: Final = 1 << 29
_DOCUMENT: Final = "encrypted Office document"
_MISSING: Final = f"{_DOCUMENT}: its reader is not installed: {to_install('docs')}"
_ENCRYPTED_WORD: Final = 0x0100
_FILE_PASS: Final = 0x2F
_ENCRYPTED_TOKEN: Final = bytes.fromhex("dfc4d1f3")


class Decrypted(NamedTuple):
    """An encrypted document, decrypted.

    Attributes:
        file: of a document of 2007 or later its zip archive; of an older one the same compound
            document without its encryption.
        is_package: whether it is a zip archive.
        decrypt_piece: decrypts a field of the pictures of a presentation; None of all others.
    """

    file: BinaryIO
    is_package: bool
    decrypt_piece: Callable[[bytes], bytes] | None = None


def decrypted(
    file: BinaryIO, budget: Budget, passwords: tuple[str, ...]
) -> Decrypted | Unreadable | None:
    """A document decrypted with the first password that fits.

    Args:
        file: a compound document.
        budget: told of the bytes that are made.
        passwords: tried behind those of `ALWAYS`.

    Returns:
        Why it is not decrypted, if it is encrypted; None if it is not.

    Raises:
        LimitError: of the budget.
    """
    try:
        from msoffcrypto.exceptions import InvalidKeyError
    except ImportError:
        return Unreadable(Reason.ENCRYPTED, _MISSING) if _is_locked(file) else None
    opened = _opened(file)
    if opened is None:
        return Unreadable(Reason.ENCRYPTED, _DOCUMENT) if _is_locked(file) else None
    is_package = opened.format == "ooxml"
    info = getattr(opened, "info", None)
    turns = info.get("spinValue", 0) if isinstance(info, dict) else 0
    size = file.seek(0, io.SEEK_END)
    if turns > _MOST_TURNS or size > _LARGEST:
        return Unreadable(Reason.TOO_MUCH, f"{_DOCUMENT}: its passwords take too long to try")
    why = Unreadable(Reason.ENCRYPTED, _DOCUMENT)
    for password in (*ALWAYS, *passwords):
        budget.check()
        out = io.BytesIO()
        try:
            opened.load_key(password=password)
            opened.decrypt(out)
        except InvalidKeyError:
            continue
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            if opened.format != "ppt97" or opened.key is None:
                why = _failed(error)
                continue
            # Its pictures are decrypted all the same.
            out = _copy(file)
        budget.bytes(out.seek(0, io.SEEK_END))
        out.seek(0)
        return Decrypted(out, is_package, _decrypting_pieces(opened))
    return why


def _is_locked(file: BinaryIO) -> bool:
    """Whether a compound document says that it is encrypted, whoever can read it."""
    import olefile

    file.seek(0)
    with suppress(Exception):
        document = olefile.OleFileIO(file)

        def begin(name: str) -> bytes:
            is_there = document.exists(name)
            return bytes(document.openstream(name).read(4096)) if is_there else b""

        word, current = begin("WordDocument"), begin("Current User")
        books = (begin("Workbook"), begin("Book"))
        return (
            bool(begin("EncryptedPackage"))
            or bool(int.from_bytes(word[10:12], "little") & _ENCRYPTED_WORD)
            or current[12:16] == _ENCRYPTED_TOKEN
            or any(map(_has_file_pass, books))
        )
    return False


def _has_file_pass(book: bytes) -> bool:
    """Whether the record of an encrypted workbook is among its first ones."""
    place = 0
    while place + 4 <= len(book):
        kind, length = (int.from_bytes(book[place + at :][:2], "little") for at in (0, 2))
        if kind == _FILE_PASS:
            return True
        place += 4 + length
    return False


def _copy(file: BinaryIO) -> io.BytesIO:
    file.seek(0)
    return io.BytesIO(file.read())


def _failed(error: Exception) -> Unreadable:
    detail = f"{_DOCUMENT}: it cannot be decrypted ({type(error).__name__})"
    return Unreadable(Reason.ENCRYPTED, detail)


def prepare() -> None:
    """Load what the library opens when it first decrypts something, if it is installed."""
    if find_spec("msoffcrypto") is None:
        return
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from msoffcrypto.method.ecma376_agile import ECMA376Agile
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

    _without_files()
    DocumentRC4CryptoAPI.decrypt("", bytes(16), 128, io.BytesIO(b"x"))
    Cipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).encryptor().update(bytes(16))
    Cipher(algorithms.AES(bytes(16)), modes.ECB()).encryptor().update(bytes(16))  # noqa: S305 (its own)
    del ECMA376Agile


def _without_files() -> None:
    """Have the library keep what it decrypts in memory, where it would use temporary files."""
    from msoffcrypto.format import doc97, ppt97, xls97

    # What is wrong is told as reasons; a log holds nothing of the evidence.
    logging.getLogger("msoffcrypto").setLevel(logging.CRITICAL)
    for module in (doc97, ppt97, xls97):
        module.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)


def _opened(file: BinaryIO) -> Any:  # noqa: ANN401 (what the library gives)
    """The document as the library opens it; None if it is not encrypted, or none of its kinds."""
    import msoffcrypto

    _without_files()
    file.seek(0)
    with suppress(Exception):
        opened = msoffcrypto.OfficeFile(file)
        if opened.is_encrypted():
            return opened
    return None


def _decrypting_pieces(opened: Any) -> Callable[[bytes], bytes] | None:  # noqa: ANN401 (as above)
    if opened.format != "ppt97":
        return None
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

    def decrypt(data: bytes) -> bytes:
        held = io.BytesIO(data)
        method = DocumentRC4CryptoAPI.decrypt
        made = method(opened.key, opened.salt, opened.keySize, held, max(len(data), 1), 0)
        return bytes(made.read())

    return decrypt


_HEAD: Final = 8
_STORE_ENTRY: Final = 0xF007
_METAFILES: Final = frozenset({0xF01A, 0xF01B, 0xF01C})
_PARTS_OF_ENTRY: Final = (1, 1, 16, 2, 4, 4, 4, 1, 1, 1, 1)
_CHECKSUM: Final = 16
_TWO_CHECKSUMS: Final = frozenset({0x217, 0x3D5, 0x46B, 0x543, 0x6E1, 0x6E3, 0x6E5, 0x7A9})


def pictures(stream: bytes, decrypt: Callable[[bytes], bytes], budget: Budget) -> bytes:
    """The stream of pictures of a presentation, of which each field is encrypted by itself."""
    out = bytearray(stream)
    place = 0
    while place + _HEAD <= len(out):
        budget.check()
        place = _record(out, place, decrypt)
    return bytes(out)


def _record(out: bytearray, place: int, decrypt: Callable[[bytes], bytes]) -> int:
    """Decrypt one record; returns where the next one begins."""
    end = place
    for start, length in _fields(out, place):
        out[start : start + length] = decrypt(bytes(out[start : start + length]))
        end = max(end, start + length)
    return max(end, place + _HEAD)


def _fields(out: bytearray, place: int) -> Iterator[tuple[int, int]]:
    """Places and lengths of the fields of a record, each asked for once that before it is there."""
    yield place, _HEAD
    instance, kind, length = _head(out, place)
    place += _HEAD
    end = min(place + length, len(out))
    if kind == _STORE_ENTRY:
        for each in _PARTS_OF_ENTRY:
            yield place, each
            place += each
        if (name := out[place - 3]) and place + name <= end:
            yield place, name
            place += name
        if place + _HEAD > end:
            return
        yield place, _HEAD
        instance, kind, length = _head(out, place)
        place += _HEAD
        end = min(place + length, len(out))
    for _ in range(2 if instance in _TWO_CHECKSUMS else 1):
        yield place, _CHECKSUM
        place += _CHECKSUM
    before = 34 if kind in _METAFILES else 1
    yield place, before
    place += before
    if place < end:
        yield place, end - place


def _head(out: bytearray, place: int) -> tuple[int, int, int]:
    version, kind = (int.from_bytes(out[place + at : place + at + 2], "little") for at in (0, 2))
    return version >> 4, kind, int.from_bytes(out[place + 4 : place + 8], "little")
