"""Every form of disk images is opened as one where files are read, by its first file."""

import hashlib
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from hashmatch.sources.diskimage.beside import OnDisk
from hashmatch.sources.diskimage.files import Handles
from hashmatch.sources.inside.disk_image import Near
from hashmatch.sources.inside.expanding import expand
from tests.support.aff4_files import AFF4_FORMS
from tests.support.disk_images import FORMS, write
from tests.support.disk_volumes import disk, volume
from tests.support.dmg_files import DMG_FORMS

pytest.importorskip("pytsk3")
pytest.importorskip("pyfshfs")
_ALL = FORMS | AFF4_FORMS | DMG_FORMS
_FILES = {f"DCIM/{number}.txt": f"file {number}, ".encode() * 999 for number in range(3)}


@cache
def medium() -> bytes:
    return disk([volume("hfsplus", _FILES)], [0xAF])


@pytest.mark.parametrize("form", _ALL)
def test_files_of_an_image_in_every_form_are_read(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    folder.mkdir()
    first = _ALL[form](write(tmp_path / "raw", medium()), folder)
    handles = Handles()
    near = Near(first.name, OnDisk(str(folder), handles))
    digests = set()
    with first.open("rb") as file, closing(handles):
        for item in expand(file, near=near):
            if item.file is not None and item.steps:
                item.file.seek(0)
                digests.add(hashlib.sha256(item.file.read()).digest())
    assert {hashlib.sha256(each).digest() for each in _FILES.values()} <= digests
