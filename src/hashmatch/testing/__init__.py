"""Contract checks that every extension passes, ours too.

A package that registers one calls its check in its own tests, as `check_hasher(MyHasher())`.
`hashes` needs hypothesis: `pip install hypothesis`.
"""

from hashmatch.testing.hashers import check_hasher, drawn_raster, hashes
from hashmatch.testing.lists import check_list_format
from hashmatch.testing.reports import check_report
from hashmatch.testing.sources import check_source
from hashmatch.testing.transforms import check_transforms

__all__ = [
    "check_hasher",
    "check_list_format",
    "check_report",
    "check_source",
    "check_transforms",
    "drawn_raster",
    "hashes",
]
