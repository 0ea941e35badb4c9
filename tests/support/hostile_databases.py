"""Databases that were altered, for tests."""

from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from hashmatch.sightings.verdict import Verdict
from tests.support import forgeries


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return forgeries.recorded(tmp_path_factory.mktemp("recorded") / "db")


@pytest.fixture(scope="module")
def head(record: Path) -> str:
    verdict = verified(record)
    assert verdict.problems == ()
    return verdict.head


def verified(path: Path, head: str = "") -> Verdict:
    with Database.open(path, read_only=True) as database:
        return database.verify(head=head)
