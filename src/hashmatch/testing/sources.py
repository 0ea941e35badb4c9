"""The contract of sources of evidence, checked."""

import os
from collections.abc import Iterable
from pathlib import Path

from hashmatch.files.regular import open_regular
from hashmatch.sources.base import Found, Source, roots_of
from hashmatch.testing.rules import expect


def check_source(source: Source) -> None:
    """Check one opened source against the contract of `sources.base.Source`.

    It gives the same files in the same order each time; no two have the same locator, on record
    or in full; every file without a problem can be opened and lies below the roots, where it says
    them; sizes are never negative; and nothing in the evidence is changed by it.

    Args:
        source: evidence with at least one file.

    Raises:
        AssertionError: the first rule that does not hold, in words.
    """
    name = type(source).__name__
    files = list(source)
    expect(bool(files), name, "has a file to be checked with")
    expect(all(isinstance(each, Found) for each in files), name, "gives files as Found")
    before = _states(files)
    expect(files == list(source), name, "gives the same files in the same order")
    for what in ("locator", "recorded"):
        told = [getattr(each, what) for each in files]
        expect(all(told), name, f"{what} is never empty")
        expect(len(set(told)) == len(told), name, f"{what} is one of its kind")
    roots = roots_of(source)
    for each in files:
        expect(each.size >= 0, name, "sizes are never negative")
        if each.problem is None:
            _check_file(name, each, roots)
    expect(before == _states(files), name, "changes nothing in the evidence")


def _check_file(name: str, found: Found, roots: tuple[str, ...] | None) -> None:
    try:
        os.close(open_regular(Path(found.path)))
    except OSError as error:
        msg = f"{name}: {found.locator!r} can be opened, as it has no problem: {error.strerror}"
        raise AssertionError(msg) from error
    if roots is not None:
        path = os.path.realpath(found.path)
        below = any(path == root or path.startswith(root.rstrip("/") + os.sep) for root in roots)
        expect(below, name, f"{found.locator!r} lies below the roots")


def _states(files: Iterable[Found]) -> list[tuple[int, int, int] | None]:
    return [_state(each.path) for each in files]


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        about = os.lstat(path)
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_mode
