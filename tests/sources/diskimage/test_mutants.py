"""Damaged images of every kind: each ends in data, a named range or a clear error."""

import importlib
import sys
from pathlib import Path

import pytest

from hashmatch.sources.diskimage.reading import Held
from hashmatch.sources.diskimage.volumes import find_volumes
from tests.support.mutated_images import ALL_FORMS, endure, make_seeds
from tests.support.mutated_tables import LABELS, endure_tables, make_disk

_KINDS = ("e01 in segments", "e01 of smart", "vmdk", "vmdk stream", "vmdk split", "vhd", "vdi")
_FURTHER = ("qcow2", "qcow2 compressed", "aff4 zlib", "aff4 striped", "dmg", "split raw")
_LARGE = ("vhdx", "qcow2 large clusters")
_MEMORY = 256 << 20


@pytest.mark.parametrize("form", [*_KINDS, *_FURTHER, *_LARGE])
def test_damaged_images_end_in_data_or_a_clear_error(form: str, tmp_path: Path) -> None:
    before = _memory()
    first = make_seeds(tmp_path, {form: ALL_FORMS[form]})[form]
    folder = tmp_path / "mutants"
    folder.mkdir()
    endured = endure(form, first, 40 if form in _LARGE else 200, folder)
    assert endured.wrong == []
    assert endured.opened
    if form != "split raw":
        assert endured.reasons
    assert _memory() - before < _MEMORY


@pytest.mark.parametrize("label", LABELS)
def test_damaged_tables_give_volumes_that_add_up_to_the_disk(label: str, tmp_path: Path) -> None:
    disk = make_disk(label, tmp_path)
    sound = find_volumes(Held(disk)).volumes
    assert len([each for each in sound if each.scheme not in ("gap", "whole")]) >= 1
    assert endure_tables(label, disk, 200) == []


def _memory() -> int:
    """The most memory that this process had so far, in bytes; where the system says it."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return 0
    most = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return most if sys.platform == "darwin" else most << 10
