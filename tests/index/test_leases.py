"""A leased generation outlasts any number of changes, and no longer than its lease."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import KnownChangedError
from hashmatch.index.leases import LIVES
from tests.support.known_lists import entry, hash_list


def change(folder: Path, times: int = 1) -> None:
    for _ in range(times):
        number = hm.Index(folder).generation.number + 1 if hm.Index.at(folder) else 1
        with hm.Index.edit(folder) as index:
            index.put(hash_list([entry(each) for each in range(1, number + 1)], name="lab"))


def leases(folder: Path) -> list[Path]:
    return sorted(folder.glob("lease-*"))


def test_a_leased_generation_is_kept_with_its_files_and_goes_with_the_lease(tmp_path: Path) -> None:
    change(tmp_path)
    index = hm.Index(tmp_path)
    pickled = pickle.dumps(index)
    with index.lease() as lease:
        assert not lease.why_not
        change(tmp_path, 5)
        again = pickle.loads(pickled)  # noqa: S301 (our own)
        assert [each.id for known in again.lists for each in known.entries()] == ["entry-1"]
    assert not leases(tmp_path)
    change(tmp_path)
    with pytest.raises(KnownChangedError, match="tidied away"):
        pickle.loads(pickled)  # noqa: S301 (our own)
    assert len(list(tmp_path.glob("generation-*"))) == 3


def test_the_lease_of_a_process_that_was_killed_counts_for_a_day(tmp_path: Path) -> None:
    change(tmp_path)
    pickled = pickle.dumps(hm.Index(tmp_path))
    code = (
        "import os, signal, sys, hashmatch as hm\n"
        "lease = hm.Index(sys.argv[1]).lease()\n"
        "os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)  # noqa: S603 (ours)
    (left,) = leases(tmp_path)
    change(tmp_path, 4)
    assert pickle.loads(pickled).generation.number == 1  # noqa: S301 (our own)
    before = left.stat().st_mtime - LIVES - 60
    os.utime(left, (before, before))
    change(tmp_path)
    assert not leases(tmp_path)
    with pytest.raises(KnownChangedError, match="tidied away"):
        pickle.loads(pickled)  # noqa: S301 (our own)


def test_a_folder_that_cannot_be_written_gives_no_lease_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(tmp_path)
    index = hm.Index(tmp_path)

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    lease = index.lease()
    assert "cannot be written (Permission denied)" in lease.why_not
    lease.release()
    assert not leases(tmp_path)
