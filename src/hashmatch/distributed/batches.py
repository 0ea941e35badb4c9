"""Batches as engines give them, and back: mappings of sequences, data frames, Arrow tables."""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hashmatch.tables.columns import COLUMNS, ColumnError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    Batch: TypeAlias = Mapping[str, Sequence[Any]] | pa.Table | pd.DataFrame

LISTED: Final = ("listed_size", "listed_reason", "listed_detail")
"""Columns of the listing of a source: its size there, and why a file is not to be read."""

_INPUTS: Final = ("hashes", "bytes", "hash", "path", "uri")
"""What is read, the first that there is."""
_OF_VALUE: Final = frozenset({"uri", "hash", "quality", "size", "md5", "sha1", "sha256"})
"""Columns of results that a table of values may have."""


def is_arrow(batch: object) -> bool:
    """Whether it is a table of pyarrow; nothing is imported to say so."""
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(batch, arrow.Table | arrow.RecordBatch)


def is_frame(batch: object) -> bool:
    """Whether it is a data frame of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(batch, pandas.DataFrame)


def names_of(batch: Any) -> list[str]:  # noqa: ANN401 (any batch)
    """The names of the columns.

    Raises:
        TypeError: it is no batch.
    """
    if is_arrow(batch):
        return list(batch.schema.names)
    if is_frame(batch):
        return [str(each) for each in batch.columns]
    if isinstance(batch, Mapping):
        return [str(each) for each in batch]
    msg = (
        "a batch is a mapping of column names to sequences, a pyarrow.Table or a "
        f"pandas.DataFrame, not {type(batch).__name__}"
    )
    raise TypeError(msg)


def values_of(batch: Any, name: str) -> list[Any]:  # noqa: ANN401
    """The values of a column as those of Python; what is missing is None."""
    if is_arrow(batch):
        found: list[Any] = batch.column(name).to_pylist()
        return found
    column = batch[name]
    values = column.tolist() if hasattr(column, "tolist") else list(column)
    return [None if _is_missing(each) else each for each in values]


def _is_missing(value: object) -> bool:
    """Whether it is what data frames write where there is nothing: NaN, or a value of theirs."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return is_nan or type(value).__name__ in ("NAType", "NaTType")


def length_of(batch: Any, names: Sequence[str]) -> int:  # noqa: ANN401
    """How many rows it has.

    Raises:
        ColumnError: its columns are not of one length.
    """
    if is_arrow(batch):
        return int(batch.num_rows)
    lengths = {len(batch[name]) for name in names}
    if len(lengths) > 1:
        msg = "the columns of the batch are not of one length"
        raise ColumnError(msg)
    return lengths.pop() if lengths else 0


def input_of(names: Sequence[str]) -> str:
    """Which column is read; refused where a column would be overwritten by a result.

    Raises:
        ColumnError: there is none, or others are named as results are.
    """
    if twice := [each for each in names if names.count(each) > 1]:
        msg = f"there are several columns `{twice[0]}`: rename those that are not meant"
        raise ColumnError(msg)
    found = next((each for each in _INPUTS if each in names), None)
    if found is None:
        msg = (
            "there is no column to read: it takes `uri`, `path`, `bytes`, or `hash` or `hashes` of "
            f"an earlier run; there is: {', '.join(names) or 'none'}. Rename the one you mean"
        )
        raise ColumnError(msg)
    allowed = set(COLUMNS) if found == "hashes" else _OF_VALUE if found == "hash" else {"uri"}
    if clash := [each for each in names if each in COLUMNS and each not in allowed]:
        msg = (
            f"the column `{clash[0]}` is one of the results, which would replace it: rename it "
            "before"
        )
        raise ColumnError(msg)
    return found


def check_no_bytes(binary: Iterable[str]) -> None:
    """Refuse columns that would put bytes on disk, which may be those of pictures.

    Args:
        binary: names of columns that hold bytes, alone or in lists and structs.

    Raises:
        ColumnError: one would be passed through.
    """
    if further := [each for each in binary if each not in (*COLUMNS, *LISTED, *_INPUTS)]:
        msg = (
            f"the column `{further[0]}` holds bytes, which might be those of pictures and are "
            "never written: give a table without it, or rename it to `bytes` to have them read"
        )
        raise ColumnError(msg)


def result_of(batch: Any, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """The batch with its results: of its own kind, other columns first, bytes of files left out."""
    kept = [each for each in names if each not in (*COLUMNS, *LISTED, "bytes")]
    if is_arrow(batch):
        from hashmatch.tables import arrow

        return _appended(batch, kept, arrow.table(rows))
    columns = {name: [row.get(name) for row in rows] for name in COLUMNS}
    if is_frame(batch):
        return batch[kept].assign(**{name: _objects(each) for name, each in columns.items()})
    return {name: batch[name] for name in kept} | {
        name: _objects(each) for name, each in columns.items()
    }


def _appended(batch: Any, kept: Sequence[str], results: "pa.Table") -> "pa.Table":  # noqa: ANN401
    import pyarrow as pa

    table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
    columns = [*(table.column(each) for each in kept), *results.columns]
    fields = [*(table.schema.field(each) for each in kept), *results.schema]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _objects(values: Sequence[Any]) -> Any:  # noqa: ANN401 (an array)
    """An array of objects, one for each row, whatever they are."""
    import numpy as np

    found = np.empty(len(values), object)
    found[:] = [*values] if values else []
    for at, each in enumerate(values):
        found[at] = each
    return found
