"""Meta's PDQ in C++, compiled from the sources in the sdist of `pdqhash`.

`pdqhash` hands Meta's code a luma that it computed in doubles; Meta's own computes it in single
precision, and in one picture of some hundred their qualities differ by 1.

    pip download --no-deps --no-binary pdqhash pdqhash
    tar xf pdqhash-*.tar.gz
"""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pdq: TypeAlias = Callable[["NDArray[np.uint8]"], tuple[bytes, int]]

_BRIDGE: Final = """
#include "patches.h"
#include <cstring>
#include <vector>
#include "pdq/cpp/common/pdqhashtypes.cpp"
#include "pdq/cpp/common/pdqhamming.cpp"
#include "pdq/cpp/hashing/torben.cpp"
#include "pdq/cpp/downscaling/downscaling.cpp"
#include "pdq/cpp/hashing/pdqhashing.cpp"

using namespace facebook::pdq::hashing;

extern "C" int pdq(uint8_t* rgb, int rows, int columns, uint16_t* words) {
    std::vector<float> luma(rows * columns), other(rows * columns);
    fillFloatLumaFromRGB(rgb, rgb + 1, rgb + 2, rows, columns, 3 * columns, 3, luma.data());
    float grid[64][64], half[16][64], waves[16][16];
    Hash256 hash;
    int quality;
    pdqHash256FromFloatLuma(
        luma.data(), other.data(), rows, columns, grid, half, waves, hash, quality);
    std::memcpy(words, hash.w, sizeof hash.w);
    return quality;
}
"""


def compiled(sdist: Path) -> Pdq:
    """Meta's PDQ of (rows, columns, 3) uint8 RGB: the bits in the order of hex digits, quality.

    Args:
        sdist: the unpacked sdist of `pdqhash`.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "bridge.cpp"), Path(folder, "bridge.so")
        source.write_text(_BRIDGE)
        headers = [f"-I{sdist / each}" for each in ("ThreatExchange", "include")]
        command = ["g++", "-O2", "-std=c++11", "-shared", "-fPIC", *headers]
        command += [str(source), "-o", str(library)]
        subprocess.run(command, check=True)  # noqa: S603 (a compiler and Meta's sources)
        pdq = ctypes.CDLL(str(library)).pdq

    def call(pixels: "NDArray[np.uint8]") -> tuple[bytes, int]:
        words = np.empty(16, np.uint16)
        rows, columns, _ = pixels.shape
        pixels = np.ascontiguousarray(pixels)
        quality: int = pdq(pixels.ctypes.data_as(ctypes.c_void_p), rows, columns,
                           words.ctypes.data_as(ctypes.c_void_p))  # fmt: skip
        return words[::-1].astype(">u2").tobytes(), quality

    return call
