import numpy as np
import pytest
from numpy.typing import NDArray

from hashmatch.model.layout import Layout
from hashmatch.search import mih
from hashmatch.search.flat import FlatIndex
from hashmatch.search.selftest import self_test
from tests.support.codes import codes
from tests.support.kernels import NEEDED

pytestmark = NEEDED


@pytest.fixture
def known() -> NDArray[np.uint8]:
    return codes("random", 30_000, 32)


def test_a_sound_index_passes(known: NDArray[np.uint8]) -> None:
    index = mih.MultiIndex(known, mih.build(known))
    report = self_test(index, known, 31, samples=4)
    assert report.passed
    assert report.planted == report.found == (4,) * 32
    assert report.compared == 4 * 32 * 30_000


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("damage", ["entries", "offsets", "signatures"])
def test_a_damaged_index_fails(known: NDArray[np.uint8], damage: str, layout: Layout) -> None:
    arrays = mih.build(known, layout=layout)
    if damage == "entries":
        arrays["entries"][:] = np.roll(arrays["entries"], 1)
    elif damage == "offsets":
        table = arrays["offsets"][:65537]
        table[1:-1] = table[2:]
    elif layout is Layout.INLINE:
        arrays["signatures"].fill(0)
    else:
        pytest.skip("there are no signatures")
    report = self_test(mih.MultiIndex(known, arrays), known, 31, samples=4)
    assert not report.passed
    assert report.missed
    assert report.found != report.planted


def test_pairs_that_do_not_exist_are_spurious(
    known: NDArray[np.uint8],
) -> None:
    class Generous:
        def search(self, queries, threshold):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return FlatIndex(known).search(queries, threshold + 70)

    report = self_test(Generous(), known, 31, samples=1)
    assert not report.passed
    assert report.spurious
    assert not report.missed


def test_a_code_shorter_than_the_threshold_and_no_code_at_all() -> None:
    few = codes("random", 3, 1)
    report = self_test(FlatIndex(few), few, 31)
    assert report.passed
    assert report.threshold == 8
    assert self_test(FlatIndex(few[:0]), few[:0], 8).planted == (0,) * 9
