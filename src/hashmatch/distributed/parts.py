"""One part of a job: its rows matched, written as a Parquet file, and counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hashmatch.distributed import batches, known, sourcing
from hashmatch.distributed.counting import Counts
from hashmatch.distributed.match_batch import MatchBatch
from hashmatch.distributed.places import Place
from hashmatch.distributed.sourcing import Slice
from hashmatch.errors import HashmatchError
from hashmatch.tables import arrow
from hashmatch.tables.columns import ColumnError

_AT_ONCE: Final = 256
"""Rows that are under way at a time."""


class StoppedError(HashmatchError):
    """The job was asked to stop: the part that was begun is not written."""


def name_of(number: int) -> str:
    """The name of the file of a part."""
    return f"part-{number:08d}.parquet"


@dataclass(frozen=True, slots=True)
class Parts:
    """Does parts, in this process or, pickled, in another.

    Attributes:
        match: what does rows.
        place: where parts are written.
        job: id of the job, which stands in each of its parts.
    """

    match: MatchBatch
    place: Place
    job: str

    def do(
        self,
        piece: Slice,
        *,
        stop: Callable[[], bool] = lambda: False,
        on_rows: Callable[[int], object] = lambda _: None,
    ) -> dict[str, Any]:
        """Do a part, and give what it says of itself.

        Args:
            piece: its rows.
            stop: asked now and then.
            on_rows: told how many rows more are done.

        Raises:
            StoppedError: it was to stop.
            OutputError: it cannot be written.
            SourceError, ColumnError: its rows cannot be read.
        """
        table = sourcing.rows_of(piece, self.place)
        counts = Counts(self.match.options.algorithms if self._is_again(table) else ())
        done = []
        for at in range(0, max(table.num_rows, 1), _AT_ONCE):
            if stop():
                msg = "stopped"
                raise StoppedError(msg)
            some = table.slice(at, _AT_ONCE)
            rows = self.match.rows(some)
            counts.add(rows)
            done.append(batches.result_of(some, batches.names_of(some), rows))
            on_rows(len(rows))
        about = {
            "job": self.job,
            "part": piece.number,
            "rows": table.num_rows,
            "unread": counts.unread,
            "summary": counts.summary.to_dict(),
            "lacking": dict(counts.lacking),
            "hashing": self.match.hashing,
            "handling": known.handling_of(self.match.matcher),
        }
        self.place.write(name_of(piece.number), arrow.to_parquet(arrow.joined(done), about))
        return about

    def _is_again(self, table: Any) -> bool:  # noqa: ANN401 (a table)
        """Whether hashes of an earlier run are matched, which may be others than lists need."""
        names = batches.names_of(table)
        return self.match.matcher is not None and batches.input_of(names) == "hashes"

    def standing(self, piece: Slice) -> dict[str, Any] | None:
        """What a part that stands says of itself; None where there is none, or another job's.

        Raises:
            SourceError: it cannot be opened.
        """
        try:
            with self.place.open(name_of(piece.number)) as file:
                found = arrow.ParquetTable(file, name_of(piece.number))
                if self.place.folder is not None:
                    # Stores check what they hold themselves, and it would all be fetched.
                    found.check()
        except (ColumnError, FileNotFoundError):
            return None
        about = found.about
        whole = (about.get("job"), about.get("part")) == (self.job, piece.number)
        return about if whole and found.rows == piece.rows else None
