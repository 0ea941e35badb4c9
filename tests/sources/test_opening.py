import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from hashmatch import registry
from hashmatch.errors import SourceError
from hashmatch.model.confidence import Confidence
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found
from hashmatch.sources.folder import Folder
from hashmatch.sources.opening import open_source
from tests.support import unix


class Sealed:
    """A kind of source of another package: files that begin with a mark."""

    kind = "sealed"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.roots = (os.fspath(path),)

    @staticmethod
    def detect(path: str, head: bytes, /) -> Confidence:
        assert path
        return Confidence.MAGIC if head.startswith(b"SEALED") else Confidence.NONE

    def __iter__(self) -> Iterator[Found]:
        yield Found(self.roots[0], "inside", within="inside")

    def open(self, found: Found, /) -> BinaryIO:
        return open_evidence(found.path)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._registered, ("sources", "sealed"), Sealed)


def test_the_surest_kind_opens_the_evidence(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"SEALED and more")
    (tmp_path / "b").write_bytes(b"a file")
    assert isinstance(open_source(tmp_path / "a"), Sealed)
    assert isinstance(open_source(tmp_path / "b"), Folder)
    assert isinstance(open_source(tmp_path), Folder)


def test_what_is_left_out_is_listed_of_any_kind(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"SEALED")
    (found,) = open_source(tmp_path / "a", excluded=["in*"])
    assert found.problem is not None
    assert found.problem.reason == "excluded"


def test_nothing_there_is_said_with_the_words_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file or directory"):
        open_source(tmp_path / "missing")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs what Unix systems have")
def test_what_holds_no_evidence_is_refused_and_nothing_waits_for_it(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    told = {"pipe": "a pipe", "link": "a pipe", "/dev/null": "a device"}
    if sys.platform == "linux":
        told["/proc/kmsg"] = "made up by the kernel"
    for path, words in told.items():
        with pytest.raises(SourceError, match=words):
            open_source(tmp_path / path)
