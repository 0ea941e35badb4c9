"""Paths, bytes and file objects: to the bytes of one file, within the limits."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, TypeAlias

from hashmatch.errors import Reason, UnreadableError, UnreadableImageError
from hashmatch.limits import Limits

Readable: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""Sources of the bytes of one file. A file object is read from its start."""

LONGEST_SIDE = 1_000_000
"""Pixels; Pillow needs time that grows with the square of a row's length."""


def read_all(source: Readable, limits: Limits) -> bytes:
    """The bytes of the file.

    Raises:
        UnreadableImageError: it cannot be read, is no regular file, or has too many bytes.
        TypeError: not something that bytes can be read from.
    """
    check_source(source)
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    else:
        try:
            if isinstance(source, str | PathLike):
                data = _read_path(Path(fspath(source)), limits)
            else:
                data = _read_file(source, limits)
        except UnreadableImageError:
            raise
        except (OSError, ValueError) as error:
            detail = getattr(error, "strerror", None) or str(error)
            raise UnreadableImageError(Reason.IO_ERROR, detail) from None
    if len(data) > limits.max_bytes:
        detail = f"more than {limits.max_bytes:,} bytes"
        raise UnreadableImageError(Reason.TOO_MANY_BYTES, detail)
    return data


def _read_path(path: Path, limits: Limits) -> bytes:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder, not a file" if stat.S_ISDIR(mode) else "not a regular file"
        raise UnreadableImageError(Reason.SPECIAL_FILE, what)
    with path.open("rb") as file:
        return file.read(limits.max_bytes + 1)


def check_source(source: object) -> None:
    """Refuse what no bytes can be read from.

    Raises:
        TypeError: it is neither a path, nor bytes, nor a file.
    """
    if not isinstance(source, str | PathLike | bytes | bytearray | memoryview) and not hasattr(
        source, "read"
    ):
        kind = type(source).__name__
        msg = f"expected a path, bytes, a binary file or a PIL image, not {kind}"
        raise TypeError(msg)


def _read_file(file: BinaryIO, limits: Limits) -> bytes:
    if file.seekable():
        file.seek(0)
    data: object = file.read(limits.max_bytes + 1)
    if not isinstance(data, bytes):
        msg = "expected a file opened in binary mode"
        raise TypeError(msg)
    return data


@contextmanager
def read_failures(raised: type[UnreadableError] = UnreadableError) -> Iterator[None]:
    """A context for reads of an open evidence file: failures of the storage are named as such.

    Raises:
        UnreadableError: of this kind, with what the system says.
        OSError: one with the name of a file: what could not be opened is no part of the evidence.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise raised(Reason.IO_ERROR, error.strerror or "the file cannot be read") from None


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture of this size before anything of it is decoded.

    Raises:
        UnreadableImageError: no pixels at all, or more than the limit.
    """
    if width < 1 or height < 1:
        raise UnreadableImageError(Reason.DAMAGED, "the header gives no size")
    if max(width, height) > LONGEST_SIDE:
        detail = f"{width} × {height}: a side is longer than {LONGEST_SIDE:,} pixels"
        raise UnreadableImageError(Reason.TOO_MANY_PIXELS, detail)
    if width * height > limits.max_pixels:
        detail = f"{width} × {height} is more than {limits.max_pixels:,} pixels"
        raise UnreadableImageError(Reason.TOO_MANY_PIXELS, detail)
