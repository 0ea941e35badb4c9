"""Modules of the standard library as Unix systems have them, where benchmarks run.

Windows lacks some of their functions, and type checkers say so there.
"""

import os as _os
import signal as _signal
from importlib import import_module
from types import ModuleType
from typing import Final

os: Final[ModuleType] = _os
signal: Final[ModuleType] = _signal
resource: Final[ModuleType] = import_module("resource")
