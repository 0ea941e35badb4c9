"""Index files that somebody made who has the source code: every checksum in them is right."""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashmatch.hashlists.base import Quarantined
from hashmatch.hashlists.reading import HashList
from hashmatch.hashlists.table import EntryTable
from hashmatch.index.index import Index
from hashmatch.index.section_writing import BLOCK, MAGIC, write_sections
from hashmatch.index.sections import SectionFile
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support import unix

Arrays: TypeAlias = dict[str, NDArray[Any]]
Meta: TypeAlias = dict[str, Any]

_PREFIX = struct.Struct("<IIQI")
_ALIGNED = 64


def entries(count: int = 60) -> list[Entry]:
    """Entries with all that an entry can have."""
    random = np.random.default_rng(7)
    return [
        Entry(
            f"entry-{number}",
            number,
            digests=Digests(md5=random.bytes(16).hex(), sha256=random.bytes(32).hex()),
            hashes=(
                KnownHash(Hash("pdq", random.bytes(32)), 80),
                KnownHash(Hash("pdq", random.bytes(32)), 90, "centre", number / 2),
                KnownHash(Hash("photodna", random.bytes(144))),
            ),
            category=str(number % 3),
            scheme="TEST",
            details={"Series": number},
        )
        for number in range(1, count + 1)
    ]


def make(folder: Path) -> None:
    """An index of a small list with rows that were quarantined, updated, and taken back."""
    known = HashList.of("lab", entries())
    rejected = (Quarantined(61, "no hex"), Quarantined(62, "too short"))
    known = HashList("lab", "csv", sha256="a" * 64, entries=known.entries, quarantined=rejected)
    with Index.edit(folder) as index:
        index.put(known, file="lab.csv")
        index.update(HashList("lab", "csv", sha256="b" * 64, entries=HashList.of("x", []).entries))
        index.compact("lab")
        index.withdraw("lab", ["entry-3", "entry-5"])


def make_large(folder: Path, count: int = 20_050) -> None:
    """An index of so many hashes that tables search them."""
    rows = np.arange(count, dtype=np.uint32)
    table = EntryTable(
        {
            "number": rows + np.uint32(1),
            "class": np.zeros(count, np.uint32),
            "pdq.rows": rows,
            "pdq.quality": np.full(count, 90, np.uint8),
            "pdq.codes": np.random.default_rng(3).integers(0, 256, (count, 32), np.uint8),
        },
        {"classes": [["", "", False]], "algorithms": ["pdq"], "parts": [""]},
    )
    with Index.edit(folder) as index:
        index.put(HashList("lab", "csv", sha256="c" * 64, entries=table))


def generation_of(folder: Path) -> Path:
    """The file of the newest generation."""
    return max(folder.glob("generation-*.json"))


def part_of(folder: Path, kind: str = "entries") -> Path:
    """The file of entries, or of rows that were taken back, of the newest generation."""
    generation: Meta = json.loads(generation_of(folder).read_bytes().rpartition(b"\n")[0])
    part: Meta = (
        generation["withdrawn"] if kind == "withdrawn" else generation["lists"][0]["parts"][0]
    )
    return folder / str(part["file"])


def with_generation(change: Callable[[Meta], object]) -> Callable[[Path], None]:
    """Write the newest generation anew, as changed, with its checksum."""

    def craft(folder: Path) -> None:
        path = generation_of(folder)
        value = json.loads(path.read_bytes().rpartition(b"\n")[0])
        change(value)
        put_generation(path, json.dumps(value).encode())

    return craft


def put_generation(path: Path, data: bytes) -> None:
    """Write the file of a generation with its checksum."""
    path.write_bytes(data + b"\nsha256:" + hashlib.sha256(data).hexdigest().encode())


def generation_text(data: bytes) -> Callable[[Path], None]:
    """A generation of these bytes."""
    return lambda folder: put_generation(generation_of(folder), data)


def part_is(folder: Path, kind: str = "entries") -> None:
    """Let the generation name the SHA-256 that a part has now."""
    path = part_of(folder, kind)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def change(value: Meta) -> None:
        parts = [value["withdrawn"], *(p for known in value["lists"] for p in known["parts"])]
        for part in parts:
            if part and part["file"] == path.name:
                part["sha256"] = digest

    with_generation(change)(folder)


def with_arrays(
    change: Callable[[Arrays, Meta], object], *, kind: str = "entries"
) -> Callable[[Path], None]:
    """Write a part anew, with changed arrays or meta, and all checksums."""

    def craft(folder: Path) -> None:
        path = part_of(folder, kind)
        file = SectionFile(path)
        file.prove()
        arrays = {name: each.copy() for name, each in file.arrays.items()}
        meta = json.loads(json.dumps(file.meta))
        change(arrays, meta)
        write_sections(path, arrays, meta)
        part_is(folder, kind)

    return craft


def with_array(name: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[Path], None]:
    """Write the entries anew with one array changed."""

    def changed(arrays: Arrays, _meta: Meta) -> None:
        arrays[name] = change(arrays[name])

    return with_arrays(changed)


def without_array(name: str) -> Callable[[Path], None]:
    """Write the entries anew without one of the arrays."""
    return with_arrays(lambda arrays, _: arrays.pop(name))


def with_meta(name: str, value: object) -> Callable[[Path], None]:
    """Write the entries anew with other words in their header."""
    return with_arrays(lambda _, meta: meta.update({name: value}))


def with_header(
    change: Callable[[Meta], object] = lambda _: None,
    *,
    text: bytes | None = None,
    magic: bytes = MAGIC,
    version: int = 1,
    longer: int = 0,
    length: int | None = None,
) -> Callable[[Path], None]:
    """Write the entries anew under another header, with all checksums."""

    def craft(folder: Path) -> None:
        path = part_of(folder)
        data = path.read_bytes()
        start = len(MAGIC) + _PREFIX.size
        _, size, _, _ = _PREFIX.unpack(data[len(MAGIC) : start])
        header = json.loads(data[start : start + size])
        blocks = sum(
            -(-int(np.prod(each["shape"])) * int(each["dtype"][2:]) // BLOCK)
            for each in header["sections"]
        )
        table = data[start + size : start + size + 4 * blocks]
        base = -(-(start + size + len(table)) // _ALIGNED) * _ALIGNED
        change(header)
        written = json.dumps(header).encode() if text is None else text
        end = start + len(written) + len(table)
        gap = bytes(-(-end // _ALIGNED) * _ALIGNED - end)
        body = written + table + gap + data[base:]
        prefix = _PREFIX.pack(
            version,
            len(written) if length is None else length,
            start + len(body) + longer,
            zlib.crc32(written),
        )
        path.write_bytes(magic + prefix + body)
        part_is(folder)

    return craft


def with_section(number: int, **fields: object) -> Callable[[Path], None]:
    """Write the entries anew with other words of one array in the header."""
    return with_header(lambda header: header["sections"][number].update(fields))


def in_its_place(make_it: Callable[[Path], object], kind: str = "part") -> Callable[[Path], None]:
    """Something else where a file of the index was."""

    def craft(folder: Path) -> None:
        path = part_of(folder) if kind == "part" else generation_of(folder)
        path.rename(path.with_name("elsewhere"))
        make_it(path)

    return craft


def make_socket(path: Path) -> None:
    """A socket, by a name that is short enough for one."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with unix.socket.socket(unix.socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(before)


def make_sparse(size: int) -> Callable[[Path], None]:
    """A file that says it is large, and holds nothing."""

    def sparse(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return sparse
