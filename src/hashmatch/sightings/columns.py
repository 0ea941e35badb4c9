"""The columns of matches and their alignments, said once: names, order, and how values are stored.

What is recorded, what is digested and what is read follow from it. The order is that of the
digests, so that it stays as it is. The tables themselves are made by `schema` and `steps`.
Their statements stay as they were written; a test compares both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hashmatch.model import Alignment, Alpha, Band, Grade, Match, MatchKind, Mode
from hashmatch.model.orientation import Orientation
from hashmatch.sightings.encoding import from_text, real, to_text
from hashmatch.sightings.store import Row


def _same(value: Any) -> Any:  # noqa: ANN401 (what SQLite holds as it is)
    return value


def _word(value: Any) -> str:  # noqa: ANN401 (a word, or None where there is none)
    return "" if value is None else str(value)


def _mode(word: str) -> Mode | None:
    return Mode(word) if word else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: in the table.
        field: of the value that it holds.
        store: makes what SQLite holds of it.
        load: makes it of that.
    """

    name: str
    field: str
    store: Callable[[Any], Any] = _same
    load: Callable[[Any], Any] = _same


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name) for name in names)


def _text(name: str, field: str = "") -> Column:
    return Column(name, field or name, to_text, from_text)


def _flag(name: str, field: str = "") -> Column:
    return Column(name, field or name, int, bool)


def _real(name: str, field: str = "") -> Column:
    return Column(name, field or name, real)


_ORIENTATION: Final = Column("orientation", "orientation", int, Orientation)

MATCH: Final = (
    _text("list", "list_name"),
    _text("source", "list_sha256"),
    _text("entry", "entry_id"),
    *_plain("number"),
    *(_text("scheme"), _text("category")),
    Column("kind", "kind", _word, MatchKind),
    *_plain("algorithm", "distance", "threshold"),
    Column("band", "band", _word, Band),
    _ORIENTATION,
    _flag("complement", "inverted"),
    Column("alpha", "alpha", _word, Alpha),
    *_plain("frame"),
    Column("mode", "mode", _word, _mode),
    *_plain("quality"),
    _text("part"),
    *_plain("entry_quality"),
    *(_flag("known_good"), _flag("suppressed")),
)
"""Columns of a `Match`, without what lies in other tables."""

ALIGNMENT: Final = (
    *(_real("item_start", "start"), _real("item_end", "end")),
    *(_real("known_start"), _real("known_end")),
    Column("grade", "grade", _word, Grade),
    *_plain("frames", "pictures"),
    *(_real("distance"), _real("speed"), _real("coverage"), _real("known_coverage")),
    _ORIENTATION,
    _text("part"),
)
"""Columns of an `Alignment`."""


def names(columns: Sequence[Column]) -> tuple[str, ...]:
    """What the columns are called in the table."""
    return tuple(each.name for each in columns)


def stored(columns: Sequence[Column], value: Match | Alignment) -> Row:
    """What SQLite holds of a value, in the order of its columns."""
    return tuple(each.store(getattr(value, each.field)) for each in columns)


def loaded(columns: Sequence[Column], row: Sequence[Any]) -> dict[str, Any]:
    """The fields of a value that were stored in these columns."""
    return {each.field: each.load(one) for each, one in zip(columns, row, strict=True)}
