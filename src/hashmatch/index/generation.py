"""What an index holds at one time: a small file of JSON, never changed once written."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

from hashmatch.errors import DamagedIndexError, IndexVersionError
from hashmatch.files.whole import sync_folder
from hashmatch.index.decoding import decoded
from hashmatch.index.entries import entries_sha256
from hashmatch.index.header import parse_json
from hashmatch.index.held import HeldFile
from hashmatch.model import Json
from hashmatch.profiles import Policy

if TYPE_CHECKING:
    from hashmatch.hashlists.reading import HashList

FORMAT = "hashmatch-index"
VERSION = 2
"""Version 2 added the SHA-256 of entries to sources and segments. Version 1 is still read."""

_PREFIX, _SUFFIX = "generation-", ".json"
_NAME = re.compile(rf"{_PREFIX}(\d{{10,18}}){re.escape(_SUFFIX)}", re.ASCII)
_PART = re.compile(r"(entries|withdrawn)-[0-9a-f]{32}\.hma", re.ASCII)
"""Names that a writer gives: no path out of the folder of the index can be among them."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class ListSource:
    """A publisher's file that entries came from.

    Attributes:
        sha256: of the file.
        file: its name.
        form: the format it was read as.
        version: what the publisher calls it.
        owner: who publishes it.
        entries: how many it gave.
        quarantined: how many of its rows could not be understood.
        at: when it was imported, UTC, ISO 8601.
        details: all else that the file says of itself.
        entries_sha256: of the entries as they were read, see `hashmatch.index.entries`; empty
            where an older version imported them.
    """

    sha256: str
    file: str
    form: str
    version: str
    owner: str
    entries: int
    quarantined: int
    at: str
    details: Mapping[str, Json] = field(default_factory=dict)
    entries_sha256: str = ""

    @classmethod
    def of(cls, hash_list: "HashList", *, file: str = "") -> "ListSource":
        """The source of a hash list that is imported now."""
        return cls(
            sha256=hash_list.sha256,
            file=file,
            form=hash_list.format,
            version=hash_list.version,
            owner=hash_list.owner,
            entries=len(hash_list.entries),
            quarantined=len(hash_list.quarantined),
            at=now(),
            details=hash_list.details,
            entries_sha256=entries_sha256(hash_list.entries),
        )


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A file of arrays that belongs to the index.

    Attributes:
        file: its name.
        sha256: of the file.
        entries: how many it holds.
        entries_sha256: of the entries, see `hashmatch.index.entries`; empty where an older version
            wrote it, or it holds none.
    """

    file: str
    sha256: str
    entries: int
    entries_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A hash list in force: where it came from, how it is treated, where it lies."""

    name: str
    policy: Policy = field(default_factory=Policy)
    sources: tuple[ListSource, ...] = ()
    parts: tuple[SegmentFile, ...] = ()
    handling: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One change of the index, for the record.

    Attributes:
        generation: the first one in which it holds.
        at: UTC, ISO 8601.
        action: a `Change`; a later version may have written another word.
        list: name of the hash list.
        source: SHA-256 of the publisher's file; empty where there is none.
        version: what the publisher calls it.
        entries: entries that came.
        withdrawn: entries that went.
        details: of a policy or a handling mark, `before` and `after`; of a withdrawal by the
            operator, the `ids`.
    """

    generation: int
    at: str
    action: str
    list: str = ""
    source: str = ""
    version: str = ""
    entries: int = 0
    withdrawn: int = 0
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """An index at one time.

    Attributes:
        number: from 1; 0 for an index that holds nothing yet.
        at: when it was written, UTC, ISO 8601.
        tool: version of hashmatch that wrote it.
        lists: those in force.
        withdrawn: file of the rows that were taken back; None if none were.
        history: every change since the index was made.
        calibration: what `calibrate` measured; empty if it was not.
    """

    number: int = 0
    at: str = ""
    tool: str = ""
    lists: tuple[Listed, ...] = ()
    withdrawn: SegmentFile | None = None
    history: tuple[Event, ...] = ()
    calibration: Mapping[str, Json] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that it needs."""
        parts = [part.file for known in self.lists for part in known.parts]
        return frozenset(parts + ([self.withdrawn.file] if self.withdrawn else []))


def now() -> str:
    """The time, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def path_of(folder: Path, number: int) -> Path:
    """The path of a generation's file."""
    return folder / f"{_PREFIX}{number:010d}{_SUFFIX}"


def number_of(name: str) -> int:
    """The number of the generation in the file of this name."""
    found = _NAME.fullmatch(name)
    if found is None:
        _refuse("it is no generation of an index")
    return int(found[1])


def numbers(folder: Path) -> list[int]:
    """The generations in a folder, oldest first.

    Raises:
        DamagedIndexError: the folder cannot be read.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 (asked often: paths cost more than the names)
    except OSError as error:
        msg = f"the index {folder} cannot be opened: {error.strerror}"
        raise DamagedIndexError(msg) from None
    return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))


def write(folder: Path, generation: Generation) -> None:
    """Write a generation beside and rename it: from then on, readers can see it."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(generation)}, indent=1)
    data = text.encode()
    path = path_of(folder, generation.number)
    beside = folder / f".{path.name}.{uuid4().hex}"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data + b"\n" + _checksum(data))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(folder)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read(folder: Path, number: int) -> Generation:
    """A generation.

    Raises:
        DamagedIndexError: it is missing or not as it was written.
        IndexVersionError: a newer version of hashmatch wrote it.
    """
    return held(folder, number)[0]


def held(folder: Path, number: int) -> tuple[Generation, HeldFile]:
    """A generation, and its file, which stays open.

    Raises:
        DamagedIndexError: it is missing or not as it was written.
        IndexVersionError: a newer version of hashmatch wrote it.
    """
    path = path_of(folder, number)
    file = HeldFile(path)
    if file.size > _MOST_BYTES:
        msg = f"{path} is damaged: {file.size:,} bytes are too many; restore or rebuild the index"
        raise DamagedIndexError(msg)
    file.load(0, file.size)
    file.sha256 = file.digest()
    data, _, checksum = file.bytes.tobytes().rpartition(b"\n")
    if checksum != _checksum(data):
        msg = f"{path} is damaged; restore the index, or rebuild it"
        raise DamagedIndexError(msg)
    try:
        version, value = _versioned(parse_json(data))
        generation = decoded(Generation, value) if version <= VERSION else None
        if generation is not None:
            _check(generation, number)
    except (RecursionError, ValueError) as error:
        msg = f"{path} is damaged: {error}; restore or rebuild the index"
        raise DamagedIndexError(msg) from None
    if generation is None:
        msg = f"{path} was written by a newer hashmatch"
        raise IndexVersionError(msg)
    return generation, file


def _versioned(value: object) -> tuple[int, dict[str, object]]:
    """The version of the file, and what else it says."""
    if type(value) is not dict or value.pop("format", None) != FORMAT:
        _refuse("it is no generation of an index")
    version = value.pop("version", None)
    if type(version) is not int or version < 1:
        _refuse("its version is not valid")
    return version, value


def _check(generation: Generation, number: int) -> None:
    """Refuse what contradicts itself, and names of files outside of the index."""
    if generation.number != number:
        _refuse("it has the number of another generation")
    names = [listed.name for listed in generation.lists]
    if len(set(names)) < len(names):
        _refuse("it names a list twice")
    parts = [part for listed in generation.lists for part in listed.parts]
    named = [*parts, *([generation.withdrawn] if generation.withdrawn else [])]
    if len({part.file for part in named}) < len(named):
        _refuse("it names a file twice")
    for part in named:
        if not _PART.fullmatch(part.file):
            _refuse("it names a file that no index has")
        if not _SHA256.fullmatch(part.sha256) or part.entries < 0:
            _refuse("its facts of a file are impossible")


def _checksum(data: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(data).hexdigest().encode()


def policy_from_json(value: object) -> Policy:
    """A policy, from what `asdict` made of it.

    Raises:
        ValueError: it is none.
    """
    return decoded(Policy, value)


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
