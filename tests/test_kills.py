"""A few kills of everything that writes; `benchmarks/kills.py` does hundreds of them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.hostile_evidence import make_evidence
from tests.support.index_steps import change
from tests.support.kill_scans import Ground, killed_scans
from tests.support.kill_ways import Way
from tests.support.kill_writers import Written, killed_changes, killed_files, killed_migrations

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    evidence = make_evidence(
        folder / "evidence", folder / "known.csv", files=120, pictures=20, slow=4
    )
    try:
        yield Ground.of(evidence, folder)
    finally:
        # Python recurses into folders, and gives up before it reaches the deepest.
        subprocess.run(["/bin/rm", "-rf", str(folder / "evidence")], check=True)  # noqa: S603


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("rescan", Way.KILL_ALL),
        ("replace-earlier", Way.KILL_PARENT),
        ("checked", Way.KILL_PARENT),
        ("checked", Way.KILL_WORKER),
        ("checked", Way.TERMINATE_PARENT),
    ],
)
def test_scans_lose_and_double_nothing(ground: Ground, kind: str, way: Way) -> None:
    assert killed_scans(ground, Random(3), 1, kind, [way]).wrong == []


def test_an_index_holds_what_was_committed(tmp_path: Path) -> None:
    outcome = killed_changes(tmp_path / "index", Random(1), 3, [Way.KILL_PARENT])
    assert (outcome.wrong, outcome.count) == ([], 3)


def test_reports_are_whole(ground: Ground, tmp_path: Path) -> None:
    written = Written.report(ground.folder / "whole.db", tmp_path)
    assert killed_files(written, Random(2), 2).wrong == []


def test_lists_are_whole(tmp_path: Path) -> None:
    change(tmp_path / "index", 1)
    (tmp_path / "lists").mkdir()
    written = Written.export(tmp_path / "index", "lab", tmp_path / "lists")
    assert killed_files(written, Random(2), 2).wrong == []


def test_an_older_database_is_as_it_was_or_new(tmp_path: Path) -> None:
    assert killed_migrations(tmp_path, Random(4), 4).wrong == []
