"""The contract of sources of evidence, checked."""

import hashlib
import io
import os
from collections.abc import Iterable
from typing import BinaryIO, Final

from hashmatch.errors import HashmatchError, UnreadableError
from hashmatch.scanning.digested import DigestFiles
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import Found, Source, roots_of
from hashmatch.sources.opener import opener_of
from hashmatch.testing.rules import expect

_CHUNK: Final = 1 << 20


def check_source(source: Source) -> None:
    """Check one opened source against the contract of `sources.base.Source`.

    It gives the same files in the same order each time; no two have the same locator, on record
    or in full; every file without a problem can be opened, twice at a time, sought in and not
    written to, and has as many bytes as its size says, where it says one; a worker that may read
    nothing but the roots builds the source again and reads the same bytes; sizes are never
    negative; and nothing in the evidence is changed by it.

    Args:
        source: evidence with at least one file, as workers can build it again: its class lies in a
            module that can be imported.

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
    expect(all(map(os.path.isabs, roots or ())), name, "roots are absolute paths")
    digests: dict[str, str] = {}
    for each in files:
        expect(each.size >= 0, name, "sizes are never negative")
        if each.problem is None:
            digests[each.locator] = _check_file(name, source, each)
    _check_workers(name, source, files, digests)
    expect(before == _states(files), name, "changes nothing in the evidence")


def _check_file(name: str, source: Source, found: Found) -> str:
    """See that a file is read as it must be; its SHA-256."""
    where = repr(found.locator)
    try:
        with source.open(found) as first, source.open(found) as second:
            expect(first.readable() and first.seekable(), name, f"{where} is sought in")
            in_memory = isinstance(first, io.BytesIO)
            expect(in_memory or not first.writable(), name, f"{where} is read-only")
            expect(first.tell() == 0, name, f"{where} is opened at its start")
            sha256 = _sha256(first)
            size = first.tell()
            expect(second.tell() == 0, name, f"{where} is opened for each reader by itself")
            expect(second.seek(0, os.SEEK_END) == size, name, f"{where} ends where it ends")
            if size:
                second.seek(size - 1)
                expect(len(second.read(2)) == 1, name, f"{where} is read from any place")
            second.seek(0)
            expect(_sha256(second) == sha256, name, f"{where} has the same bytes each time")
    except (OSError, UnreadableError) as error:
        msg = f"{name}: {where} can be opened, as it has no problem: {error}"
        raise AssertionError(msg) from error
    expect(found.size in (0, size), name, f"{where} has as many bytes as its size says")
    return sha256


def _check_workers(
    name: str, source: Source, files: Iterable[Found], digests: dict[str, str]
) -> None:
    """See that a locked worker reads the same."""
    workers = WorkerPool(
        count=1, limits=WorkerLimits(), sandbox=Sandbox(roots_of(source), unsandboxed=True)
    )
    read: dict[str, str | None] = {}
    why: dict[str, str] = {}
    try:
        for each in in_workers(DigestFiles(opener_of(source)), files, workers):
            if each is not None:
                found, digested = each
                read[found.locator] = digested.digests.sha256
                if digested.problem is not None and found.problem is None:
                    why[found.locator] = f"{digested.problem.reason}: {digested.problem.detail}"
    except HashmatchError as error:
        msg = f"{name}: workers build it again: {error}"
        raise AssertionError(msg) from error
    for locator, sha256 in digests.items():
        rule = f"a worker that may read its roots alone reads the same bytes of {locator!r}"
        told = f": {why[locator]}" if locator in why else ""
        expect(read.get(locator) == sha256, name, f"{rule}{told}")


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while data := file.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()


def _states(files: Iterable[Found]) -> list[tuple[int, int, int] | None]:
    return [_state(each.path) for each in files]


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        about = os.lstat(path)
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_mode
