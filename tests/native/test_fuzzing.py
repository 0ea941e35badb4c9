"""The kernels under the address and undefined-behaviour sanitizers, on tables that lie."""

import platform
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hashmatch.native.library import Level
from tests.support.kernels import levels
from tools import build_native

HERE = Path(__file__).parent
SANITIZED = (
    *("-std=c11", "-O0", "-g", "-ffp-contract=off"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
IN_C = "-DHM_AVX512_IN_C"
"""Instructions of AVX-512 in plain C, so that their loop is tested where processors lack them."""

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in {"x86_64", "amd64"} or Level.V3 not in levels(),
    reason="instruction sets of x86-64 are tested on one that has AVX2",
)


def run(command: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603 (our own)
        command,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "quarantine_size_mb=1"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fuzz target, with all instruction sets."""
    try:
        cc = build_native.compiler()
    except build_native.NoCompilerError:
        pytest.skip("there is no compiler")
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    probe = [*cc, *SANITIZED, str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run(probe, check=False, capture_output=True).returncode:  # noqa: S603 (as above)
        pytest.skip("the compiler has no sanitizers")
    of_levels = {**build_native.X86_64, "v4": (*build_native.X86_64["v3"], IN_C)}
    objects = {level: str(folder / f"{level}.o") for level in of_levels}
    source = str(build_native.SOURCES / "level.c")
    jobs = [
        [*cc, *SANITIZED, *of_levels[level], f"-DHM_LEVEL={level}", "-c", source, "-o", made]
        for level, made in objects.items()
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, jobs))
    program = folder / "fuzz"
    rest = [str(build_native.SOURCES / "library.c"), str(HERE / "fuzz_kernels.c")]
    run([*cc, *SANITIZED, IN_C, *rest, *objects.values(), "-lm", "-o", str(program)])
    return program


def test_no_table_leads_out_of_memory_and_all_instruction_sets_agree(fuzz: Path) -> None:
    assert run([str(fuzz), "0", "300"]) == "3\n"
