"""All that reading disk images needs, loaded before a process is locked down."""

import importlib
from typing import Final

from hashmatch.sources.diskimage import detecting

_MODULES: Final = (
    "hashmatch.sources.diskimage.opening",
    "hashmatch.sources.diskimage.volumes",
)
_CODECS: Final = ("ascii", "mac_roman", "utf_8", "utf_16", "utf_16_be", "utf_16_le")


def warm_up() -> None:
    """Import all that opening and reading images and finding volumes need."""
    for kind in detecting.READ:
        importlib.import_module(kind.opener.partition(":")[0])
    for module in _MODULES:
        importlib.import_module(module)
    for codec in _CODECS:
        importlib.import_module(f"encodings.{codec}")
