"""One file of evidence: readings, damage, limits, and one kind of error."""

import io
import sys
import threading
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.decoding.arrays import is_array
from hashmatch.decoding.image import _is_pil_image
from hashmatch.errors import Reason, UnknownNameError, UnreadableError, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image, hash_item
from hashmatch.limits import Limits
from hashmatch.model import Alpha
from hashmatch.model.orientation import Orientation
from tests.support import unix
from tests.support.photos import bits_apart, encoded, photo


def picture() -> Image.Image:
    return photo("coffee").resize((600, 400))


JPEG = encoded(picture(), "JPEG", quality=90)
WHOLE = hash_image(JPEG)


def test_the_result_says_what_was_read() -> None:
    assert str(WHOLE.hash).startswith("pdq:")
    assert (WHOLE.width, WHOLE.height, WHOLE.format) == (600, 400, "jpeg")
    assert (WHOLE.mode, WHOLE.decoder, WHOLE.flags) == ("fast", "turbo", ())
    assert (WHOLE.complete, WHOLE.fraction, WHOLE.reason) == (True, 1.0, None)
    assert WHOLE.hashes == {"pdq": WHOLE.hash}


def test_size_is_that_of_the_picture_as_shown() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = hash_image(encoded(picture(), "JPEG", exif=exif))
    assert (turned.width, turned.height) == (400, 600)
    assert "oriented" in turned.flags


def test_several_algorithms_come_from_one_decode() -> None:
    options = HashOptions(algorithms=("phash-64", "pdq", "colorhash-42"))
    found = hash_image(JPEG, options)
    assert list(found.hashes) == ["phash-64", "pdq", "colorhash-42"]
    assert found.hash.algorithm == "phash-64"


def test_orientations_are_all_eight_with_the_upright_first() -> None:
    found = hash_image(JPEG, HashOptions(orientations=True))
    assert [reading.orientation for reading in found.readings] == list(Orientation)
    assert found.hash == WHOLE.hash


def test_the_reading_of_reference_tools_is_a_variant() -> None:
    """Orientation ignored and alpha dropped: what pdqhash makes of the stored colours."""
    pixels = np.asarray(picture().convert("RGBA")).copy()
    pixels[100:300, 150:450, 3] = 0
    exif = Image.Exif()
    exif[0x0112] = 8
    data = encoded(Image.fromarray(pixels), "PNG", exif=exif)
    found = hash_image(data, HashOptions(orientations=True, variants=True))
    vector, _ = pdqhash.compute(np.ascontiguousarray(pixels[:, :, :3]))
    reference = np.packbits(vector).tobytes()
    assert bits_apart(found.hash.value, reference) > 31
    near = [r for r in found.readings if bits_apart(r.hash.value, reference) <= 2]
    assert [r.alpha for r in near] == [Alpha.DROPPED]
    assert len(found.readings) == 16
    assert "alpha" in found.flags


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_transparent_parts_are_white_as_a_viewer_shows_them(form: str) -> None:
    """Half transparent, colours zeroed there: against Pillow's own compositing and pdqhash."""
    pixels = np.asarray(picture().convert("RGBA")).copy()
    pixels[:, :300] = 0
    pixels[200:, 300:, 3] = 128
    image = Image.fromarray(pixels)
    white = Image.new("RGBA", image.size, "white")
    shown = Image.alpha_composite(white, image).convert("RGB")
    vector, _ = pdqhash.compute(np.asarray(shown))
    options = {"lossless": True} if form == "WEBP" else {}
    found = hash_image(encoded(image, form, **options))
    assert bits_apart(found.hash.value, np.packbits(vector).tobytes()) <= 2


def test_opaque_alpha_adds_no_reading() -> None:
    found = hash_image(encoded(picture().convert("RGBA"), "PNG"), HashOptions(variants=True))
    assert len(found.readings) == 1
    assert "alpha" not in found.flags


def test_both_pictures_of_a_stereo_camera_are_hashed() -> None:
    right = picture().rotate(9)
    found = hash_image(encoded(picture(), "MPO", save_all=True, append_images=[right]))
    assert found.frames == 2
    assert found.hash - WHOLE.hash <= 10
    assert found.readings[1].hash - hash_image(encoded(right, "PNG")).hash <= 10


# Damage


def test_a_missing_end_marker_costs_nothing() -> None:
    found = hash_image(JPEG[:-2])
    assert found.readings == WHOLE.readings
    assert found.complete


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 90}),
        ("PNG", {}),
        ("WEBP", {"quality": 90}),
        ("TIFF", {}),
        ("BMP", {}),
        ("GIF", {"interlace": 0}),
    ],
)
def test_truncated_files_are_decoded_as_far_as_they_go(
    form: str, options: dict[str, int], share: float
) -> None:
    data = encoded(picture(), form, **options)
    found = hash_image(data[: int(len(data) * share)])
    assert not found.complete
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - share) < 0.2
    assert found.hash.algorithm == "pdq"


def test_a_progressive_jpeg_cut_in_a_late_scan_is_a_whole_picture() -> None:
    data = encoded(picture(), "JPEG", quality=90, progressive=True)
    found = hash_image(data[: len(data) * 8 // 10])
    assert found.reason is Reason.TRUNCATED
    assert found.fraction == 1.0
    assert found.hash - WHOLE.hash <= 10


def test_overwritten_bytes_are_said() -> None:
    broken = bytearray(JPEG)
    broken[len(JPEG) // 2 : len(JPEG) // 2 + 256] = bytes(range(255, -1, -1))
    found = hash_image(bytes(broken))
    assert found.reason is Reason.CORRUPT_DATA


def test_garbage_before_the_start_is_passed_over() -> None:
    found = hash_image(b"\x00garbage\xff" * 50 + JPEG)
    assert found.readings == WHOLE.readings
    assert "leading-garbage" in found.flags


def test_trimming_scans_changes_no_bit_of_a_baseline_decode() -> None:
    large = photo("retina").resize((2100, 2100))
    baseline = encoded(large, "JPEG", quality=90)
    progressive = encoded(large, "JPEG", quality=90, progressive=True)
    assert hash_image(baseline).readings == hash_image(progressive).readings


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF"])
def test_black_bars_do_not_count_as_missing(form: str) -> None:
    framed = Image.new("RGB", (640, 640))
    framed.paste(picture(), (20, 120))
    data = encoded(framed, form)
    cut = data[:-60] if form == "PNG" else data[: -640 * 3]
    found = hash_image(cut)
    assert not found.complete
    assert found.fraction > 0.95


def test_of_two_exif_blocks_the_first_counts() -> None:
    def block(value: int) -> bytes:
        exif = Image.Exif()
        exif[0x0112] = value
        data = exif.tobytes()
        return b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data

    data = JPEG[:2] + block(1) + block(6) + JPEG[2:]
    loaded = Image.open(io.BytesIO(data))
    loaded.load()
    assert (hash_image(data).width, hash_image(loaded).width) == (600, 600)


def test_a_start_marker_in_a_program_makes_it_no_picture() -> None:
    item = hash_item(b"MZ" + bytes(500) + b"\xff\xd8\xff\xe0" + bytes(500))
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.NOT_A_PICTURE


def test_an_oriented_tiff_says_so() -> None:
    data = encoded(picture(), "TIFF", tiffinfo={0x0112: 6})
    found = hash_image(data)
    assert (found.width, found.flags) == (400, ("oriented",))


def test_a_truncated_oriented_tiff_is_turned_all_the_same() -> None:
    data = encoded(picture(), "TIFF", tiffinfo={0x0112: 6})
    found = hash_image(data[: len(data) * 8 // 10])
    assert (found.width, found.height) == (400, 600)
    assert found.flags == ("oriented",)
    assert abs(found.fraction - 0.8) < 0.05


# Limits and errors


def reason_of(source: object, limits: Limits | None = None) -> Reason:
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(source, HashOptions(limits=limits or Limits()))  # type: ignore[arg-type]
    return caught.value.reason


def test_every_refusal_has_its_reason(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe")
    assert reason_of(b"") is Reason.EMPTY
    assert reason_of(b"only text") is Reason.NOT_A_PICTURE
    assert reason_of(JPEG[:200]) is Reason.DAMAGED
    assert reason_of(tmp_path / "nowhere") is Reason.IO_ERROR
    assert reason_of(tmp_path / "pipe") is Reason.SPECIAL_FILE
    assert reason_of(tmp_path) is Reason.SPECIAL_FILE
    assert reason_of("null\0byte") is Reason.IO_ERROR
    closed = io.BytesIO(JPEG)
    closed.close()
    assert reason_of(closed) is Reason.IO_ERROR
    assert reason_of(JPEG, Limits(max_bytes=1000)) is Reason.TOO_MANY_BYTES


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "JPEG2000"])
def test_the_pixel_cap_is_checked_before_decoding(form: str) -> None:
    data = encoded(picture(), form)
    assert reason_of(data, Limits(max_pixels=600 * 400 - 1)) is Reason.TOO_MANY_PIXELS
    assert hash_image(data, HashOptions(limits=Limits(max_pixels=600 * 400))).width == 600


def test_a_picture_above_pillows_own_limit_is_read_without_a_word() -> None:
    large = Image.new("1", (14_000, 13_000))
    data = encoded(large, "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert hash_image(data).width == 14_000
    assert Image.MAX_IMAGE_PIXELS == 89_478_485


def test_pillows_settings_are_restored_after_many_threads() -> None:
    data = encoded(picture().quantize(16), "PNG")
    before = list(warnings.filters)
    threads = [threading.Thread(target=hash_image, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
    assert Image.MAX_IMAGE_PIXELS == 89_478_485


def test_a_file_object_is_read_from_its_start() -> None:
    file = io.BytesIO(JPEG)
    file.seek(100)
    assert hash_image(file).readings == WHOLE.readings


def test_what_is_no_source_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        hash_image(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        hash_image(io.StringIO("text"))  # type: ignore[arg-type]


def test_a_pil_image_keeps_its_place_in_the_file() -> None:
    file = io.BytesIO(JPEG)
    image = Image.open(file)
    at = file.tell()
    assert hash_image(image).readings == WHOLE.readings
    assert file.tell() == at
    image.load()


def test_a_drawn_pil_image_is_hashed_as_it_stands() -> None:
    assert hash_image(picture()).hash - WHOLE.hash <= 10
    assert hash_image(picture()).format == "pixels"


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="fast, exact or centred"):
        HashOptions(mode="quick")
    with pytest.raises(ValueError, match="at least one"):
        HashOptions(algorithms=())
    with pytest.raises(UnknownNameError, match="pdq"):
        hash_image(JPEG, HashOptions(algorithms=("nothing",)))


def test_errors_survive_pickling() -> None:
    import pickle

    error = UnreadableImageError(Reason.DAMAGED, "why")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert isinstance(again, UnreadableError)
    assert (again.reason, again.detail, str(again)) == (Reason.DAMAGED, "why", "damaged: why")


def test_a_module_that_another_thread_is_importing_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data: object = encoded(photo("coffee"), "PNG")
    for name in ("PIL.Image", "numpy"):
        with monkeypatch.context() as patch:
            # What `sys.modules` holds while the first lines of a module are running.
            patch.setitem(sys.modules, name, ModuleType(name))
            assert not is_array(data)
            assert not _is_pil_image(data)
