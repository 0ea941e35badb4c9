"""What somebody puts behind the end of an archive, or between its members, is found."""

import gzip
import io
import struct
from collections.abc import Callable

import py7zr
import pytest

from hashmatch.errors import Reason
from hashmatch.model.locator import Range
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.steps import reach
from tests.support.archives import tarred, zipped
from tests.support.photos import encoded, photo

HIDDEN = encoded(photo("astronaut").resize((160, 120)), "JPEG", quality=90)
MEMBERS = [("o.jpg", encoded(photo("coffee").resize((160, 120)), "JPEG", quality=90))]


def seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        for name, data in MEMBERS:
            archive.writestr(data, name)
    return out.getvalue()


def rar() -> bytes:
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder(format="rar50")
    for name, data in MEMBERS:
        builder.add_bytes(data, name)
    return bytes(builder.to_bytes())


def commented() -> bytes:
    """A zip archive that says that the hidden picture is its comment."""
    data = zipped(MEMBERS)
    return data[:-2] + len(HIDDEN).to_bytes(2, "little")


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(MEMBERS),
    "zip, as its comment": commented,
    "7z": seven,
    "RAR": rar,
    "tar": lambda: tarred(MEMBERS),
}


def hidden_in(archive: bytes) -> list[Range]:
    """Where the picture lies, as `expand` says it and `reach` opens it."""
    found = []
    for item in expand(io.BytesIO(archive)):
        if item.steps and item.file is not None:
            item.file.seek(0)
            if item.file.read() == HIDDEN:
                (step,) = item.steps
                assert isinstance(step, Range)
                assert reach(io.BytesIO(archive), item.steps).file.read() == HIDDEN
                found.append(step)
    return found


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_lies_behind_an_archive_is_an_item(name: str) -> None:
    archive = ARCHIVES[name]()
    assert hidden_in(archive + HIDDEN) == [Range(len(archive), len(HIDDEN))]


@pytest.mark.parametrize("name", ["zip", "7z", "RAR", "tar"])
def test_padding_behind_an_archive_is_none(name: str) -> None:
    archive = ARCHIVES[name]()
    plain = [item.steps for item in expand(io.BytesIO(archive))]
    assert [item.steps for item in expand(io.BytesIO(archive + bytes(5000)))] == plain


def test_what_lies_before_the_directory_of_a_zip_archive_is_an_item() -> None:
    archive = zipped(MEMBERS)
    end = archive.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<L", archive, end + 16)
    moved = struct.pack("<L", start + len(HIDDEN))
    archive = archive[:start] + HIDDEN + archive[start : end + 16] + moved + archive[end + 20 :]
    assert hidden_in(archive) == [Range(start, len(HIDDEN))]


def test_a_comment_that_a_person_can_read_is_no_item() -> None:
    text = b"made by nobody in particular"
    archive = zipped(MEMBERS)[:-2] + len(text).to_bytes(2, "little") + text
    assert all(
        not isinstance(each, Range) for item in expand(io.BytesIO(archive)) for each in item.steps
    )


def test_what_lies_behind_a_large_compressed_tar_is_told() -> None:
    large = tarred([("a", bytes(1 << 17)), *MEMBERS])
    (outer,) = [
        item for item in expand(io.BytesIO(gzip.compress(large + HIDDEN))) if len(item.steps) == 1
    ]
    assert [each.reason for each in outer.problems] == [Reason.CORRUPT_DATA]
    assert "behind its end mark" in outer.problems[0].detail
