"""Scans that go on with one that looked less hard: whose hashes they use again."""

import json
from collections.abc import Mapping
from typing import Any

from hashmatch.errors import ResumeError, ScanState
from hashmatch.sightings.scan_config import RunConfig, hash_config_of
from hashmatch.sightings.store import Store


def deepened(store: Store, source: int, configuration: RunConfig) -> tuple[int, ...]:
    """The hash configurations of scans that a scan deepens, the deepest first.

    Args:
        store: the database.
        source: the number of the evidence.
        configuration: of the scan.
    """
    rows = store.execute(
        "SELECT DISTINCT hashings.id, options FROM scans "
        "JOIN hashings ON hashings.id = hashing_id WHERE source_id = ?",
        (source,),
    )
    own = json.loads(hash_config_of(configuration))
    found = [
        (len(fewer), number)
        for number, options in rows
        if (fewer := _fewer_tiers(json.loads(options), own))
    ]
    return tuple(number for _, number in sorted(found, reverse=True))


def nothing_to_deepen(label: str) -> ResumeError:
    """The error that no scan can be deepened.

    Args:
        label: of the evidence.
    """
    msg = (
        f"nothing to deepen: no scan of exhibit {label!r} in this case is on record that "
        "looked less hard, and had the same versions and options otherwise. Scan it without "
        "--deepen"
    )
    return ResumeError(msg, state=ScanState.NOT_BEGUN)


def _fewer_tiers(options: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[str, ...]:
    """The tiers of a hash configuration that is another one with fewer; else none.

    Args:
        options: as `hash_config_of` writes them.
        own: likewise, of that which may have more.
    """
    tiers, more = _tiers(options), _tiers(own)
    if len(tiers) >= len(more) or not set(tiers) <= set(more):
        return ()
    return tiers if _without_tiers(options) == _without_tiers(own) else ()


def _tiers(options: Mapping[str, Any]) -> tuple[str, ...]:
    # Scans for whole pictures alone do not name their tiers.
    return tuple(options["options"].get("tiers", ("whole",)))


def _without_tiers(options: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: each for name, each in options["options"].items() if name != "tiers"}
    return {**options, "options": rest}
