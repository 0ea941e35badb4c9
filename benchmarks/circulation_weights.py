"""The weights by which `circulation_origin` ranks copies, as its `--fit` prints them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize

from hashmatch.tracing import features, weighing

if TYPE_CHECKING:
    from benchmarks.circulation_origin import Group

_PULL = 0.001
"""How strongly weights are pulled towards 0, beside the mean logarithm of a likelihood."""
_PART = -10.0
"""Stated, not fitted: what shows a part of a picture lacks what the whole shows."""


def fit(found: "list[Group]") -> None:
    """Print the likeliest weights."""
    found = [each for each in found if len(each.copies) > 1 and any(each.nearest)]
    tables = [features.of_copies(each.copies, each.near) for each in found]
    truths = [np.asarray(each.nearest) for each in found]
    # More of a feature means later: no weight says otherwise.
    signs = [(_PART, _PART) if each == "part" else (None, 0) for each in features.OF_COPY]
    of_copy = _likeliest(tables, truths, signs)
    rows, right, lapses = [], [], 0
    width = len(features.OF_PAIR)
    for group, values in zip(found, tables, strict=True):
        own = values @ of_copy
        pairs = features.of_pairs(group.copies, group.near, own)
        lone = features.alone(group.near, own)
        for child in range(len(group.copies)):
            allowed = [at for at in range(len(own)) if own[at] > own[child]]
            parent = group.parent(child)
            if parent is not None and parent not in allowed:
                lapses += 1
                continue
            first = np.concatenate([np.zeros(width), lone[child]])
            rest = np.zeros((len(allowed), width + lone.shape[1]))
            rest[:, :width] = pairs[child, allowed]
            rows.append(np.vstack([first, rest]))
            right.append(np.asarray([parent is None, *(at == parent for at in allowed)]))
    stated = {"whole-of-part": (_PART, _PART)}
    bounds = [stated.get(each, (None, None)) for each in (*features.OF_PAIR, *features.ALONE)]
    of_pair = _likeliest(rows, right, bounds)
    named = {
        "OF_COPY": (features.OF_COPY, of_copy),
        "OF_PAIR": (features.OF_PAIR, of_pair[:width]),
        "ALONE": (features.ALONE, of_pair[width:]),
    }
    for name, (names, weights) in named.items():
        print(f"{name}: Final = {{")
        for each, weight in zip(names, weights.tolist(), strict=True):
            print(f'    "{each}": {weight:.2f},')
        print("}\n")
    print(f"LAPSES: Final = {lapses / (lapses + len(rows)):.3f}")


def _likeliest(
    tables: Sequence[NDArray[np.float64]],
    truths: Sequence[NDArray[np.bool_]],
    bounds: Sequence[tuple[float | None, float | None]],
) -> NDArray[np.float64]:
    """Weights under which what is true is likeliest: a conditional logit, pulled towards 0."""
    width = len(bounds)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros(width)
        for table_of, truth in zip(tables, truths, strict=True):
            shares = weighing.softmax(table_of @ weights)
            held = max(float(shares[truth].sum()), 1e-12)
            total -= np.log(held)
            slope -= (shares * truth / held - shares) @ table_of
        count = len(tables)
        pull = _PULL * float(weights @ weights) / 2
        return total / count + pull, slope / count + _PULL * weights

    return np.asarray(minimize(loss, np.zeros(width), jac=True, method="L-BFGS-B", bounds=bounds).x)


def rates(paths: Sequence[Path]) -> None:
    """Print bits per pixel by quality, as `features` has them."""
    photos = []
    for path in paths:
        with Image.open(path) as image:
            photos.append(
                image.convert("RGB").resize((image.width * 2 // 3, image.height * 2 // 3))
            )
    base = np.asarray([_rate(each, 80) for each in photos])
    for quality in (20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 95, 97, 98, 99, 100):
        beside = np.asarray([_rate(each, quality) for each in photos]) - base
        print(f"quality {quality}: {beside.mean():+.2f} ± {beside.std():.2f}")
    for sampling in ("4:4:4", "4:2:2"):
        beside = np.asarray([_rate(each, 80, sampling) for each in photos]) - base
        print(f"{sampling}: {beside.mean():+.2f} ± {beside.std():.2f}")


def _rate(image: Image.Image, quality: int, sampling: str = "4:2:0") -> float:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=sampling)
    data = out.getvalue()
    coded = len(data) - 2 - data.index(b"\xff\xda")
    return float(np.log2(8 * coded / (image.width * image.height)))
