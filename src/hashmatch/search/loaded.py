"""What compares hashes in this process: for the record, without loading any of it."""

import sys

from hashmatch.native import library


def kernels() -> dict[str, str]:
    """Which libraries compare, and the instruction sets that they use."""
    found = {library.PACKAGE: library.version()}
    if faiss := sys.modules.get("faiss"):
        found["faiss"] = str(faiss.get_compile_options()).strip()
    return found
