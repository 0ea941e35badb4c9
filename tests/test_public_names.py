"""What `import hashmatch` promises: its names, and that it costs nothing."""

import subprocess
import sys
from importlib import metadata

import hashmatch as hm

HEAVY = ("numpy", "PIL", "cv2", "av", "faiss", "simplejpeg", "pi_heif", "typer", "rich")


def test_names_are_sorted_and_complete() -> None:
    assert hm.__all__ == sorted(hm._HOMES)
    assert list(hm._HOMES) == sorted(hm._HOMES)
    assert len(hm.__all__) <= 45
    assert dir(hm) == hm.__all__


def test_every_name_is_there() -> None:
    for name in hm.__all__:
        assert getattr(hm, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(hm, "nothing")


def test_import_is_light() -> None:
    code = f"import sys, hashmatch; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_hashing_a_jpeg_loads_only_its_decoder() -> None:
    code = (
        "import sys, hashmatch as hm, simplejpeg, numpy as np\n"
        "data = simplejpeg.encode_jpeg(np.zeros((300, 300, 3), np.uint8))\n"
        "hm.hash_image(data)\n"
        "print([m for m in ('av', 'PIL', 'faiss') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_version_is_that_of_the_package() -> None:
    assert hm.__version__ == metadata.version("hashmatch")
