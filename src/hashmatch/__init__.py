"""Finds known abuse material by perceptual hash, without any human viewing it.

>>> import hashmatch as hm
>>> hm.Hash.parse("dhash-64:00000000000000ff") - hm.Hash.parse("dhash-64:0000000000000000")
8
"""

TYPE_CHECKING = False  # `typing` is not loaded for it
if TYPE_CHECKING:
    from hashmatch.calibration import calibrate
    from hashmatch.distributed.match_batch import MatchBatch
    from hashmatch.enrolment import enrol, enrolled_list
    from hashmatch.errors import HashmatchError, InternalError, Reason, UnreadableImageError
    from hashmatch.exchanges.fetching import fetch_into, open_exchange
    from hashmatch.file_matching import Matcher
    from hashmatch.hashing.items import HashOptions, hash_image, hash_images, hash_item, hash_video
    from hashmatch.hashlists.reading import HashList, read_list
    from hashmatch.hashlists.writing import write_list
    from hashmatch.index.index import Index
    from hashmatch.limits import Limits
    from hashmatch.model import (
        Digests,
        Entry,
        Hash,
        Item,
        Match,
        MediaHashes,
        ScanResult,
        ScanSummary,
        Unreadable,
        VideoFacts,
    )
    from hashmatch.model.orientation import Orientation
    from hashmatch.native.memory import keep_memory
    from hashmatch.profiles import Policy, Profile, get_profile
    from hashmatch.registration import register
    from hashmatch.reports.plain import to_json
    from hashmatch.reports.writing import write_report
    from hashmatch.scanning.engine import iter_scan
    from hashmatch.scanning.recorded import scan
    from hashmatch.scanning.uploads import Workers
    from hashmatch.sightings.database import Database
    from hashmatch.sources.base import Source
    from hashmatch.sources.opening import open_source

_HOMES = {
    "Database": "sightings.database",
    "Digests": "model",
    "Entry": "model",
    "Hash": "model",
    "HashList": "hashlists.reading",
    "HashOptions": "hashing.items",
    "HashmatchError": "errors",
    "Index": "index.index",
    "InternalError": "errors",
    "Item": "model",
    "Limits": "limits",
    "Match": "model",
    "MatchBatch": "distributed.match_batch",
    "Matcher": "file_matching",
    "MediaHashes": "model",
    "Orientation": "model.orientation",
    "Policy": "profiles",
    "Profile": "profiles",
    "Reason": "errors",
    "ScanResult": "model",
    "ScanSummary": "model",
    "Source": "sources.base",
    "Unreadable": "model",
    "UnreadableImageError": "errors",
    "VideoFacts": "model",
    "Workers": "scanning.uploads",
    "calibrate": "calibration",
    "enrol": "enrolment",
    "enrolled_list": "enrolment",
    "fetch_into": "exchanges.fetching",
    "get_profile": "profiles",
    "hash_image": "hashing.items",
    "hash_images": "hashing.items",
    "hash_item": "hashing.items",
    "hash_video": "hashing.items",
    "iter_scan": "scanning.engine",
    "keep_memory": "native.memory",
    "open_exchange": "exchanges.fetching",
    "open_source": "sources.opening",
    "read_list": "hashlists.reading",
    "register": "registration",
    "scan": "scanning.recorded",
    "to_json": "reports.plain",
    "write_list": "hashlists.writing",
    "write_report": "reports.writing",
}

__all__ = [
    "Database",
    "Digests",
    "Entry",
    "Hash",
    "HashList",
    "HashOptions",
    "HashmatchError",
    "Index",
    "InternalError",
    "Item",
    "Limits",
    "Match",
    "MatchBatch",
    "Matcher",
    "MediaHashes",
    "Orientation",
    "Policy",
    "Profile",
    "Reason",
    "ScanResult",
    "ScanSummary",
    "Source",
    "Unreadable",
    "UnreadableImageError",
    "VideoFacts",
    "Workers",
    "calibrate",
    "enrol",
    "enrolled_list",
    "fetch_into",
    "get_profile",
    "hash_image",
    "hash_images",
    "hash_item",
    "hash_video",
    "iter_scan",
    "keep_memory",
    "open_exchange",
    "open_source",
    "read_list",
    "register",
    "scan",
    "to_json",
    "write_list",
    "write_report",
]


def __getattr__(name: str) -> object:
    """A public name, its module imported on first use: `import hashmatch` itself costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("hashmatch")
    if name not in _HOMES:
        msg = f"module 'hashmatch' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value: object = getattr(import_module(f"hashmatch.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
