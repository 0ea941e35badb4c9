import os
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from hashmatch.sources import volume
from hashmatch.sources.volume import volume_of


@pytest.mark.skipif(sys.platform != "linux", reason="udev is Linux's")
def test_a_volume_has_the_name_that_udev_gives_its_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "_BY_UUID", str(tmp_path))
    assert volume_of(tmp_path) == ""
    (tmp_path / "1234-ABCD").symlink_to("/dev/null")
    assert volume_of(tmp_path) == ""

    disk = Mock(st_dev=getattr(Path("/dev/null").stat(), "st_rdev", 0))
    monkeypatch.setattr(volume, "os", Mock(stat=lambda _: disk, scandir=os.scandir))
    assert volume_of("/evidence") == "1234-ABCD"


def test_what_is_not_there_has_no_volume(tmp_path: Path) -> None:
    assert volume_of(tmp_path / "none") == ""
