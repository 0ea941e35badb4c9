"""A scan of archives that are made to fill memory or time, in little of both."""

import sys

import pytest

from tests.support.archive_bombs import BOMBS
from tests.support.bomb_scans import Bombed, scan_of_bombs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")

_MOST = 700 << 20
"""Bytes of memory of one process: its libraries, and what is held of one member."""


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Bombed:
    return scan_of_bombs(tmp_path_factory.mktemp("bombs"), 500)


def test_every_bomb_has_an_item_with_a_reason(bombed: Bombed) -> None:
    assert (bombed.code, bombed.wrong) == (4, [])
    reasons = {name: each[:2] for name, each in bombed.outcomes.items()}
    opened = ("skipped", "opened-container")
    assert reasons == {
        "recursion": opened,
        "ratio, zip": opened,
        "ratio, gzip": opened,
        "quine": opened,
        "deep zip": opened,
        "deep gzip": opened,
        "deep mail": opened,
        "empty members, tar.gz": opened,
        "empty members, zip": ("unreadable", "corrupt-data"),
        "overlapping members": ("unreadable", "too-much"),
        "size too large": opened,
        "size too small": opened,
        "size of exbibytes": ("unreadable", "truncated"),
    }
    assert set(reasons) == set(BOMBS)
    counts = {name: inside for name, (*_, inside) in bombed.outcomes.items()}
    assert counts["empty members, tar.gz"] == 2001
    assert counts["empty members, zip"] == 2000
    assert counts["recursion"] == 3 + 9 + 27 + 81 + 243
    # What lies deeper than is read says so.
    assert bombed.items["unreadable"] > 243
    assert (counts["quine"], counts["deep zip"], counts["deep gzip"]) == (6, 5, 6)


def test_memory_is_bounded(bombed: Bombed) -> None:
    assert 0 < bombed.parent < _MOST
    assert 0 < bombed.worker < _MOST
