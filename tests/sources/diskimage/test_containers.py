"""Every container gives the bytes of the medium, as the tool that made it was given them."""

import hashlib
from pathlib import Path

import pytest

from hashmatch.sources.diskimage.detecting import detect
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.reading import Held
from tests.support.aff4_files import AFF4_FORMS
from tests.support.disk_images import FORMS, holes_are_zeros, medium, sha256, write
from tests.support.dmg_files import DMG_FORMS

_ALL = FORMS | AFF4_FORMS | DMG_FORMS
_KINDS = {
    "split": "raw disk image",
    "e01": "EnCase image (E01)",
    "vmdk": "VMware disk (VMDK)",
    "vhd": "VirtualPC disk (VHD)",
    "vhdx": "Hyper-V disk (VHDX)",
    "vdi": "VirtualBox disk (VDI)",
    "qcow2": "QEMU disk (QCOW)",
    "aff4": "AFF4 image",
    "dmg": "Apple disk image (DMG)",
}


@pytest.mark.parametrize("form", _ALL)
def test_the_medium_is_the_same_in_every_container(form: str, tmp_path: Path) -> None:
    data = medium()
    raw = write(tmp_path / "raw", data)
    folder = tmp_path / "image"
    folder.mkdir()
    first = _ALL[form](raw, folder)

    with open_image(first) as image:
        assert image.spec.kind == _KINDS[form.split(maxsplit=1)[0]]
        assert image.medium.size == len(data)
        assert sha256(image.medium) == hashlib.sha256(data).hexdigest()
        assert image.medium.problems == []
        assert image.medium.unread == []
        assert sorted(image.spec.names) == sorted(each.name for each in folder.iterdir())
    # Opened by its files alone, and read in pieces that fit no block.
    with image.spec.open() as again:
        assert sha256(again.medium, 123_456) == hashlib.sha256(data).hexdigest()
        for offset, size in ((0, 1), (511, 2), (65_535, 70_000), (len(data) - 5, 100)):
            assert again.medium.pread(offset, size) == data[offset : offset + size]
        assert again.medium.pread(len(data) + 1, 5) == b""
        holes_are_zeros(again.medium)


@pytest.mark.parametrize(
    "form", ["vmdk", "qcow2", "vdi", "vmdk stream", "aff4 with a map", "dmg", "e01"]
)
def test_zeros_that_are_not_stored_are_holes(form: str, tmp_path: Path) -> None:
    data = bytes(3 << 20) + medium(1 << 20) + bytes(4 << 20)
    with open_image(_ALL[form](write(tmp_path / "raw", data), tmp_path)) as image:
        assert holes_are_zeros(image.medium) >= 6 << 20


def test_holes_of_a_sparse_raw_file_are_known(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    with path.open("wb") as file:
        file.truncate(1 << 40)
        file.seek(1 << 39)
        file.write(b"x" * 4096)
    with open_image(path) as image:
        total = sum(length for _, length in image.medium.holes())
        assert image.medium.size - total < 1 << 20
        assert image.medium.pread(1 << 39, 2) == b"xx"


def test_a_file_that_is_no_container_is_raw(tmp_path: Path) -> None:
    path = tmp_path / "disk.E01"
    path.write_bytes(b"MZ" + bytes(5000))
    assert detect(Held(path.read_bytes())) is None
    with open_image(path) as image:
        assert image.spec.kind == "raw disk image"


def test_a_container_is_one_whatever_its_name_is(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", medium(1 << 20))
    path = FORMS["qcow2"](raw, tmp_path).rename(tmp_path / "holiday.jpg")
    with open_image(path) as image:
        assert sha256(image.medium) == hashlib.sha256(raw.read_bytes()).hexdigest()


def test_many_files_need_few_open_at_a_time(tmp_path: Path) -> None:
    data = medium(200 * 2048, seed=3)
    for number in range(200):
        part = data[number * 2048 : (number + 1) * 2048]
        (tmp_path / f"disk.{number + 1:03}").write_bytes(part)
    with open_image(tmp_path / "disk.001") as image:
        assert len(image.spec.names) == 200
        assert sha256(image.medium) == hashlib.sha256(data).hexdigest()
        assert image.handles is not None
        assert image.handles.count <= 16
        image.close()
        assert image.handles.count == 0
        # Read again, a file is opened again.
        assert image.medium.pread(4096, 9) == data[4096:4105]


def test_a_link_to_an_image_leads_to_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    first = FORMS["split raw"](write(tmp_path / "raw", medium()), folder)
    link = tmp_path / "disk.001"
    link.symlink_to(first)
    with open_image(link) as image:
        assert image.spec.paths == tuple(sorted(map(str, folder.iterdir())))
