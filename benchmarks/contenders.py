"""The programs that are measured: from the bytes of a picture file to its hash.

Each is called as its documentation says, and made once: building a hasher object is not measured.
"""

import io
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from benchmarks.pictures import Picture

OURS: Final = "hashmatch fast"
EXACT: Final = "hashmatch exact"
PILLOW: Final = "Pillow + pdqhash"
IMAGEHASH: Final = "imagehash.phash"
LIMIT: Final = "(libjpeg-turbo alone, grey, 1/8)"
TRIMMED: Final = "(the same, scans trimmed)"

Call: TypeAlias = "Callable[[Picture], object]"


def available() -> tuple[dict[str, Call], dict[str, str]]:
    """The contenders that can be imported here, and why the others cannot."""
    calls, missing = {}, {}
    # Pillow, which most of them read with, opens HEIC by the library that ours falls back on.
    import_module("pi_heif").register_heif_opener()
    for name, make in _MAKERS.items():
        try:
            calls[name] = make()
        except (ImportError, OSError, RuntimeError) as error:
            missing[name] = f"{type(error).__name__}: {error}"
    return calls, missing


def limits(*, progressive: bool) -> dict[str, Call]:
    """What no JPEG hasher can beat: entropy decoding, and the smallest inverse transform."""
    return {LIMIT: _limit} | ({TRIMMED: _trimmed_limit()} if progressive else {})


def pdq_bits(picture: "Picture") -> tuple[int, int]:
    """How far our fast and exact hashes are from that of `pdqhash`, in bits."""
    import numpy as np
    import pdqhash
    from PIL import Image

    import hashmatch as hm

    with Image.open(io.BytesIO(picture.data)) as image:
        bits, _ = pdqhash.compute(np.asarray(image.convert("RGB")))
    theirs = hm.Hash("pdq", np.packbits(bits).tobytes())
    fast = hm.hash_image(picture.data).readings[0].hash
    exact = hm.hash_image(picture.data, hm.HashOptions(mode="exact")).readings[0].hash
    return fast - theirs, exact - theirs


def _fast() -> Call:
    import hashmatch as hm

    return lambda picture: hm.hash_image(picture.data)


def _exact() -> Call:
    import hashmatch as hm

    options = hm.HashOptions(mode="exact")
    return lambda picture: hm.hash_image(picture.data, options)


def _pillow_pdqhash() -> Call:
    import numpy as np
    import pdqhash
    from PIL import Image

    def call(picture: "Picture") -> object:
        with Image.open(io.BytesIO(picture.data)) as image:
            return pdqhash.compute(np.asarray(image.convert("RGB")))

    return call


def _threatexchange() -> Call:
    from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

    return lambda picture: pdq_from_bytes(picture.data)


def _perception_pdq() -> Call:
    from perception.hashers import PDQHash

    hasher = PDQHash()
    return lambda picture: hasher.compute(io.BytesIO(picture.data))


def _perception_phash() -> Call:
    from perception.hashers import PHash

    hasher = PHash()
    return lambda picture: hasher.compute(io.BytesIO(picture.data))


def _imagehash() -> Call:
    import imagehash
    from PIL import Image

    def call(picture: "Picture") -> object:
        with Image.open(io.BytesIO(picture.data)) as image:
            return imagehash.phash(image)

    return call


def _imagededup() -> Call:
    from imagededup.methods import PHash

    hasher = PHash(verbose=False)
    return lambda picture: hasher.encode_image(image_file=str(picture.path))


_MAKERS: Final[dict[str, Callable[[], Call]]] = {
    OURS: _fast,
    EXACT: _exact,
    PILLOW: _pillow_pdqhash,
    "threatexchange PDQ": _threatexchange,
    "perception PDQHash": _perception_pdq,
    "perception PHash": _perception_phash,
    IMAGEHASH: _imagehash,
    "imagededup PHash": _imagededup,
}


def _limit(picture: "Picture") -> object:
    return _grey_eighth(picture.data, picture)


def _trimmed_limit() -> Call:
    from hashmatch.decoding import jpeg_header, jpeg_scans

    known: dict[str, bytes] = {}

    def call(picture: "Picture") -> object:
        if picture.name not in known:
            known[picture.name] = jpeg_scans.trim(
                picture.data, jpeg_header.read_header(picture.data), 8
            )
        return _grey_eighth(known[picture.name], picture)

    return call


def _grey_eighth(data: bytes, picture: "Picture") -> object:
    import simplejpeg

    rows, columns = -(-picture.height // 8), -(-picture.width // 8)
    return simplejpeg.decode_jpeg(data, "GRAY", min_height=rows, min_width=columns)


def one_thread() -> None:
    """Tell OpenCV, which reads no variable that all its builds know, to use one thread."""
    try:
        import_module("cv2").setNumThreads(1)
    except ImportError:
        return
