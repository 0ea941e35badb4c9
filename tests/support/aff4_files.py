"""AFF4 images, written as the standard has them; pyaff4 reads and writes the same.

`golden/aff4` holds images that pyaff4 wrote.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

_SCHEMA = "http://aff4.org/Schema#"
_CHUNK, _PER_BEVY = 4096, 64
_VOLUMES = (
    "aff4://11111111-2222-3333-4444-555555555555",
    "aff4://22222222-0000-0000-0000-000000000000",
)


def _stored(data: bytes) -> bytes:
    return data


def _snappy(data: bytes) -> bytes:
    cramjam = pytest.importorskip("cramjam")
    return bytes(cramjam.snappy.compress_raw(data))


def _lz4(data: bytes) -> bytes:
    cramjam = pytest.importorskip("cramjam")
    return bytes(cramjam.lz4.compress_block(data, store_size=False))


_METHODS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "stored": (f"{_SCHEMA}NullCompressor", _stored),
    "zlib": ("https://www.ietf.org/rfc/rfc1950.txt", zlib.compress),
    "snappy": ("http://code.google.com/p/snappy/", _snappy),
    "lz4": ("https://code.google.com/p/lz4/", _lz4),
}


def _stream(archive: zipfile.ZipFile, name: str, data: bytes, method: str) -> None:
    pack = _METHODS[method][1]
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    for number, first in enumerate(range(0, len(chunks), _PER_BEVY)):
        bevy, index = b"", b""
        for chunk in chunks[first : first + _PER_BEVY]:
            packed = pack(chunk)
            packed = packed if len(packed) < _CHUNK else chunk
            index += struct.pack("<QL", len(bevy), len(packed))
            bevy += packed
        archive.writestr(f"{name}/{number:08}", bevy)
        archive.writestr(f"{name}/{number:08}.index", index, zipfile.ZIP_DEFLATED)


def _described(urn: str, size: int, method: str, types: str = "") -> str:
    return (
        f"<{urn}> a {types}aff4:ImageStream ;\n  aff4:chunkSize {_CHUNK} ; aff4:chunksInSegment "
        f"{_PER_BEVY} ;\n  aff4:compressionMethod <{_METHODS[method][0]}> ; aff4:size "
        f'"{size}"^^xsd:long .\n'
    )


_PREFIXES = f"@prefix aff4: <{_SCHEMA}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


def write_aff4(path: Path, data: bytes, method: str = "zlib", types: str = "") -> Path:
    """An image that is one stream, of further types such as `aff4:FileImage, `."""
    urn = f"{_VOLUMES[0]}/disk"
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = _VOLUMES[0].encode()
        archive.writestr("container.description", _VOLUMES[0])
        _stream(archive, "disk", data, method)
        text = _described(urn, len(data), method, types)
        archive.writestr("information.turtle", _PREFIXES + text)
    return path


def write_map(folder: Path, data: bytes, stripes: int = 1, sha1: str = "") -> Path:
    """An image with a map, in as many files as it has stripes; runs of zeros are not stored.

    It keeps the SHA-1 of its medium, or another one that is given.
    """
    size = 64 << 10
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    streams, entries = [b""] * stripes, []
    for number, piece in enumerate(pieces):
        which = number % stripes
        if not piece.strip(b"\0"):
            entries.append((number * size, len(piece), 0, stripes))
            continue
        entries.append((number * size, len(piece), len(streams[which]), which))
        streams[which] += piece
    urns = [f"aff4://stream-{number}" for number in range(stripes)]
    targets = "\n".join([*urns, f"{_SCHEMA}Zero"])
    digest = sha1 or hashlib.sha1(data).hexdigest()  # noqa: S324 (as images keep it)
    text = (
        f"<aff4://image> a aff4:DiskImage, aff4:Image ; aff4:dataStream <aff4://map> ;\n"
        f'  aff4:blockSize 512 ; aff4:hash "{digest}"^^aff4:SHA1 .\n'
        f"<aff4://map> a aff4:Map ; aff4:size {len(data)} ; aff4:dependentStream "
        + " , ".join(f"<{urn}>" for urn in urns)
        + " .\n"
    )
    for number, stream in enumerate(streams):
        path = folder / f"disk_{number}.aff4"
        with zipfile.ZipFile(path, "w") as archive:
            archive.comment = _VOLUMES[number].encode()
            archive.writestr("container.description", _VOLUMES[number])
            _stream(archive, f"aff4%3A%2F%2Fstream-{number}", stream, "zlib")
            packed = b"".join(struct.pack("<QQQL", *entry) for entry in entries)
            archive.writestr("aff4%3A%2F%2Fmap/map", packed)
            archive.writestr("aff4%3A%2F%2Fmap/idx", targets)
            own = _described(urns[number], len(stream), "zlib")
            archive.writestr("information.turtle", _PREFIXES + text + own)
    return folder / "disk_0.aff4"


def _whole(method: str) -> Callable[[Path, Path], Path]:
    return lambda raw, folder: write_aff4(folder / "disk.aff4", raw.read_bytes(), method)


AFF4_FORMS: dict[str, Callable[[Path, Path], Path]] = {
    **{f"aff4 {method}": _whole(method) for method in _METHODS},
    "aff4 with a map": lambda raw, folder: write_map(folder, raw.read_bytes()),
    "aff4 striped": lambda raw, folder: write_map(folder, raw.read_bytes(), 2),
}
"""Forms of images, and what makes one from a raw image in a folder."""
