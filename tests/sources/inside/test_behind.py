"""Containers that lie behind the end of pictures and films."""

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Item
from hashmatch.model.locator import Range
from hashmatch.sources.inside.behind import container_behind
from tests.support.archives import tarred, zipped
from tests.support.clips import clip
from tests.support.expanded import rows_of
from tests.support.inner_members import picture
from tests.support.pdf_files import Writer

HIDDEN = picture("PNG", 90, "rocket")
"""The picture in the container."""


def seven(password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        archive.writestr(HIDDEN, "a.png")
    return out.getvalue()


def document() -> bytes:
    writer = Writer()
    writer.document.attachments["a.png"] = HIDDEN
    out = io.BytesIO()
    writer.document.save(out)
    return out.getvalue()


CONTAINERS: dict[str, Callable[[], bytes]] = {
    "7z": seven,
    "zip": lambda: zipped([("a.png", HIDDEN)]),
    "zip with bytes behind it": lambda: zipped([("a.png", HIDDEN)]) + b"\xff\xd9",
    "tar": lambda: tarred([("a.png", HIDDEN)]),
    "tar.gz": lambda: gzip.compress(tarred([("a.png", HIDDEN)])),
    "bz2": lambda: bz2.compress(HIDDEN),
    "xz": lambda: lzma.compress(HIDDEN),
    "PDF": document,
}
KINDS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
GAPS = {"at once": b"", "behind zeros": bytes(3000), "behind more": b"\x01\x02more " * 999}


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_behind_a_picture_is_opened(container: str, gap: str) -> None:
    for kind in KINDS:
        front = picture(kind, 64)
        data = front + GAPS[gap] + CONTAINERS[container]()
        assert HIDDEN in [each.data for each in rows_of(data)], kind


def test_a_container_behind_a_film_is_opened() -> None:
    data = clip() + seven()
    assert HIDDEN in [each.data for each in rows_of(data)]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_alone_and_other_bytes_behind_them_hold_none(kind: str) -> None:
    front = picture(kind, 64)
    chance = random.Random(kind)
    tails = [b"", bytes(5000), picture("JPEG"), chance.randbytes(1 << 20), b"PK and 7z, Rar!" * 99]
    for tail in tails:
        assert container_behind(io.BytesIO(front + tail)) is None


def test_what_lies_across_pieces_of_a_long_tail_is_found() -> None:
    archive = zipped([("a.png", HIDDEN)])
    for gap in (4194304 - 1025, 4194304 - 4, 4194304 - 1):
        data = picture("JPEG") + b"x" * gap + archive
        assert container_behind(io.BytesIO(data)) == len(data) - len(archive)


def scanned(folder: Path, data: bytes, **options: object) -> dict[str, Item]:
    evidence = folder / "evidence"
    evidence.mkdir(exist_ok=True)
    (evidence / "a.bin").write_bytes(data)
    (folder / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    found = hm.iter_scan(evidence, against=folder / "known.csv", workers=0, **options)  # type: ignore[arg-type]
    return {each.item.locator.removeprefix(f"{evidence}/a.bin"): each.item for each in found}


def test_a_picture_is_read_whole_if_the_container_behind_it_was_opened(tmp_path: Path) -> None:
    front, behind = picture("JPEG"), seven()  # Two of a moment have times of other sizes.
    items = scanned(tmp_path, front + behind)
    media = items[""].media
    assert media is not None
    assert (media.reason, items[""].left_unread, items[""].container) == (None, False, "")
    assert "container-behind" in media.flags
    archive = f"!range:{len(front)}+{len(behind)}"
    why = items[archive].unreadable
    assert why is not None
    assert why.reason is Reason.OPENED
    (hidden,) = (each for name, each in items.items() if name.startswith(f"{archive}!"))
    assert hidden.media is not None
    assert hidden.place is not None
    assert isinstance(hidden.place.locator.steps[1], Range)


def test_a_container_that_is_not_opened_is_an_item_that_says_so(tmp_path: Path) -> None:
    front = picture("JPEG")
    items = scanned(tmp_path, front + seven("secret"))
    reasons = {name: each.unreadable and each.unreadable.reason for name, each in items.items()}
    assert reasons[""] is None
    assert {reason for name, reason in reasons.items() if name} == {Reason.ENCRYPTED}
    left = scanned(tmp_path, front + seven(), inside=None)
    assert list(left) == [""]
    assert left[""].left_unread


def test_a_weak_mark_does_not_keep_a_file_from_being_searched(tmp_path: Path) -> None:
    fronts = {
        "tga": bytes([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 64, 0, 24, 0]),
        "pcx": b"\x0a\x05\x01\x08" + bytes(60),
        "sgi": b"\x01\xda\x00\x01\x00\x03" + b"\x00\x40" * 3,
        "ppm": b"P6 64 64 255\n",
        "xbm": b"#define a_width 8\n#define a_height 8\nstatic",
        "ico": b"\0\0\1\0\1\0\x20\x20\0\0\1\0\x20\0" + b"\xee\xff\0\0\xff\0\0\0",
        "jpegxl": b"\xff\x0a" + b"\x11" * 20,
    }
    for name, front in fronts.items():
        for filler in (b"\x5a\xa5" * 40_000, bytes(range(1, 251)) * 300):
            data = front + filler + HIDDEN + b"end" * 99
            items = scanned(tmp_path, data)
            assert f"!range:{len(front + filler)}+{len(HIDDEN)}" in items, name


def test_icons_that_are_icons_are_not_searched(tmp_path: Path) -> None:
    items = scanned(tmp_path, picture("ICO", 64))
    assert list(items) == [""]
    assert items[""].media is not None


def test_the_end_of_a_jpeg_is_found_wherever_blocks_of_the_file_end() -> None:
    """A container is found behind a JPEG, and none in it, whatever a block of its bytes cuts."""
    front = picture("JPEG", 64)
    scan = front.index(b"\xff\xda")
    begin = scan + 2 + int.from_bytes(front[scan + 2 : scan + 4], "big")
    for size in range((1 << 18) - 1, (1 << 18) + 4):
        data = front[:begin] + bytes(size - len(front)) + front[begin:]
        hidden = gzip.compress(HIDDEN)
        assert container_behind(io.BytesIO(data)) is None
        assert container_behind(io.BytesIO(data + hidden)) == len(data)
        assert container_behind(io.BytesIO(data + b"\x01\x02" + hidden)) == len(data) + 2
