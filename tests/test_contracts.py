"""The contracts of imports: each catches what it is there for, in a copy where it is broken."""

import graphlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hashmatch import registry

pytest.importorskip("importlinter", reason="the checkers of code are not installed")
grimp = pytest.importorskip("grimp", reason="import-linter brings it")
ROOT = Path(__file__).parent.parent

INJECTIONS = {
    "an index engine opened from profiles": ("profiles.py", "import faiss"),
    "a compiler in matching": ("matching/rules.py", "import numba"),
    "a decoder in a report": ("reports/text.py", "import PIL.Image"),
    "a decoder beside the doors": ("hashing/broken_front.py", "import av"),
    "a terminal in the index": ("index/writer.py", "import rich"),
    "a request from the record": ("sightings/heads.py", "import requests"),
    "another road to the network": ("cli/app.py", "import http.client"),
    "a socket in a report": ("reports/html.py", "import socket"),
    "a database beside the doors": ("calibration.py", "import sqlite3"),
    "a list format that asks another": ("hashlists/vics.py", "import hashmatch.hashlists.ncmec"),
    "an exchange that asks another": ("exchanges/tat.py", "import hashmatch.exchanges.ncmec"),
    "a report that asks another": ("reports/csv.py", "import hashmatch.reports.html"),
    "a hasher that asks another": ("hashers/color.py", "import hashmatch.hashers.pdq"),
    "a worker that reaches the lists": ("scanning/worker.py", "import hashmatch.hashlists.reading"),
    "a decoder where digests are made": ("scanning/digested.py", "import hashmatch.decoding.image"),
    "a picture in the record": ("sightings/ledger.py", "import hashmatch.sources.folder"),
    "a layer upside down": ("errors.py", "import hashmatch.model"),
    "a circle in one room": ("scanning/limits.py", "import hashmatch.scanning.engine"),
    "a module without a layer": ("anywhere.py", "import hashmatch.errors"),
}


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


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_contract_catches(name: str, copy: Path) -> None:
    path, line = INJECTIONS[name]
    module = copy / "hashmatch" / path
    before = module.read_text(encoding="utf-8") if module.exists() else ""
    module.write_text(f"{before}\n\ndef injected() -> None:\n    {line}\n", encoding="utf-8")
    try:
        found = broken(copy)
    finally:
        if before:
            module.write_text(before, encoding="utf-8")
        else:
            module.unlink()
    assert found, f"no contract is broken by `{line}` in {path}"


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
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    named = {each["name"]: each for each in contracts["contracts"]}
    modules = set(named[f"Kinds do not know each other: {contract}"]["modules"])
    assert {home.partition(":")[0] for home in registry._OURS[kind].values()} == modules


def test_no_modules_import_each_other_in_a_circle() -> None:
    # Also within rooms, and imports inside of functions: the contract looks at rooms alone.
    graph = grimp.build_graph("hashmatch", cache_dir=None)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    order = list(graphlib.TopologicalSorter(imported).static_order())
    assert order.index("hashmatch.errors") < order.index("hashmatch.cli.app")
