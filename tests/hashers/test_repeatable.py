"""The same hashes whatever instructions the processor has, and however its BLAS library sums."""

import json
import os
import subprocess
import sys
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest

from tests.support.places import environment

VECTORS = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])

# Kernels of older processors with the cache of a newer one crash in OpenBLAS 0.3.34.
_THEIR_CACHE = MappingProxyType({"OPENBLAS_L2_SIZE": "256"})

# OpenBLAS takes the kernels of the processor that is named, and its own where it knows none.
PROCESSORS = MappingProxyType(
    {
        # As many threads as for everybody who sets nothing: the tests themselves have one.
        "this one": {"OPENBLAS_NUM_THREADS": str(os.cpu_count())},
        "fused": {"OPENBLAS_CORETYPE": "Haswell", **_THEIR_CACHE},
        "plain": {
            "OPENBLAS_CORETYPE": "Prescott",
            **_THEIR_CACHE,
            "OPENBLAS_NUM_THREADS": "1",
            "NPY_DISABLE_CPU_FEATURES": " ".join(VECTORS),
            "JSIMD_FORCENONE": "1",
            "HASHMATCH_NATIVE": "no",
        },
    }
)


@cache
def digests(processor: str) -> dict[str, str]:
    done = subprocess.run(  # noqa: S603 (our own script)
        [sys.executable, "-m", "tests.support.processor_digest", processor],
        env=environment(**PROCESSORS[processor]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("processor", [*PROCESSORS][1:])
def test_hashes_do_not_depend_on_the_processor(processor: str) -> None:
    assert digests(processor) == digests("this one")
