"""The library is of the sources that lie here, and uses what this processor has."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hashmatch.errors import MissingExtraError
from hashmatch.native import library
from hashmatch.native.library import Level
from hashmatch.search.kernels.calls import calls
from tests.support.kernels import NEEDED, levels, without_kernels
from tools import build_native

FLAGS = {
    Level.V2: {"cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"},
    Level.V3: {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"},
    Level.V4: {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_vpopcntdq"},
}
"""What the psABI of x86-64 asks for, in the words of Linux."""


def highest() -> Level:
    """The instruction set that Linux says this processor has."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    lines = (line.split(":")[1] for line in info.splitlines() if line.startswith("flags"))
    flags, found = set(next(lines, "").split()), Level.PLAIN
    for level, needed in FLAGS.items():
        if not needed <= flags:
            break
        found = level
    return found


@NEEDED
@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="not on Linux")
def test_the_highest_instruction_set_of_this_processor_is_chosen() -> None:
    found = library.library()
    assert found is not None
    limit = os.environ.get(library.VARIABLE, "")
    allowed = Level(limit) if limit in list(Level) else Level.V4
    assert list(Level).index(found.level) == min(
        list(Level).index(highest()), list(Level).index(allowed)
    )
    assert levels()[-1] == found.level


@NEEDED
def test_the_library_is_of_these_sources() -> None:
    found = library.library()
    assert found is not None
    assert found.path.name == build_native.library_name()
    assert build_native.is_current(found.path), "run python tools/build_native.py"
    assert found.sha256 == hashlib.sha256(found.path.read_bytes()).hexdigest()
    assert library.version() == f"sha256:{found.sha256} ({found.level})"


@NEEDED
def test_settings_choose_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for level in levels():
        with without_kernels(monkeypatch, level):
            found = library.library()
            assert found is not None
            assert found.level == level
    with without_kernels(monkeypatch, "must"):
        assert library.library() is not None
    with without_kernels(monkeypatch, "no"):
        assert library.library() is None
        assert library.version() == "none (HASHMATCH_NATIVE is `no`)"
        with pytest.raises(MissingExtraError, match="are slow"):
            calls()


def test_a_library_that_cannot_be_used_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "place", lambda: tmp_path / "_kernels.so")
    with without_kernels(monkeypatch, ""):
        assert library.reason() == "they were not built when hashmatch was installed"
    (tmp_path / "_kernels.so").write_bytes(b"\x7fELF and nothing else")
    with without_kernels(monkeypatch, ""):
        assert library.version() == "none (_kernels.so cannot be loaded)"
    with (
        without_kernels(monkeypatch, "must"),
        pytest.raises(MissingExtraError, match="cannot be loaded"),
    ):
        library.library()


@NEEDED
def test_a_library_of_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "INTERFACE", library.INTERFACE + 1)
    with without_kernels(monkeypatch, ""):
        assert library.library() is None
        assert library.reason() == f"{library.name()} belongs to another version of hashmatch"


def test_it_is_built_beside_its_place_and_renamed(tmp_path: Path) -> None:
    try:
        first = build_native.build(tmp_path, levels=("plain",))
    except build_native.NoCompilerError:
        pytest.skip("there is no compiler")
    held, number = first.open("rb"), first.stat().st_ino
    with held:
        again = build_native.build(tmp_path, levels=("plain",), options=("-O0",))
        assert (again, list(tmp_path.iterdir())) == (first, [first])
        assert again.stat().st_ino != number
        assert held.read() != again.read_bytes()
    assert build_native.is_current(again)


def test_without_a_compiler_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASHMATCH_CC", "no-such-compiler")
    with pytest.raises(build_native.NoCompilerError, match="no C compiler"):
        build_native.build(tmp_path)
    monkeypatch.setenv("HASHMATCH_CC", "false")
    with pytest.raises(build_native.NoCompilerError, match="failed"):
        build_native.build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_workers_and_programs_say_it_once() -> None:
    script = (
        "import numpy as np\n"
        "from hashmatch.cli.kernels import note_missing_kernels\n"
        "from hashmatch.search.ranges import RangeIndex\n"
        "note_missing_kernels()\n"
        "codes = np.zeros((20_000, 32), np.uint8)\n"
        "for _ in range(2): RangeIndex(codes)\n"
    )
    told = [
        subprocess.run(  # noqa: S603 (our own)
            [sys.executable, "-c", script],
            env={**os.environ, library.VARIABLE: setting},
            check=True,
            capture_output=True,
            text=True,
        ).stderr
        for setting in ("no", "")
    ]
    assert told[0].count("\n") == 1
    assert library.SLOW in told[0]
    assert told[1] == "" or library.library() is None
