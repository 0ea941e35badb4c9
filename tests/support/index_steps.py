"""Changes of an index, one after another, in a process of its own that is killed.

    python index_steps.py INDEX

Which change is made follows from the number of the generation, and so does what the index holds
after it: `expected` says it without the index. The number of each generation is printed once it is
committed.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from hashmatch.index.index import Index
from hashmatch.profiles import Policy
from tests.support.known_lists import entry, hash_list

ENTRIES: Final = 400
"""Of a whole list."""
_NEWS: Final = 30
"""Entries that an update brings, and a withdrawal takes."""
_KINDS: Final = 7


@dataclass
class State:
    """What an index holds.

    Attributes:
        lists: for each list its entries: the number that their values follow from, by their id.
        thresholds: of the policy of `lab`.
    """

    lists: dict[str, dict[str, int]] = field(default_factory=dict)
    thresholds: Mapping[str, int] = field(default_factory=dict)


def expected(generations: int) -> State:
    """What an index holds after so many changes."""
    state = State()
    for number in range(1, generations + 1):
        kind = number % _KINDS
        if kind in {1, 5}:
            name = "lab" if kind == 1 else "other"
            state.lists[name] = {f"entry-{each}": each for each in _whole(number)}
        elif kind == 2:
            for name in _withdrawn(number):
                state.lists["lab"].pop(name, None)
            state.lists["lab"] |= {f"entry-{each}": each for each in _news(number)}
        elif kind == 3:
            for name in _withdrawn(number):
                state.lists["lab"].pop(name, None)
        elif kind == 4:
            state.thresholds = {"pdq": number % 30}
        elif kind == 0:
            del state.lists["other"]
    return state


def held(index: Index) -> State:
    """What an index holds, as it says itself."""
    lists = {
        known.name: {each.id: each.number for each in known.entries()} for known in index.lists
    }
    policies = {known.name: known.policy for known in index.lists}
    return State(lists, policies["lab"].thresholds if policies else {})


def change(folder: Path, number: int) -> None:
    """Make the change that leads to the generation of this number."""
    with Index.edit(folder) as index:
        match number % _KINDS:
            case 1:
                index.put(hash_list(map(entry, _whole(number))))
            case 2:
                index.update(hash_list(map(entry, _news(number)), withdrawn=_withdrawn(number)))
            case 3:
                index.withdraw("lab", _withdrawn(number))
            case 4:
                index.set_policy("lab", Policy(thresholds={"pdq": number % 30}))
            case 5:
                index.put(hash_list(map(entry, _whole(number)), name="other"))
            case 6:
                index.compact("lab")
            case _:
                index.remove("other")


def _whole(number: int) -> range:
    return range(1000 * number, 1000 * number + ENTRIES)


def _news(number: int) -> range:
    return range(1000 * number, 1000 * number + _NEWS)


def _withdrawn(number: int) -> list[str]:
    """Ids of the whole list that was put last: others in a withdrawal than in an update."""
    first = 1000 * (number - (number - 1) % _KINDS) + _NEWS * (number % _KINDS)
    return [f"entry-{each}" for each in range(first, first + _NEWS)]


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Change the index for ever."""
    begun = Index(folder).generation.number if Index.at(folder) else 0
    _tell(begun)
    for number in count(begun + 1):
        change(folder, number)
        _tell(number)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
