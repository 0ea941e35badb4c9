import subprocess
import sys
from typing import Final

_SEARCH: Final = """
import sys
import numpy as np
from hashmatch.search.ranges import RangeIndex
codes = np.random.default_rng(1).integers(0, 256, (30_000, 32), np.uint8)
near = codes[[7]] ^ np.array([[3] + [0] * 31], np.uint8)
found = RangeIndex(codes).search(near, 31)
print(found.rows.tolist(), found.distances.tolist(),
      *(name in sys.modules for name in ("numba", "numba.typed.typeddict", "faiss")))
"""


def test_later_processes_load_machine_code_and_no_compiler() -> None:
    command = [sys.executable, "-c", _SEARCH]
    first, second = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
        for _ in range(2)
    )
    assert first.startswith("[7] [2] True")
    assert second.split() == ["[7]", "[2]", "True", "False", "False"]
