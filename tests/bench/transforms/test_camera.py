import numpy as np
from PIL import Image

from hashmatch.bench.transforms.camera import coefficients, placed


def test_a_picture_comes_to_lie_on_the_corners_that_were_named() -> None:
    corners = [(20.0, 15.0), (150.0, 30.0), (140.0, 110.0), (30.0, 95.0)]
    a, b, c, d, e, f, g, h = coefficients(corners, (80, 60))
    for (x, y), wanted in zip(corners, [(0, 0), (80, 0), (80, 60), (0, 60)], strict=True):
        below = g * x + h * y + 1
        found = (a * x + b * y + c) / below, (d * x + e * y + f) / below
        assert np.allclose(found, wanted)
    made = np.asarray(
        placed(Image.new("L", (200, 130)), Image.new("L", (80, 60), 255), corners), np.float64
    )
    # The area inside four corners by the surveyor's formula.
    turned = [*corners[1:], corners[0]]
    area = sum(x * v - u * y for (x, y), (u, v) in zip(corners, turned, strict=True)) / 2
    assert abs(made.sum() / 255 - area) < 0.02 * area
