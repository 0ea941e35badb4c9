import numpy as np
from PIL import Image, ImageOps

from hashmatch.bench.duplicates import duplicates, grouped, small


def drawn(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def test_copies_are_found_however_they_are_turned() -> None:
    picture = drawn(0)
    shown = [
        picture,
        drawn(1),
        picture.resize((80, 60)),
        ImageOps.mirror(picture),
        picture.transpose(Image.Transpose.ROTATE_90),
        drawn(2),
    ]
    pairs = duplicates([str(each) for each in range(6)], [small(each) for each in shown])
    same = {0, 2, 3, 4}
    assert set(pairs) == {(a, b) for a in same for b in same if a < b}
    assert grouped(6, pairs) == [0, 1, 0, 0, 0, 5]


def test_equal_files_are_duplicates_whatever_they_show() -> None:
    plain = small(Image.new("RGB", (40, 40)))
    assert duplicates(["a", "b", "a", "a"], [plain] * 4) == [(0, 2), (0, 3)]


def test_equal_compositions_are_no_duplicates_if_details_differ() -> None:
    ramp = np.linspace(0, 255, 160, dtype=np.float32)[None, :].repeat(120, 0)
    shown = []
    for seed in range(2):
        grain = np.random.default_rng(seed).normal(0, 20, ramp.shape)
        shown.append(Image.fromarray(np.clip(ramp + grain, 0, 255).astype(np.uint8)))
    one, other = (small(each) for each in shown)
    assert float(one[0] @ other[0]) > 0.9
    assert duplicates(["a", "b"], [one, other]) == []


def test_groups_join_what_is_linked_over_others() -> None:
    assert grouped(5, [(3, 4), (0, 4), (1, 2)]) == [0, 1, 1, 0, 0]
