"""The contracts of imports: each catches what it is there for, in a copy where it is broken."""

import graphlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hashmatch import registry

pytest.importorskip("importlinter", reason="the checkers of code are not installed")
grimp = pytest.importorskip("grimp", reason="import-linter brings it")
ROOT = Path(__file__).parent.parent

ENGINES = "One door: search engines"
KINDS = "Kinds do not know each other: "
IMAGES = "sources/diskimage"

INJECTIONS = {
    "an index engine opened from profiles": (ENGINES, "profiles.py", "import faiss"),
    "addresses in matching": (
        "One door: compiled kernels",
        "matching/rules.py",
        "import hashmatch.native.arrays",
    ),
    "Parquet in a report": ("One door: Parquet", "reports/csv.py", "import pyarrow"),
    "a decoder in a report": ("No pixels", "reports/text.py", "import PIL.Image"),
    "a decoder beside the doors": (
        "One door: decoders",
        "hashing/broken_front.py",
        "import av",
    ),
    "keypoints beside their door": ("One door: keypoints", "hashing/corners.py", "import cv2"),
    "an archive read beside the doors": (
        "One door: libraries that read archives",
        "scanning/expanding.py",
        "import py7zr",
    ),
    "blocks expanded beside the doors": (
        "One door: libraries that expand blocks",
        f"{IMAGES}/containers/qcow2.py",
        "import cramjam",
    ),
    "a store beside its door": ("One door: stores", "distributed/places.py", "import fsspec"),
    "an engine that a matcher needs": (
        "One door: engines",
        "distributed/match_batch.py",
        "import ray",
    ),
    "XML read beside its door": ("One door: XML", "intake/json.py", "import defusedxml"),
    "a source of evidence in what is imported": (
        "No pixels",
        "intake/members.py",
        "import hashmatch.sources.folder",
    ),
    "a terminal in the index": ("One door: terminal", "index/writer.py", "import rich"),
    "a request from the record": ("One door: network", "sightings/heads.py", "import requests"),
    "another road to the network": ("No other network", "cli/app.py", "import http.client"),
    "a socket in a report": ("One door: sockets", "reports/html.py", "import socket"),
    "an event loop in a command": ("One door: event loops", "cli/app.py", "import asyncio"),
    "a database beside the doors": ("One door: SQLite", "calibration.py", "import sqlite3"),
    "a worker that reaches the lists": (
        "Workers hash and nothing else",
        "scanning/worker.py",
        "import hashmatch.hashlists.reading",
    ),
    "a decoder where digests are made": (
        "No decoder where digests are computed",
        "scanning/digested.py",
        "import hashmatch.decoding.image",
    ),
    "a picture in the record": (
        "No pixels",
        "sightings/ledger.py",
        "import hashmatch.sources.folder",
    ),
    "a layer upside down": ("Layers: ", "errors.py", "import hashmatch.model"),
    "matching upside down": (
        "Layers of matching",
        "matching/rules.py",
        "import hashmatch.matching.matcher",
    ),
    "disk images upside down": (
        "Layers of disk images",
        f"{IMAGES}/base.py",
        "import hashmatch.sources.diskimage.opening",
    ),
    "a diagnosis upside down": (
        "Layers of the diagnosis",
        "diagnosis/model.py",
        "import hashmatch.diagnosis.running",
    ),
    "a circle in one room": (
        "No cycles",
        "scanning/limits.py",
        "import hashmatch.scanning.engine",
    ),
    "a module without a layer": ("Layers: ", "anywhere.py", "import hashmatch.errors"),
}
"""The contract that catches it, the module, and the line that is put into it."""

ASKING = {
    "list formats": ("hashlists/vics.py", "import hashmatch.hashlists.ncmec"),
    "exchanges": ("exchanges/tat.py", "import hashmatch.exchanges.ncmec"),
    "reports": ("reports/csv.py", "import hashmatch.reports.html"),
    "exports": ("exports/stix.py", "import hashmatch.exports.parquet"),
    "hashers": ("hashers/color.py", "import hashmatch.hashers.pdq"),
    "containers of disk images": (
        f"{IMAGES}/containers/vhd.py",
        "import hashmatch.sources.diskimage.containers.vdi",
    ),
    "partition tables": (
        f"{IMAGES}/partitions/gpt.py",
        "import hashmatch.sources.diskimage.partitions.mbr",
    ),
}
"""One of each kind that asks another."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the contracts look at."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.zip")
    shutil.copytree(ROOT / "src/hashmatch", folder / "hashmatch", ignore=ignored)
    return folder


def broken(folder: Path) -> list[str]:
    """The names of the contracts that are broken there; none where all hold."""
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code, "--cache-dir", str(folder / "cache")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert bool(found) == (done.returncode != 0), done.stdout + done.stderr
    return found


def test_all_contracts_hold(copy: Path) -> None:
    assert broken(copy) == []


@contextmanager
def injected(folder: Path, lines: Iterable[tuple[str, str]]) -> Iterator[None]:
    """The copy with a line in a function of each of these modules."""
    before: dict[Path, str | None] = {}
    for path, line in lines:
        module = folder / "hashmatch" / path
        before[module] = module.read_text(encoding="utf-8") if module.exists() else None
        text = f"{before[module] or ''}\n\ndef injected() -> None:\n    {line}\n"
        module.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        for module, earlier in before.items():
            if earlier is None:
                module.unlink()
            else:
                module.write_text(earlier, encoding="utf-8")


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_contract_catches(name: str, copy: Path) -> None:
    contract, path, line = INJECTIONS[name]
    with injected(copy, [(path, line)]):
        found = broken(copy)
    assert any(each.startswith(contract) for each in found), found


def test_kinds_that_ask_others_are_caught(copy: Path) -> None:
    with injected(copy, ASKING.values()):
        found = broken(copy)
    assert {each for each in found if each.startswith(KINDS)} == {
        f"{KINDS}{kind} BROKEN" for kind in ASKING
    }


def test_every_contract_is_broken_here() -> None:
    tried = [
        *(contract for contract, _, _ in INJECTIONS.values()),
        *(f"{KINDS}{k}" for k in ASKING),
    ]
    names = [each["name"] for each in contracts()]
    assert [name for name in names if not name.startswith(tuple(tried))] == []


def contracts() -> list[dict[str, Any]]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    found: list[dict[str, Any]] = table["contracts"]
    return found


@pytest.mark.parametrize(
    ("kind", "contract"),
    [
        ("hashers", "hashers"),
        ("lists", "list formats"),
        ("exchanges", "exchanges"),
        ("reports", "reports"),
    ],
)
def test_every_kind_is_in_its_contract(kind: str, contract: str) -> None:
    named = {each["name"]: each for each in contracts()}
    modules = set(named[f"{KINDS}{contract}"]["modules"])
    assert {home.partition(":")[0] for home in registry._OURS[kind].values()} == modules


def test_no_modules_import_each_other_in_a_circle() -> None:
    # Also within rooms, and imports inside of functions: the contract looks at rooms alone.
    graph = grimp.build_graph("hashmatch", cache_dir=None)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    order = list(graphlib.TopologicalSorter(imported).static_order())
    assert order.index("hashmatch.errors") < order.index("hashmatch.cli.app")
