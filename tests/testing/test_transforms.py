"""Every group of alterations passes the check, and broken ones do not."""

from collections.abc import Sequence
from itertools import count

import pytest
from numpy.random import Generator
from PIL import Image

from hashmatch import registry
from hashmatch.bench.transforms.base import Apply
from hashmatch.testing import check_transforms

NUMBERS = count()


@pytest.mark.parametrize("name", ["dihedral", "noise", "overlay"])
def test_ours_pass(name: str) -> None:
    check_transforms(registry.load("transforms", name))


def painted(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
    picture.paste((0, 0, 0), (0, 0, 9, 9))
    return picture.copy()


def counted(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
    return picture.resize((100 + next(NUMBERS), 90))


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({}, "has an alteration"),
        ({"painted": painted}, "changes no picture"),
        ({"counted": counted}, "the same copy"),
        ({"text": lambda *_: b"no picture"}, "can be hashed"),
        ({"none": "none"}, "is a function"),
        ({5: counted}, "by text"),
    ],
)
def test_broken_ones_do_not(broken: dict[str, Apply], rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        check_transforms(broken)
