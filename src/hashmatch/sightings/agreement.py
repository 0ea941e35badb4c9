"""Whether the rows of a run say what the configuration of its scan says.

A scan's fingerprint is that of its whole configuration: thresholds, lists, options, evidence. Rows
that are shown in reports say the same once more, and are made of the same values. Whoever alters
one of the two, and seals the chain again, has to alter the other as well.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hashmatch.sightings.encoding import canonical, to_text
from hashmatch.sightings.ledger import Told
from hashmatch.sightings.list_records import COVERAGE, HANDLING, KNOWN_GOOD_ENTRIES
from hashmatch.sightings.scan_config import profile_that_binds

_DECODERS: Final = "decoders"
"""The option that says which libraries read."""


def same_hashing(hashings: Mapping[int, Told], number: int) -> frozenset[int]:
    """The rows of `hashings` with the options of this one, whatever versions decoders had.

    A scan that is resumed after libraries were upgraded records its further hashes under those.
    """
    options = _without(json.loads(hashings[number]["options"]), _DECODERS)
    return frozenset(
        each
        for each, row in hashings.items()
        if _without(json.loads(row["options"]), _DECODERS) == options
    )


def differing(scan: Told, hashing: Told, run: Told, lists: list[Told]) -> Iterator[str]:
    """What a run is told with, and its scan was not configured with, in words.

    Args:
        scan: row of `scans`.
        hashing: its row of `hashings`.
        run: row of `runs`.
        lists: its rows of `run_lists`.

    Raises:
        KeyError, TypeError, ValueError: one of them holds something else than ours do.
    """
    configured = json.loads(scan["binding"])
    source = configured["source"]
    named = to_text(source["kind"]), to_text(source["path"]), canonical(source["identity"])
    if (scan["kind"], scan["path"], scan["identity"]) != named:
        yield "names other evidence than the configuration of its scan"
    options = _without(json.loads(hashing["options"]), _DECODERS)
    if options != {"version": configured["hashing"], "options": configured["options"]}:
        yield "names other options of hashing than the configuration of its scan"
    if profile_that_binds(json.loads(run["profile"])) != configured["profile"]:
        yield "names other thresholds than the configuration of its scan"
    if sorted(map(_list_told, lists)) != sorted(map(_list_of, configured["lists"].items())):
        yield "names other hash lists than the configuration of its scan"


def _without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in value.items() if name not in names}


def _list_told(row: Told) -> str:
    policy = _without(json.loads(row["policy"]), KNOWN_GOOD_ENTRIES, COVERAGE, HANDLING)
    return canonical([json.loads(row["sha256"]), row["entries"], bool(row["known_good"]), policy])


def _list_of(named: tuple[str, Mapping[str, Any]]) -> str:
    configured = named[1]
    return canonical([configured[name] for name in ("files", "entries", "known good", "policy")])
