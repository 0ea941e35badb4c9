"""JPEG XL beyond what the matrix of formats covers."""

import base64

import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image

pytest.importorskip("pylibjxl")

_TWO_FRAMES = base64.b64decode(
    "/wpFBAFYUFwSCAigAgAAIAFLKDQyjgUPTAAYd5fn5QKSAFBoBACIERoDCDP9GAf0Egj0cvuEQwyYSGIUgVobL1Y8"
    "Pomu6RhH9mJpYoXKB/HxCZAnZJMQ1QQICKBCAAAYAUsoNDKOBQ9MQ2kMZjJ9wgUkAfhLKgB4x8Vq+NlwjBbQLu9+"
    "oou519Jb27XgYcrivuVqAaEGUACIAbiZPlkvI7gvr7oAOhI="
)
"""Two frames of 24×24 pixels: an animated GIF of Pillow's, by `cjxl -d 0 -e 9` (libjxl 0.7)."""


def test_frames_that_are_not_read_are_said() -> None:
    found = hash_image(_TWO_FRAMES)
    assert found.reason is Reason.UNSUPPORTED
    assert (found.frames, found.fraction, found.flags) == (1, 1.0, ("unread-picture",))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4])
def test_what_is_cut_is_damaged(share: float) -> None:
    with pytest.raises(UnreadableImageError) as failed:
        hash_image(_TWO_FRAMES[: int(len(_TWO_FRAMES) * share)])
    assert failed.value.reason is Reason.DAMAGED
