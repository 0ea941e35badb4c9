"""Kernels are counted, whether they were kept or compiled."""

import json
import subprocess
import sys
from pathlib import Path

from hashmatch.search.kernels.status import kernel_status

_SCRIPT = """
import json
from dataclasses import asdict
from hashmatch.search.kernels.status import kernel_status
print(json.dumps(asdict(kernel_status())))
"""


def test_kernels_that_one_process_compiled_are_kept_for_the_next() -> None:
    here = kernel_status()
    assert here.loaded + here.compiled > 1
    assert (here.folder != "") is here.writable
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )
    next_one = json.loads(done.stdout)
    kept = here.loaded + here.compiled
    expected = (kept, 0) if here.writable else (0, kept)
    assert (next_one["loaded"], next_one["compiled"]) == expected
    assert Path(next_one["folder"]) == Path(here.folder)
