"""What a known picture would be, if another is cut from it."""

import math

import numpy as np
import pytest
from PIL import Image

from hashmatch.hashers.means import Box, Sums, axis, codes_of, spectra
from hashmatch.hashing.framing import framed
from hashmatch.model.framing import (
    AREAS,
    BOXES,
    COVERS,
    CROPS,
    MIRRORED_CROPS,
    MIRRORED_SIDES,
    SIDES,
    SLIGHT_CUTS,
    SLIGHT_TURNS,
    SMOOTH_SIDES,
    TURNED,
    Covered,
    Framing,
    Span,
    Turned,
    TurnedWhole,
    hypotheses,
    plan,
)
from hashmatch.model.region import TURNS
from tests.support.photos import photo


def cells(luma: np.ndarray) -> np.ndarray:
    return Sums(luma).means(Box(0, luma.shape[0], 0, luma.shape[1]))


def distances(name: str, shown: Framing, tried: str) -> np.ndarray:
    """From each hypothesis of a plan on the part shown, to the code of the whole picture."""
    whole = np.asarray(photo(name).convert("L").resize((400, 300)))
    (known,) = codes_of(spectra(cells(whole)[None], axis(), axis()))
    top, bottom = (round(300 * each) for each in (shown.rows.start, sum(shown.rows)))
    left, right = (round(400 * each) for each in (shown.columns.start, sum(shown.columns)))
    cut = np.ascontiguousarray(whole[top:bottom, left:right])
    return np.asarray(np.bitwise_count(framed(cells(cut), tried) ^ known).sum(axis=1))


@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
@pytest.mark.parametrize(
    ("shown", "tried"),
    [
        (Framing(Span(0.02, 0.94), Span(0.04, 0.94)), CROPS),
        (Framing(Span(0.0, 0.9), Span(0.1, 0.9)), CROPS),
        (Framing(Span(0.0, 1.0), Span(0.125, 0.8)), SIDES),
        (Framing(Span(0.0625, 0.875), Span(0.0, 1.0)), COVERS),
    ],
)
def test_the_right_hypothesis_is_nearest(name: str, shown: Framing, tried: str) -> None:
    found = distances(name, shown, tried)
    best = plan(tried)[int(found.argmin())]
    assert isinstance(best, Framing)
    off = max(
        abs(a - b)
        for axis_of in ("rows", "columns")
        for a, b in zip(getattr(best, axis_of), getattr(shown, axis_of), strict=True)
    )
    assert off <= 0.045
    assert found.min() <= 46
    # Most others are as far as different pictures.
    assert np.median(found) > found.min() + 10


def code_and_picture(name: str) -> tuple[np.ndarray, Image.Image]:
    """The code of a known picture, and the picture."""
    picture = photo(name).convert("L").resize((480, 320))
    (known,) = codes_of(spectra(cells(np.asarray(picture))[None], axis(), axis()))
    return known, picture


@pytest.mark.parametrize("degrees", [-6, -3, 2, 4])
@pytest.mark.parametrize("keeps_shape", [False, True])
def test_a_picture_that_was_turned_and_trimmed_is_near_when_it_is_turned_back(
    degrees: int, *, keeps_shape: bool
) -> None:
    """Turned by Pillow, to the left for angles above 0."""
    known, picture = code_and_picture("coffee")
    wide, tall = picture.size
    cosine, sine = math.cos(math.radians(degrees)), abs(math.sin(math.radians(degrees)))
    if keeps_shape:
        scale = 1 / (cosine + sine * wide / tall)
        size = wide * scale, tall * scale
    else:
        spread = cosine * cosine - sine * sine
        size = (wide * cosine - tall * sine) / spread, (tall * cosine - wide * sine) / spread
    left, top = ((a - b) / 2 for a, b in zip(picture.size, size, strict=True))
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    shown = np.asarray(turned.crop((left + 1, top + 1, left + size[0] - 1, top + size[1] - 1)))
    found = np.bitwise_count(framed(cells(shown), TURNED, shown.shape) ^ known).sum(axis=1)
    best = plan(TURNED)[int(found.argmin())]
    assert isinstance(best, Turned)
    assert abs(best.degrees + degrees) <= 1
    assert found.min() <= 46
    upright = codes_of(spectra(cells(shown)[None], axis(), axis()))
    assert np.bitwise_count(upright ^ known).sum() > found.min() + 8


def test_what_changes_slowly_is_expected_to_go_on_for_longer() -> None:
    """Of random pictures with a known correlation the plan that is made for it is the nearer."""
    off: dict[tuple[float, str], list[int]] = {}
    for reach in (0.03, 0.4):
        chance = np.random.default_rng(7)
        places = (np.arange(128) + 0.5) / 128
        root = np.linalg.cholesky(np.exp(-np.abs(places[:, None] - places) / reach))
        for _ in range(12):
            shown = root @ chance.standard_normal((128, 128)) @ root.T
            known = codes_of(spectra(shown[None], axis(), axis()))
            cut = shown[:, 16:112].repeat(4, axis=1).reshape(128, 128, 3).mean(axis=2)
            for name in (SIDES, SMOOTH_SIDES):
                own = plan(name).index(Framing(Span(0, 1), Span(0.125, 0.75)))
                off.setdefault((reach, name), []).append(
                    int(np.bitwise_count(framed(cut, name)[own] ^ known).sum())
                )
    mean = {key: np.mean(each) for key, each in off.items()}
    assert mean[0.4, SMOOTH_SIDES] < mean[0.4, SIDES] - 0.4
    assert mean[0.03, SMOOTH_SIDES] > mean[0.03, SIDES] + 0.4


@pytest.mark.parametrize("degrees", [-15, -4, 5, 12])
def test_a_picture_that_was_turned_and_filled_is_near_when_it_is_turned_back(degrees: int) -> None:
    """White around it, as within it: no corner of it can be seen."""
    known, picture = code_and_picture("coffee")
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    shown = np.asarray(turned)
    found = np.bitwise_count(framed(cells(shown), TURNED, shown.shape) ^ known).sum(axis=1)
    best = plan(TURNED)[int(found.argmin())]
    assert isinstance(best, TurnedWhole)
    assert abs(best.degrees + degrees) <= 1
    assert found.min() <= 24


@pytest.mark.parametrize("box", [(96, 64, 240, 160), (0, 0, 144, 96), (200, 90, 416, 250)])
def test_what_a_box_covers_is_filled_from_around_it(box: tuple[int, int, int, int]) -> None:
    known, picture = code_and_picture("chelsea")
    covered = picture.copy()
    covered.paste(0, box)
    means = cells(np.asarray(covered))
    found = np.bitwise_count(framed(means, BOXES) ^ known).sum(axis=1)
    best = plan(BOXES)[int(found.argmin())]
    assert isinstance(best, Covered)
    middle = [each.start + each.size / 2 for each in (best.columns, best.rows)]
    centre = [(box[0] + box[2]) / 960, (box[1] + box[3]) / 640]
    assert max(abs(a - b) for a, b in zip(middle, centre, strict=True)) < 0.15
    plain = np.bitwise_count(codes_of(spectra(means[None], axis(), axis())) ^ known).sum()
    assert found.min() < plain - 10


def test_a_box_is_filled_with_what_runs_on_through_it() -> None:
    """A run of brightness along both axes is what the edges of a box tell, wherever it is."""
    run = np.add.outer(np.arange(128) / 2.0, np.arange(128) * 1.0)
    grain = np.random.default_rng(3).normal(0, 40, (128, 128))
    for number, each in enumerate(plan(BOXES)):
        assert isinstance(each, Covered)
        spans = [(round(a.start * 128), round((a.start + a.size) * 128)) for a in each]
        if any(first == 0 or last == 128 for first, last in spans):
            continue
        around = tuple(slice(max(first - 5, 0), last + 5) for first, last in spans)
        whole = run + grain
        whole[around] = run[around]
        hidden = whole.copy()
        hidden[slice(*spans[0]), slice(*spans[1])] = 255
        truth = codes_of(spectra(whole[None], axis(), axis()))
        assert np.bitwise_count(framed(hidden, BOXES)[number] ^ truth).sum() <= 20


@pytest.mark.parametrize(
    ("mirrored", "straight"), [(MIRRORED_CROPS, CROPS), (MIRRORED_SIDES, SIDES)]
)
def test_a_mirrored_part_is_what_the_part_is(mirrored: str, straight: str) -> None:
    means = cells(np.asarray(photo("astronaut").convert("L")))
    assert np.array_equal(framed(means[:, ::-1], mirrored), framed(means, straight))


def test_another_picture_is_near_under_no_hypothesis() -> None:
    other = np.asarray(photo("astronaut").convert("L"))
    (known,) = codes_of(spectra(cells(other)[None], axis(), axis()))
    mine = cells(np.asarray(photo("coffee").convert("L")))
    for name in hypotheses().keys() - {TURNS, AREAS}:
        assert np.bitwise_count(framed(mine, name) ^ known).sum(axis=1).min() > 60


def test_plans_are_counted_and_lie_within_the_picture() -> None:
    counts = hypotheses()
    parts = {CROPS: 1825, SIDES: 394, SMOOTH_SIDES: 394, COVERS: 77}
    mirrored = {MIRRORED_CROPS: 1825, MIRRORED_SIDES: 394}
    slight = {SLIGHT_CUTS: 34, SLIGHT_TURNS: 6}
    others = {TURNED: 120, BOXES: 319, AREAS: 12}
    assert counts == {TURNS: 8, **parts, **mirrored, **others, **slight}
    for name in counts.keys() - {TURNS}:
        assert len(set(plan(name))) == len(plan(name))
        assert len(set(map(str, plan(name)))) > len(plan(name)) / 2
    for name in (*parts, BOXES, SLIGHT_CUTS):
        for hypothesis in plan(name):
            assert isinstance(hypothesis, Framing | Covered)
            for span in hypothesis:
                assert span.start >= 0
                assert span.size > 0
                assert span.start + span.size <= 1 + 1e-9
    assert str(Turned(-2, keeps_shape=False)) == (
        "turned by 2° to the left and trimmed to the largest rectangle"
    )
    assert str(TurnedWhole(5)) == "turned by 5° to the right, with its corners"
    assert str(Framing(Span(0, 0.9), Span(0.05, 0.9))) == (
        "rows 0–90 %, columns 5–95 % of the known picture"
    )
