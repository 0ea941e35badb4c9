"""What compares hashes in this process: for the record, without loading any of it."""

import sys


def kernels() -> dict[str, str]:
    """The instruction sets that loaded libraries were compiled for; empty where none is loaded."""
    found = {}
    if faiss := sys.modules.get("faiss"):
        found["faiss"] = str(faiss.get_compile_options()).strip()
    if binding := sys.modules.get("llvmlite.binding"):
        found["numba"] = str(binding.get_host_cpu_name())
    return found
