"""XPM of several programs, against the same pixels written by hand and as PNG."""

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from hashmatch import hash_image, hash_item
from hashmatch.errors import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLOURS = {
    "black": (0, 0, 0),
    "gray": (190, 190, 190),  # as X11 has it, and not CSS
    "Grey51": (130, 130, 130),
    "green": (0, 255, 0),
    "light goldenrod yellow": (250, 250, 210),
    "#f0a": (255, 0, 170),
    "#102030": (16, 32, 48),
    "#1020F0300A0B": (0x10, 0xF0, 0x0A),
}


def drawn() -> "NDArray[np.int64]":
    """Numbers of colours, in blobs."""
    noise = np.random.default_rng(5).random((9, 12))
    large = Image.fromarray(noise.astype(np.float32)).resize((240, 180), Image.Resampling.BICUBIC)
    values = np.asarray(large)
    steps = (values - values.min()) / np.ptp(values) * len(COLOURS)
    return np.asarray(np.clip(steps, 0, len(COLOURS) - 1), np.int64)


def xpm(*, comments: bool = True, colours: "list[str] | None" = None) -> bytes:
    """As netpbm writes it, or as ImageMagick does."""
    pixels, names = drawn(), colours or list(COLOURS)
    keys = [" .", "..", "X ", "o.", "O+", "@.", "#.", "$ "]
    lines = ["/* XPM */", "static char *picture[] = {"]
    if comments:
        lines.append("/* width height ncolors chars_per_pixel */")
    lines.append(f'"{pixels.shape[1]} {pixels.shape[0]} {len(names)} 2",')
    if comments:
        lines += ["/* colors */", ""]
    for key, name in zip(keys, names, strict=True):
        mono = " m white" if name == "black" else ""
        lines.append(f'"{key} c {name}{mono}",')
    if comments:
        lines.append('/* "pixels" */')
    lines += [f'"{"".join(keys[each] for each in row)}",' for row in pixels]
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "};", ""]).encode()


def png() -> bytes:
    table = np.array(list(COLOURS.values()), np.uint8)
    out = io.BytesIO()
    Image.fromarray(table[drawn()]).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("comments", [False, True])
def test_comments_and_names_of_colours_are_understood(comments: bool) -> None:  # noqa: FBT001
    found = hash_image(xpm(comments=comments))
    assert found.complete
    assert found.hash - hash_image(png()).hash <= 2
    assert found.quality == hash_image(png()).quality


def test_colours_with_names_of_their_own_are_unsupported() -> None:
    colours = ["our own red", *list(COLOURS)[1:]]
    why = hash_item(xpm(colours=colours), locator="a").unreadable
    assert why is not None
    assert why.reason is Reason.UNSUPPORTED


def test_a_cut_file_is_read_as_far_as_it_goes() -> None:
    data = xpm()
    half = hash_item(data[: len(data) * 2 // 3], locator="a").media
    assert half is not None
    assert not half.complete
    why = hash_item(data[:150], locator="a").unreadable
    assert why is not None
    assert why.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (b'"' + b"c " * 500_000 + b'"', Reason.UNSUPPORTED),
        (b"/* " * 500_000, Reason.DAMAGED),
        (b'"a c ' + b" " * 1_000_000 + b'x"', Reason.DAMAGED),
    ],
)
def test_hostile_strings_cost_no_more_than_their_length(inside: bytes, reason: Reason) -> None:
    """Where it is quadratic, this takes hours."""
    data = b'/* XPM */\nstatic char *a[] = {\n"9 9 2 1",\n' + inside
    why = hash_item(data, locator="a").unreadable
    assert why is not None
    assert why.reason is reason
