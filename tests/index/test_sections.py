import hashlib
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import DamagedIndexError, IndexVersionError
from hashmatch.index.section_writing import BLOCK, MAGIC, write_sections
from hashmatch.index.sections import SectionFile
from hashmatch.search.made import Made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_DTYPES = st.sampled_from(["u1", "u2", "u4", "u8", "i4", "i8", "f4", "f8"])
_SHAPES = st.lists(st.integers(0, 40), min_size=1, max_size=3)


@st.composite
def arrays(draw: st.DrawFn) -> "dict[str, NDArray[Any]]":
    random = np.random.default_rng(draw(st.integers(0, 99)))
    shapes = draw(st.dictionaries(st.text("abc.", min_size=1), st.tuples(_DTYPES, _SHAPES)))
    return {
        name: random.integers(0, 99, shape).astype(dtype) for name, (dtype, shape) in shapes.items()
    }


@given(arrays(), st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, given: "dict[str, NDArray[Any]]", meta: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("file") / "a.hma"
    write_sections(path, given, meta)
    file = SectionFile(path)
    assert file.meta == meta
    assert list(file.arrays) == list(given)
    for name, array in given.items():
        file.check(name)
        assert file.arrays[name].dtype == array.dtype
        assert file.arrays[name].shape == array.shape
        assert np.array_equal(file.arrays[name], array)


def _made(rows: int, pieces: int) -> Made:
    """A column of numbers in pieces, one of which overwrites the last; and one without any."""
    kept = np.empty(rows // pieces, np.uint32)

    def each() -> "Iterator[tuple[str, NDArray[Any]]]":
        for number in range(pieces):
            kept[:] = np.arange(number * len(kept), (number + 1) * len(kept))
            yield "numbers", kept

    return Made({"numbers": ("<u4", (rows,)), "none": ("<u8", (0, 2))}, each)


@pytest.mark.parametrize("pieces", [1, 3, 20_001])
def test_arrays_made_in_pieces_are_written_as_those_in_memory(tmp_path: Path, pieces: int) -> None:
    made, small = _made(60_003, pieces), {"small": np.arange(7, dtype=np.uint8)}
    numbers, none = np.arange(60_003, dtype=np.uint32), np.empty((0, 2), np.uint64)
    whole: dict[str, NDArray[Any]] = {**small, "numbers": numbers, "none": none}
    digest = write_sections(tmp_path / "a.hma", small, {}, [made])
    assert digest == write_sections(tmp_path / "b.hma", whole, {})
    assert digest == hashlib.sha256((tmp_path / "a.hma").read_bytes()).hexdigest()
    assert np.array_equal(made.arrays()["numbers"], numbers)


def test_arrays_that_are_not_made_to_their_end_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="numbers was not made to its end"):
        write_sections(tmp_path / "a.hma", {}, {}, [_made(60_003, 2)])
    assert not list(tmp_path.iterdir())


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "a.hma"
    random = np.random.default_rng(0)
    given = {
        "small": np.arange(10, dtype=np.uint32),
        "large": random.integers(0, 256, (10_000, 20), np.uint8),
        "none": np.empty((0, 32), np.uint8),
    }
    write_sections(path, given, {"a": 1})
    return path


def test_a_change_of_any_byte_is_found(written: Path) -> None:
    data = bytearray(written.read_bytes())
    padding = 0
    for at in [*range(0, 1200, 7), *range(1200, len(data), 1999), len(data) - 1]:
        data[at] ^= 1 << at % 8
        written.write_bytes(data)
        try:
            file = SectionFile(written)
            for name in file.arrays:
                file.check(name)
            padding += 1
            assert not np.any(np.frombuffer(data, np.uint8)[at + 1 : at + 2])
        except (DamagedIndexError, IndexVersionError):
            pass
        data[at] ^= 1 << at % 8
    assert padding < 20, "only the gaps between arrays carry nothing"


@pytest.mark.parametrize("length", [0, 5, len(MAGIC), 40, 700, -1])
def test_a_file_that_was_cut_is_refused(written: Path, length: int) -> None:
    written.write_bytes(written.read_bytes()[:length])
    with pytest.raises(DamagedIndexError):
        SectionFile(written)


def test_only_what_is_used_is_checked(written: Path) -> None:
    data = bytearray(written.read_bytes())
    data[-1] ^= 1
    written.write_bytes(data)
    file = SectionFile(written)
    file.check("small")
    file.check("large", 0, BLOCK // 20)
    file.check_rows("large", np.array([0, 100, 3000]))
    assert not file.checked("large")
    for rows in ([9_999], [0, 9_999]):
        with pytest.raises(DamagedIndexError, match="large"):
            file.check_rows("large", np.array(rows))
    with pytest.raises(DamagedIndexError, match="large"):
        file.check("large", 9_990, 9_995)


def test_a_row_across_two_blocks_needs_both(tmp_path: Path) -> None:
    path = tmp_path / "a.hma"
    write_sections(path, {"x": np.zeros((BLOCK, 20), np.uint8)}, {})
    data = bytearray(path.read_bytes())
    data[len(data) - BLOCK * 20 + BLOCK] ^= 1
    path.write_bytes(data)
    row = BLOCK // 20
    SectionFile(path).check_rows("x", np.array([row - 1]))
    with pytest.raises(DamagedIndexError):
        SectionFile(path).check_rows("x", np.array([row]))


def test_a_newer_version_is_refused_by_name(written: Path) -> None:
    data = bytearray(written.read_bytes())
    data[len(MAGIC)] = 200
    written.write_bytes(data)
    with pytest.raises(IndexVersionError, match="newer"):
        SectionFile(written)


def test_a_failed_write_leaves_what_was_there(written: Path) -> None:
    before = written.read_bytes()
    with pytest.raises(TypeError):
        write_sections(written, {"a": np.zeros(3)}, {"no": {1, 2}})
    assert written.read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == ["a.hma"]


def test_files_are_private(written: Path) -> None:
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
