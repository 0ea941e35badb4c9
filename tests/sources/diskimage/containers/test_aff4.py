"""AFF4 images that pyaff4 wrote."""

import shutil
from pathlib import Path
from random import Random

import pytest

from hashmatch.sources.diskimage.opening import open_image
from tests.support.disk_images import holes_are_zeros

_IMAGES = Path(__file__).parents[3] / "fixtures/disk_images"


def medium() -> bytes:
    lines = b"".join(b"line %d of a disk\n" % number for number in range(9000))
    noise = Random(7).randbytes(20_000).ljust(65_536, b"\0")
    return lines[:131_072] + bytes(131_072) + noise + b"the end of it".ljust(512, b"!")


@pytest.mark.parametrize("name", ["zlib", "snappy", "lz4", "map"])
def test_what_pyaff4_wrote_is_read(name: str, tmp_path: Path) -> None:
    if name in ("snappy", "lz4"):
        pytest.importorskip("cramjam")
    path = shutil.copy(_IMAGES / f"pyaff4-{name}.aff4", tmp_path)
    with open_image(path) as image:
        assert image.spec.kind == "AFF4 image"
        assert image.medium.pread(0, image.medium.size) == medium()
        assert image.medium.problems == []
        assert holes_are_zeros(image.medium) == (131_072 if name == "map" else 0)
