import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps

from hashmatch.model.orientation import Orientation

ANY = st.sampled_from(list(Orientation))
GRID = np.arange(12).reshape(3, 4)


@given(ANY, ANY)
def test_then_is_one_after_the_other(first: Orientation, second: Orientation) -> None:
    assert np.array_equal(first.then(second).apply(GRID), second.apply(first.apply(GRID)))


@pytest.mark.parametrize("orientation", Orientation)
def test_apply_is_what_pillow_does_with_the_exif_tag(orientation: Orientation) -> None:
    image = Image.fromarray((GRID * 20).astype(np.uint8))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = int(orientation)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(buffer))
    assert upright is not None
    assert np.array_equal(np.asarray(upright), orientation.apply(GRID * 20))


def test_apply_keeps_colours_together() -> None:
    assert Orientation.ROTATED_90.apply(np.zeros((3, 4, 3))).shape == (4, 3, 3)
