"""What a job reads, in parts: a listing of files, or rows of tables."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from hashmatch.distributed import stores
from hashmatch.distributed.batches import check_no_bytes, input_of
from hashmatch.distributed.places import Place, opened
from hashmatch.distributed.uris import joined, local_path, uri_of
from hashmatch.errors import SourceError
from hashmatch.tables import arrow
from hashmatch.tables.columns import ColumnError

LISTING: Final = "listing"
"""Folder of the job's place that its listing lies in."""
MANIFEST: Final = "manifest.json"

_TABLES: Final = (".parquet", ".pq", ".csv")
_ALTERED: Final = "{} was altered since this job began: name a new folder for the job"
_TYPES: Final = {
    "uri": "text",
    "listed_size": "int",
    "listed_reason": "text",
    "listed_detail": "text",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows that become one part.

    Attributes:
        number: of the part, from 0.
        file: URI of the Parquet file; where it begins with `listing`, a name in the place of the
            job.
        group: of its rows.
        start: first row of the group.
        stop: behind the last one.
    """

    number: int
    file: str
    group: int
    start: int
    stop: int

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Source:
    """What is read.

    Attributes:
        given: as the user named it; of a path, absolute.
        kind: `folder`, `objects`, `csv` or `parquet`.
        digest: SHA-256 of its listing; of tables, of their sizes and times.
        slices: that it is read in.
        reads: the column that is read.
        roots: folders that workers may read.
        at: when it was listed, UTC.
    """

    given: str
    kind: str
    digest: str
    slices: tuple[Slice, ...]
    reads: str
    roots: tuple[str, ...] = ()
    at: str = ""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(each.rows for each in self.slices)


def named(given: str) -> str:
    """The source as it is on record: paths are absolute."""
    path = local_path(given)
    return given if path is None else os.path.abspath(path)  # noqa: PTH100 (links stay links)


def source_of(
    given: str, place: Place, rows: int, on_listed: Callable[[int], object] = lambda _: None
) -> Source:
    """What is to be read, in parts of so many rows; a listing is written into the job's place.

    Raises:
        SourceError: it cannot be read or listed, or holds nothing.
        ColumnError: a table has no column that can be read.
        MissingExtraError: what reads it is not installed.
    """
    whole, kind = named(given), _kind_of(given)
    if kind == "parquet":
        return _of_parquet(whole, _files_of(whole), rows)
    if kind == "csv":
        with opened(whole) as file:
            tables = arrow.csv_batches(file, given, rows)
            return _listed(whole, kind, tables, place)
    found = _in_folder(whole) if kind == "folder" else _in_store(whole)
    tables = _tables(_counted(found, on_listed), rows)
    source = _listed(whole, kind, tables, place)
    roots = (os.path.realpath(local_path(whole) or whole),) if kind == "folder" else ()
    return Source(**{**_fields(source), "roots": roots})


def told(source: Mapping[str, Any]) -> Source:
    """A source from what JSON has of it.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    slices = tuple(Slice(*each) for each in source["slices"])
    for each in slices:
        numbers = (each.number, each.group, each.start, each.stop)
        if not (isinstance(each.file, str) and all(type(one) is int for one in numbers)):
            raise TypeError
    roots = tuple(map(str, source["roots"]))
    found = Source(**{**source, "slices": slices, "roots": roots})
    if not all(isinstance(one, str) for one in (found.given, found.kind, found.digest, found.at)):
        raise TypeError
    return found


def again(source: dict[str, Any], place: Place) -> Source:
    """The source of a job that is gone on with: its listing as it was, its tables unchanged.

    Raises:
        SourceError: the listing was altered, or a table is another one.
    """
    found = told(source)
    if found.kind == "parquet":
        files = list(dict.fromkeys(each.file for each in found.slices))
        if _digest(map(_state, files)) != found.digest:
            msg = f"{found.given} was changed since this job began: name a new folder for the job"
            raise SourceError(msg)
        return found
    there = place.names(LISTING)
    missing = [each.file for each in found.slices if each.file.partition("/")[2] not in there]
    if missing:
        msg = f"the listing of this job is not whole: {joined(place.root, missing[0])} is missing"
        raise SourceError(msg)
    if place.folder is not None:
        # In a store, where who may write it may write the manifest too, it would all be fetched.
        digest = hashlib.sha256()
        for each in found.slices:
            digest.update(_digest_of(rows_of(each, place)))
        if digest.hexdigest() != found.digest:
            raise SourceError(_ALTERED.format(joined(place.root, LISTING)))
    return found


def _fields(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in Source.__dataclass_fields__}


def plain(source: Source) -> dict[str, Any]:
    """The source as JSON can hold it."""
    found = asdict(source)
    found["slices"] = [list(each.values()) for each in found["slices"]]
    return found


def rows_of(piece: Slice, place: Place) -> Any:  # noqa: ANN401 (a table)
    """The rows of a slice, as an Arrow table.

    Raises:
        SourceError, ColumnError: they cannot be read.
    """
    is_listing = piece.file.startswith(f"{LISTING}/")
    where = joined(place.root, piece.file) if is_listing else piece.file
    with opened(where) as file:
        table = arrow.ParquetTable(file, where).slice(piece.group, piece.start, piece.stop)
    if table.num_rows != piece.rows:
        raise SourceError(_ALTERED.format(where))
    return table


def _kind_of(given: str) -> str:
    """What a source is, by its name and what lies there.

    Raises:
        SourceError: there is nothing.
    """
    path = local_path(given)
    name = (path or given).lower()
    if name.endswith(_TABLES):
        return "csv" if name.endswith(".csv") else "parquet"
    if path is None:
        if stores.info(joined(given, MANIFEST)) is not None:
            return "parquet"
        if stores.info(given) is None:
            msg = f"{given}: there is no such folder, bucket or file"
            raise SourceError(msg)
        return "objects"
    if not os.path.isdir(path):  # noqa: PTH112 (any path)
        what = "a file, but no Parquet or CSV" if os.path.exists(path) else "not there"  # noqa: PTH110
        msg = f"{path} is {what}: a source is a folder, s3://…, or a table named .parquet or .csv"
        raise SourceError(msg)
    return "parquet" if (Path(path) / MANIFEST).is_file() else "folder"


def _files_of(given: str) -> list[str]:
    """The Parquet files of a source: itself, what its pattern names, or the parts of a job.

    Raises:
        SourceError: there is none.
    """
    path = local_path(given)
    if "*" in given:
        files = stores.matching(given)
    elif given.lower().endswith(_TABLES):
        files = [given]
    elif path is not None:
        files = sorted(map(str, Path(path).glob("part-*.parquet")))
    else:
        names = sorted(stores.names_in(given))
        files = [joined(given, each) for each in names if each.startswith("part-")]
    if not files:
        msg = f"{given} names no Parquet file"
        raise SourceError(msg)
    return files


def _of_parquet(given: str, files: list[str], rows: int) -> Source:
    slices: list[Slice] = []
    reads = ""
    for name in files:
        with opened(name) as file:
            table = arrow.ParquetTable(file, name)
        try:
            found = input_of(table.names)
            check_no_bytes(table.binary)
        except ColumnError as error:
            msg = f"{name}: {error}"
            raise ColumnError(msg) from None
        if reads and found != reads:
            msg = (
                f"{name} is read by its column `{found}`, and others by `{reads}`: give them apart"
            )
            raise ColumnError(msg)
        reads = found
        for group, count in enumerate(table.groups):
            slices += [
                Slice(len(slices) + at, name, group, start, min(start + rows, count))
                for at, start in enumerate(range(0, count, rows))
            ]
    if not slices:
        msg = f"{given} holds no row"
        raise SourceError(msg)
    return Source(given, "parquet", _digest(map(_state, files)), tuple(slices), reads, at=_now())


def _state(name: str) -> list[object]:
    """What is another value once a file is written again."""
    path = local_path(name)
    if path is not None:
        try:
            status = os.stat(path)  # noqa: PTH116 (any path)
        except OSError as error:
            msg = f"{path} cannot be opened: {error.strerror}"
            raise SourceError(msg) from None
        return [name, status.st_size, status.st_mtime_ns]
    found = stores.info(name) or {}
    return [name, found.get("size"), _version(found)]


def _version(found: dict[str, Any]) -> str:
    return str(
        next(
            (found[key] for key in ("ETag", "etag", "mtime", "LastModified") if found.get(key)), ""
        )
    )


def _listed(given: str, kind: str, tables: Iterable[Any], place: Place) -> Source:
    """Tables written as the listing of the job, a file for each part."""
    slices: list[Slice] = []
    digest = hashlib.sha256()
    reads = "uri"
    for number, table in enumerate(tables):
        reads = input_of(table.schema.names)
        if reads == "bytes":
            msg = f"{given} is text, of which a column `bytes` can hold no files: leave it out"
            raise ColumnError(msg)
        file = f"{LISTING}/{number:08d}.parquet"
        data = arrow.to_parquet(table, {"listing": given})
        digest.update(_digest_of(table))
        place.write(file, data)
        slices.append(Slice(number, file, 0, 0, table.num_rows))
    if not slices:
        msg = f"{given} holds no file" if kind != "csv" else f"{given} holds no row"
        raise SourceError(msg)
    return Source(given, kind, digest.hexdigest(), tuple(slices), reads, at=_now())


def _in_folder(given: str) -> Iterator[dict[str, Any]]:
    from hashmatch.sources.opening import open_source

    for found in open_source(local_path(given) or given):
        why = found.problem
        yield {
            "uri": uri_of(found.path),
            "listed_size": None if why else found.size,
            "listed_reason": why.reason.value if why else None,
            "listed_detail": why.detail or None if why else None,
        }


def _in_store(given: str) -> Iterator[dict[str, Any]]:
    for uri, found in stores.listed(given):
        yield {"uri": uri, "listed_size": found.get("size")}


def _counted(
    rows: Iterable[dict[str, Any]], on_listed: Callable[[int], object]
) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, 1):
        on_listed(number)
        yield row


def _tables(found: Iterable[dict[str, Any]], rows: int) -> Iterator[Any]:
    remaining = iter(found)
    while some := [*islice(remaining, rows)]:
        yield arrow.declared(some, _TYPES)


def _digest(told: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(told), sort_keys=True).encode()).hexdigest()


def _digest_of(table: Any) -> bytes:  # noqa: ANN401
    return hashlib.sha256(json.dumps(table.to_pylist(), sort_keys=True).encode()).digest()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
