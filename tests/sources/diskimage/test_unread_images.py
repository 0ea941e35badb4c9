"""What is not read, or not all of it, says so by name, and what to do."""

import hashlib
import shutil
import struct
from pathlib import Path

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.reading import read_around
from tests.support.aff4_files import write_aff4, write_map
from tests.support.disk_images import FORMS, medium, run, sha256, split, write
from tests.support.dmg_files import write_dmg

_DATA = medium()

_BEGINNINGS = {
    "EnCase image (Ex01)": b"EVF2\r\n\x81\x00\x02\x01",
    "EnCase logical image (L01)": b"LVF\x09\r\n\xff\x00\x01\x01\x00",
    "EnCase logical image (Lx01)": b"LEF2\r\n\x81\x00",
    "AccessData image (AD1)": b"ADSEGMENTEDFILE\x00",
    "encrypted AccessData image": b"ADCRYPT\x00",
    "AFF image": b"AFF10\r\n\x00",
    "Parallels disk": b"WithoutFreeSpace",
    "Apple sparse image": b"sprs\x00\x00\x00\x01",
    "encrypted Apple disk image (DMG)": b"encrcdsa\x00\x00\x00\x02",
    "CD image of raw sectors": b"\x00" + b"\xff" * 10 + b"\x00\x00\x02\x00\x01",
    "VMware disk (SESPARSE)": b"\xbe\xba\xfe\xca\x00\x00\x00\x00",
}


@pytest.mark.parametrize("name", _BEGINNINGS)
def test_kinds_that_are_not_read_are_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    path.write_bytes(_BEGINNINGS[name].ljust(100_000, b"\0"))
    with pytest.raises(UnreadableError) as caught:
        open_image(path)
    assert name in caught.value.detail
    wanted = Reason.ENCRYPTED if name.startswith("encrypted") else Reason.UNSUPPORTED
    assert caught.value.reason is wanted


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("affconvert", "-q", "-o", "disk.aff", "raw"), "AFF image"),
        (("qemu-img", "convert", "-O", "parallels", "raw", "disk.hdd"), "Parallels disk"),
        (("qemu-img", "convert", "-O", "qcow", "raw", "disk.qcow"), "QCOW image of version 1"),
    ],
)
def test_kinds_that_are_not_read_are_named_as_tools_make_them(
    command: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    write(tmp_path / "raw", _DATA)
    run(*command, folder=tmp_path)
    (first,) = (each for each in tmp_path.iterdir() if each.name.startswith("disk"))
    with pytest.raises(UnreadableError, match=name):
        open_image(first)


def test_an_encrypted_dmg_of_the_first_version_is_named(tmp_path: Path) -> None:
    path = tmp_path / "disk.dmg"
    path.write_bytes(bytes(100_000) + b"cdsaencr")
    with pytest.raises(UnreadableError, match="encrypted Apple disk image"):
        open_image(path)


@pytest.mark.parametrize(
    ("options", "words", "reason"),
    [
        (("-o", "extended_l2=on"), "extended L2", Reason.UNSUPPORTED),
        (("-o", "data_file=other.raw"), "keeps its data in another file", Reason.UNSUPPORTED),
    ],
)
def test_kinds_of_qcow2_that_are_not_read(
    options: tuple[str, ...], words: str, reason: Reason, tmp_path: Path
) -> None:
    run("qemu-img", "create", "-f", "qcow2", *options, "disk.qcow2", "1M", folder=tmp_path)
    with pytest.raises(UnreadableError, match=words) as caught:
        open_image(tmp_path / "disk.qcow2")
    assert caught.value.reason is reason


def test_an_encrypted_qcow2_is_named(tmp_path: Path) -> None:
    first = FORMS["qcow2"](write(tmp_path / "raw", _DATA), tmp_path)
    data = bytearray(first.read_bytes())
    data[35] = 2
    first.write_bytes(data)
    with pytest.raises(UnreadableError, match="encrypted QCOW2") as caught:
        open_image(first)
    assert caught.value.reason is Reason.ENCRYPTED


def test_qcow_of_the_first_version_is_named(tmp_path: Path) -> None:
    run("qemu-img", "create", "-f", "qcow", "disk.qcow", "1M", folder=tmp_path)
    with pytest.raises(UnreadableError, match="QCOW image of version 1: convert it"):
        open_image(tmp_path / "disk.qcow")


def test_snapshots_in_a_qcow2_are_told(tmp_path: Path) -> None:
    first = FORMS["qcow2"](write(tmp_path / "raw", _DATA), tmp_path)
    run("qemu-img", "snapshot", "-c", "before", first)
    with open_image(first) as image:
        assert "1 snapshots of earlier times, which are not read" in image.medium.problems[0]
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()


def test_a_missing_library_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FORMS["qcow2 zstandard"](write(tmp_path / "raw", _DATA), tmp_path)
    monkeypatch.setattr(expanding, "_zstandard", None)
    with open_image(first) as image, pytest.raises(UnreadRangeError) as caught:
        image.medium.pread(0, image.medium.size)
    assert caught.value.detail.endswith(
        "with Zstandard, which is not installed: pip install '.[disk]' in hashmatch's folder"
    )
    assert caught.value.reason is Reason.UNSUPPORTED


def test_parts_of_a_raw_image(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    split(write(tmp_path / "raw", _DATA), whole)

    def copied(name: str) -> Path:
        return Path(shutil.copytree(whole, tmp_path / name)) / "disk.001"

    first = copied("missing")
    first.with_suffix(".003").unlink()
    with pytest.raises(UnreadableError, match=r"disk\.003, the next part of disk\.001, is missing"):
        open_image(first)
    first = copied("cut")
    part = first.with_suffix(".002")
    part.write_bytes(part.read_bytes()[:-512])
    with pytest.raises(UnreadableError, match=r"disk\.002 has .* it is cut"):
        open_image(first)
    first = copied("last")
    first.with_suffix(".001").rename(tmp_path / "kept")
    first.with_suffix(".004").rename(first)
    (tmp_path / "kept").rename(first.with_suffix(".004"))
    with pytest.raises(UnreadableError, match=r"cut, or no part of this image|wrong order"):
        open_image(first)
    # A file of such a name alone is an image of one part.
    first = copied("alone")
    for number in (2, 3, 4):
        first.with_suffix(f".{number:03}").unlink()
    with open_image(first) as image:
        assert image.medium.size == first.stat().st_size
    # However many parts a folder claims, none but the next is missed.
    first.with_suffix(".999").write_bytes(b"x")
    with pytest.raises(UnreadableError, match=r"disk\.002, the next part"):
        open_image(first)


@pytest.mark.parametrize("form", ["vmdk split flat", "vmdk flat", "vmdk split"])
def test_extents_that_are_cut_or_missing(form: str, tmp_path: Path) -> None:
    first = FORMS[form](write(tmp_path / "raw", _DATA), tmp_path)
    (tmp_path / "raw").unlink()
    extent = next(each for each in tmp_path.iterdir() if each != first)
    data = extent.read_bytes()
    extent.write_bytes(data[: len(data) // 2])
    with open_image(first) as image:
        assert image.medium.size == len(_DATA)
        read, bad = read_around(image.medium, 0, len(_DATA))
        assert bad
        assert extent.name in bad[0].reason
        assert "is cut" in bad[0].reason
        assert read[: bad[0].offset] == _DATA[: bad[0].offset]
        if "flat" in form:
            assert extent.name in image.medium.problems[0]
            assert image.medium.unread[0].offset == bad[0].offset
    extent.unlink()
    with pytest.raises(UnreadableError, match=f"{extent.name}, extent of disk.vmdk, is missing"):
        open_image(first)


def test_one_extent_without_its_description_says_so(tmp_path: Path) -> None:
    FORMS["vmdk split"](write(tmp_path / "raw", _DATA), tmp_path)
    with open_image(tmp_path / "disk-s001.vmdk") as image:
        assert "no description" in image.medium.problems[0]


def test_an_encrypted_vmdk_is_named(tmp_path: Path) -> None:
    text = '# Disk DescriptorFile\nencryption.keySafe = "vmware:key/list"\nRW 8 FLAT "a" 0\n'
    (tmp_path / "disk.vmdk").write_text(text)
    with pytest.raises(UnreadableError, match="encrypted VMware disk"):
        open_image(tmp_path / "disk.vmdk")


@pytest.mark.parametrize("form", ["vmdk stream", "qcow2 compressed"])
def test_a_flipped_byte_of_compressed_blocks_is_noticed(form: str, tmp_path: Path) -> None:
    """Zlib has a checksum; raw deflate, as in QCOW2, notices only what makes no sense."""
    first = FORMS[form](write(tmp_path / "raw", _DATA), tmp_path)
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 0x55
    first.write_bytes(data)
    with open_image(first) as image:
        read, bad = read_around(image.medium, 0, len(_DATA))
    if form == "vmdk stream":
        assert len(bad) == 1
        start, end = bad[0].offset, bad[0].offset + bad[0].length
        assert read[:start] + read[end:] == _DATA[:start] + _DATA[end:]


def test_wrong_checksums_of_a_vhd_are_warnings(tmp_path: Path) -> None:
    first = FORMS["vhd"](write(tmp_path / "raw", _DATA), tmp_path)
    data = bytearray(first.read_bytes())
    size = len(data)
    data[size - 512 + 64] ^= 1
    data[64] ^= 1
    data[512 + 36] ^= 1
    first.write_bytes(data)
    with open_image(first) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()
        assert [each.rpartition(": ")[2] for each in image.medium.problems] == [
            "the checksum of its header is wrong",
            "the checksum of its footer is wrong",
        ]
    # Without the footer at the end, its copy at the beginning says the same.
    data[64] ^= 1
    first.write_bytes(data[: size - 512])
    with open_image(first) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()
        assert "no footer at its end" in image.medium.problems[-1]


def test_a_vhdx_that_was_not_closed_is_told(tmp_path: Path) -> None:
    from hashmatch.sources.diskimage.checksums import crc32c

    first = FORMS["vhdx"](write(tmp_path / "raw", _DATA), tmp_path)
    data = bytearray(first.read_bytes())
    for at in (64 << 10, 128 << 10):
        data[at + 48 : at + 64] = b"l" * 16
        data[at + 4 : at + 8] = bytes(4)
        data[at + 4 : at + 8] = struct.pack("<L", crc32c(bytes(data[at : at + 4096])))
    first.write_bytes(data)
    with open_image(first) as image:
        assert "its log holds changes that are not read" in image.medium.problems[0]
    # One of two headers or tables may be damaged.
    data[(64 << 10) + 9] ^= 1
    data[(192 << 10) + 30] ^= 1
    first.write_bytes(data)
    with open_image(first) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()
    data[(128 << 10) + 9] ^= 1
    first.write_bytes(data)
    with pytest.raises(UnreadableError, match="both headers of it"):
        open_image(first)


def test_a_differencing_vdi_is_refused_with_what_to_do(tmp_path: Path) -> None:
    first = FORMS["vdi"](write(tmp_path / "raw", _DATA), tmp_path)
    data = bytearray(first.read_bytes())
    data[0x4C] = 4
    first.write_bytes(data)
    with pytest.raises(UnreadableError, match=r"differencing VirtualBox disk.*clonemedium"):
        open_image(first)


def test_a_dmg_of_a_compression_that_is_not_read_says_which(tmp_path: Path) -> None:
    first = write_dmg(tmp_path / "disk.dmg", _DATA, "lzfse")
    with open_image(first) as image:
        assert "compressed with LZFSE, which is not read: convert it" in image.medium.problems[0]
        unread = sum(each.length for each in image.medium.unread)
        assert 0 < unread < len(_DATA)
        with pytest.raises(UnreadRangeError, match="LZFSE"):
            image.medium.pread(image.medium.unread[0].offset, 1)


def test_dmg2img_reads_what_we_wrote_as_we_do(tmp_path: Path) -> None:
    first = write_dmg(tmp_path / "disk.dmg", _DATA)
    run("dmg2img", first, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == _DATA


def test_a_striped_aff4_whose_other_file_is_missing(tmp_path: Path) -> None:
    first = write_map(tmp_path, _DATA, 2)
    (tmp_path / "disk_1.aff4").unlink()
    # Another image in the same folder is none of its files.
    write_aff4(tmp_path / "other.aff4", _DATA)
    with pytest.raises(UnreadableError, match=r"disk_0\.aff4 is one of several .* missing"):
        open_image(first)


def test_an_aff4_of_files_is_no_medium(tmp_path: Path) -> None:
    files = write_aff4(tmp_path / "files.aff4", _DATA, types="aff4:FileImage, ")
    with pytest.raises(UnreadableError, match=r"files\.aff4 is a logical AFF4 image \(AFF4-L\)"):
        open_image(files)


def test_an_aff4_keeps_digests_of_its_medium(tmp_path: Path) -> None:
    with open_image(write_map(tmp_path, _DATA, 2)) as image:
        digest = hashlib.sha1(_DATA).hexdigest()  # noqa: S324 (as it is kept)
        assert image.medium.facts.digests == {"sha1": digest}


def test_a_damaged_chunk_of_an_aff4_is_named(tmp_path: Path) -> None:
    """Of one that is compressed: others have no checksum."""
    data = b"".join(b"line %d\n" % number for number in range(100_000))
    first = write_aff4(tmp_path / "disk.aff4", data)
    stored = bytearray(first.read_bytes())
    stored[len(stored) // 2] ^= 1
    first.write_bytes(stored)
    with open_image(first) as image:
        read, bad = read_around(image.medium, 0, len(data))
        assert len(bad) == 1
        start, end = bad[0].offset, bad[0].offset + bad[0].length
        assert end - start == 4096
        assert read[:start] + read[end:] == data[:start] + data[end:]


@pytest.mark.parametrize("form", FORMS)
def test_an_image_cut_anywhere_is_no_fault(form: str, tmp_path: Path) -> None:
    first = FORMS[form](write(tmp_path / "raw", medium(1 << 20)), tmp_path)
    data = first.read_bytes()
    for size in (1, 8, 100, 511, 512, 1000, len(data) // 2, len(data) - 1):
        first.write_bytes(data[:size])
        try:
            with open_image(first) as image:
                read_around(image.medium, 0, min(image.medium.size, 1 << 20))
        except UnreadableError as error:
            assert error.detail  # noqa: PT017 (either is right)
