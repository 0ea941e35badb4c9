"""What a known picture would be, if another is cut from it."""

import math

import numpy as np
import pytest
from PIL import Image

from hashmatch.hashers.means import Box, Sums, axis, codes_of, spectra
from hashmatch.hashing.framing import framed, framed_as
from hashmatch.model.framing import (
    AREAS,
    AT_EDGES,
    BOXES,
    COVERS,
    CROPS,
    CUT_AT_FOOT,
    CUT_AT_LEFT,
    MIRRORED_CROPS,
    MIRRORED_SIDES,
    SIDES,
    SLIGHT_CUTS,
    SLIGHT_TURNS,
    TURNED,
    Covered,
    Framing,
    Mirrored,
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
        (Framing(Span(0.06, 0.88), Span(0.08, 0.92)), CUT_AT_LEFT),
        (Framing(Span(0.0, 0.92), Span(0.06, 0.88)), CUT_AT_FOOT),
        (Framing(Span(0.04, 0.88), Span(0.0, 1.0)), CUT_AT_FOOT),
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


def filling(span: Span, reach: float, noise: float) -> np.ndarray:
    """(128, 128) what makes a line of the known picture of one at hand: each place by the equations
    of ordinary kriging, with a multiplier that makes weights sum to one."""
    own = span.start + span.size * (np.arange(128) + 0.5) / 128
    ones = np.ones((128, 1))
    covariance = np.exp(-np.abs(own[:, None] - own) / reach) + noise * np.eye(128)
    system = np.block([[covariance, ones], [ones.T, np.zeros((1, 1))]])
    fine = (np.arange(256) + 0.5) / 256 + 0.5 / 512
    right = np.vstack([np.exp(-np.abs(fine - own[:, None]) / reach), np.ones(256)])
    found = np.linalg.solve(system, right)[:128].T
    for at in np.flatnonzero((fine > span.start) & (fine < span.start + span.size)):
        where = (fine[at] - span.start) / span.size * 128 - 0.5
        found[at] = [np.interp(where, np.arange(128), unit) for unit in np.eye(128)]
    return np.asarray(found.reshape(128, 2, 128).mean(axis=1))


def test_what_is_missing_is_what_kriging_expects() -> None:
    """Coefficients of the four lowest frequencies along an axis by what goes on for longer along
    the other: each by a picture that is filled for it, line by line."""
    far, near = (0.15, 0.05), (0.06, 0.1)
    means = cells(np.asarray(photo("coffee").convert("L").resize((300, 200))))
    low = np.arange(16) < 4
    for name, shown in (
        (CROPS, Framing(Span(0.06, 0.84), Span(0.1, 0.84))),
        (SIDES, Framing(Span(0.1, 0.7), Span(0.0, 1.0))),
        (SIDES, Framing(Span(0.0, 1.0), Span(0.0, 0.7))),
    ):
        filled = {}
        for down in (far, near):
            for across in (far, near):
                whole = filling(shown.rows, *down) @ means @ filling(shown.columns, *across).T
                filled[down, across] = axis() @ whole @ axis().T
        spectrum = np.select(
            [low[:, None] & low, low[:, None] & ~low, ~low[:, None] & low],
            [filled[far, far], filled[near, far], filled[far, near]],
            filled[near, near],
        )
        own = [np.allclose(each, shown) for each in plan(name)].index(True)
        # In single precision a coefficient beside the median may be on its other side.
        assert np.bitwise_count(codes_of(spectrum[None]) ^ framed(means, name)[own]).sum() <= 2


@pytest.mark.parametrize(
    "hypothesis", [plan(CROPS)[2000], plan(SIDES)[900], plan(BOXES)[700], plan(CUT_AT_LEFT)[80]]
)
def test_one_hypothesis_is_what_it_is_in_its_plan(hypothesis: Framing | Covered) -> None:
    means = cells(np.asarray(photo("coffee").convert("L")))
    plans = (CROPS, SIDES, CUT_AT_LEFT, BOXES)
    name = next(each for each in plans if hypothesis in plan(each))
    (own,) = framed_as(means, hypothesis)
    assert np.bitwise_count(own ^ framed(means, name)[plan(name).index(hypothesis)]).sum() <= 2


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


@pytest.mark.parametrize("name", [MIRRORED_CROPS, MIRRORED_SIDES])
def test_a_mirrored_part_is_what_the_part_is(name: str) -> None:
    means = cells(np.asarray(photo("astronaut").convert("L")))
    straight = {
        each: code
        for way in (CROPS, SIDES)
        for each, code in zip(plan(way), framed(means, way), strict=True)
    }
    mirrored = framed(means[:, ::-1], name)
    for each, code in zip(plan(name), mirrored, strict=True):
        assert isinstance(each, Mirrored)
        assert np.bitwise_count(code ^ straight[each.framing]).sum() <= 2


def test_another_picture_is_near_under_no_hypothesis() -> None:
    other = np.asarray(photo("astronaut").convert("L"))
    (known,) = codes_of(spectra(cells(other)[None], axis(), axis()))
    mine = cells(np.asarray(photo("coffee").convert("L")))
    for name in hypotheses().keys() - {TURNS, AREAS}:
        assert np.bitwise_count(framed(mine, name) ^ known).sum(axis=1).min() > 60


def test_plans_are_counted_and_lie_within_the_picture() -> None:
    counts = hypotheses()
    parts = {CROPS: 2980, SIDES: 1100, COVERS: 281}
    mirrored = {MIRRORED_CROPS: 1990, MIRRORED_SIDES: 540}
    edges = dict.fromkeys(AT_EDGES, 162)
    slight = {SLIGHT_CUTS: 34, SLIGHT_TURNS: 6}
    others = {TURNED: 120, BOXES: 1261, AREAS: 12}
    assert counts == {TURNS: 8, **parts, **edges, **mirrored, **others, **slight}
    for name in counts.keys() - {TURNS}:
        assert len(set(plan(name))) == len(plan(name))
        assert len(set(map(str, plan(name)))) > len(plan(name)) / 2
    for name in (*parts, *edges, BOXES, SLIGHT_CUTS):
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
