"""Where the tests' files lie, and how a process of its own finds them."""

import os
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
"""Of the repository."""
FIXTURES: Final = ROOT / "tests" / "fixtures"
GOLDEN: Final = ROOT / "tests" / "golden"


def environment(**more: str) -> dict[str, str]:
    """The variables of a process that imports `tests` and what this one imports."""
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return {**os.environ, "PYTHONPATH": paths, **more}
