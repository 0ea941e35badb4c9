"""JPEGs about which libjpeg complains: whole where nothing is lost, measured where something is."""

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import Mode
from tests.support.cases import case, known
from tests.support.jpegs import ADOBE_RGB, planes_of, scan_by_scan
from tests.support.photos import bits_apart, encoded, photo

FOLDER = "harmless-jpeg-warning-grey-bottom"


def picture(side: int = 480) -> Image.Image:
    """A photo whose lowest eighth is the grey that libjpeg fills in."""
    image = photo("coffee").resize((side * 4 // 3, side))
    image.paste((128, 128, 128), (0, side * 7 // 8, image.width, side))
    return image


def truth(image: Image.Image) -> bytes:
    vector, _ = pdqhash.compute(np.asarray(image))
    return np.packbits(vector).tobytes()


BASELINE = encoded(picture(), "JPEG", quality=90)
PROGRESSIVE = encoded(picture(), "JPEG", quality=90, progressive=True)
RESTARTS = encoded(picture(), "JPEG", quality=90, restart_marker_rows=2)


def changed(data: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    """The file with other bytes at this offset from the first of these marks."""
    at = data.index(mark) + offset
    return data[:at] + new + data[at + len(new) :]


def undefined_height(data: bytes) -> bytes:
    """Height 0 in the frame header, given in a DNL segment behind the first scan."""
    at = data.index(b"\xff\xc0") + 5
    dnl = b"\xff\xdc\x00\x04" + data[at : at + 2]
    return data[:at] + b"\0\0" + data[at + 2 : -2] + dnl + data[-2:]


HARMLESS = {
    "sos-0-0": changed(BASELINE, b"\xff\xda", 12, b"\0\0"),
    "zeros-before-the-end": BASELINE[:-2] + bytes(200) + BASELINE[-2:],
    "fill-before-the-end": BASELINE[:-2] + b"\xff" * 200 + BASELINE[-2:],
    "no-end": BASELINE[:-2],
    "half-an-end": BASELINE[:-1],
    "no-end-and-zeros": BASELINE[:-2] + bytes(5000),
    "garbage-behind-the-end": BASELINE + b"\xff\xc4garbage" * 99,
    "garbage-before-tables": BASELINE[:20] + b"garbage" * 9 + BASELINE[20:],
    "two-starts": b"\xff\xd8" + BASELINE,
    "start-between-segments": BASELINE[:20] + b"\xff\xd8" + BASELINE[20:],
    "jfif-version-9": changed(BASELINE, b"JFIF\0", 5, b"\x09\x09"),
    "exif-that-is-none": BASELINE[:20] + b"\xff\xe1\0\x0eExif\0\0MM!!!!" + BASELINE[20:],
    "adobe-transform-9": BASELINE[:2] + ADOBE_RGB[:-1] + b"\x09" + BASELINE[20:],
    "height-in-dnl": undefined_height(BASELINE),
    "restarts-and-zeros": RESTARTS[:-2] + bytes(200) + RESTARTS[-2:],
    "progressive-no-end": PROGRESSIVE[:-2],
    "progressive-zeros": PROGRESSIVE[:-2] + bytes(200) + PROGRESSIVE[-2:],
    "progressive-zeros-between-scans": PROGRESSIVE.replace(b"\xff\xda", bytes(99) + b"\xff\xda"),
    "progressive-two-starts": b"\xff\xd8" + PROGRESSIVE,
}


@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("name", ["sos-se0.jpg", "bytes-before-eoi.jpg"])
def test_a_whole_picture_with_grey_at_the_bottom(name: str, mode: Mode) -> None:
    found = hash_image(case(FOLDER, name), HashOptions(mode=mode))
    assert found.hash - known(FOLDER)["shown"] <= 10
    assert (found.complete, found.fraction) == (True, 1.0)


@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("fault", HARMLESS)
def test_harmless_faults_cost_nothing(fault: str, mode: Mode) -> None:
    found = hash_image(HARMLESS[fault], HashOptions(mode=mode))
    assert (found.reason, found.fraction) == (None, 1.0)
    assert (found.width, found.height) == (640, 480)
    assert bits_apart(found.hash.value, truth(picture())) <= 6


@pytest.mark.parametrize(
    ("data", "mode"), [(BASELINE, "fast"), (RESTARTS, "fast"), (PROGRESSIVE, "exact")]
)
def test_other_bytes_behind_the_data_are_said_and_cost_nothing(data: bytes, mode: Mode) -> None:
    """They may be what is left of a code that got out of step; a last scan may not be needed."""
    found = hash_image(data[:-2] + bytes(range(1, 251)) + data[-2:], HashOptions(mode=mode))
    assert (found.reason, found.fraction) == (Reason.CORRUPT_DATA, 1.0)
    assert bits_apart(found.hash.value, truth(picture())) <= 6


@pytest.mark.parametrize("mode", ["fast", "exact"])
@pytest.mark.parametrize("part", [0.25, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
def test_the_share_of_a_cut_file_is_what_was_kept(mode: Mode, part: float, end: bytes) -> None:
    """Cut exactly: the data of the upper part alone under the header of the whole."""
    image = picture(640)
    upper = encoded(image.crop((0, 0, image.width, int(640 * part))), "JPEG", quality=90)
    at = upper.index(b"\xff\xc0") + 5
    cut = upper[:at] + image.height.to_bytes(2) + upper[at + 2 : -2] + end
    found = hash_image(cut, HashOptions(mode=mode))
    assert found.reason is (Reason.CORRUPT_DATA if end else Reason.TRUNCATED)
    assert abs(found.fraction - part) <= 0.002


@pytest.mark.parametrize("name", [b"RGB", b"\1\2\3"])
def test_a_missing_colour_counts_where_it_is_needed(name: bytes) -> None:
    """Without its scans of green and blue an RGB picture is not the picture; YCbCr keeps luma."""
    image = photo("coffee").resize((640, 480))
    data = scan_by_scan(planes_of(image), name)
    cut = data[: data.index(b"\xff\xda", data.index(b"\xff\xda") + 2) + 1000]
    for options in (HashOptions(), HashOptions(mode="exact")):
        found = hash_image(cut, options)
        assert found.reason is Reason.TRUNCATED
        assert (found.fraction < 0.1) if name == b"RGB" else (found.fraction == 1.0)


def test_restart_intervals_that_are_lost_are_counted() -> None:
    marks = [
        at for at in range(len(RESTARTS)) if RESTARTS[at : at + 2] in (b"\xff\xd3", b"\xff\xd4")
    ]
    cut = RESTARTS[: marks[0] + 2] + RESTARTS[marks[1] :]
    found = hash_image(cut)
    assert found.reason is Reason.CORRUPT_DATA
    intervals = 480 / 32
    assert found.fraction == pytest.approx(1 - 1 / intervals, abs=0.002)
