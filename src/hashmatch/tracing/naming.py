"""Series, victims and flags that hash lists name, of the entries that were seen."""

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.tracing.counting import Codes, Numbers

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store

SERIES: Final = frozenset({"series", "seriesname", "seriesid"})
CHILDREN: Final = frozenset({"victim", "victimid", "victimname", "child", "childid", "childname"})
IDENTIFIED: Final = frozenset({"victimidentified", "childidentified"})
"""How lists call them, in small letters without anything between these; VICS and ICSE do, and
columns of a laboratory's own list may."""

_NO: Final = frozenset({"", "0", "false", "no", "n", "f"})


@dataclass(frozen=True, slots=True)
class Named:
    """What lists name of the entries of sightings, one row for each name of each sighting.

    Attributes:
        row: numbers of sightings.
        name: a number for each different name of a list.
    """

    row: Numbers
    name: Numbers


def named(store: "Store") -> tuple[Named, Named, Named]:
    """Series, children, and whether a victim is identified, as the lists said of sightings."""
    told: dict[int, tuple[list[int], list[int], bool]] = {}
    series, children = Codes(), Codes()
    rows = store.rows(
        "SELECT id, list, details FROM entries WHERE instr(lower(details), 'series') "
        "OR instr(lower(details), 'victim') OR instr(lower(details), 'child')"
    )
    for number, name, details in rows:
        held = json.loads(details)
        found = (
            [series.of(f"{name}\0{each}") for each in _names(held, SERIES)],
            [children.of(f"{name}\0{each}") for each in _names(held, CHILDREN)],
            any(each.casefold() not in _NO for each in _names(held, IDENTIFIED)),
        )
        if any(found):
            told[number] = found
    columns = [array("q") for _ in range(6)]
    if told:
        for sighting, number in store.rows(
            "SELECT sighting_id, entry_id FROM sighted "
            "WHERE entry_id IN (SELECT value FROM json_each(?))",
            (json.dumps([*told]),),
        ):
            of_series, of_children, identified = told[number]
            for at, numbers in ((0, of_series), (2, of_children), (4, [0] * identified)):
                columns[at].extend([sighting] * len(numbers))
                columns[at + 1].extend(numbers)
    made = [np.frombuffer(each, np.int64) if each else np.zeros(0, np.int64) for each in columns]
    return Named(*made[:2]), Named(*made[2:4]), Named(*made[4:])


def _names(held: object, keys: frozenset[str]) -> Iterator[str]:
    """What stands under a key of such a name, as text; of a list each."""
    for key, value in held.items() if isinstance(held, Mapping) else ():
        if "".join(filter(str.isalpha, key)).casefold() in keys:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str | int) and (words := str(each).strip()):
                    yield words
