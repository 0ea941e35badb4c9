"""The conditions of a run, in words."""

from collections.abc import Mapping
from typing import Final

from hashmatch.model import Json
from hashmatch.sightings.opening import OPENING
from hashmatch.sightings.records import RunRecord

NOTICES: Final = "notices"
"""Facts under this name are sentences: what a reader must know."""


def conditions(run: RunRecord) -> dict[str, str]:
    """All that is on record of a run, by aspect, as often as it changed.

    Files that were being opened are no condition: they are noted for a resume.
    """
    return {
        aspect: "; then: ".join(map(_in_words, told))
        for aspect, told in run.environment.items()
        if aspect != OPENING
    }


def notices(run: RunRecord) -> list[str]:
    """What a reader must know of them, each once: as that workers ran without a sandbox."""
    said: dict[str, None] = {}
    for told in run.environment.values():
        for facts in told:
            listed = facts.get(NOTICES)
            if isinstance(listed, list | tuple):
                said |= dict.fromkeys(map(str, listed))
    return [*said]


def _in_words(facts: Mapping[str, Json]) -> str:
    return "; ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in facts.items())


def _text(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(each)}" for name, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
