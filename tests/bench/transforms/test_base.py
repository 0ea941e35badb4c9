import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.random import Generator
from PIL import Image

from hashmatch import registry
from hashmatch.bench.transforms.base import OTHERS, Transform, chained, suite
from hashmatch.errors import ExtensionError, UnknownNameError
from hashmatch.hashing.items import hash_image

SIZES = ((96, 72), (60, 120), (101, 33))


def drawn(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


PICTURE, AROUND = drawn(0), [drawn(seed) for seed in range(1, 4)]
SUITE = suite(5)


def test_the_suite_is_as_large_as_the_documentation_says() -> None:
    groups = Counter(each.group for each in SUITE)
    assert len(groups) >= 14
    assert len(SUITE) >= 120
    assert len({each.id for each in SUITE}) == len(SUITE)
    assert list(groups) == registry.built_in("transforms")
    assert [each.group for each in suite(5, ["crop"])] == ["crop"] * groups["crop"]


@pytest.mark.parametrize("group", registry.built_in("transforms"))
def test_a_seed_fixes_every_copy(group: str) -> None:
    def files(seed: int) -> list[bytes]:
        return [each.file(PICTURE, "one", AROUND) for each in suite(seed, [group])]

    first = files(5)
    assert first == files(5)
    assert (first != files(6)) == (group not in {"resize", "dihedral"})


def test_chance_follows_seed_name_and_picture() -> None:
    one = SUITE[0]
    others = [Transform(one.name, one.group, one.apply, 6), Transform("x", one.group, one.apply, 5)]
    drawn_by = [
        *(each.generator("one").integers(1 << 60) for each in (one, *others)),
        one.generator("another").integers(1 << 60),
    ]
    assert len({*map(int, drawn_by)}) == 4
    assert int(one.generator("one").integers(1 << 60)) == drawn_by[0]


@pytest.mark.parametrize("transform", SUITE, ids=[each.id for each in SUITE])
def test_every_copy_is_a_file_that_can_be_hashed(transform: Transform) -> None:
    before = PICTURE.tobytes(), [other.tobytes() for other in AROUND]
    file = transform.file(PICTURE, "one", AROUND)
    assert hash_image(file).quality >= 0
    # Neither the picture nor those around it are changed.
    assert (PICTURE.tobytes(), [other.tobytes() for other in AROUND]) == before
    with Image.open(io.BytesIO(file)) as opened:
        assert max(opened.size) <= 2000


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_any_size_and_shape_are_altered(size: tuple[int, int]) -> None:
    around = [drawn(seed, SIZES[seed % 3]) for seed in range(3)]
    for each in SUITE:
        assert each.file(drawn(9, size), "odd", around)


def test_copies_keep_what_they_claim_to() -> None:
    by_id = {each.id: each for each in SUITE}

    def opened(name: str) -> Image.Image:
        with Image.open(io.BytesIO(by_id[name].file(PICTURE, "one", AROUND))) as file:
            return file.convert("RGB")

    assert opened("resize/side-96").size == (96, 72)
    assert opened("crop/keep-50").size == (80, 60)
    assert opened("crop/right-20").size == (128, 120)
    assert opened("dihedral/rotate-90").size == (120, 160)
    assert opened("border/black-10").size == (192, 144)
    # Trimmed corners are gone: nothing is black in a picture without black.
    bright = PICTURE.point(lambda value: 128 + value // 2)
    with Image.open(io.BytesIO(by_id["rotate/trimmed-20"].file(bright, "one", AROUND))) as file:
        assert np.asarray(file.convert("L")).min() > 100


def test_a_chain_decodes_what_a_step_encoded() -> None:
    def halved(picture: Image.Image, _: Generator, __: Sequence[Image.Image]) -> Image.Image:
        return picture.convert("L").resize((picture.width // 2, picture.height // 2))

    def sized(picture: Image.Image, _: Generator, others: Sequence[Image.Image]) -> bytes:
        assert picture.mode == "RGB"
        assert len(others) == OTHERS
        return b"%d %d" % picture.size

    chain = chained(halved, suite(0, ["compression"])[0].apply, halved, sized)
    around = AROUND * 4
    assert chain(PICTURE, np.random.default_rng(0), around) == b"40 30"


def test_groups_of_others_are_in_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    monkeypatch.setattr(registry, "_loaded", {})
    registry.register("transforms", "theirs", lambda: {"same": lambda picture, _, __: picture})
    (theirs,) = suite(0, ["theirs"])
    assert theirs.id == "theirs/same"
    assert theirs.id in {each.id for each in suite(0)}
    registry.register("transforms", "theirs", lambda: {"same": "not a function"})
    with pytest.raises(ExtensionError, match="theirs"):
        suite(0)
    with pytest.raises(UnknownNameError, match="resize"):
        suite(0, ["nothing"])
