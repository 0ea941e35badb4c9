"""What expands compressed data: of the standard library, and of libraries that may be missing."""

import bz2
import importlib
import lzma
import sys
import zlib
from typing import Any, Final

from hashmatch.sources.inside.streams import Decompressor

ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
"""The module that expands Zstandard."""


def _fastest() -> Any:  # noqa: ANN401 (a module, and one that its types describe wrongly)
    """What expands deflate: zlib-ng gives the same bytes in less time."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        return zlib
    return zlib_ng


_DEFLATE: Final = _fastest()

_MOST_INFLATED: Final = 1032
"""Bytes that one byte of deflate expands to, at most."""


class Inflate:
    """Deflate, gzip or zlib, with the interface of the other decompressors."""

    def __init__(self, wbits: int) -> None:
        """Begin; see `zlib.decompressobj`."""
        self._inflater = _DEFLATE.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        """Whether the stream ended."""
        return bool(self._inflater.eof)

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        return not self._inflater.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What it was fed with behind the end of the stream."""
        return bytes(self._inflater.unused_data)

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """What this and what it was fed with before expand to, at most so many bytes."""
        tail = self._inflater.unconsumed_tail
        fed, most = tail + data if tail else data, max(max_length, 0)
        before = self._inflater.copy()
        try:
            made: bytes = self._inflater.decompress(fed, most)
        except _DEFLATE.error:
            self._inflater = before
            made = self._up_to_damage(fed, most or len(fed) * _MOST_INFLATED)
        return made

    def _up_to_damage(self, fed: bytes, most: int) -> bytes:
        """What data that are damaged expand to before the damage: zlib gives none of it.

        Raises:
            zlib.error: nothing lies before it.
        """
        sound, damaged = 0, most + 1
        while damaged - sound > 1:
            middle = (sound + damaged) // 2
            try:
                self._inflater.copy().decompress(fed, middle)
            except _DEFLATE.error:
                damaged = middle
            else:
                sound = middle
        try:
            made: bytes = self._inflater.decompress(fed, sound or 1)
        except _DEFLATE.error as error:
            raise zlib.error(str(error)) from None
        return made


def raw_deflate() -> Decompressor:
    """Deflate without anything around it."""
    return Inflate(-zlib.MAX_WBITS)


def gunzip() -> Decompressor:
    """One member of a gzip file."""
    return Inflate(zlib.MAX_WBITS + 16)


def unxz() -> Decompressor:
    """One stream of an xz file."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)


def unlzma() -> Decompressor:
    """A file of LZMA alone."""
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MOST_MEMORY)


def unzlib() -> Decompressor:
    """One stream of zlib."""
    return Inflate(zlib.MAX_WBITS)


_MOST_MEMORY: Final = 1 << 30
"""Bytes that a decompressor may ask for: the largest dictionary of xz's own levels takes 64 MiB."""


def bunzip2() -> Decompressor:
    """One stream of a bzip2 file."""
    return bz2.BZ2Decompressor()


def zstd() -> Decompressor | None:
    """One frame of Zstandard; None where no library for it is installed."""
    try:
        module = importlib.import_module(ZSTD)
    except ImportError:
        return None
    return _Unzstd(module.ZstdDecompressor(), module.ZstdError)


class _Unzstd:
    """The library's own, with errors that others have too."""

    def __init__(self, inner: Decompressor, error: type[Exception]) -> None:
        self._inner, self._error = inner, error

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        try:
            return self._inner.decompress(data, max_length)
        except self._error:
            msg = "invalid Zstandard data"
            raise ValueError(msg) from None


def deflate64() -> Decompressor | None:
    """Deflate with a longer window; None where no library for it is installed."""
    try:
        from inflate64 import Inflater
    except ImportError:
        return None
    return _Inflate64(Inflater())


class _Inflate64:
    """The library gives all that it was fed with at once: it is fed with little at a time."""

    def __init__(self, inflater: Any) -> None:  # noqa: ANN401 (a library without types)
        self._inflater = inflater
        self._fed = self._made = b""
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return bool(self._inflater.eof) and not self._made

    @property
    def needs_input(self) -> bool:
        return not self._fed and not self._made and not self._inflater.eof

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        self._fed += data
        if not self._made and self._fed and not self._inflater.eof:
            piece, self._fed = self._fed[:_LITTLE], self._fed[_LITTLE:]
            self._made = self._inflater.inflate(piece)
        given, self._made = self._made[:max_length], self._made[max_length:]
        return given


_LITTLE: Final = 1 << 12


def lzma_alone(properties: bytes) -> Decompressor:
    """LZMA as in zip archives: its properties, then data up to an end mark.

    Args:
        properties: five bytes: parameters, and the size of the dictionary.

    Raises:
        ValueError: the properties are none.
    """
    number, size = properties[0], int.from_bytes(properties[1:5], "little")
    if len(properties) < 5 or number >= 225 or size > _MOST_MEMORY:  # noqa: PLR2004
        msg = "invalid LZMA properties"
        raise ValueError(msg)
    options = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096)}
    options |= {"lc": number % 9, "lp": number // 9 % 5, "pb": number // 45}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])


class Copied:
    """Bytes that are not compressed, with the interface of what expands others."""

    def __init__(self, size: int) -> None:
        """Give so many bytes."""
        self._left, self._fed = size, b""
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        """Whether all were given."""
        return not self._left

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        return not self._fed and self._left > 0

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """The next bytes, at most so many."""
        self._fed += data
        given, self._fed = self._fed[:max_length], self._fed[max_length:]
        self._left -= len(given)
        return given


class Unlzip:
    """One member of an lzip file."""

    def __init__(self) -> None:
        """Begin before its header."""
        self._head = b""
        self._inner: Decompressor | None = None
        self._trailer = 20
        self._crc = self._size = 0
        self.unused_data = b""
        self.eof = False

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        if self.eof:
            return False
        return self._inner is None or self._inner.eof or self._inner.needs_input

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """What this and what it was fed with before expand to, at most so many bytes.

        Raises:
            ValueError, lzma.LZMAError: it is damaged.
        """
        if self._inner is None:
            self._head += data
            if len(self._head) < 6:  # noqa: PLR2004
                return b""
            code = self._head[5]
            size = (1 << (code & 31)) - (1 << (code & 31)) // 16 * (code >> 5)
            # Parameters are always the same: 3 bits of context, 0 and 2 bits of position.
            self._inner = lzma_alone(bytes([93]) + min(size, 1 << 31).to_bytes(4, "little"))
            data, self._head = self._head[6:], b""
        made = b""
        if not self._inner.eof:
            made = self._inner.decompress(data, max_length)
            self._crc, self._size = _DEFLATE.crc32(made, self._crc), self._size + len(made)
            data = self._inner.unused_data if self._inner.eof else b""
        self._head += data
        if self._inner.eof and len(self._head) >= self._trailer:
            trailer, self.unused_data = self._head[: self._trailer], self._head[self._trailer :]
            self.eof = True
            told = int.from_bytes(trailer[:4], "little"), int.from_bytes(trailer[4:12], "little")
            if told != (self._crc, self._size):
                msg = "its checksum does not match its bytes"
                raise ValueError(msg)
        return made


class UnpackedFilm:
    """A compressed Flash film, from its first byte: zlib or LZMA behind its header."""

    def __init__(self) -> None:
        """Begin before its header."""
        self._head = b""
        self._inner: Decompressor | None = None

    @property
    def eof(self) -> bool:
        """Whether the stream ended."""
        return self._inner is not None and self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        return self._inner is None or self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        """What it was fed with behind the end of the stream."""
        return b"" if self._inner is None else self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """What this and what it was fed with before expand to, at most so many bytes.

        Raises:
            ValueError, lzma.LZMAError, zlib.error: it is damaged.
        """
        if self._inner is None:
            self._head += data
            if len(self._head) < _FILM_HEADER:
                return b""
            # Version and size, and of LZMA the size of what follows, which is not needed.
            if self._head.startswith(b"CWS"):
                self._inner, data = unzlib(), self._head[8:]
            else:
                self._inner, data = lzma_alone(self._head[12:17]), self._head[_FILM_HEADER:]
        return self._inner.decompress(data, max_length)


_FILM_HEADER: Final = 17
"""Bytes before the data of a film that LZMA compressed: the longest header."""
