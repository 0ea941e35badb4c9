"""Finds known abuse material by perceptual hash, without any human viewing it.

>>> import hashmatch as hm
>>> hm.Hash.parse("dhash-64:00000000000000ff") - hm.Hash.parse("dhash-64:0000000000000000")
8
"""

TYPE_CHECKING = False  # `typing` is not loaded for it
if TYPE_CHECKING:
    from hashmatch.errors import HashmatchError, InternalError, Reason, UnreadableImageError
    from hashmatch.file_matching import Matcher
    from hashmatch.hashing.items import HashOptions, hash_image, hash_images, hash_item, hash_video
    from hashmatch.hashlists.reading import HashList, read_list
    from hashmatch.index.index import Index
    from hashmatch.limits import Limits
    from hashmatch.model import (
        Digests,
        Entry,
        Hash,
        ImageHashes,
        Item,
        Match,
        ScanResult,
        ScanSummary,
        Unreadable,
        VideoHashes,
    )
    from hashmatch.model.orientation import Orientation
    from hashmatch.profiles import Policy, Profile, get_profile
    from hashmatch.registry import register
    from hashmatch.reports.plain import to_json
    from hashmatch.scanning.engine import iter_scan, scan

_HOMES = {
    "Digests": "model",
    "Entry": "model",
    "Hash": "model",
    "HashList": "hashlists.reading",
    "HashOptions": "hashing.items",
    "HashmatchError": "errors",
    "ImageHashes": "model",
    "Index": "index.index",
    "InternalError": "errors",
    "Item": "model",
    "Limits": "limits",
    "Match": "model",
    "Matcher": "file_matching",
    "Orientation": "model.orientation",
    "Policy": "profiles",
    "Profile": "profiles",
    "Reason": "errors",
    "ScanResult": "model",
    "ScanSummary": "model",
    "Unreadable": "model",
    "UnreadableImageError": "errors",
    "VideoHashes": "model",
    "get_profile": "profiles",
    "hash_image": "hashing.items",
    "hash_images": "hashing.items",
    "hash_item": "hashing.items",
    "hash_video": "hashing.items",
    "iter_scan": "scanning.engine",
    "read_list": "hashlists.reading",
    "register": "registry",
    "scan": "scanning.engine",
    "to_json": "reports.plain",
}

__all__ = [
    "Digests",
    "Entry",
    "Hash",
    "HashList",
    "HashOptions",
    "HashmatchError",
    "ImageHashes",
    "Index",
    "InternalError",
    "Item",
    "Limits",
    "Match",
    "Matcher",
    "Orientation",
    "Policy",
    "Profile",
    "Reason",
    "ScanResult",
    "ScanSummary",
    "Unreadable",
    "UnreadableImageError",
    "VideoHashes",
    "get_profile",
    "hash_image",
    "hash_images",
    "hash_item",
    "hash_video",
    "iter_scan",
    "read_list",
    "register",
    "scan",
    "to_json",
]


def __getattr__(name: str) -> object:
    """A public name, its module imported on first use: `import hashmatch` itself costs nothing."""
    if name not in _HOMES:
        msg = f"module 'hashmatch' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value: object = getattr(import_module(f"hashmatch.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
