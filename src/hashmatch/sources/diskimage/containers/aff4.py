"""AFF4 images: streams of compressed chunks, and maps that join them, in one file or in several."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import (
    SECTOR,
    BadRange,
    Bytes,
    Facts,
    UnreadRangeError,
    exactly,
)
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers.aff4_stream import Stream
from hashmatch.sources.diskimage.containers.aff4_volume import (
    SCHEMA,
    Volume,
    number_of,
    types_of,
    value_of,
)
from hashmatch.sources.diskimage.reading import clamped
from hashmatch.sources.diskimage.spans import Span, merged, without

_ENTRY: Final = np.dtype([("start", "<u8"), ("size", "<u8"), ("place", "<u8"), ("target", "<u4")])
_MOST_FILES: Final = 64
_LONGEST_MAP: Final = 256 << 20
_MOST_TARGETS: Final = 1 << 20
_LARGEST: Final = 1 << 62
_DIGESTS: Final = {f"{SCHEMA}{each}": each.lower() for each in ("MD5", "SHA1", "SHA256", "SHA512")}
_NOT_READ: Final = {
    f"{SCHEMA}UnknownData": "these bytes were not copied when the image was made",
    f"{SCHEMA}UnreadableData": "the medium could not be read there when its image was made",
}


class Aff4:
    """A medium in an AFF4 image.

    Attributes:
        name: of its first file.
        size: of the medium, in bytes.
        facts: what the image says of it.
        problems: what is wrong though it can be read.
        unread: what could not be read when it was made.
    """

    def __init__(self, file: Bytes, beside: Beside) -> None:
        """Read the description, and open the files that the streams lie in.

        Raises:
            OSError: a file cannot be read.
            UnreadableError: one is missing, damaged or of a kind that is not read.
        """
        self.name, self._beside = file.name, beside
        self.problems: list[str] = []
        self.unread: list[BadRange] = []
        self._volumes = [Volume(file)]
        self._all_open = False
        image, top = _top(self._volumes[0])
        facts = self._volumes[0].said[top]
        digests = {
            _DIGESTS[kind]: value.lower()
            for each in (image, top)
            for value, kind in self._volumes[0].said.get(each, {}).get(f"{SCHEMA}hash", ())
            if kind in _DIGESTS
        }
        sector = number_of(self._volumes[0].said.get(image, {}), "blockSize", SECTOR)
        self.facts = Facts(sector=sector or SECTOR, digests=digests)
        size = min(number_of(facts, "size"), _LARGEST)
        if f"{SCHEMA}Map" in types_of(facts):
            self._map, self._targets = self._read_map(self._volumes[0], top)
        else:
            self._map = np.array([(0, size, 0, 0)], _ENTRY)
            self._targets = [top]
        # Some programs leave out the size of a map.
        ends = (self._map["start"] + self._map["size"]).max(initial=0)
        self.size = min(size or int(ends), _LARGEST)
        self._starts = self._map["start"]
        self._streams = [self._target(urn) for urn in self._targets]
        self._default = self._target(value_of(facts, "mapGapDefaultStream") or f"{SCHEMA}Zero")
        for which, urn in enumerate(self._targets):
            if urn in _NOT_READ:
                ours = self._map[self._map["target"] == which]
                spans = zip(ours["start"].tolist(), ours["size"].tolist(), strict=True)
                self.unread += [BadRange(*span, _NOT_READ[urn]) for span in merged(spans)]

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: a chunk of them is damaged, or was not read when the image was made.
        """
        size = clamped(self.size, offset, size)
        pieces = []
        while size:
            index = int(np.searchsorted(self._starts, offset, "right")) - 1
            entry = self._map[index] if index >= 0 else None
            end = int(self._starts[index + 1]) if index + 1 < len(self._map) else self.size
            if entry is not None and offset < int(entry["start"]) + int(entry["size"]):
                end = min(end, int(entry["start"]) + int(entry["size"]))
                stream = self._streams[int(entry["target"])]
                place = int(entry["place"]) + offset - int(entry["start"])
            else:
                stream, place = self._default, 0
            length = min(size, end - offset)
            pieces.append(self._read(stream, place, length, offset))
            offset, size = offset + length, size - length
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """Ranges that the map has as zeros, and those that it leaves out."""
        spans = list(zip(self._starts.tolist(), self._map["size"].tolist(), strict=True))
        left_out = list(without(0, self.size, merged(spans))) if self._default == 0 else []
        zeros = [each for each, stream in enumerate(self._streams) if stream == 0]
        ours = np.flatnonzero(np.isin(self._map["target"], zeros)).tolist()
        return merged(sorted([*left_out, *(spans[each] for each in ours)]))

    def _read(self, stream: "Stream | int | str", place: int, size: int, offset: int) -> bytes:
        if isinstance(stream, str):
            raise UnreadRangeError(Reason.DAMAGED, stream, offset, size)
        if isinstance(stream, int):
            return bytes([stream]) * size
        try:
            return exactly(stream, place, size)
        except UnreadRangeError as error:
            raise error.at(max(offset, offset + error.offset - place), error.length) from None
        except UnreadableError as error:
            raise UnreadRangeError(error.reason, error.detail, offset, size) from None

    def _read_map(self, volume: Volume, urn: str) -> tuple[NDArray[np.void], list[str]]:
        entries, targets = volume.member(f"{urn}/map"), volume.member(f"{urn}/idx")
        if (
            entries is None
            or targets is None
            or entries.size > _LONGEST_MAP
            or targets.size > _MOST_TARGETS
        ):
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name}: the map of its medium is missing or damaged"
            )
        names = targets.pread(0, targets.size).decode("utf-8", "replace").split()
        count = entries.size // _ENTRY.itemsize
        found = np.frombuffer(exactly(entries, 0, count * _ENTRY.itemsize), _ENTRY)
        ends = found["start"].astype(np.float64) + found["size"].astype(np.float64)
        if np.any(found["target"] >= len(names)) or np.any(ends > _LARGEST):
            raise UnreadableError(Reason.DAMAGED, f"{self.name}: the map of its medium is damaged")
        return np.sort(found, order="start"), names

    def _target(self, urn: str) -> "Stream | int | str":
        """What a map names: a stream, a byte that it is made of, or why it cannot be read."""
        if urn == f"{SCHEMA}Zero":
            return 0
        if urn in _NOT_READ:
            return _NOT_READ[urn]
        symbol = urn.removeprefix(f"{SCHEMA}SymbolicStream")
        if len(symbol) == 2 and symbol.isalnum():  # noqa: PLR2004 (two digits)
            try:
                return int(symbol, 16)
            except ValueError:
                pass
        volume = self._holding(urn)
        if f"{SCHEMA}EncryptedStream" in types_of(volume.said[urn]):
            raise UnreadableError(Reason.ENCRYPTED, f"{self.name} is an encrypted AFF4 image")
        return Stream(volume, urn)

    def _holding(self, urn: str) -> Volume:
        """The file that has a stream: this one, or another in the same folder."""
        for volume in self._volumes:
            if urn in volume.said and volume.member(f"{urn}/00000000.index") is not None:
                return volume
        if not self._all_open:
            self._all_open = True
            names = [each for each in self._beside.folder.names() if each != self.name]
            names = sorted(each for each in names if each.lower().endswith(".aff4"))[:_MOST_FILES]
            for name in names:
                self._open_further(name)
            return self._holding(urn)
        detail = (
            f"{self.name} is one of several files (AFF4, striped), and one of the others is "
            f"missing, which holds {urn[:80]}: put it in the same folder"
        )
        raise UnreadableError(Reason.DAMAGED, detail)

    def _open_further(self, name: str) -> None:
        """Another file of the folder, if it has anything to do with this image."""
        try:
            volume = Volume(self._beside.folder.open(name))
        except (OSError, UnreadableError):
            return
        if any(urn in volume.said for urn in self._targets):
            self._beside.used[name] = None
            self._volumes.append(volume)


def _top(volume: Volume) -> tuple[str, str]:
    """Names of the image in a file, and of the map or stream that is its medium."""
    said = volume.said
    tops = {
        f"{SCHEMA}{each}"
        for each in ("DiskImage", "Image", "ContiguousImage", "DiscontiguousImage")
    }
    for urn, facts in said.items():
        stream = value_of(facts, "dataStream")
        if tops & types_of(facts) and stream in said:
            return urn, stream
    if any(f"{SCHEMA}FileImage" in types_of(facts) for facts in said.values()):
        detail = f"{volume.file.name} is a logical AFF4 image (AFF4-L), of files and no medium: "
        raise UnreadableError(Reason.UNSUPPORTED, f"{detail}extract it with `aff4.py -x`")
    for kind in ("Map", "ImageStream"):
        found = [urn for urn, facts in said.items() if f"{SCHEMA}{kind}" in types_of(facts)]
        if len(found) == 1:
            return "", found[0]
    detail = f"{volume.file.name} is an AFF4 file without a medium, or with several"
    raise UnreadableError(Reason.UNSUPPORTED, detail)


def open_aff4(file: Bytes, beside: Beside) -> Aff4:
    """The medium in an AFF4 image.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: one is missing, damaged or of a kind that is not read.
    """
    return Aff4(file, beside)
