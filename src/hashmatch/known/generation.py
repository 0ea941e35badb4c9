"""What an index holds at one time: a small file of JSON, never changed once written."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from hashmatch.errors import DamagedIndexError, IndexVersionError
from hashmatch.hashlists.reading import HashList
from hashmatch.model import Json
from hashmatch.profiles import Policy
from hashmatch.whole_files import sync_folder

FORMAT = "hashmatch-index"
VERSION = 1
_PREFIX, _SUFFIX = "generation-", ".json"


@dataclass(frozen=True, slots=True)
class Source:
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

    @classmethod
    def of(cls, hash_list: HashList, *, file: str = "") -> "Source":
        """Where this hash list came from, imported now."""
        return cls(
            sha256=hash_list.sha256,
            file=file,
            form=hash_list.form,
            version=hash_list.version,
            owner=hash_list.owner,
            entries=len(hash_list.entries),
            quarantined=len(hash_list.quarantined),
            at=now(),
            details=hash_list.details,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A file of arrays that belongs to the index: its name, its SHA-256, and its entries."""

    file: str
    sha256: str
    entries: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A hash list in force: where it came from, how it is treated, where it lies."""

    name: str
    policy: Policy = field(default_factory=Policy)
    sources: tuple[Source, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One change of the index, for the record.

    Attributes:
        generation: the first one in which it holds.
        at: UTC, ISO 8601.
        action: `import`, `update`, `withdraw`, `remove`, `policy`, `compact` or `calibrate`.
        list: name of the hash list.
        source: SHA-256 of the publisher's file; empty where there is none.
        version: what the publisher calls it.
        entries: entries that came.
        withdrawn: entries that went.
        details: of a policy, `before` and `after`; of a withdrawal by the operator, the `ids`.
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
    withdrawn: Part | None = None
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
    """Where a generation is written."""
    return folder / f"{_PREFIX}{number:010d}{_SUFFIX}"


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
    found = (
        name[len(_PREFIX) : -len(_SUFFIX)]
        for name in names
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    )
    return sorted(int(digits) for digits in found if digits.isdecimal())


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
    path = path_of(folder, number)
    try:
        data, _, checksum = path.read_bytes().rpartition(b"\n")
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise DamagedIndexError(msg) from None
    if checksum != _checksum(data):
        msg = f"{path} is damaged; restore the index, or rebuild it"
        raise DamagedIndexError(msg)
    value = json.loads(data)
    if value.pop("version") > VERSION:
        msg = f"{path} was written by a newer hashmatch"
        raise IndexVersionError(msg)
    value.pop("format")
    return _generation(value)


def _checksum(data: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(data).hexdigest().encode()


def _generation(value: dict[str, Any]) -> Generation:
    withdrawn = value["withdrawn"]
    return Generation(
        **{
            **value,
            "lists": tuple(_listed(each) for each in value["lists"]),
            "withdrawn": Part(**withdrawn) if withdrawn else None,
            "history": tuple(Event(**each) for each in value["history"]),
        }
    )


def _listed(value: dict[str, Any]) -> Listed:
    return Listed(
        name=value["name"],
        policy=policy_from_json(value["policy"]),
        sources=tuple(Source(**each) for each in value["sources"]),
        parts=tuple(Part(**each) for each in value["parts"]),
    )


def policy_from_json(value: Any) -> Policy:  # noqa: ANN401 (JSON of ours)
    """A policy, from what `asdict` made of it."""
    categories = {name: policy_from_json(each) for name, each in value["categories"].items()}
    return Policy(value["known_good"], value["thresholds"], categories)
