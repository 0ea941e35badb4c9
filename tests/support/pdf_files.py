"""PDF documents with pictures of every kind that they store."""

import io
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests.support.inner_members import picture
from tests.support.photos import photo


def pixels(mode: str = "RGB", size: int = 48) -> Image.Image:
    """A photo of these colours."""
    return photo("astronaut").resize((size + 5, size)).convert(mode)


def tags(image: Any) -> Any:
    """Of a TIFF."""
    return image.tag_v2


def fax(mode: str = "group4") -> tuple[bytes, Image.Image]:
    """A picture compressed as a fax is, and its pixels."""
    image = pixels("L").convert("1")
    out = io.BytesIO()
    image.save(out, "TIFF", compression=mode)
    with Image.open(out) as stored:
        start, length = tags(stored)[273][0], tags(stored)[279][0]
    return out.getvalue()[start : start + length], image


class Writer:
    """A document of one picture a page."""

    def __init__(self) -> None:
        self.document = pikepdf.new()

    def stream(self, data: bytes, size: tuple[int, int], **facts: Any) -> pikepdf.Object:
        """A picture, of the document."""
        stream = pikepdf.Stream(self.document, b"")
        filters = facts.pop("Filter", None)
        parameters = facts.pop("DecodeParms", None)
        stream.write(data, filter=filters, decode_parms=parameters)
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        stream.Width, stream.Height = size
        for name, value in facts.items():
            stream[f"/{name}"] = value
        return self.document.make_indirect(stream)

    def page(self, *pictures: pikepdf.Object, content: bytes = b"") -> None:
        """A page that shows pictures."""
        names = {f"/Im{number}": each for number, each in enumerate(pictures)}
        page = self.document.add_blank_page(page_size=(200, 200))
        page.obj.Resources = Dictionary(XObject=Dictionary(names))
        shown = b" ".join(f"q 100 0 0 100 0 0 cm {name} Do Q".encode() for name in names)
        page.obj.Contents = self.document.make_stream(shown + content)

    def bytes(self, **options: Any) -> bytes:
        """The document's file."""
        out = io.BytesIO()
        self.document.save(out, compress_streams=False, **options)
        return out.getvalue()


def add_jpeg(writer: Writer, data: bytes, size: int = 64) -> pikepdf.Object:
    """A JPEG as it is."""
    return writer.stream(
        data,
        (size, size),
        Filter=Name.DCTDecode,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )


def raw(mode: str) -> tuple[bytes, Image.Image]:
    """Pixels as they are stored, and the picture."""
    image = pixels(mode)
    return image.tobytes(), image


@cache
def seeds() -> Mapping[str, bytes]:
    """Documents to be damaged."""
    found = {}
    for name in ("jpeg", "flate", "inline"):
        writer = Writer()
        _, image = raw("RGB")
        if name == "jpeg":
            writer.page(
                add_jpeg(writer, picture("JPEG")), add_jpeg(writer, picture("JPEG", 40), 40)
            )
            writer.document.attachments["a.png"] = picture("PNG")
        elif name == "flate":
            packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in np.asarray(image)))
            parameters = Dictionary(Predictor=15, Colors=3, Columns=image.width)
            facts = {"Filter": Name.FlateDecode, "DecodeParms": parameters}
            palette = Array([Name.Indexed, Name.DeviceRGB, 255, pikepdf.String(bytes(768))])
            writer.page(
                writer.stream(
                    packed, image.size, ColorSpace=Name.DeviceRGB, BitsPerComponent=8, **facts
                ),
                writer.stream(raw("L")[0], image.size, ColorSpace=palette, BitsPerComponent=8),
            )
        else:
            writer.page(content=inline(image))
        found[name] = writer.bytes()
    return found


def inline(image: Image.Image) -> bytes:
    """Instructions that draw a picture."""
    head = f" BI /W {image.width} /H {image.height} /CS /RGB /BPC 8 ID ".encode()
    return head + image.tobytes() + b"\nEI Q\n"
