"""Damaged files and bombs end in a result or in a reason; benchmarks/robustness.py runs more."""

import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from PIL import Image

from hashmatch import (
    HashOptions,
    Limits,
    MediaHashes,
    Unreadable,
    UnreadableImageError,
    hash_image,
    hash_images,
    hash_item,
)
from hashmatch.decoding import formats, jpeg_scans, pages, pillow, png
from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.heif import plain_items
from hashmatch.decoding.image import decode_bytes
from hashmatch.decoding.jpeg_header import read_header
from hashmatch.errors import InternalError, Reason
from tests.support.bombs import bombs
from tests.support.mutations import TRICKS, correct_checksums, mutant
from tests.support.valid_files import valid_files

_MUTANTS_PER_SEED = 16
_LIMITS = Limits(max_pixels=4_000_000)
_FAST = HashOptions(limits=_LIMITS)
_EXACT = HashOptions(mode="exact", orientations=True, variants=True, limits=_LIMITS)
_ALL = Wanted(exact=True, rgb=True, dropped=True)

_SLOW = {"gif-frames", "gif-frames-100", "png-chunks", "webp-frames"}
"""Bombs that are only walked through, in some seconds."""


def _from_bytes(data: bytes) -> object:
    return hash_image(data, _FAST)


def _from_item(data: bytes) -> object:
    item = hash_item(data, _EXACT)
    assert (item.media is None) is (item.unreadable is not None)
    assert item.size == len(data)
    assert item.unreadable is None or item.unreadable.reason != "internal-error", item
    return item.media


def _from_decoder(data: bytes) -> object:
    kind, decoded = decode_bytes(data, _ALL, _LIMITS)
    assert kind
    assert all(frame.raster.rgb is not None for frame in decoded.frames)
    return None


def _from_file(data: bytes) -> object:
    return hash_image(io.BytesIO(data), _EXACT)


def _from_pil(data: bytes) -> object:
    """What a caller who uses Pillow has of it, if anything."""
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
        if image.width * image.height <= _LIMITS.max_pixels:
            with suppress(Exception):
                image.load()
        return hash_image(image, _FAST)
    return None


_DOORS: tuple[Callable[[bytes], object], ...] = (
    _from_bytes,
    _from_item,
    _from_decoder,
    _from_file,
)


def check(data: bytes, door: int) -> None:
    """Nothing but a sound result or `UnreadableImageError` comes out of this door."""
    try:
        found = _DOORS[door % len(_DOORS)](data)
    except UnreadableImageError:
        return
    if isinstance(found, MediaHashes):
        assert found.readings
        assert 0 < found.fraction <= 1


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Process-wide settings of Pillow and `warnings` are as they were."""
    before = Image.MAX_IMAGE_PIXELS, [*warnings.filters]
    yield
    assert (Image.MAX_IMAGE_PIXELS, [*warnings.filters]) == before


@pytest.mark.parametrize("seed", list(valid_files()))
def test_damaged_files_end_in_a_result_or_a_reason(
    seed: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with nothing_left_behind():
        for number in range(_MUTANTS_PER_SEED):
            made = mutant(seed, number)
            try:
                check(made.data, number)
            except Exception as error:
                msg = f"{seed}:{number} ({', '.join(made.tricks)})"
                raise AssertionError(msg) from error
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", sorted(set(bombs()) - _SLOW))
def test_bombs_end_in_a_result_or_a_reason(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    with nothing_left_behind():
        check(bombs()[name](), 0)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", sorted(n for n in bombs() if "size" in n or "65500" in n))
def test_pictures_beyond_the_limit_are_refused_before_they_are_decoded(name: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(bombs()[name](), _FAST)
    assert caught.value.reason in (Reason.TOO_MANY_PIXELS, Reason.DAMAGED)


def test_files_cut_anywhere_end_in_a_result_or_a_reason() -> None:
    for data in valid_files().values():
        for end in (0, 1, 4, 12, 40, len(data) // 2, len(data) - 1):
            check(data[:end], 0)


@pytest.mark.parametrize("kind", formats.names())
def test_zeros_behind_a_valid_head_end_in_a_reason(kind: str) -> None:
    names = (name for name, data in valid_files().items() if formats.sniff(data) == kind)
    for data in (valid_files()[name] for name in names):
        for kept in (16, 32, 64):
            check(data[:kept] + bytes(5000), 0)


def test_opened_pil_images_of_damaged_files_end_in_a_result_or_a_reason() -> None:
    for seed in valid_files():
        for number in range(3):
            with suppress(UnreadableImageError):
                _from_pil(mutant(seed, number).data)


def test_settings_survive_many_threads() -> None:
    files = [mutant(seed, number).data for seed in valid_files() for number in range(2)]
    with nothing_left_behind():
        found = list(hash_images(files, _FAST, threads=8))
    assert len(found) == len(files)
    assert {type(one) for one in found} == {MediaHashes, Unreadable}


@pytest.mark.parametrize("text", ["type", "content type"])
def test_items_of_a_heic_that_are_not_ascii_do_no_harm(text: str) -> None:
    plain = valid_files()["heic-turned"]
    at = plain.index(b"mime") + (1 if text == "type" else 6)
    data = bytearray(plain)
    data[at] |= 0x80
    assert plain_items(plain) is plain
    assert plain_items(bytes(data)) == plain[:at] + b"?" + plain[at + 1 :]
    assert hash_image(bytes(data)).readings == hash_image(plain).readings


def test_a_file_that_fails_under_a_pil_image_is_a_reason() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.getvalue() and size and size > 1 << 20:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(UnreadableImageError) as caught:
        hash_image(Image.open(Failing(valid_files()["png"])))
    assert caught.value.reason is Reason.IO_ERROR


def test_libtiff_keeps_silent(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(valid_files()["tiff-deflate"])
    data[1000:3000] = bytes(2000)
    check(bytes(data), 0)
    assert capfd.readouterr().err == ""


def test_long_texts_of_a_png_are_left_out() -> None:
    plain = valid_files()["png"]
    bomb = bombs()["png-text"]()
    assert len(png.plain(bomb)) < 1000
    assert png.plain(plain) is plain
    assert hash_image(bomb).reason is None


@pytest.mark.parametrize("scale", [0, 1, 8])
@pytest.mark.parametrize("name", ["jpeg-scans-small", "jpeg-scans-apart"])
def test_only_the_first_hundred_scans_count(name: str, scale: int) -> None:
    bomb = bombs()[name]()
    kept = jpeg_scans.trim(bomb, read_header(bomb), scale)
    assert 1 <= kept.count(b"\xff\xda") <= jpeg_scans.MOST_SCANS
    assert not jpeg_scans.has_sane_scans(bomb)
    plain = valid_files()["jpeg-progressive"]
    assert jpeg_scans.trim(plain, read_header(plain)) is plain
    assert jpeg_scans.has_sane_scans(plain)


def test_a_scan_that_ends_with_the_file_does_no_harm() -> None:
    data = valid_files()["jpeg-large-progressive"]
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    for length in (0, 1, 2, 3, 8):
        cut = data[: second + 2] + length.to_bytes(2) + bytes(max(0, length - 3))
        for door in range(4):
            check(cut, door)


def test_pages_are_counted_so_far_only() -> None:
    assert hash_image(bombs()["tiff-pages"]()).frames == pages.MOST_FRAMES
    assert hash_image(bombs()["tiff-loop"]()).frames == 3


def test_comments_of_a_ppm_do_not_branch() -> None:
    assert formats.sniff(bombs()["ppm-comments"]()) is None
    assert formats.sniff(b"P5\n# one\n# two # three\n4 4 255\n") == "ppm"


def test_a_mutant_is_the_same_for_the_same_number() -> None:
    assert mutant("png", 5) == mutant("png", 5)
    assert len({mutant("png", number).data for number in range(50)}) > 45


def test_every_trick_is_played() -> None:
    played = {trick for number in range(300) for trick in mutant("gif", number).tricks}
    assert played >= set(TRICKS)


def test_checksums_are_corrected() -> None:
    data = bytearray(valid_files()["png-palette"])
    data[30] ^= 255
    correct_checksums(data)
    assert bytes(data) == valid_files()["png-palette"]


def test_the_checks_can_fail(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def noisy(*_: object) -> None:
        os.write(2, b"libfoo: bad")
        Image.MAX_IMAGE_PIXELS = 5
        raise BufferError

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    monkeypatch.setattr(pillow, "decode", noisy)
    with pytest.raises(InternalError, match="BufferError"):
        check(valid_files()["bmp"], 0)
    with pytest.raises(AssertionError, match="internal-error"):
        check(valid_files()["bmp"], 1)
    # After a fault of ours, `hash_item` tries the first picture alone.
    assert capfd.readouterr().err == "libfoo: bad" * 3
    with pytest.raises(AssertionError), nothing_left_behind():
        warnings.simplefilter("ignore")
