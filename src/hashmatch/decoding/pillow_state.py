"""What Pillow keeps for the whole process: its warnings, its messages and its limit of pixels."""

import ctypes
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from PIL import Image, _imaging

from hashmatch.limits import Limits


def _silence_libtiff() -> None:
    """Turn off libtiff's messages on standard error; Pillow turns off only its warnings."""
    with suppress(OSError, AttributeError):
        handle = ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler
        handle.argtypes, handle.restype = (ctypes.c_void_p,), ctypes.c_void_p
        handle(None)


_silence_libtiff()
logging.getLogger("PIL").addHandler(logging.NullHandler())

_lock = Lock()
_inside = 0
_outer: "tuple[warnings.catch_warnings[None], int | None] | None" = None


@contextmanager
def quiet(limits: Limits) -> Iterator[None]:
    """Pillow without warnings and with our pixel limit, also in many threads at once.

    Both are process-wide: the first thread in saves them, the last one out restores them, and
    between the largest limit holds. Pillow refuses at twice its own.
    """
    global _inside, _outer  # noqa: PLW0603 (they mirror process-wide state)
    with _lock:
        if not _inside:
            caught = warnings.catch_warnings()
            caught.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
            _outer = caught, Image.MAX_IMAGE_PIXELS
            Image.MAX_IMAGE_PIXELS = 0
        _inside += 1
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, -(-limits.max_pixels // 2))
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _outer:
                caught, Image.MAX_IMAGE_PIXELS = _outer
                caught.__exit__(None, None, None)
                _outer = None
