"""What reading EXIF and the like adds to hashing a JPEG: `python -m benchmarks.metadata`.

The picture is hashed, and what it says is read, again and again in turn; the least CPU time of each
counts, because other work of the machine only adds to it.
"""

import io
from functools import partial
from time import thread_time
from timeit import repeat

from PIL import Image

from hashmatch.decoding.metadata import of_picture
from hashmatch.hashing.items import hash_item
from tests.support.exif_blocks import block
from tests.support.photos import variants

_SIZES = ((480, 360, False), (1600, 1200, False), (1600, 1200, True), (4000, 3000, True))
_ROUNDS = 9


def main() -> None:
    """Print a line for each size, with and without EXIF."""
    photo = next(iter(variants(1))).convert("RGB")
    for width, height, described in _SIZES:
        buffer = io.BytesIO()
        exif = b"Exif\0\0" + block() if described else b""
        photo.resize((width, height), Image.Resampling.BICUBIC).save(
            buffer, "JPEG", quality=88, exif=exif
        )
        data = buffer.getvalue()
        read = min(repeat(partial(of_picture, data), number=50, repeat=_ROUNDS, timer=thread_time))
        whole = min(repeat(partial(hash_item, data), number=4, repeat=_ROUNDS, timer=thread_time))
        share = read / 50 / (whole / 4 - read / 50)
        print(f"{width} × {height}{', EXIF' if described else ''}: {share:.1%} more CPU time")


if __name__ == "__main__":
    main()
