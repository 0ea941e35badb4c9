"""The sources pass the check, and broken ones do not."""

import sys
from pathlib import Path

import pytest

from hashmatch.sources.excluding import Excluding
from hashmatch.sources.folder import Folder
from hashmatch.sources.several import Several
from hashmatch.testing import check_source
from tests.support.broken_sources import BROKEN, Narrow
from tests.support.stored_files import Stored, stored


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    for name in ("a/1.jpg", "a/b/2.jpg", "c.txt"):
        path = tmp_path / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "evidence"


def test_ours_pass(evidence: Path, tmp_path: Path) -> None:
    check_source(Folder(evidence))
    check_source(Folder(evidence / "c.txt"))
    check_source(Excluding(Folder(evidence), ["*.txt"]))
    inside = stored(tmp_path / "stored", {"first": b"one", "second": b"two"})
    check_source(Stored(inside))
    check_source(Several([Folder(evidence), Stored(inside)]))


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_source_is_refused(broken: type[Folder], evidence: Path) -> None:
    if broken is Narrow and sys.platform != "linux":
        pytest.skip("only there a worker is kept from what it may not read")
    with pytest.raises(AssertionError, match=BROKEN[broken]):
        check_source(broken(evidence))
