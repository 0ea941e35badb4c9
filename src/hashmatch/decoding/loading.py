"""Every decoder loaded at once, for processes that can load nothing later."""

import io
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from hashmatch import decoding

_OPTIONAL = ("pylibjxl",)


def load_decoders() -> None:
    """Import every module that any decoder imports, even in the middle of its work."""
    for module in iter_modules(decoding.__path__):
        import_module(f"{decoding.__name__}.{module.name}")
    for name in _OPTIONAL:
        try:
            import_module(name)
        except ImportError:
            # Its format is then refused by name, here as everywhere.
            continue
    import pi_heif  # noqa: F401
    from PIL import Image, _imaging, _imagingcms, _webp  # noqa: F401

    from hashmatch.decoding.pillow import PLUGINS

    for _, plugin in PLUGINS.values():
        import_module(f"PIL.{plugin}ImagePlugin")
    Image.init()


def sample_pictures() -> Iterator[bytes]:
    """Pictures of the common formats: to read them once loads what libraries load on first use."""
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"):
        yield from _saved(kind)


def small_pictures(kind: str) -> Iterator[bytes]:
    """Pictures of one format, in grey and in colour, made with as little as can be loaded.

    Args:
        kind: `jpeg`, or another format that Pillow writes.
    """
    if kind != "jpeg":
        yield from _saved(kind)
        return
    import numpy as np
    import simplejpeg

    pixels = np.arange(80 * 96 * 3).astype(np.uint8).reshape(80, 96, 3)
    yield simplejpeg.encode_jpeg(pixels)
    yield simplejpeg.encode_jpeg(pixels[..., :1].copy(), colorspace="GRAY")


def _saved(kind: str) -> Iterator[bytes]:
    from PIL import Image

    drawn = Image.radial_gradient("L").resize((96, 80))
    for image in (drawn, drawn.convert("RGB")):
        buffer = io.BytesIO()
        image.save(buffer, kind)
        yield buffer.getvalue()


def sample_video() -> bytes:
    """A video of a second, for the same purpose."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="avi") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 80, "yuv420p"
        for _ in range(10):
            frame = av.VideoFrame(96, 80, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
