"""What each kind of audit row may say, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hashmatch.errors import Choice

CLOCK: Final = "clock"
"""A detail of a row whose time is before that of the row before it: that row's time."""

MARKED_SINCE: Final = 5
"""Version of the tables from which on all that is checked here was recorded."""


class Action(Choice):
    """What an audit row records. Values are stable: databases and exports have them."""

    CREATION = "creation"
    MIGRATION = "migration"
    START = "start"
    RESUME = "resume"
    REFUSAL = "refusal"
    COUNT = "count"
    BATCH = "batch"
    END = "end"
    ENVIRONMENT = "environment"
    NOTE = "note"
    VIEWED = "viewed"
    MEDIUM = "medium"
    STATEMENT = "statement"
    IMPORT = "import"
    CLUSTERING = "clustering"
    ERASURE = "erasure"
    MERGE = "merge"
    REMATCH = "rematch"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one kind of audit row.

    Attributes:
        fields: names in its details, all of them needed.
        tables: of which it may tell new rows.
        since: version of the tables that it came with.
        of_run: whether it belongs to a run that is running.
    """

    fields: frozenset[str]
    tables: frozenset[str] = frozenset()
    since: int = 1
    of_run: bool = False


def _form(fields: str, tables: str = "", *, since: int = 1, of_run: bool = False) -> Form:
    return Form(frozenset(fields.split()), frozenset(tables.split()), since, of_run)


_START: Final = "cases sources hashings scans runs run_lists environments"

FORMS: Final[Mapping[str, Form]] = {
    Action.CREATION: _form("from to tool"),
    Action.MIGRATION: _form("from to tool"),
    Action.START: _form("run case source fingerprint rows", _START),
    Action.RESUME: _form("run case source fingerprint rows resumed items", _START),
    Action.REFUSAL: _form("case source message command rows", "cases sources"),
    Action.COUNT: _form("run rows", of_run=True),
    Action.BATCH: _form("run hashed unreadable skipped units", of_run=True),
    Action.END: _form("run items rows", of_run=True),
    Action.ENVIRONMENT: _form("run rows", "environments", since=5, of_run=True),
    Action.NOTE: _form("what details", since=5),
    Action.VIEWED: _form("rows", "viewings", since=6),
    Action.MEDIUM: _form("run units", since=7, of_run=True),
    Action.STATEMENT: _form("rows", "cases sources statements", since=9),
    Action.IMPORT: _form("import rows units", "cases sources", since=9),
    Action.CLUSTERING: _form("threshold units", since=9),
    Action.ERASURE: _form("erasure rows units", "erasures", since=9),
    Action.MERGE: _form("merge rows units renamed", "origins merges", since=9),
    Action.REMATCH: _form("rematch rows units", "rematches rematched_scans", since=10),
    Action.SIGNATURE: _form("algorithm key signature", since=5),
}
"""The form of every audit row, by its action."""


def fault_of(action: str, details: Mapping[str, Any], version: int) -> str:
    """What is wrong with the form of an audit row, in words; empty if nothing is.

    Before the tables had version 5 a program could note anything under a name of its own.
    """
    form = FORMS.get(action)
    if form is None or form.since > version:
        if version >= MARKED_SINCE:
            return "records what no version of hashmatch does"
        return "" if not {"rows", "units"} & details.keys() else "records rows under another name"
    names = details.keys() - ({CLOCK} if version >= MARKED_SINCE else set())
    if names != form.fields:
        return "has other details than this kind of row has"
    rows = details.get("rows", {})
    if not isinstance(rows, dict):
        return "has other details than this kind of row has"
    return ""
