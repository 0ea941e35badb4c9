"""What files say of themselves, against what was written into them and what ExifTool reads."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hashmatch.decoding.metadata import of_film, of_picture
from hashmatch.hashing.items import hash_item
from tests.support import exif_blocks
from tests.support.exif_blocks import EXIF, FIELDS, GPS, TEXTS, block
from tests.support.valid_files import encoded, png_chunk, rgb, valid_files

XMP = b"""<?xpacket begin=''?><x:xmpmeta><rdf:RDF><rdf:Description
 aux:SerialNumber="77&amp;8" xmp:CreatorTool='Editor 3' exif:GPSLatitude="52,30.975N"
 exif:GPSLongitude="13,22,39W"><tiff:Make>Other maker</tiff:Make>
 <xmpMM:DerivedFrom stRef:documentID="no"/><xmpMM:DocumentID>doc-1</xmpMM:DocumentID>
 <dc:creator><rdf:Seq><rdf:li>\xc3\x84. Meier</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
OF_XMP = {
    "make": "Other maker",
    "software": "Editor 3",
    "body-serial": "77&8",
    "document-id": "doc-1",
    "artist": "Ä. Meier",
    "gps": "52.516250,-13.377500",
}


HOW_WRITTEN = ("quantisation", "quality", "coding", "sampling", "huffman", "segments")
"""What test_jpeg_facts.py is about; and the bytes of the scan."""

OF_CONTAINER = ("brand", "brands", "handler")


def _told(data: bytes) -> dict[str, str]:
    without = (*HOW_WRITTEN, "coded-bytes")
    return {name: value for name, value in of_picture(data) if name not in without}


def _apart(data: bytes) -> list[bytes]:
    """A JPEG's start, and the rest."""
    return [data[:2], data[2:]]


def _segment(body: bytes) -> bytes:
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body


def _files(tiff: bytes) -> dict[str, bytes]:
    """Pictures that hold this block, each put together by Pillow or by hand."""
    exif = b"Exif\0\0" + tiff
    picture = rgb()
    files = {kind: encoded(picture, kind, exif=exif) for kind in ("JPEG", "PNG", "WEBP", "AVIF")}
    files["JPEG behind other segments"] = (_segment(b"more")).join(_apart(files["JPEG"]))
    files["HEIF"] = exif_blocks.heif(tiff, b"")
    files["JXL"] = (
        exif_blocks.box(b"JXL ", b"\r\n\x87\n")
        + exif_blocks.box(b"ftyp", b"jxl \0\0\0\0jxl ")
        + exif_blocks.box(b"Exif", b"\0\0\0\0", tiff)
    )
    raf = b"FUJIFILMCCD-RAW 0201".ljust(84, b"0") + (100).to_bytes(4)
    files["RAF"] = raf.ljust(100, b"\0") + files["JPEG"]
    return files


@pytest.mark.parametrize("order", ["<", ">"])
def test_every_container_gives_what_was_written(order: str) -> None:
    tiff = block(order=order)
    assert {kind: _told(data) for kind, data in _files(tiff).items()} == dict.fromkeys(
        _files(tiff), FIELDS
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_file_is_a_block_itself(order: str, *, big: bool) -> None:
    assert _told(block(order=order, big=big)) == FIELDS


def test_canons_raw_has_a_block_for_each_directory() -> None:
    blocks = (
        exif_blocks.box(name, block(values, {}, {}))
        for name, values in ((b"CMT1", TEXTS), (b"CMT2", EXIF), (b"CMT4", GPS))
    )
    brand = exif_blocks.box(b"ftyp", b"crx \0\0\0\1crx isom")
    assert _told(brand + exif_blocks.box(b"moov", *blocks)) == FIELDS


def test_makers_notes_tell_what_is_sure() -> None:
    note = exif_blocks.nikon_note(b"3001234\0")
    assert _told(block({}, {0x927C: note}, {})) == {"body-serial": "3001234"}
    note = exif_blocks.apple_note(b"0A1B2C3D-0000\0")
    assert _told(block({}, {0x927C: note}, {})) == {"content-id": "0A1B2C3D-0000"}


def test_a_packet_is_read_in_attributes_and_elements() -> None:
    jpeg = encoded(rgb(), "JPEG", xmp=XMP)
    assert _told(jpeg) == OF_XMP
    itxt = b"XML:com.adobe.xmp\0\0\0\0\0" + XMP
    png = encoded(rgb(), "PNG")
    assert _told(png[:33] + png_chunk(b"iTXt", itxt) + png[33:]) == OF_XMP
    assert _told(encoded(rgb(), "WEBP", xmp=XMP)) == OF_XMP
    assert _told(exif_blocks.heif(b"", XMP)) == OF_XMP
    assert _told(block({0x02BC: XMP}, {}, {})) == OF_XMP


def test_exif_comes_before_the_packet_and_names_once() -> None:
    jpeg = encoded(rgb(), "JPEG", xmp=XMP, exif=b"Exif\0\0" + block())
    assert _told(jpeg) == {**OF_XMP, **FIELDS}
    names = [name for name, _ in of_picture(jpeg)]
    assert len(names) == len(set(names))


def test_values_that_say_nothing_are_left_out_and_others_are_printable() -> None:
    main = {0x010F: b"   \0", 0x0110: b"A\x07\xff" + b"x" * 3000, 0x0131: b"0000\0"}
    exif = {0x9003: b"    :  :     :  :  \0", 0xA431: b"000000000\0"}
    told = _told(block(main, exif, {1: b"N\0", 2: ((1, 0), (0, 1), (0, 1))}))
    assert told == {"model": ("A\N{REPLACEMENT CHARACTER}ÿ" + "x" * 3000)[:1024]}


def test_texts_of_png_are_read() -> None:
    png = encoded(rgb(), "PNG")
    text = png_chunk(b"tEXt", b"Software\0Screenshot 1.0")
    assert _told(png[:33] + text + png[33:]) == {"software": "Screenshot 1.0"}


@given(st.data())
def test_whatever_the_bytes_are_values_are_bounded_and_nothing_is_raised(
    data: st.DataObject,
) -> None:
    files = [*_FILES.values()]
    whole = bytearray(data.draw(st.sampled_from(files)))
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, min(len(whole), 1500) - 1))
        whole[at] = data.draw(
            st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, data.draw(st.integers(0, 255))])
        )
    cut = data.draw(st.integers(0, len(whole)))
    for each in (bytes(whole), bytes(whole[:cut])):
        fields = of_picture(each)
        assert len(dict(fields)) == len(fields) <= 64
        assert all(value.isprintable() and 0 < len(value) <= 1024 for _, value in fields)


def test_a_cut_block_says_what_is_left() -> None:
    tiff = block()
    told = [_told(tiff[:end]) for end in range(0, len(tiff), 7)]
    assert told[0] == {}
    assert {"make", "model"} <= set(told[len(told) // 2])
    assert all(set(each) <= set(FIELDS) for each in told)


def test_directories_that_name_themselves_end() -> None:
    tiff = bytearray(block({}, {}, {}))
    tiff[tiff.index(b"\x69\x87\4\0") + 8] = 8
    assert _told(bytes(tiff)) == {}


def _quantisation(data: bytes) -> str:
    return dict(of_picture(data))["quantisation"]


def test_equal_quantisation_tables_have_equal_digests_and_no_others() -> None:
    pictures = [encoded(rgb(seed=seed), "JPEG", quality=q) for q in (50, 80, 95) for seed in (1, 2)]
    for one in pictures:
        for other in pictures:
            same = _tables(one) == _tables(other)
            assert (_quantisation(one) == _quantisation(other)) is same


def _tables(data: bytes) -> object:
    with Image.open(io.BytesIO(data)) as image:
        return image.quantization  # type: ignore[attr-defined]  # of a JPEG


def test_how_tables_are_packed_is_no_matter() -> None:
    jpeg = encoded(rgb(), "JPEG")
    first = jpeg.index(b"\xff\xdb")
    second = jpeg.index(b"\xff\xdb", first + 2)
    assert jpeg[second + 2 : second + 4] == b"\0\x43"
    tables = jpeg[first + 4 : second] + jpeg[second + 4 : second + 69]
    packed = jpeg[:first] + b"\xff\xdb\0\x84" + tables + jpeg[second + 69 :]
    assert _tables(packed) == _tables(jpeg)
    assert _quantisation(packed) == _quantisation(jpeg)


def test_tables_of_16_bits_are_told_apart_in_any_order() -> None:
    deep, plain = b"\x10" + bytes(range(128)), b"\x01" + bytes(range(64))

    def header(*bodies: bytes) -> bytes:
        parts = (b"\xff\xdb" + (len(each) + 2).to_bytes(2) + each for each in bodies)
        return b"\xff\xd8" + b"".join(parts) + b"\xff\xda\0\2"

    told = {_quantisation(header(*bodies)) for bodies in ([deep + plain], [plain, deep])}
    assert len(told) == 1
    assert _quantisation(header(deep)) not in told


def test_films_tell_what_their_containers_do() -> None:
    tags = {
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 15",
        "com.apple.quicktime.software": "18.1",
        "com.apple.quicktime.creationdate": "2026-04-17T10:20:30+0200",
        "com.apple.quicktime.location.ISO6709": "+52.5163-013.3777+034.5/",
        "com.apple.quicktime.content.identifier": "0A1B2C3D-0000",
    }
    item = hash_item(_film(tags))
    assert item.media is not None
    assert item.media.is_video
    told = {name: value for name, value in item.metadata if name not in OF_CONTAINER}
    assert told == {
        "make": "Apple",
        "model": "iPhone 15",
        "software": "18.1",
        "captured": "2026-04-17T10:20:30+0200",
        "gps": "52.516300,-13.377700",
        "content-id": "0A1B2C3D-0000",
    }


def test_the_time_in_the_header_of_a_film_is_told() -> None:
    """It is no tag: the writer puts it into `mvhd` and `mdhd`."""
    item = hash_item(_film({"creation_time": "2026-04-17T08:20:30Z"}, keys=False))
    assert dict(item.metadata)["created"] == "2026-04-17T08:20:30.000000Z"


def test_tags_that_are_not_set_are_left_out() -> None:
    tags = {"creation_time": "1904-01-01T00:00:00.000000Z", "MAKE": "M", "location": "here"}
    assert of_film(tags) == (("make", "M"), ("gps", "here"))


def _film(tags: dict[str, str], *, keys: bool = True) -> bytes:
    buffer = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if keys else {}
    with av.open(buffer, "w", "mp4", container_options=options) as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(5):
            grey = np.full((48, 64, 3), 40 * number, np.uint8)
            grey[: 8 * number] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey)))
        container.mux(stream.encode())
    return buffer.getvalue()


def test_what_a_damaged_picture_says_is_kept() -> None:
    jpeg = encoded(rgb(), "JPEG", exif=b"Exif\0\0" + block())
    item = hash_item(jpeg[: jpeg.index(b"\xff\xc0")])
    assert item.media is None
    assert FIELDS.items() <= dict(item.metadata).items()


_EXIFTOOL = shutil.which("exiftool")
_THEIRS = {
    "make": "IFD0:Make",
    "model": "IFD0:Model",
    "software": "IFD0:Software",
    "body-serial": "ExifIFD:SerialNumber",
    "lens-model": "ExifIFD:LensModel",
    "lens-serial": "ExifIFD:LensSerialNumber",
    "owner": "ExifIFD:OwnerName",
    "unique-id": "ExifIFD:ImageUniqueID",
    "modified": "IFD0:ModifyDate",
    "digitized": "ExifIFD:CreateDate",
    "captured-offset": "ExifIFD:OffsetTimeOriginal",
}


@pytest.mark.skipif(_EXIFTOOL is None, reason="ExifTool is not installed")
@pytest.mark.parametrize("order", ["<", ">"])
def test_exiftool_reads_the_same(order: str, tmp_path: Path) -> None:
    files = _files(block(order=order))
    paths = [tmp_path / f"{number}.bin" for number in range(len(files))]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    read = subprocess.run(  # noqa: S603 (our files)
        [str(_EXIFTOOL), "-j", "-G1", "-n", *map(str, paths)],
        capture_output=True,
        check=False,
    )
    told = json.loads(read.stdout)
    assert len(told) == len(files)
    for theirs, data in zip(told, files.values(), strict=True):
        ours = _told(data)
        assert {name: ours[name] for name in _THEIRS} == {
            name: str(theirs[key]) if name != "body-serial" else f"{theirs[key]:0>4}"
            for name, key in _THEIRS.items()
        }
        place = [theirs["Composite:GPSLatitude"], theirs["Composite:GPSLongitude"]]
        assert [float(each) for each in ours["gps"].split(",")] == pytest.approx(place)
        assert ours["captured"] == theirs["Composite:SubSecDateTimeOriginal"].removesuffix("+02:00")


@pytest.mark.skipif(_EXIFTOOL is None, reason="ExifTool is not installed")
def test_exiftool_reads_the_same_in_makers_notes(tmp_path: Path) -> None:
    for make, note, key, name in (
        (
            b"NIKON CORPORATION\0",
            exif_blocks.nikon_note(b"3001234\0"),
            "SerialNumber",
            "body-serial",
        ),
        (b"Apple\0", exif_blocks.apple_note(b"0A1B2C3D-0000\0"), "MediaGroupUUID", "content-id"),
    ):
        tiff = block({0x010F: make, 0x0110: b"NIKON D90\0"}, {0x927C: note}, {})
        path = tmp_path / f"{name}.tif"
        path.write_bytes(tiff)
        read = subprocess.run(  # noqa: S603 (our files)
            [str(_EXIFTOOL), "-j", f"-{key}", str(path)], capture_output=True, check=False
        )
        assert str(json.loads(read.stdout)[0][key]) == _told(tiff)[name]


_FILES = {**_files(block()), "TIFF": block(), "XMP": block({0x02BC: XMP}, {}, {}), **valid_files()}
