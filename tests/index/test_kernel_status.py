"""Kernels are counted, whether they were kept or compiled."""

import json
import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import json
from dataclasses import asdict
from hashmatch.index.kernels.status import kernel_status
print(json.dumps(asdict(kernel_status())))
"""


def _status(folder: Path) -> dict[str, object]:
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", _SCRIPT],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_kernels_are_compiled_once_and_kept(tmp_path: Path) -> None:
    first, second = _status(tmp_path), _status(tmp_path)
    assert str(first["folder"]).startswith(str(tmp_path))
    assert first["writable"] is second["writable"] is True
    assert (first["loaded"], second["compiled"]) == (0, 0)
    assert first["compiled"] == second["loaded"] != 0
