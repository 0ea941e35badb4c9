"""What expands compressed blocks whose size is known: never to more than that."""

import bz2
import importlib
import lzma
import sys
import zlib
from contextlib import suppress
from typing import Any, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.wording import to_install

_ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_MOST_MEMORY: Final = 1 << 28


# What may be missing is loaded with this module: a locked worker loads nothing.
_deflate: Any = None
_cramjam: Any = None
_zstandard: Any = None
with suppress(ImportError):
    import deflate

    _deflate = deflate
with suppress(ImportError):
    import cramjam

    _cramjam = cramjam
with suppress(ImportError):
    _zstandard = importlib.import_module(_ZSTD)


class ExpandError(ValueError):
    """Compressed data that are damaged, or expand to more than they should."""


def _needed(library: Any, what: str) -> Any:  # noqa: ANN401 (without types)
    if library is None:
        detail = f"it is compressed with {what}, which is not installed: {to_install('disk')}"
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    return library


def inflate(data: bytes | memoryview, size: int) -> bytes:
    """Zlib, of which the checksum is compared.

    Args:
        data: the stream; what follows it does not count.
        size: that it expands to at most.

    Raises:
        ExpandError: it is damaged.
    """
    if _deflate is not None:
        try:
            return bytes(_deflate.zlib_decompress(data, size))
        except _deflate.DeflateError:
            raise ExpandError from None
    return inflate_slowly(data, size)


def inflate_slowly(data: bytes | memoryview, size: int, wbits: int = zlib.MAX_WBITS) -> bytes:
    """The same with the standard library.

    Raises:
        ExpandError: it is damaged.
    """
    inflater = zlib.decompressobj(wbits)
    try:
        made = inflater.decompress(data, size + 1)
    except zlib.error:
        raise ExpandError from None
    if len(made) > size or not inflater.eof:
        raise ExpandError
    return made


def inflate_raw(data: bytes | memoryview, size: int) -> bytes:
    """Deflate without anything around it.

    Raises:
        ExpandError: it is damaged.
    """
    if _deflate is not None:
        try:
            return bytes(_deflate.deflate_decompress(data, size))
        except _deflate.DeflateError:
            raise ExpandError from None
    return inflate_slowly(data, size, -zlib.MAX_WBITS)


def adler32(data: bytes) -> int:
    """The checksum of zlib."""
    return zlib.adler32(data) if _deflate is None else int(_deflate.adler32(data))


def expand_zstandard(data: bytes | memoryview, size: int) -> bytes:
    """One frame of Zstandard.

    Raises:
        ExpandError: it is damaged.
        UnreadableError: no library for it is installed.
    """
    library = _needed(_zstandard, "Zstandard")
    try:
        return bytes(library.ZstdDecompressor().decompress(data, size))
    except (library.ZstdError, EOFError):
        raise ExpandError from None


def expand_snappy(data: bytes | memoryview, size: int) -> bytes:
    """Snappy without frames.

    Raises:
        ExpandError: it is damaged.
        UnreadableError: no library for it is installed.
    """
    library = _needed(_cramjam, "Snappy")
    try:
        if library.snappy.decompress_raw_len(data) > size:
            raise ExpandError
        return bytes(library.snappy.decompress_raw(data))
    except library.DecompressionError:
        raise ExpandError from None


def expand_lz4(data: bytes | memoryview, size: int) -> bytes:
    """One block of LZ4.

    Raises:
        ExpandError: it is damaged.
        UnreadableError: no library for it is installed.
    """
    library = _needed(_cramjam, "LZ4")
    try:
        # `decompress_block` pads what is shorter with zeros, and does not say so.
        made = bytearray(size)
        return bytes(made[: library.lz4.decompress_block_into(data, made)])
    except library.DecompressionError:
        raise ExpandError from None


def expand_bzip2(data: bytes | memoryview, size: int) -> bytes:
    """One stream of bzip2.

    Raises:
        ExpandError: it is damaged.
    """
    return _streamed(bz2.BZ2Decompressor(), data, size)


def expand_xz(data: bytes | memoryview, size: int) -> bytes:
    """One stream of xz.

    Raises:
        ExpandError: it is damaged.
    """
    return _streamed(lzma.LZMADecompressor(lzma.FORMAT_XZ, _MOST_MEMORY), data, size)


def _streamed(
    expander: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes | memoryview, size: int
) -> bytes:
    try:
        made = expander.decompress(bytes(data), size)
    except (OSError, EOFError, lzma.LZMAError):
        raise ExpandError from None
    return made
