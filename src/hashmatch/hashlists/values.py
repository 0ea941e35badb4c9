"""Single values as lists write them: digests, hashes, truth, dates."""

import binascii
import math
import re
from datetime import UTC, datetime, timedelta

from hashmatch.errors import HashFormatError
from hashmatch.hashlists import families
from hashmatch.model import Digests, Hash, KnownHash, bits_of
from hashmatch.model.digests import DIGESTS
from hashmatch.model.patch import ALGORITHM as PATCH

OPAQUE = ("photodna", "tmk-pdqf", "netclean", "videntifier", "ssvh-pdna", "ssvh-safer-hash")
"""Algorithms that circulating lists carry and that are never compared here."""

_DIGEST_NAMES = {32: "md5", 40: "sha1", 64: "sha256"}
_DIGITS = {name: digits for digits, name in _DIGEST_NAMES.items()}
DIGEST_BYTES = {name: digits // 2 for name, digits in _DIGITS.items()}
"""How long each digest is."""
_HEX = re.compile(r"[0-9a-fA-F]+")
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_DOT_NET_DATE = re.compile(r"/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/", re.ASCII)
_QUALITY = re.compile(r"(?:100|\d{1,2})(?:\.0{1,6})?", re.ASCII)
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{0,12})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_LONGEST_VIDEO = 1e8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPELLINGS = {"photo-dna": "photodna", "pdna": "photodna", "sha-1": "sha1", "sha-256": "sha256"}


def digest(name: str, text: str) -> str:
    """A digest as hashmatch writes it, in lower-case hex.

    Raises:
        HashFormatError: not hex, or of another length.
    """
    plain = families.plain_digits(text).lower()
    if len(plain) != _DIGITS[name] or not _HEX.fullmatch(plain):
        msg = f"{name} is written with {_DIGITS[name]} hex digits"
        raise HashFormatError(msg)
    return plain


def algorithm_id(name: str) -> str:
    """The algorithm or digest that a list calls by this name: `PhotoDNA` is `photodna`.

    What Python calls `imagehash.phash` is `phash`.

    Raises:
        HashFormatError: the name has no letters or digits that an id could be made of.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.strip().lower()).strip("-")
    if not plain or not plain[0].isalpha():
        msg = "the name of the algorithm cannot be read"
        raise HashFormatError(msg)
    plain = plain.removeprefix("imagehash-")
    return _SPELLINGS.get(plain, plain)


def carried(name: str) -> str:
    """The digest or algorithm that a publisher calls by this name.

    A name that is unknown is not made an algorithm of its own: it could be that of one of ours by
    chance, and its values would be compared with hashes that mean something else.

    Raises:
        HashFormatError: no publisher is known to use it.
    """
    found = algorithm_id(name)
    if found not in (*DIGESTS, "pdq", *OPAQUE):
        msg = "a fingerprint of a kind that hashmatch does not know"
        raise HashFormatError(msg)
    return found


def opaque(algorithm: str, text: str) -> Hash:
    """A hash that is carried and never compared, from hex or base64.

    Raises:
        HashFormatError: neither.
    """
    plain = "".join(text.split())
    if plain and len(plain) % 2 == 0 and _HEX.fullmatch(plain):
        return Hash(algorithm, bytes.fromhex(plain))
    try:
        value = binascii.a2b_base64(plain, strict_mode=True)
    except (binascii.Error, ValueError):
        value = b""
    if not value:
        msg = f"a {algorithm} hash is written in hex digits or base64"
        raise HashFormatError(msg)
    return Hash(algorithm, value)


def hash_of(algorithm: str, text: str) -> Hash:
    """A hash of any algorithm, compared or opaque.

    Raises:
        HashFormatError: not of the form that the algorithm demands.
    """
    if algorithm == PATCH:
        msg = f"a {PATCH} hash says nothing without its place, which only hashmatch's format has"
        raise HashFormatError(msg)
    if bits_of(algorithm) is None:
        return opaque(algorithm, text)
    digits = text.strip().lower().removeprefix(f"{algorithm}:")
    return Hash.fromhex(algorithm, families.plain_digits(digits))


def parse_value(text: str) -> Digests | Hash:
    """A digest or hash written with its name, as `md5:…` or `pdq:…`, or a bare MD5 or SHA-1.

    Raises:
        HashFormatError: neither, or 64 bare hex digits, which can be a SHA-256 or a PDQ hash.
    """
    name, colon, value = text.partition(":")
    if colon:
        name = algorithm_id(name)
        if name in DIGESTS:
            return Digests(**{name: digest(name, value)})
        if family := families.unsized_family(name):
            return families.hash_in(family, value.strip())
        if bits_of(name) is None and name not in OPAQUE:
            msg = "the name before the colon is neither a digest nor a known algorithm"
            raise HashFormatError(msg)
        return hash_of(name, value)
    text = families.plain_digits(text)
    if not _HEX.fullmatch(text):
        msg = "not written in hex digits"
        raise HashFormatError(msg)
    kind = _DIGEST_NAMES.get(len(text))
    if kind in ("md5", "sha1"):
        return Digests(**{kind: text.lower()})
    msg = (
        f"{len(text)} hex digits are neither MD5 (32), SHA-1 (40) nor PDQ or SHA-256 (64), and no "
        "name before them says what else they are, as phash-64:…"
    )
    raise HashFormatError(msg)


def readings(text: str) -> tuple[Digests, tuple[Hash, ...]]:
    """All that a value can mean, as `parse_value`, and 64 bare hex digits both ways.

    Nothing in 64 digits says whether they are a SHA-256 or a PDQ hash. A value that was read the
    wrong way matches nothing.

    Raises:
        HashFormatError: it means nothing.
    """
    text = families.plain_digits(text)
    if len(text) == _DIGITS["sha256"] and _HEX.fullmatch(text):
        return Digests(sha256=text.lower()), (Hash.fromhex("pdq", text),)
    value = parse_value(text)
    return (Digests(), (value,)) if isinstance(value, Hash) else (value, ())


def quality(text: str) -> int:
    """A quality from 0 to 100; spreadsheets write 88 as `88.0`.

    Raises:
        HashFormatError: it is none.
    """
    if not _QUALITY.fullmatch(text):
        msg = "quality is a whole number from 0 to 100"
        raise HashFormatError(msg)
    return int(text.partition(".")[0])


def seconds(text: str) -> float:
    """A time in a video, as `12.345` or `1.23e+01`.

    Raises:
        HashFormatError: it is none.
    """
    value = float(text) if _SECONDS.fullmatch(text) else math.inf
    if value > _LONGEST_VIDEO:
        msg = "a time is written in seconds"
        raise HashFormatError(msg)
    return value


def frame(digits: str, rating: str, time: str) -> KnownHash:
    """A frame of a video as vPDQ writes it: its PDQ hash, quality and time; the last may miss.

    Raises:
        HashFormatError: one of the three cannot be read.
    """
    return KnownHash(
        Hash.fromhex("pdq", digits.strip()),
        quality(rating.strip()),
        time=seconds(time.strip()) if time.strip() else None,
    )


def truth(value: object) -> bool | None:
    """What a list means by true, "true", 1 or "no"; None for null or an empty text.

    Raises:
        HashFormatError: anything else: never guessed.
    """
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if not text:
        return None
    if text not in _TRUTH:
        msg = "expected true or false"
        raise HashFormatError(msg)
    return _TRUTH[text]


def date(text: str) -> str:
    """A date as ISO 8601: `.NET`'s `/Date(ms)/` is translated, all else is kept verbatim."""
    found = _DOT_NET_DATE.fullmatch(text.strip())
    if not found:
        return text
    try:
        return (_EPOCH + timedelta(milliseconds=int(found[1]))).isoformat()
    except OverflowError:
        return text
