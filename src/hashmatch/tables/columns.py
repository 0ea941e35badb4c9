"""The columns of results, declared once: docs/platforms/batch.md explains them.

A type is `text`, `int`, `real`, `flag` or `bytes`; a list holds the one type of its elements, a
mapping the types of its fields. Every value can be missing.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from hashmatch.errors import HashmatchError

Type: TypeAlias = "str | Sequence[Type] | Mapping[str, Type]"
"""The type of a column, or of what is in it."""

VERSION: Final = 1
"""The version of the columns; what is written as version 1 stays readable."""

DIGESTS: Final[Mapping[str, Type]] = {"md5": "text", "sha1": "text", "sha256": "text"}

HASHES: Final[Mapping[str, Type]] = {
    "algorithm": "text",
    "hex": "text",
    "quality": "int",
    "orientation": "int",
    "alpha": "text",
    "frame": "int",
    "time": "real",
    "part": "text",
}
"""A hash: of which reading of the picture, or of which frame of the video, it is."""

REGIONS: Final[Mapping[str, Type]] = {
    "tier": "text",
    "outline": ["real"],
    "quality": "int",
    "plan": "text",
    "codes": "bytes",
    "frame": "int",
    "places": "bytes",
}
"""A part of a picture that may be a known one, where tiers beyond the whole were asked for."""

SEGMENTS: Final[Mapping[str, Type]] = {
    **dict.fromkeys(("start", "end", "known_start", "known_end"), "real"),
    "grade": "text",
    "frames": "int",
    "pictures": "int",
    **dict.fromkeys(("distance", "speed", "coverage", "known_coverage"), "real"),
    "orientation": "text",
    "part": "text",
    "times_estimated": "flag",
    "offset": "real",
}

MATCHES: Final[Mapping[str, Type]] = {
    "list_name": "text",
    "entry_id": "text",
    "category": "text",
    "scheme": "text",
    "kind": "text",
    "band": "text",
    "algorithm": "text",
    "distance": "int",
    "threshold": "int",
    "reportable": "flag",
    "known_good": "flag",
    "suppressed": "flag",
    "orientation": "text",
    "inverted": "flag",
    "alpha": "text",
    "frame": "int",
    "mode": "text",
    "part": "text",
    "quality": "int",
    "entry_quality": "int",
    "fraction": "real",
    "tier": "text",
    "outline": [["real"]],
    "hypothesis": "text",
    "tried": "int",
    "inliers": "int",
    "scale": "real",
    "turn": "real",
    "overlap": "real",
    "number": "int",
    "list_sha256": "text",
    "entry_hash": "text",
    "entry_digests": DIGESTS,
    "details": "text",
    "segments": [SEGMENTS],
}
"""A match, as `Match.to_dict()` has it; details of the publisher are one JSON object."""

COLUMNS: Final[Mapping[str, Type]] = {
    "uri": "text",
    "size": "int",
    **DIGESTS,
    "status": "text",
    "reason": "text",
    "detail": "text",
    "kind": "text",
    "format": "text",
    "width": "int",
    "height": "int",
    "frames": "int",
    "fraction": "real",
    "flags": ["text"],
    "mode": "text",
    "decoder": "text",
    "sampling": "text",
    "duration": "real",
    "codec": "text",
    "damaged": "int",
    "hash": "text",
    "quality": "int",
    "hashes": [HASHES],
    "regions": [REGIONS],
    "matches": [MATCHES],
    "generation": "int",
    "known": "text",
}
"""Every column of a row of results, in its order."""


class ColumnError(HashmatchError, ValueError):
    """A table whose columns are not those that are needed, or that cannot be understood."""
