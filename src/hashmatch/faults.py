"""Faults of hashmatch: told from failures of evidence, and named by type and place.

An exception's own message is never part of the name: it may quote the evidence.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Final

from hashmatch.errors import InternalError

_HOME: Final = Path(__file__).parent
_NAME: Final = r"[A-Za-z_<][A-Za-z0-9_.<>]{0,99}"
_FAULT: Final = re.compile(
    rf"{_NAME} in [A-Za-z0-9_./]{{1,120}}:[0-9]{{1,7}} \({_NAME}\)"
).fullmatch
_SHOWN: Final = 3
"""Faults that are named in a sentence."""
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9_.<>]")


def fault_of(error: BaseException) -> str:
    """Type and place of an exception, as `TypeError in decoding/video.py:123 (_opened)`.

    The place is the innermost line of hashmatch that it passed through.
    """
    if isinstance(error, InternalError):
        return error.fault
    name = _UNNAMED.sub("_", type(error).__name__)[:100]
    place = None
    for frame, line in walk_tb(error.__traceback__):
        if is_ours(frame) or place is None:
            place = frame, line
    if place is None:
        return f"{name} in unknown:0 (unknown)"
    frame, line = place
    function = _UNNAMED.sub("_", frame.f_code.co_name)[:100]
    return f"{name} in {_file_of(frame)}:{line} ({function})"


def is_fault(text: str) -> bool:
    """Whether a text is one that `fault_of` gives: nothing else may be in a worker's answer."""
    return _FAULT(text) is not None


def in_words(faults: Mapping[str, int]) -> str:
    """The most frequent faults, with their files, and how many others there are."""
    most = sorted(faults, key=lambda fault: (-faults[fault], fault))
    shown = [f"{fault} ({faults[fault]:,})" if len(most) > 1 else fault for fault in most[:_SHOWN]]
    if len(most) > _SHOWN:
        shown.append(f"and {len(most) - _SHOWN:,} others")
    return ", ".join(shown)


def counted(files: int) -> str:
    """So many files, with the verb that goes before what was not done to them.

    >>> counted(1), counted(2000)
    ('1 file was', '2,000 files were')
    """
    return "1 file was" if files == 1 else f"{files:,} files were"


def is_ours(frame: FrameType) -> bool:
    """Whether a frame belongs to hashmatch."""
    return module_of(frame).partition(".")[0] == "hashmatch"


def module_of(frame: FrameType) -> str:
    """The module of a frame; compiled modules (Cython) name it in the function or the file."""
    name = frame.f_globals.get("__name__")
    code = frame.f_code
    if isinstance(name, str) and name:
        return name
    if "." in code.co_name:
        return code.co_name
    return "" if Path(code.co_filename).is_absolute() else code.co_filename.replace("/", ".")


def internal_error(error: Exception) -> InternalError:
    """The error to raise from this one."""
    return InternalError(fault_of(error))


def _file_of(frame: FrameType) -> str:
    path = Path(frame.f_code.co_filename)
    if path.is_relative_to(_HOME):
        return path.relative_to(_HOME).as_posix()
    return re.sub(r"[^A-Za-z0-9_./]", "_", module_of(frame))[:120] or "unknown"
