"""Whose quantisation tables files have, against programs that wrote them."""

import pytest
from PIL import JpegPresets

from hashmatch.decoding.metadata import of_picture
from hashmatch.tracing.encoders import Encoder, encoder_of
from tests.support.valid_files import encoded, rgb

MOZJPEG = {
    10: "2325fa54de632ed1",
    49: "ae99623bf62a6438",
    50: "173c21dd4c16b81d",
    75: "eb351503a9b6895d",
    90: "150aee8773aab137",
    95: "637cc004f32929ff",
}
"""What mozjpeg 0826579 (in libvips 8.18.7) wrote at these qualities."""


def _encoder(**options: object) -> Encoder | None:
    return encoder_of(dict(of_picture(encoded(rgb(), "JPEG", **options)))["quantisation"])


def test_libjpeg_is_named_with_the_quality_it_was_given() -> None:
    for quality in range(1, 101):
        assert _encoder(quality=quality) == Encoder("libjpeg", f"quality {quality}")


@pytest.mark.parametrize("quality", MOZJPEG)
def test_mozjpeg_is_named_with_the_quality_it_was_given(quality: int) -> None:
    assert encoder_of(MOZJPEG[quality]) == Encoder("mozjpeg", f"quality {quality}")


def test_presets_of_photoshop_are_named_as_pillow_publishes_them() -> None:
    for preset in JpegPresets.presets:
        assert _encoder(quality=preset) == Encoder("Photoshop", preset.replace("_", " "))


def test_tables_of_ones_own_are_nobodys() -> None:
    assert _encoder(qtables=[[3] * 64, [4] * 64]) is None
    assert encoder_of("") is None
