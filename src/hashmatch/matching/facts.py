"""What binds a result to the indexes in force, for the record."""

from typing import TYPE_CHECKING, Final

from hashmatch.index.generation import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.index.held import HeldFile
    from hashmatch.index.reading import KnownList
    from hashmatch.model import Json

_GENERATION: Final = ".json"


def index_facts(files: "Iterable[HeldFile]", lists: "Iterable[KnownList]") -> "dict[str, Json]":
    """Generations, files and lists, as `Matcher.index_facts` gives them.

    Args:
        files: of indexes that are in force.
        lists: in force.
    """
    there = list(files)
    if not there:
        return {}
    return {
        "generations": {
            str(file.path.parent): number_of(file.path.name)
            for file in there
            if file.path.suffix == _GENERATION
        },
        "files": {str(file.path): file.sha256 for file in there},
        "lists": {
            known.name: [
                {"file": each.sha256, "entries": each.entries_sha256} for each in known.sources
            ]
            for known in lists
        },
    }
