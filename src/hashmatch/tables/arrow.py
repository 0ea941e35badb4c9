"""Rows as Arrow tables and Parquet files; the one place that knows pyarrow."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hashmatch.errors import MissingExtraError
from hashmatch.tables.columns import COLUMNS, VERSION, ColumnError, Type
from hashmatch.wording import to_install

if TYPE_CHECKING:
    import pyarrow as pa

METADATA: Final = "hashmatch"
"""Key of the metadata of a file, in which a JSON object says what wrote it."""

_AT_ONCE: Final = 2000
"""Rows of a group, which are in memory at once."""


def needed() -> Any:  # noqa: ANN401 (a module)
    """The package pyarrow.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        msg = f"tables take pyarrow, which is not installed: {to_install('batch')}"
        raise MissingExtraError(msg) from None
    del pyarrow
    return pa


def type_of(declared: Type) -> Any:  # noqa: ANN401 (a type of Arrow)
    """The type of Arrow for a declared one."""
    pa = needed()
    if isinstance(declared, str):
        made: Any = {
            "text": pa.string,
            "int": pa.int64,
            "real": pa.float64,
            "flag": pa.bool_,
            "bytes": pa.binary,
        }[declared]()
        return made
    if isinstance(declared, Mapping):
        return pa.struct([pa.field(name, type_of(each)) for name, each in declared.items()])
    return pa.list_(type_of(declared[0]))


def schema(further: Mapping[str, Type] | None = None) -> "pa.Schema":
    """The schema of results: `COLUMNS`, and further columns behind them."""
    pa = needed()
    declared = {**COLUMNS, **(further or {})}
    return pa.schema([pa.field(name, type_of(each)) for name, each in declared.items()])


def declared(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Type]) -> "pa.Table":
    """Rows of other columns as a table."""
    pa = needed()
    return table(rows, pa.schema([pa.field(name, type_of(each)) for name, each in columns.items()]))


def joined(tables: "Sequence[pa.Table]") -> "pa.Table":
    """Tables of the same columns, one behind the other."""
    return needed().concat_tables(tables)


def table(rows: Sequence[Mapping[str, Any]], wanted: "pa.Schema | None" = None) -> "pa.Table":
    """Rows as a table."""
    pa = needed()
    made = schema() if wanted is None else wanted
    columns = [_array([row.get(each.name) for row in rows], each.type) for each in made]
    return pa.Table.from_arrays(columns, schema=made)


def _array(values: Sequence[Any], kind: "pa.DataType") -> "pa.Array":
    pa = needed()
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Names on disks, and what lists say, need not be text.
        return pa.array([_text(each) for each in values], kind)


def _text(value: Any) -> Any:  # noqa: ANN401 (any value of a row)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {name: _text(each) for name, each in value.items()}
    return [_text(each) for each in value] if isinstance(value, list | tuple) else value


def write_rows(
    out: BinaryIO,
    rows: Iterable[Mapping[str, Any]],
    about: Callable[[], Mapping[str, Any]],
    further: Mapping[str, Type] | None = None,
) -> None:
    """Write rows as a Parquet file, group by group as they come.

    Args:
        out: where to.
        rows: of `COLUMNS` and further columns.
        about: what is to be said of the file once all rows are written, as JSON.
        further: columns.
    """
    from pyarrow import parquet

    wanted, found = schema(further), iter(rows)
    how = {
        "compression": "zstd",
        "write_page_checksum": True,
        "store_schema": False,
    }  # which would be four kilobytes of base64
    with parquet.ParquetWriter(out, wanted, **how) as writer:
        while several := [*islice(found, _AT_ONCE)]:
            writer.write_table(table(several, wanted))
        writer.add_key_value_metadata({METADATA: _about(about())})


def to_parquet(made: "pa.Table", about: Mapping[str, Any]) -> bytes:
    """A table as the bytes of a Parquet file."""
    pa = needed()
    from pyarrow import parquet

    held = {**(made.schema.metadata or {}), METADATA.encode(): _about(about).encode()}
    sink = pa.BufferOutputStream()
    parquet.write_table(
        made.replace_schema_metadata(held), sink, compression="zstd", write_page_checksum=True
    )
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _about(about: Mapping[str, Any]) -> str:
    return json.dumps({"columns": VERSION, **about}, ensure_ascii=True, sort_keys=True)


def about_in(metadata: Mapping[bytes, bytes] | None) -> dict[str, Any]:
    """What a Parquet file of ours says of itself; empty for a file of others."""
    try:
        found = json.loads((metadata or {})[METADATA.encode()])
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _has_bytes(kind: "pa.DataType") -> bool:
    """Whether values of a type of Arrow hold bytes of any length, or lists of such numbers."""
    pa = needed()
    if isinstance(kind, pa.BaseExtensionType):
        return _has_bytes(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _has_bytes(kind.value_type)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return True
    inner = [kind.field(at).type for at in range(kind.num_fields)]
    if not pa.types.is_struct(kind) and any(each in (pa.uint8(), pa.int8()) for each in inner):
        return True  # of pixels, as tables of tensors have them
    return any(map(_has_bytes, inner))


class ParquetTable:
    """An open Parquet file.

    Attributes:
        rows: how many it has.
        groups: how many rows each of its groups has.
        names: of its columns.
        binary: names of those that hold bytes, or lists of such numbers, at any depth.
        about: what it says of itself, if it is ours.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read its footer.

        Raises:
            ColumnError: it is no Parquet file.
        """
        pa = needed()
        from pyarrow import parquet

        self._name = name
        try:
            self._file = parquet.ParquetFile(file, page_checksum_verification=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            msg = f"{name} cannot be read as Parquet: {error}"
            raise ColumnError(msg) from None
        metadata = self._file.metadata
        self.rows: int = metadata.num_rows
        self.groups = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
        self.names: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self.binary = [each.name for each in self._file.schema_arrow if _has_bytes(each.type)]
        self.about = about_in(metadata.metadata)

    def check(self) -> None:
        """Read all of it, of which every page has a checksum.

        Raises:
            ColumnError: it is damaged.
        """
        for group in range(len(self.groups)):
            self.slice(group, 0, 0)

    def slice(self, group: int, start: int, stop: int) -> "pa.Table":
        """Some rows of a group.

        Raises:
            ColumnError: they cannot be read.
        """
        pa = needed()
        try:
            found = self._file.read_row_group(group) if self.groups else self._file.read()
        except (pa.ArrowException, OSError, ValueError) as error:
            msg = f"{self._name} is damaged: {error}"
            raise ColumnError(msg) from None
        return found.slice(start, stop - start)


def csv_batches(file: BinaryIO, name: str, rows: int) -> "Iterator[pa.Table]":
    """A CSV file with names in its first line, as tables of so many rows; every column is text.

    Raises:
        ColumnError: it cannot be read.
    """
    pa = needed()
    from pyarrow import csv

    try:
        first = file.readline(1 << 20)
        file.seek(0)
        names = csv.read_csv(pa.py_buffer(first)).column_names
        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
        )
        parse = csv.ParseOptions(newlines_in_values=True)
        kept: list[Any] = []
        count = 0
        for batch in csv.open_csv(file, parse_options=parse, convert_options=convert):
            kept.append(batch)
            count += batch.num_rows
            if count >= rows:
                whole = pa.Table.from_batches(kept)
                full = count - count % rows
                yield from (whole.slice(at, rows) for at in range(0, full, rows))
                kept, count = whole.slice(full).to_batches(), count - full
        if count:
            yield pa.Table.from_batches(kept)
    except pa.ArrowInvalid as error:
        msg = f"{name} cannot be read as CSV: {error}"
        raise ColumnError(msg) from None
