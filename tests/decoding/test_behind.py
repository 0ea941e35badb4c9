"""Nothing is found behind pictures that end where their file does."""

import pytest

from hashmatch.decoding.samples import samples
from hashmatch.hashing.items import hash_item
from tests.support.places import FIXTURES

SOUND = {
    **{path.name: path.read_bytes() for path in sorted((FIXTURES / "pictures").iterdir())},
    **{f"sample {each.name}": each.data for each in samples()},
}
_ALONE = {"unread-clip", "unread-picture", "motion-photo", "mjpeg"}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_picture_is_whole_and_alone(name: str) -> None:
    image = hash_item(SOUND[name]).media
    if image is None:
        pytest.skip("an extra that reads this format is not installed")
    assert image.reason is None
    assert not _ALONE & set(image.flags)
