"""A scan of archives that is killed amid their members, as `benchmarks/inside.py` does longer."""

import sys
from pathlib import Path
from random import Random

import pytest

from tests.support.kill_members import Members, killed_members


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
def test_members_are_on_record_once_however_often_a_scan_is_killed(tmp_path: Path) -> None:
    ground = Members.of(tmp_path, 200)
    assert killed_members(ground, tmp_path, Random(1), 2).wrong == []
