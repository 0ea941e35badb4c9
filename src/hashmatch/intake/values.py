"""Single values as reports and logs write them."""

import binascii
import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from hashmatch.errors import HashFormatError
from hashmatch.model.digests import DIGESTS, Digests
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.moment import Moment

_DIGEST_OF: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_DIGITS: Final = {name: digits for digits, name in _DIGEST_OF.items()}
_BASE32: Final = re.compile(r"[A-Z2-7]{32}", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_WITH_PORT: Final = re.compile(r"\[([^\]]+)\]:(\d{1,5})|(\d+\.\d+\.\d+\.\d+):(\d{1,5})", re.ASCII)
_PORT: Final = re.compile(r"\d{1,5}", re.ASCII)
_PORTS: Final = 1 << 16
_TRUE: Final = frozenset({"true", "1", "yes", "y", "t"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "f"})


@lru_cache(maxsize=1 << 14)
def identifier(kind: IdentifierKind, text: str, service: str = "") -> Identifier | None:
    """The identifier that a text states; None where it states none of this kind."""
    try:
        return Identifier.of(kind, text, service)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 14)
def address(text: str) -> tuple[Identifier | None, int | None]:
    """An IP address, and the port that may stand behind it: `192.0.2.1:443`, `[2001:db8::1]:443`.

    None where it is no address.
    """
    words = text.strip()
    if found := _WITH_PORT.fullmatch(words):
        return identifier(IdentifierKind.IP, found[1] or found[3]), port(found[2] or found[4])
    return identifier(IdentifierKind.IP, words), None


def port(text: str) -> int | None:
    """A port; None where it is none."""
    words = text.strip()
    return int(words) if _PORT.fullmatch(words) and int(words) < _PORTS else None


def digest(name: str, text: str) -> str | None:
    """A digest in lower-case hex; None where it is none of this name.

    SHA-1 is also written in base32, in networks for sharing files.
    """
    words = text.strip().replace(" ", "").replace(":", "")
    if name == "sha1" and _BASE32.fullmatch(words):
        return binascii.hexlify(_from_base32(words)).decode()
    right = len(words) == _DIGITS[name] and _HEX.fullmatch(words)
    return words.lower() if right else None


def _from_base32(words: str) -> bytes:
    import base64

    return base64.b32decode(words.upper())


def digests_of(found: dict[str, str]) -> Digests:
    """Digests by their names."""
    return Digests(**{name: text for name, text in found.items() if name in DIGESTS})


def pdq(text: str) -> Hash | None:
    """A PDQ hash; None where it is none."""
    try:
        return Hash.fromhex("pdq", text.strip().removeprefix("pdq:"))
    except HashFormatError:
        return None


@lru_cache(maxsize=1 << 12)
def moment(text: str, *, kind: str, zone: str = "") -> Moment | None:
    """The time that a text states; None where it states none."""
    try:
        return Moment.of(text, kind=kind, zone=zone)
    except ValueError:
        return None


def as_stated(at: Moment, words: str) -> Moment:
    """The moment with the words of its source."""
    return replace(at, stated=words)


def truth(text: str) -> bool | None:
    """What a text says of yes or no; None where it says nothing of it."""
    word = text.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None
