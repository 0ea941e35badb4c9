"""Images that build on others: found in the folder of the first, and nowhere else."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.opening import open_image
from tests.support.differencing import differ_vhd, differ_vhdx
from tests.support.disk_images import FORMS, holes_are_zeros, medium, run, sha256, write

_DATA = medium()
_CHANGED = {
    sector: os.urandom(512)
    for sector in (0, 1, 7, 8, 2047, 4095, 4096, 4099, len(_DATA) // 512 - 1)
}


def _expected() -> str:
    data = bytearray(_DATA)
    for sector, content in _CHANGED.items():
        data[sector * 512 : sector * 512 + 512] = content
    return hashlib.sha256(data).hexdigest()


def _overlay(folder: Path, kind: str) -> Path:
    """An image that builds on base.KIND, with the changed sectors, made by qemu."""
    base, top = f"base.{kind}", f"top.{kind}"
    run("qemu-img", "create", "-f", kind, "-b", base, "-F", kind, top, folder=folder)
    for sector, content in _CHANGED.items():
        (folder / "sector").write_bytes(content)
        command = f"write -s sector {sector * 512} 512"
        run("qemu-io", "-f", kind, "-c", command, top, folder=folder)
    (folder / "sector").unlink()
    return folder / f"top.{kind}"


def _base(folder: Path, form: str) -> Path:
    raw = write(folder / "raw", _DATA)
    first = FORMS[form](raw, folder)
    raw.unlink()
    return first.rename(folder / f"base{first.suffix}")


@pytest.mark.parametrize("kind", ["qcow2", "vmdk"])
def test_an_image_of_qemu_on_another_one(kind: str, tmp_path: Path) -> None:
    _base(tmp_path, kind)
    with open_image(_overlay(tmp_path, kind)) as image:
        assert sha256(image.medium) == _expected()
        assert image.spec.names == (f"top.{kind}", f"base.{kind}")
        assert holes_are_zeros(image.medium) > 0
        assert image.medium.problems == []
        with image.spec.open() as again:
            assert sha256(again.medium) == _expected()


@pytest.mark.parametrize(("form", "differ"), [("vhd", differ_vhd), ("vhdx", differ_vhdx)])
def test_a_differencing_disk(form: str, differ: Callable[..., Path], tmp_path: Path) -> None:
    base = _base(tmp_path, form)
    top = differ(tmp_path / f"top.{form}", base, _CHANGED)
    with open_image(top) as image:
        assert sha256(image.medium) == _expected()
        assert image.spec.names == (f"top.{form}", f"base.{form}")
        holes_are_zeros(image.medium)
        assert image.medium.problems == []
    # Made on Windows, it names a whole path; the file beside it counts, and that is told.
    top = differ(tmp_path / f"top.{form}", base, _CHANGED, rf"C:\Case\VMs\base.{form}")
    with open_image(top) as image:
        assert sha256(image.medium) == _expected()
        assert [each for each in image.medium.problems if "in its own folder is read" in each]
    # Another disk of the same name is none.
    base.unlink()
    FORMS[form](write(tmp_path / "raw", medium(seed=8)), tmp_path).rename(base)
    with pytest.raises(UnreadableError, match=r"is not the disk .* that top"):
        open_image(top)
    base.unlink()
    with pytest.raises(UnreadableError, match=r"base\..*, parent of top.*, is missing: put it in"):
        open_image(top)


def test_an_overlay_on_a_raw_image_never_takes_it_for_another_container(tmp_path: Path) -> None:
    inner = FORMS["qcow2"](write(tmp_path / "raw", _DATA), tmp_path)
    data = inner.read_bytes()
    base = tmp_path / "base.raw"
    base.write_bytes(data.ljust(-(-len(data) // 512) * 512, b"\0"))
    run(
        "qemu-img",
        "create",
        "-f",
        "qcow2",
        "-b",
        "base.raw",
        "-F",
        "raw",
        "top.qcow2",
        folder=tmp_path,
    )
    with open_image(tmp_path / "top.qcow2") as image:
        assert sha256(image.medium) == hashlib.sha256(base.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("/etc/shadow", "'/etc/shadow'; other folders are not read"),
        ("../../x", "'../../x'; other folders are not read"),
        (r"..\..\secret.raw", "other folders are not read"),
        ("..", "is no file"),
        ("nbd://host/disk", "no file beside it"),
        ('json:{"driver":"nbd"}', "no file beside it"),
        ("missing.qcow2", "missing.qcow2, parent of top.qcow2, is missing"),
        ("top.qcow2", "builds on itself"),
        ("link.raw", "symbolic link"),
    ],
)
def test_what_an_image_names_outside_of_its_folder_is_not_read(
    wanted: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "link.raw").symlink_to("/etc/passwd")
    run("qemu-img", "create", "-f", "qcow2", "top.qcow2", "1M", folder=tmp_path)
    run(
        "qemu-img",
        "rebase",
        "-u",
        "-f",
        "qcow2",
        "-F",
        "raw",
        "-b",
        wanted,
        "top.qcow2",
        folder=tmp_path,
    )
    with pytest.raises(UnreadableError) as caught:
        open_image(tmp_path / "top.qcow2")
    assert words in caught.value.detail


@pytest.mark.parametrize("wanted", ["/etc/shadow", "../../x", "/dev/sda", "link.raw"])
@pytest.mark.parametrize("kind", ["FLAT", "SPARSE", "VMFS"])
def test_extents_outside_of_the_folder_are_not_read(kind: str, wanted: str, tmp_path: Path) -> None:
    (tmp_path / "link.raw").symlink_to("/etc/passwd")
    text = (
        f'# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\nRW 8 {kind} "{wanted}" 0\n'
    )
    (tmp_path / "disk.vmdk").write_text(text)
    with pytest.raises(UnreadableError) as caught:
        open_image(tmp_path / "disk.vmdk")
    assert caught.value.reason in (Reason.DAMAGED, Reason.SYMBOLIC_LINK)
    assert "missing: put it in the same folder" in caught.value.detail or (
        "symbolic link" in caught.value.detail
    )


def test_a_chain_of_many_parents_ends(tmp_path: Path) -> None:
    run("qemu-img", "create", "-f", "qcow2", "0.qcow2", "1M", folder=tmp_path)
    for number in range(1, 36):
        run(
            *("qemu-img", "create", "-u", "-f", "qcow2", "-b", f"{number - 1}.qcow2"),
            *("-F", "qcow2", f"{number}.qcow2", "1M"),
            folder=tmp_path,
        )
    with open_image(tmp_path / "30.qcow2") as image:
        assert len(image.spec.names) == 31
        assert image.medium.pread(0, 9) == bytes(9)
    with pytest.raises(UnreadableError, match="builds on more than 32 images"):
        open_image(tmp_path / "35.qcow2")
