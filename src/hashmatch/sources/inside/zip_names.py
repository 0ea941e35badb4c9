"""Names and times of members of zip archives, in the ways in which they are written."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

_UTF8: Final = 1 << 11
_UNICODE_NAME, _UNIX_TIMES, _NTFS, _OLD_UNIX_TIMES = 0x7075, 0x5455, 0x000A, 0x5855
_NTFS_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_KINDS: Final = ("modified", "accessed", "created")
_JAPANESE: Final = ((0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))
"""Kana, kanji and wide letters."""
CODECS: Final = ("encodings.cp437", "encodings.cp932", "encodings.utf_8")


def fields_of(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The extra fields of a member, by number; what is cut is left out."""
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, at)
        at += 4
        if at + length <= len(extra):
            yield number, extra[at : at + length]
        at += length


def name_of(raw: bytes, flags: int, extra: bytes) -> str:
    """The name of a member: UTF-8 where that is said or fits, else Shift-JIS or cp437."""
    if raw.isascii():
        return raw.decode("ascii")
    for number, data in fields_of(extra):
        if number == _UNICODE_NAME and data[:1] == b"\1" and data[1:5] == _crc(raw):
            with suppress(UnicodeDecodeError):
                return data[5:].decode("utf-8")
    with suppress(UnicodeDecodeError):
        # Hardly any name of another encoding is also one in UTF-8.
        return raw.decode("utf-8")
    if not flags & _UTF8 and (japanese := _japanese(raw)):
        return japanese
    return raw.decode("cp437")


def _crc(raw: bytes) -> bytes:
    return zlib.crc32(raw).to_bytes(4, "little")


def _japanese(raw: bytes) -> str:
    """The name in Shift-JIS; empty where it is hardly meant so."""
    try:
        name = raw.decode("cp932")
    except UnicodeDecodeError:
        return ""
    foreign = [each for each in name if not each.isascii()]
    # Two letters with accents in cp437 look like one kanji: a Japanese name has several.
    fits = all(any(low <= ord(each) <= high for low, high in _JAPANESE) for each in foreign)
    return name if fits and len(foreign) > 1 else ""


def times_of(dos_date: int, dos_time: int, extra: bytes) -> dict[str, str]:
    """The times of a member, by kind: in UTC where an extra field says so, else as on its clock."""
    times: dict[str, str] = {}
    with suppress(ValueError):
        local = datetime(  # noqa: DTZ001 (nobody says where that clock stood)
            1980 + (dos_date >> 9),
            dos_date >> 5 & 15,
            dos_date & 31,
            dos_time >> 11,
            dos_time >> 5 & 63,
            min((dos_time & 31) * 2, 59),
        )
        times["modified"] = local.isoformat()
    for number, data in fields_of(extra):
        if number == _UNIX_TIMES and data:
            present = [kind for bit, kind in enumerate(_KINDS) if data[0] >> bit & 1]
            seconds = struct.unpack_from(f"<{(len(data) - 1) // 4}i", data, 1)
            times |= {kind: _unix(value) for kind, value in zip(present, seconds, strict=False)}
        elif number == _OLD_UNIX_TIMES and len(data) >= 8:  # noqa: PLR2004
            accessed, modified = struct.unpack_from("<ii", data)
            times |= {"modified": _unix(modified), "accessed": _unix(accessed)}
        elif number == _NTFS and data[4:8] == b"\1\0\x18\0" and len(data) >= 32:  # noqa: PLR2004
            ticks = struct.unpack_from("<QQQ", data, 8)
            with suppress(OverflowError):
                times |= {kind: _ntfs(value) for kind, value in zip(_KINDS, ticks, strict=True)}
    return times


def _unix(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ntfs(ticks: int) -> str:
    moment = _NTFS_EPOCH + timedelta(microseconds=ticks // 10)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}Z"
