"""What batches are matched with: how it is named in results, and kept while a job runs."""

import hashlib
import json
from pathlib import Path
from typing import Any

from hashmatch.index import generation as generations
from hashmatch.index.leases import Lease
from hashmatch.matching.matcher import Matcher
from hashmatch.model.handling import strictest
from hashmatch.model.plain import plain


def generations_of(matcher: Matcher) -> list[tuple[Path, int]]:
    """The folders of the indexes of a matcher, each with its generation."""
    return [
        (file.path.parent, generations.number_of(file.path.name))
        for file in matcher.files
        if file.path.suffix == ".json"
    ]


def leases_of(matcher: Matcher) -> list[Lease]:
    """A lease of each of its indexes."""
    return [Lease(folder, number) for folder, number in generations_of(matcher)]


def facts_of(matcher: Matcher) -> dict[str, Any]:
    """Everything that results depend on, as JSON: lists and their versions, profile and tiers."""
    return {
        "lists": [
            {
                "name": known.name,
                "entries": len(known),
                "policy": plain(known.policy),
                "sources": [
                    {
                        "sha256": source.sha256,
                        "entries_sha256": source.entries_sha256,
                        "version": source.version,
                        "file": Path(source.file).name,
                        "imported": source.at,
                    }
                    for source in known.sources
                ],
            }
            for known in matcher.lists
        ],
        "profile": plain(matcher.profile),
        "tiers": [each.value for each in matcher.tiers],
    }


def handling_of(matcher: Matcher | None) -> list[str]:
    """How far what is found may be passed on: the marks of the lists, as files of results say."""
    return [*strictest(known.handling for known in matcher.lists)] if matcher else []


def fingerprint_of(matcher: Matcher) -> str:
    """A SHA-256 that is another one where lists, their treatment, profile or tiers differ."""
    facts = facts_of(matcher)
    for known in facts["lists"]:
        for source in known["sources"]:
            # The same list is the same whenever and under whatever name it was imported.
            del source["imported"], source["file"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def said_of(matcher: Matcher) -> dict[str, Any]:
    """The columns that say what a row was matched with.

    The generation is missing where the hashes are of no index, or of several.
    """
    found = generations_of(matcher)
    number = found[0][1] if len(found) == 1 else None
    return {"generation": number, "known": fingerprint_of(matcher)}
