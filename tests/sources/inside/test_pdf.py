import io
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pikepdf = pytest.importorskip("pikepdf")

from pikepdf import Array, Dictionary, Name  # noqa: E402

from hashmatch.errors import Reason  # noqa: E402
from hashmatch.model import Unreadable  # noqa: E402
from hashmatch.model.locator import Member, Page, Range  # noqa: E402
from hashmatch.sources.inside.base import Inner  # noqa: E402
from hashmatch.sources.inside.pdf import Pdf  # noqa: E402
from tests.support.inner_members import (  # noqa: E402
    SimpleBudget,
    contents,
    endure,
    members,
    picture,
)
from tests.support.pdf_files import Writer, add_jpeg, fax, inline, pixels, raw, seeds, tags  # noqa: E402


def _only(writer: Writer) -> Image.Image:
    (step, data), *further = members(Pdf(), writer.bytes())
    assert step == Page(1, 0)
    assert not further
    assert isinstance(data, bytes), data
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _same(found: Image.Image, image: Image.Image) -> bool:
    return np.array_equal(np.asarray(found.convert(image.mode)), np.asarray(image))


def _stored(writer: Writer, mode: str, space: Any, **facts: Any) -> Image.Image:
    data, image = raw(mode)
    writer.page(
        writer.stream(
            facts.pop("data", data),
            image.size,
            ColorSpace=space,
            BitsPerComponent=facts.pop("bits", 8),
            **facts,
        )
    )
    return image


def test_stored_files_are_given_as_they_are_in_the_order_of_pages_and_once() -> None:
    writer = Writer()
    first, second = add_jpeg(writer, picture("JPEG")), add_jpeg(writer, picture("JPEG", 40), 40)
    jpx = writer.stream(picture("JPEG2000"), (64, 64), Filter=Name.JPXDecode)
    writer.page(second, first)
    writer.page(first, jpx)
    assert members(Pdf(), writer.bytes()) == [
        (Page(1, 0), picture("JPEG", 40)),
        (Page(1, 1), picture("JPEG")),
        (Page(2, 0), picture("JPEG2000")),
    ]


def test_a_file_in_further_filters_is_given_without_them() -> None:
    writer = Writer()
    facts = {"Filter": Array([Name.FlateDecode, Name.DCTDecode])}
    writer.page(writer.stream(zlib.compress(picture("JPEG")), (64, 64), **facts))
    hexed = picture("JPEG").hex().encode() + b">"
    facts = {"Filter": Array([Name.ASCIIHexDecode, Name.DCTDecode])}
    writer.page(writer.stream(hexed, (64, 64), **facts))
    assert [each for _, each in members(Pdf(), writer.bytes())] == [picture("JPEG")] * 2


@pytest.mark.parametrize(
    ("mode", "space"),
    [("L", Name.DeviceGray), ("RGB", Name.DeviceRGB), ("CMYK", Name.DeviceCMYK)],
)
@pytest.mark.parametrize("name", ["none", "Flate", "LZW", "RunLength", "ASCII85"])
def test_pixels_of_every_colour_and_filter(mode: str, space: Any, name: str) -> None:
    writer = Writer()
    data, _ = raw(mode)
    facts: dict[str, Any] = {}
    if name != "none":
        facts = {"Filter": Name(f"/{name}Decode"), "data": _filtered(name, data)}
    image = _stored(writer, mode, space, **facts)
    found = _only(writer)
    assert found.mode == mode
    assert _same(found, image)


def _filtered(name: str, data: bytes) -> bytes:
    import base64

    if name == "Flate":
        return zlib.compress(data)
    if name == "ASCII85":
        return base64.a85encode(data) + b"~>"
    if name == "RunLength":
        runs = (data[at : at + 128] for at in range(0, len(data), 128))
        return b"".join(bytes([len(run) - 1]) + run for run in runs) + b"\x80"
    out = io.BytesIO()
    Image.frombytes("L", (len(data), 1), data).save(out, "TIFF", compression="tiff_lzw")
    with Image.open(out) as stored:
        start, length = tags(stored)[273][0], tags(stored)[279][0]
    return out.getvalue()[start : start + length]


@pytest.mark.parametrize("predictor", [2, 10, 11, 12, 13, 14, 15])
def test_predictors(predictor: int) -> None:
    writer = Writer()
    _, image = raw("RGB")
    if predictor == 2:
        rows = np.asarray(image)
        data = np.diff(rows, axis=1, prepend=np.zeros_like(rows[:, :1])).tobytes()
    else:
        out = io.BytesIO()
        image.save(out, "PNG")
        at = out.getvalue().index(b"IDAT")
        length = int.from_bytes(out.getvalue()[at - 4 : at], "big")
        data = zlib.decompress(out.getvalue()[at + 4 : at + 4 + length])
    parameters = Dictionary(Predictor=predictor, Colors=3, Columns=image.width)
    packed = zlib.compress(data)
    _stored(
        writer, "RGB", Name.DeviceRGB, data=packed, Filter=Name.FlateDecode, DecodeParms=parameters
    )
    assert _same(_only(writer), image)


def test_rows_with_predictors_that_are_cut_are_read_as_far_as_they_are() -> None:
    writer = Writer()
    _, image = raw("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    at = out.getvalue().index(b"IDAT")
    length = int.from_bytes(out.getvalue()[at - 4 : at], "big")
    cut = out.getvalue()[at + 4 : at + 4 + length // 2]
    parameters = Dictionary(Predictor=15, Colors=3, Columns=image.width)
    _stored(
        writer, "RGB", Name.DeviceRGB, data=cut, Filter=Name.FlateDecode, DecodeParms=parameters
    )
    ((_, data),) = members(Pdf(), writer.bytes())
    assert isinstance(data, bytes)
    rows = np.asarray(image)[: image.height // 4].tobytes()
    assert data[8 : 8 + len(rows)] == rows


@pytest.mark.parametrize("depth", [1, 2, 4, 16])
def test_samples_of_other_depths(depth: int) -> None:
    writer = Writer()
    grey = np.asarray(pixels("L"))
    if depth == 16:
        data, expected = grey.astype(">u2") * 256 + 7, grey
        stored = data.astype(">u2").tobytes()
    else:
        values = grey >> 8 - depth
        expected = (values.astype(int) * 255 // ((1 << depth) - 1)).astype(np.uint8)
        bits = np.stack([values >> shift & 1 for shift in range(depth - 1, -1, -1)], 2)
        stored = np.packbits(bits.reshape(len(grey), -1), axis=1).tobytes()
    _stored(writer, "L", Name.DeviceGray, data=stored, bits=depth)
    assert np.array_equal(np.asarray(_only(writer)), expected)


def test_palettes_profiles_and_inks() -> None:
    image = pixels("RGB").quantize(256)
    table = bytes(image.getpalette() or []).ljust(768, b"\0")
    for lookup in ("string", "stream"):
        writer = Writer()
        held = pikepdf.String(table) if lookup == "string" else writer.document.make_stream(table)
        space = Array([Name.Indexed, Name.DeviceRGB, 255, held])
        _stored(writer, "L", space, data=image.tobytes())
        assert _same(_only(writer), image.convert("RGB"))
    writer = Writer()
    profile = writer.document.make_stream(b"profile")
    profile.N = 3
    assert _same(_only_of(writer, "RGB", Array([Name.ICCBased, profile])), pixels("RGB"))
    writer = Writer()
    ink = Array([Name.Separation, Name.Black, Name.DeviceGray, Dictionary()])
    found = _only_of(writer, "L", ink)
    assert np.array_equal(np.asarray(found), 255 - np.asarray(pixels("L")))


def _only_of(writer: Writer, mode: str, space: Any, **facts: Any) -> Image.Image:
    _stored(writer, mode, space, **facts)
    return _only(writer)


def test_decode_arrays_and_stencils() -> None:
    found = _only_of(Writer(), "RGB", Name.DeviceRGB, Decode=Array([1, 0] * 3))
    assert np.array_equal(np.asarray(found), 255 - np.asarray(pixels("RGB")))
    writer = Writer()
    image = pixels("L").convert("1")
    writer.page(writer.stream(image.tobytes(), image.size, ImageMask=True))
    assert _same(_only(writer), image.convert("L"))


def test_a_mask_of_the_same_size_is_alpha_and_another_is_given_for_itself() -> None:
    writer = Writer()
    alpha, image = raw("L")
    mask = writer.stream(alpha, image.size, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    found = _only_of(writer, "RGB", Name.DeviceRGB, SMask=mask)
    assert found.mode == "RGBA"
    assert np.array_equal(np.asarray(found)[:, :, 3], np.asarray(image))
    assert np.array_equal(np.asarray(found)[:, :, :3], np.asarray(pixels("RGB")))
    writer = Writer()
    mask = writer.stream(alpha, image.size, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    jpeg = add_jpeg(writer, picture("JPEG"))
    jpeg.SMask = mask
    writer.page(jpeg)
    (first, _), (second, made) = members(Pdf(), writer.bytes())
    assert (first, type(second)) == (Page(1, 0), Member)
    assert isinstance(made, bytes)
    with Image.open(io.BytesIO(made)) as shown:
        assert _same(shown, image)


@pytest.mark.parametrize(("packing", "kind"), [("group4", -1), ("group3", 0)])
@pytest.mark.parametrize("black_is_one", [False, True])
def test_faxes(packing: str, kind: int, *, black_is_one: bool) -> None:
    data, image = fax(packing)
    writer = Writer()
    parameters = Dictionary(K=kind, Columns=image.width, BlackIs1=black_is_one)
    facts = {"Filter": Name.CCITTFaxDecode, "DecodeParms": parameters}
    writer.page(
        writer.stream(data, image.size, ColorSpace=Name.DeviceGray, BitsPerComponent=1, **facts)
    )
    # Pillow codes runs of zeros, which are black there, as white ones.
    expected = np.asarray(image) != (not black_is_one)
    assert np.array_equal(np.asarray(_only(writer)), expected)


def test_pictures_in_drawing_instructions_and_in_forms() -> None:
    writer = Writer()
    image = pixels()
    writer.page(content=inline(image) + inline(pixels(size=30)))
    form = writer.document.make_stream(b"/Im0 Do")
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.Resources = Dictionary(XObject=Dictionary(Im0=add_jpeg(writer, picture("JPEG"))))
    writer.page(form)
    (_, first), (_, second), (step, third) = members(Pdf(), writer.bytes())
    assert step == Page(2, 0)
    assert third == picture("JPEG")
    for data, expected in ((first, image), (second, pixels(size=30))):
        assert isinstance(data, bytes)
        with Image.open(io.BytesIO(data)) as shown:
            assert _same(shown, expected)


def test_pictures_on_no_page_and_attachments() -> None:
    writer = Writer()
    writer.document.Root.Hidden = add_jpeg(writer, picture("JPEG"))
    writer.document.attachments["ünï!.png"] = picture("PNG")
    writer.page()
    first, second = members(Pdf(), writer.bytes())
    assert isinstance(first[0], Member)
    assert isinstance(second[0], Member)
    assert second[0].name == "ünï!.png"
    assert [first[1], second[1]] == [picture("JPEG"), picture("PNG")]


@pytest.mark.parametrize("level", [3, 4, 6])
def test_encrypted_documents(level: Any) -> None:
    def made(user: str) -> bytes:
        writer = Writer()
        writer.page(add_jpeg(writer, picture("JPEG")))
        return writer.bytes(
            encryption=pikepdf.Encryption(
                owner="o", user=user, R=level, aes=level > 3, metadata=level > 3
            )
        )

    assert contents(Pdf(), made("")) == {picture("JPEG")}
    locked = made("secret")
    assert members(Pdf(), locked) == [
        (None, Unreadable(Reason.ENCRYPTED, "encrypted PDF document"))
    ]
    assert members(Pdf(), locked, ("a", "secret")) == [(Page(1, 0), picture("JPEG"))]


def test_a_document_without_its_end_is_recovered_and_one_without_its_beginning_searched() -> None:
    writer = Writer()
    writer.page(*(add_jpeg(writer, picture("JPEG", size), size) for size in (64, 40)))
    data = writer.bytes()
    wanted = {picture("JPEG"), picture("JPEG", 40)}
    assert contents(Pdf(), data[: data.rindex(b"xref")]) == wanted
    found = members(Pdf(), data.replace(b" obj", b" jbo"))
    assert {each for _, each in found if isinstance(each, bytes)} == wanted
    assert {type(step) for step, _ in found} == {type(None), Range}


def test_what_cannot_be_read_says_why() -> None:
    writer = Writer()
    writer.page(
        writer.stream(b"x", (9, 9), Filter=Name.JBIG2Decode, ColorSpace=Name.DeviceGray),
        writer.stream(b"x", (1 << 30, 9), ColorSpace=Name.DeviceGray, BitsPerComponent=8),
    )
    (_, first), (_, second) = members(Pdf(), writer.bytes())
    assert first == Unreadable(Reason.UNSUPPORTED, "JBIG2Decode in a PDF document")
    assert isinstance(second, Unreadable)
    assert second.reason is Reason.TOO_MANY_PIXELS


def test_only_what_is_made_of_pixels_is_marked() -> None:
    writer = Writer()
    writer.page(add_jpeg(writer, picture("JPEG")))
    _stored(writer, "RGB", Name.DeviceRGB)
    found = list(Pdf()(io.BytesIO(writer.bytes()), SimpleBudget()))
    assert [each.is_made for each in found if isinstance(each, Inner)] == [False, True]


_PDFIMAGES = shutil.which("pdfimages")


@pytest.mark.skipif(not _PDFIMAGES, reason="pdfimages is not installed")
def test_another_tool_gives_the_same(tmp_path: Path) -> None:
    writer = Writer()
    writer.page(add_jpeg(writer, picture("JPEG")))
    for mode, space in (("RGB", Name.DeviceRGB), ("L", Name.DeviceGray)):
        _stored(writer, mode, space)
    data, image = fax()
    parameters = Dictionary(K=-1, Columns=image.width)
    facts = {"Filter": Name.CCITTFaxDecode, "DecodeParms": parameters}
    writer.page(
        writer.stream(data, image.size, ColorSpace=Name.DeviceGray, BitsPerComponent=1, **facts)
    )
    (tmp_path / "a.pdf").write_bytes(writer.bytes())
    subprocess.run(  # noqa: S603
        [str(_PDFIMAGES), "-j", "a.pdf", "x"], cwd=tmp_path, check=True, timeout=60
    )
    theirs = [path.read_bytes() for path in sorted(tmp_path.glob("x-*"))]
    ours = [each for _, each in members(Pdf(), writer.bytes()) if isinstance(each, bytes)]
    assert theirs[0] == ours[0]
    assert len(theirs) == len(ours) == 4
    for their, our in zip(theirs[1:], ours[1:], strict=True):
        with Image.open(io.BytesIO(their)) as one, Image.open(io.BytesIO(our)) as other:
            assert _same(one.convert("RGB"), other.convert("RGB"))


def test_damaged_documents_raise_nothing_and_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert endure(Pdf(), seeds(), 70) > 100
    assert not caplog.records
