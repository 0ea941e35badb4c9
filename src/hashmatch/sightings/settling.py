"""Statements of several databases about one thing, settled so that nothing is weakened.

The newest statement counts, and in a merged database the newest row need not be the newest
statement. Where several databases speak of one thing, the rule decides: the strictest mark and the
strictest access hold, of all else what was stated last. Where that is not what the rows say
already, who merges states it anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hashmatch.errors import DatabaseError
from hashmatch.model.handling import strictest
from hashmatch.sightings import handling, statements
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.exhibits import SINGLE
from hashmatch.sightings.merge_values import Conflict, ConflictKind
from hashmatch.sightings.statements import Said, Statement, Topic
from hashmatch.sightings.store import Store

ACCESS: Final = ("open", "pointer", "hidden")
"""What other cases may learn, the strictest last."""
_LIST: Final = "list:"

Key = tuple[Topic, str, str, str, str, str]
"""Topic, case, exhibit, subject, field, and the value where a field has several."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one database says of one thing.

    Attributes:
        path: of the database.
        value: what it states.
        at: when; empty of what nobody stated.
        withdrawn: whether it was taken back.
    """

    path: str
    value: str
    at: str = ""
    withdrawn: bool = False


def voices(
    store: Store, path: str, *, case_of: Mapping[int, str], exhibit_of: Mapping[int, str]
) -> dict[Key, Voice]:
    """What a database says, of each thing the newest.

    Args:
        store: the database.
        path: what it is called.
        case_of: names of cases in the merged database, by their numbers here.
        exhibit_of: labels of exhibits, likewise.
    """
    found: dict[Key, Voice] = {}
    for topic in Topic:
        for each in statements.every(store, topic):
            if topic is Topic.HANDLING and each.subject.startswith(_LIST):
                continue
            key = _key(each, case_of, exhibit_of)
            found[key] = Voice(path, each.value, each.at, each.withdrawn)
    for name, mark in handling.Marks.of(store).lists.items():
        key = (Topic.HANDLING, "", "", f"{_LIST}{name}", handling.MARK, "")
        found[key] = Voice(path, mark)
    return found


def _key(each: Statement, case_of: Mapping[int, str], exhibit_of: Mapping[int, str]) -> Key:
    case, exhibit = case_of.get(each.case or 0, ""), exhibit_of.get(each.source or 0, "")
    several = each.topic is Topic.EXHIBIT and each.field not in SINGLE
    return (each.topic, case, exhibit, each.subject, each.field, each.value if several else "")


def names(store: Store) -> tuple[dict[int, str], dict[int, str]]:
    """The names of cases and the labels of exhibits, by their numbers."""
    return (
        {number: from_text(name) for number, name in store.execute("SELECT id, name FROM cases")},
        {
            number: from_text(name)
            for number, name in store.execute("SELECT id, label FROM sources")
        },
    )


def settle(
    store: Store, heard: Iterable[Mapping[Key, Voice]], *, shared: Mapping[str, int], by: str
) -> Iterator[Conflict]:
    """See that of each thing holds what the rule says, and say where databases do not agree.

    Args:
        store: the merged database.
        heard: what each of the databases says.
        shared: how many of the databases have a case, of those that several have.
        by: who merges.

    Raises:
        DatabaseError: marks of a thing have no order, so that no rule can say which is stricter.
    """
    said: dict[Key, list[Voice]] = {}
    for each in heard:
        for key, voice in each.items():
            said.setdefault(key, []).append(voice)
    cases, exhibits = names(store)
    now = voices(store, "", case_of=cases, exhibit_of=exhibits)
    for key, found in sorted(said.items(), key=lambda each: each[0]):
        topic, case, exhibit, subject, field, several = key
        of = shared.get(case, 1)
        if case and of < 2:  # noqa: PLR2004 (several)
            continue
        wanted = _wanted(key, found, of)
        # The mark of a list that was taken back last is none.
        held = now.get(key, Voice("", "", withdrawn=True))
        is_same = (wanted.value, wanted.withdrawn) == (held.value, held.withdrawn)
        if not is_same:
            value = "" if wanted.withdrawn and not several else wanted.value
            one = Said(field, value, subject, withdrawn=wanted.withdrawn)
            why = f"merged: {_rule(key)}"
            statements.record(store, topic, [one], by=by, why=why, case=case, exhibit=exhibit)
        if len({(each.value, each.withdrawn) for each in found}) > 1 or not is_same:
            yield _conflict(key, found, wanted)


def _wanted(key: Key, found: list[Voice], of: int) -> Voice:
    """What holds by the rule."""
    topic, *_, field, _ = key
    stated = [each for each in found if not each.withdrawn]
    if topic is Topic.HANDLING and stated:
        marks = strictest(each.value for each in stated)
        if len(marks) > 1:
            told = "; ".join(f"{each.path}: {each.value}" for each in stated)
            msg = (
                f"{_thing(key)} is marked in ways that have no order ({told}): no rule says which "
                "is stricter, and nothing was merged. Mark it alike (`hashmatch record handling`) "
                "in each of them, or by marks of TLP alone"
            )
            raise DatabaseError(msg)
        return next(each for each in stated if each.value == marks[0])
    if topic is Topic.CASE and field == "access" and stated:
        return max(stated, key=lambda each: ACCESS.index(each.value))
    if topic is Topic.CASE and field == "link-unknown":
        agreed = len(stated) == of and all(each.value == "yes" for each in stated)
        others = [each for each in found if each.withdrawn or each.value != "yes"]
        return stated[0] if agreed else next(iter(others), Voice("", "no"))
    return max(found, key=lambda each: each.at)


def _rule(key: Key) -> str:
    topic, *_, field, _ = key
    if topic is Topic.HANDLING:
        return "the strictest mark holds"
    if topic is Topic.CASE and field == "access":
        return "the strictest access holds"
    if topic is Topic.CASE and field == "link-unknown":
        return "unknown items link where all databases allow it"
    return "what was stated last holds"


def _thing(key: Key) -> str:
    _, case, exhibit, subject, field, several = key
    words = ("/".join(filter(None, (case, exhibit))), subject, field, several)
    return " ".join(filter(None, words))


def _conflict(key: Key, found: list[Voice], wanted: Voice) -> Conflict:
    topic, *_, field, _ = key
    kind = ConflictKind.STATEMENT
    if topic is Topic.HANDLING:
        kind = ConflictKind.HANDLING
    elif topic is Topic.CASE and field in {"access", "link-unknown"}:
        kind = ConflictKind.ACCESS
    value = "taken back" if wanted.withdrawn else wanted.value
    return Conflict(
        kind=kind,
        thing=_thing(key),
        said={each.path: "taken back" if each.withdrawn else each.value for each in found},
        settled=f"{value}: {_rule(key)}",
    )
