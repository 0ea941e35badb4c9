"""Handling marks on record: of cases, exhibits and imports, and of lists as runs used them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from hashmatch.errors import UnknownNameError
from hashmatch.model.handling import mark_of, strictest
from hashmatch.sightings import statements
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.list_records import HANDLING
from hashmatch.sightings.statements import Said, Topic
from hashmatch.sightings.store import Store

MARK: Final = "mark"
"""The field of statements about handling."""

NONE: Final = "none"
"""The word that takes a mark back."""

_LIST: Final = "list:"
_IMPORT: Final = "import:"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that hold: of each thing the newest.

    Attributes:
        cases: by name.
        exhibits: by case and label.
        imports: by the SHA-256 of their bytes in hex, with case and label.
        lists: by name.
    """

    cases: Mapping[str, str] = field(default_factory=dict)
    exhibits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    imports: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> Self:
        """Those of a database."""
        rows = store.execute("SELECT id, name FROM cases")
        cases = {number: from_text(name) for number, name in rows}
        rows = store.execute("SELECT id, label FROM sources")
        labels = {number: from_text(label) for number, label in rows}
        said = [*statements.every(store, Topic.HANDLING)]
        found = cls({}, {}, {}, _of_lists(store, said))
        for each in statements.holding(said):
            case, label = cases.get(each.case or 0, ""), labels.get(each.source or 0, "")
            if each.subject.startswith(_IMPORT):
                unit = each.subject.removeprefix(_IMPORT)
                found.imports[case, label, unit] = each.value  # type: ignore[index]  # ours
            elif label:
                found.exhibits[case, label] = each.value  # type: ignore[index]  # ours
            elif case:
                found.cases[case] = each.value  # type: ignore[index]  # ours
        return found

    def of_place(self, case: str, label: str = "") -> tuple[str, ...]:
        """What holds of an exhibit with all that was imported of it; of a case without a label."""
        units = (mark for (*place, _), mark in self.imports.items() if place == [case, label])
        return strictest((self.cases.get(case, ""), self.exhibits.get((case, label), ""), *units))

    def of_case(self, case: str, lists: Iterable[str] = ()) -> tuple[str, ...]:
        """What holds of a case with its exhibits and imports, and of lists that it used."""
        exhibits = (mark for (name, _), mark in self.exhibits.items() if name == case)
        units = (mark for (name, *_), mark in self.imports.items() if name == case)
        used = (self.lists.get(each, "") for each in lists)
        return strictest((self.cases.get(case, ""), *exhibits, *units, *used))


def _of_lists(store: Store, said: Iterable[statements.Statement]) -> dict[str, str]:
    """The mark of each list: what was said of it last, by its index when a run began or here.

    An index that says nothing of a list of this name takes nothing back.
    """
    told = [
        (started, from_text(name), str(mark))
        for started, name, policy in store.execute(
            "SELECT started, name, policy FROM run_lists JOIN runs ON runs.id = run_id "
            "ORDER BY run_lists.id"
        )
        if (mark := json.loads(policy).get(HANDLING))
    ]
    told += [
        (each.at, each.subject.removeprefix(_LIST), "" if each.withdrawn else each.value)
        for each in said
        if each.subject.startswith(_LIST)
    ]
    found = {name: mark for _, name, mark in sorted(told, key=lambda each: each[0])}
    return {name: mark for name, mark in found.items() if mark}


def record(store: Store, thing: str, mark: str, *, by: str, why: str = "") -> tuple[int, ...]:
    """Put the mark of a thing on record; the one before stays there, and counts no more.

    Args:
        store: the database.
        thing: `case:N`, `exhibit:N/LABEL`, `import:ID` or `list:NAME`.
        mark: of TLP, or own words; `none` takes it back.
        by: who states it.
        why: the reason.

    Returns:
        the numbers of the rows; none if that mark holds already.

    Raises:
        ValueError: it is no such thing, or no mark.
        UnknownNameError: it is not on record.
    """
    kind, _, name = thing.partition(":")
    case = exhibit = subject = ""
    if kind == "case" and name:
        case = _known(store, name)
    elif kind == "exhibit" and "/" in name:
        case, exhibit = _exhibit(store, name)
    elif kind == "import" and name.isdecimal():
        case, exhibit, subject = _import(store, int(name))
    elif kind == "list" and name:
        subject = f"{_LIST}{name}"
    else:
        msg = "it is case:N, exhibit:N/LABEL, import:ID or list:NAME"
        raise ValueError(msg)
    return stated(store, mark, by=by, why=why, case=case, exhibit=exhibit, subject=subject)


def stated(
    store: Store, mark: str, *, by: str, why: str, case: str, exhibit: str = "", subject: str = ""
) -> tuple[int, ...]:
    """A statement of a mark, unless it holds already."""
    withdrawn = mark.strip().casefold() == NONE
    value = "" if withdrawn else mark_of(mark)
    holds = Marks.of(store)
    if subject.startswith(_LIST):
        now = holds.lists.get(subject.removeprefix(_LIST), "")
    elif subject:
        now = holds.imports.get((case, exhibit, subject.removeprefix(_IMPORT)), "")
    else:
        now = holds.exhibits.get((case, exhibit), "") if exhibit else holds.cases.get(case, "")
    if now == value:
        return ()
    said = Said(MARK, value, subject, withdrawn=withdrawn)
    return statements.record(
        store, Topic.HANDLING, [said], by=by, why=why, case=case, exhibit=exhibit
    )


def of_unit(sha256: str) -> str:
    """The subject of statements about an import: its bytes, as its number comes with it."""
    return f"{_IMPORT}{sha256}"


def _known(store: Store, case: str) -> str:
    if store.one("SELECT 1 FROM cases WHERE name = ?", (to_text(case),)) is None:
        msg = f"no case {case!r} is on record in {store.path}"
        raise UnknownNameError(msg)
    return case


def _exhibit(store: Store, name: str) -> tuple[str, str]:
    """Case and label: both may hold a slash, so that those on record decide."""
    rows = store.execute("SELECT name, label FROM sources JOIN cases ON cases.id = case_id")
    for case, label in rows:
        if f"{from_text(case)}/{from_text(label)}" == name:
            return from_text(case), from_text(label)
    msg = f"no exhibit {name!r} is on record in {store.path}"
    raise UnknownNameError(msg)


def _import(store: Store, number: int) -> tuple[str, str, str]:
    rows = store.execute(
        "SELECT name, label, sha256 FROM ("
        "SELECT cases.name, label, imports.sha256, imports.id FROM imports "
        "JOIN cases ON cases.id = imports.case_id JOIN sources ON sources.id = source_id) "
        "WHERE id = ?",
        (number,),
    )
    for case, label, sha256 in rows:
        return from_text(case), from_text(label), of_unit(sha256.hex())
    msg = f"no import {number} is on record in {store.path}"
    raise UnknownNameError(msg)
