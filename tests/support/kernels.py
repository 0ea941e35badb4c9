"""Compiled kernels: those of this process, of other instruction sets, and none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hashmatch.hashers import compiled
from hashmatch.native import library
from hashmatch.native.library import Level
from hashmatch.search.kernels import calls

NEEDED = pytest.mark.skipif(library.library() is None, reason=library.reason() or "never")
"""On what needs compiled kernels."""


def levels() -> list[Level]:
    """The instruction sets that this processor and the setting allow, the lowest first."""
    found = library.library()
    return list(Level)[: list(Level).index(found.level) + 1] if found else []


@contextmanager
def at(level: Level) -> Iterator[None]:
    """Kernels of this instruction set."""
    found = library.library()
    assert found is not None
    assert found.calls.hm_use(list(Level).index(level)) == list(Level).index(level)
    try:
        yield
    finally:
        found.calls.hm_use(list(Level).index(found.level))


def forget() -> None:
    """What is found out once in a process is found out again."""
    for opened in (library.library, library._opened, library.tell_that_it_is_missing):
        opened.cache_clear()
    for called in (calls.calls, compiled.calls):
        called.cache_clear()


@contextmanager
def without_kernels(monkeypatch: pytest.MonkeyPatch, setting: str = "no") -> Iterator[None]:
    """As on a machine where they were not built, or with another setting."""
    with monkeypatch.context() as patch:
        patch.setenv(library.VARIABLE, setting)
        forget()
        try:
            yield
        finally:
            forget()
