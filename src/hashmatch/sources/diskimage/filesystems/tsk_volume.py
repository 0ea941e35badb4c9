"""A volume as The Sleuth Kit reads it, and the bytes of its files."""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytsk3

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.filesystems.base import Content

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

_NANOSECONDS: Final = 1_000_000_000
_ALLOCATED: Final = 1


class TskVolume(pytsk3.Img_Info):  # type: ignore[misc]
    """A volume as The Sleuth Kit reads it."""

    def __init__(self, volume: "Bytes") -> None:
        self._volume = volume
        self.fault: Exception | None = None
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def read(self, offset: int, size: int) -> bytes:
        """Bytes at a place, up to the first that cannot be read, which `fault` says."""
        try:
            return self._volume.pread(offset, size)
        except UnreadRangeError as error:
            # The Sleuth Kit reads far more than it was asked for.
            self.fault = error
            before = min(error.offset - offset, size - 1)
            return self.read(offset, before) if before > 0 else b""
        except (OSError, UnreadableError) as error:
            # An exception must not pass through The Sleuth Kit.
            self.fault = error
            return b""

    def get_size(self) -> int:
        """The size of the volume, in bytes."""
        return self._volume.size

    def close(self) -> None:
        """Nothing: others have the volume."""


def attributes_of(file: Any) -> Iterator[Any]:  # noqa: ANN401
    """The attributes of a file that can be read."""
    try:
        yield from file
    except (OSError, KeyError):
        return


def time_of(seconds: int, nanoseconds: int) -> str:
    """A time as ISO 8601 without a zone; empty where it is none."""
    try:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""
    fraction = f"{nanoseconds % _NANOSECONDS:09d}".rstrip("0")
    return f"{text}.{fraction}" if fraction else text


def words_of(error: OSError) -> str:
    """What The Sleuth Kit says, in one line of bounded length."""
    return " ".join(str(error).split())[:200]


def prepare() -> None:
    """Let times without a zone be read as they stand: The Sleuth Kit adds that of the process."""
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()


def content_at(system: Any, path: str) -> Content | None:  # noqa: ANN401 (no types)
    """The bytes of a file with this path, not deleted; None where there is none."""
    try:
        file = system.open(path)
    except (OSError, UnicodeError):
        # A name that is no text cannot be given to The Sleuth Kit.
        return None
    meta = file.info.meta
    if meta is None or not int(meta.flags) & _ALLOCATED:
        return None

    def read(offset: int, size: int) -> bytes:
        try:
            return bytes(file.read_random(offset, size))
        except OSError as error:
            raise UnreadableError(Reason.CORRUPT_DATA, words_of(error)) from None

    return Content(path, max(0, int(meta.size)), read)
