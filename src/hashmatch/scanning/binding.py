"""What a scan on record is bound to: one with the same options and versions goes on with it."""

from dataclasses import asdict
from importlib import metadata
from typing import Any

from hashmatch.file_matching import hash_options
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Tier
from hashmatch.native import library
from hashmatch.scanning.selection import Selection
from hashmatch.sightings.migrating import tool_version
from hashmatch.sightings.scan_config import FLAT_CARDS_MARKED, RunConfig, list_record
from hashmatch.sources.inside.options import Inside

_INSIDE = Inside()

_HASHES = 5
"""Raised whenever the same bytes and options give other hashes within a version of hashmatch: a
scan that was begun before is not resumed, and hashes on record are not used again."""

_PARSERS_OF_OURS = "6"
"""Raised whenever other items are found in the same files, or under other locators."""
_PARSERS = ("inflate64", "libpff-python", "msoffcrypto-tool", "olefile", "pikepdf", "py7zr", "rars")
"""What reads containers: another version may find other items."""
_DECODERS = ("numpy", "pillow", "av", "pi-heif", "simplejpeg", "pylibjxl")
"""What reads: another version may give other hashes."""
_RULE_OF_FLAT_CARDS = "1"
"""Raised whenever other pictures are marked as flat cards."""
_LIBRARIES = (*_DECODERS, "faiss-cpu")
"""What reads or compares, for the record."""
_OF_PATCHES = ("opencv-python-headless",)


def run_config(
    matcher: Matcher,
    *,
    limits: Limits | None = None,
    inside: Inside | None = _INSIDE,
    selection: Selection | None = None,
    command: str = "",
    replaces: bool = False,
    deepens: bool = False,
) -> RunConfig:
    """What a scan with this matcher is bound to, for `Database.run`."""
    options = asdict(hash_options(matcher, limits))
    if matcher.tiers == (Tier.WHOLE,):
        # Scans of earlier versions looked for whole pictures alone, and are resumed.
        del options["tiers"]
    return RunConfig(
        profile=matcher.profile,
        lists=tuple(map(list_record, matcher.lists, matcher.coverage)),
        options={**options, "algorithms": list(options["algorithms"])},
        hash_version=f"{tool_version()}+hashes.{_HASHES}",
        libraries={
            **{name: _version(name) for name in _LIBRARIES},
            **{name: _version(name) for name in _OF_PATCHES if Tier.PATCHES in matcher.tiers},
            library.PACKAGE: library.version(),
        },
        decoders={
            **{name: _version(name) for name in _DECODERS},
            FLAT_CARDS_MARKED: _RULE_OF_FLAT_CARDS,
        },
        reading=_reading(inside, selection or Selection()),
        passwords=() if inside is None else inside.passwords,
        command=command,
        replaces=replaces,
        deepens=deepens,
    )


def _reading(inside: Inside | None, selection: Selection) -> dict[str, Any]:
    """All that decides which items there are, and which are decoded."""
    selected = {"min_size": selection.min_size, "only": selection.only}
    if inside is None:
        return {"inside": False, **selected}
    versions = {name: _version(name) for name in _PARSERS}
    return {
        "inside": True,
        **asdict(inside.limits),
        "passwords": "",
        "parsers": {"hashmatch": _PARSERS_OF_OURS, **versions},
        **selected,
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
