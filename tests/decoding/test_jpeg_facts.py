"""How a JPEG was written, against what Pillow was asked to write and what ExifTool reads."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hashmatch.decoding.metadata import of_film, of_picture
from tests.support.exif_blocks import block
from tests.support.valid_files import encoded, rgb


def _told(data: bytes) -> dict[str, str]:
    return dict(of_picture(data))


def _header(*segments: tuple[int, bytes]) -> bytes:
    parts = (bytes((0xFF, kind)) + (len(body) + 2).to_bytes(2) + body for kind, body in segments)
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xda\0\2\1\2\3\xff\xd9"


def test_the_quality_that_libjpeg_was_given_is_found_in_its_tables() -> None:
    picture = rgb()
    for quality in range(1, 101):
        told = _told(encoded(picture, "JPEG", quality=quality))
        assert told["quality"] == str(quality)
        assert "quality-misfit" not in told


def test_tables_of_ones_own_have_the_nearest_quality_and_how_far_off_it_is() -> None:
    """Quality 60 is 80 % of the standard; twice that is what quality 31 has, but for rounding."""
    (luma, *_) = Image.open(io.BytesIO(encoded(rgb(), "JPEG", quality=60))).quantization.values()  # type: ignore[attr-defined]
    table = [min(2 * each, 255) for each in luma]
    told = _told(encoded(rgb(), "JPEG", qtables=[table, table]))
    assert told["quality"] == "31"
    assert 0 < float(told["quality-misfit"]) < 0.05
    flat = _told(encoded(rgb(), "JPEG", qtables=[[16] * 64, [16] * 64]))
    assert float(flat["quality-misfit"]) > 0.2


def test_tables_of_16_bits_are_fitted_like_others() -> None:
    jpeg = encoded(rgb(), "JPEG", quality=30)
    at = jpeg.index(b"\xff\xdb\0\x43\0") + 5
    deep = b"\x10" + b"".join(each.to_bytes(2) for each in jpeg[at : at + 64])
    frame = bytes((8, 0, 8, 0, 8, 1, 1, 0x11, 0))
    assert _told(_header((0xDB, deep), (0xC1, frame)))["quality"] == "30"


@pytest.mark.parametrize(
    ("asked", "sampling"), [("4:4:4", "4:4:4"), ("4:2:2", "4:2:2"), ("4:2:0", "4:2:0")]
)
def test_sampling_and_coding_are_told(asked: str, sampling: str) -> None:
    plain = _told(encoded(rgb(), "JPEG", subsampling=asked))
    assert (plain["sampling"], plain["coding"], plain["huffman"]) == (
        *(sampling, "baseline"),
        "standard",
    )
    thorough = _told(encoded(rgb(), "JPEG", subsampling=asked, progressive=True))
    assert (thorough["coding"], thorough["huffman"]) == ("progressive", "own")
    assert _told(encoded(rgb(), "JPEG", subsampling=asked, optimize=True))["huffman"] == "own"
    grey = _told(encoded(rgb().convert("L"), "JPEG"))
    assert grey["sampling"] == "grey"


def test_segments_are_named_in_their_order() -> None:
    jpeg = encoded(
        rgb(),
        "JPEG",
        exif=b"Exif\0\0" + block(),
        icc_profile=b"x" * 200,
        comment=b"hello",
        xmp=b"<x/>",
    )
    assert set(_told(jpeg)["segments"].split()) == {"JFIF", "EXIF", "XMP", "ICC", "comment"}
    many = [(0xE0 + each, b"own") for each in range(16)]
    told = _told(_header(*many, (0xED, b"Photoshop 3.0\0x"), (0xEE, b"Adobe"), (0xDD, b"\0\1")))
    assert told["segments"].split()[-3:] == ["Photoshop", "Adobe", "restarts"]
    assert told["segments"].split()[:2] == ["APP0", "APP1"]


def test_the_coded_bytes_are_those_from_the_scan_to_its_end() -> None:
    jpeg = encoded(rgb(), "JPEG", progressive=False)
    scan = jpeg.index(b"\xff\xda")
    assert jpeg.endswith(b"\xff\xd9")
    assert _told(jpeg)["coded-bytes"] == str(len(jpeg) - 2 - scan)
    for data in (jpeg + b"a film behind it", jpeg[:-40]):
        assert "coded-bytes" not in _told(data)
    several = _header((0xE2, b"MPF\0"), (0xC0, b""))
    assert "coded-bytes" not in _told(several)


def test_thumbnails_are_told_where_they_are() -> None:
    image = rgb()
    exif = image.getexif()
    small = encoded(image.resize((16, 16)), "JPEG")
    exif.get_ifd(0x8769)[0x9003] = "2026:04:17 10:20:30"
    tiff = bytearray(exif.tobytes()[6:])
    assert "thumbnail" not in _told(encoded(image, "JPEG", exif=b"Exif\0\0" + bytes(tiff)))
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    directory = len(tiff)
    entries = ((0x0201, directory + 30), (0x0202, len(small)))
    tiff += (2).to_bytes(2, order)
    for tag, value in entries:
        tiff += tag.to_bytes(2, order) + (4).to_bytes(2, order) + (1).to_bytes(4, order)
        tiff += value.to_bytes(4, order)
    tiff += bytes(4) + small
    first = int.from_bytes(tiff[4:8], order)
    at = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], order)
    tiff[at : at + 4] = directory.to_bytes(4, order)
    whole = encoded(image, "JPEG", exif=b"Exif\0\0" + bytes(tiff))
    assert _told(whole)["thumbnail"] == "EXIF"
    cut = encoded(image, "JPEG", exif=b"Exif\0\0" + bytes(tiff[:-9]))
    assert "thumbnail" not in _told(cut)
    jfif = b"JFIF\0\1\1\0\0\1\0\1" + bytes((2, 2)) + bytes(12)
    assert _told(_header((0xE0, jfif)))["thumbnail"] == "JFIF"
    assert "thumbnail" not in _told(_header((0xE0, jfif[:12])))


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="ExifTool is not installed")
def test_exiftool_reads_the_same(tmp_path: Path) -> None:
    named = {"YCbCr4:2:0 (2 2)": "4:2:0", "YCbCr4:4:4 (1 1)": "4:4:4", "YCbCr4:2:2 (2 1)": "4:2:2"}
    coded = {"Baseline DCT, Huffman coding": "baseline", "Progressive DCT, Huffman coding": ""}
    for number, (sampling, progressive) in enumerate(
        (each, deep) for each in ("4:2:0", "4:4:4", "4:2:2") for deep in (False, True)
    ):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(encoded(rgb(), "JPEG", subsampling=sampling, progressive=progressive))
    command = ["exiftool", "-json", "-YCbCrSubSampling", "-EncodingProcess", str(tmp_path)]
    read = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603 (our files)
    assert len(read) == 6
    for each in read:
        told = _told(Path(each["SourceFile"]).read_bytes())
        assert told["sampling"] == named[each["YCbCrSubSampling"]]
        assert told["coding"] == (coded[each["EncodingProcess"]] or "progressive")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, 0xE1, 0xED, 0xFE]),
            st.binary(max_size=200),
        ),
        max_size=40,
    )
)
def test_hostile_headers_give_bounded_words(segments: list[tuple[int, bytes]]) -> None:
    for data in (_header(*segments), _header(*segments)[:-7]):
        told = of_picture(data)
        assert all(value.isprintable() and 0 < len(value) <= 400 for _, value in told)
        fields = dict(told)
        if "quality" in fields:
            assert 1 <= int(fields["quality"]) <= 100
            assert np.isfinite(float(fields.get("quality-misfit", 0)))


def test_other_formats_tell_what_they_have() -> None:
    assert _told(encoded(rgb(), "PNG", dpi=(72, 72)))["segments"] == "pHYs"
    assert _told(encoded(rgb(), "WEBP", lossless=True))["coding"] == "lossless"
    assert _told(encoded(rgb(), "WEBP"))["coding"] == "lossy"


def test_films_name_the_brands_of_their_containers() -> None:
    tags = {"major_brand": "mp42", "compatible_brands": "isommp42", "handler_name": "Core Media"}
    assert of_film(tags) == (("brand", "mp42"), ("brands", "isommp42"), ("handler", "Core Media"))


def test_the_size_that_exif_tells_is_told_whatever_it_is_now() -> None:
    exif = Image.Exif()
    own = exif.get_ifd(0x8769)
    own[0xA002], own[0xA003] = 4000, 3000
    assert _told(encoded(rgb(), "JPEG", exif=exif))["exif-size"] == "4000x3000"
    own[0xA003] = 0
    assert "exif-size" not in _told(encoded(rgb(), "JPEG", exif=exif))
