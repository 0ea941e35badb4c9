"""Builds the library of compiled kernels from csrc/, beside the sources that load it.

    python tools/build_native.py             unless the one that lies there is of these sources
    python tools/build_native.py --into DIR  somewhere else
    python tools/build_native.py --check     says by its exit code whether it is up to date

`HASHMATCH_CC` names the compiler with its options, such as `zig cc -target
aarch64-linux-gnu.2.17`; by default `cc`, `gcc` or `clang`, whichever there is. Wheels and editable
installations call this too (hatch_build.py).
"""

import argparse
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ROOT / "csrc"
PLACE: Final = ROOT / "src/hashmatch/native"

COMPILERS: Final = ("cc", "gcc", "clang")
OPTIONS: Final = (
    *("-std=c11", "-O3", "-fPIC", "-fvisibility=hidden", "-fno-math-errno"),
    # Products and sums of floats stay two operations: the same bits as in NumPy, everywhere.
    "-ffp-contract=off",
    *("-Wall", "-Wextra", "-Werror=implicit-function-declaration"),
)
_MATH: Final = ["-lm"]
_V2: Final = ("-mcx16", "-mssse3", "-msse4.1", "-msse4.2", "-mpopcnt")
_V3: Final = ("-mavx", "-mavx2", "-mbmi", "-mbmi2", "-mf16c", "-mfma", "-mlzcnt", "-mmovbe")
_V4: Final = tuple(f"-mavx512{each}" for each in ("f", "bw", "cd", "dq", "vl", "vpopcntdq"))
X86_64: Final = {"plain": (), "v2": _V2, "v3": (*_V2, *_V3), "v4": (*_V2, *_V3, *_V4)}
"""Instruction sets that the library chooses from when it is loaded, and what compiles for them."""


class NoCompilerError(RuntimeError):
    """There is no compiler, or it fails."""


def sources_digest() -> str:
    """SHA-256 over all sources and this file: what a library was built of."""
    digest = hashlib.sha256()
    for path in [*sorted(SOURCES.iterdir()), Path(__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def library_name(target: str = sys.platform) -> str:
    """The file name on a system that Python calls so, as in hashmatch/native/library.py."""
    return "_kernels" + {"win32": ".dll", "darwin": ".dylib"}.get(target, ".so")


def compiler() -> list[str]:
    """The command that compiles.

    Raises:
        NoCompilerError: there is none.
    """
    named = shlex.split(os.environ.get("HASHMATCH_CC", ""))
    for each in [named] if named else [[name] for name in COMPILERS]:
        if shutil.which(each[0]):
            return each
    msg = "there is no C compiler"
    raise NoCompilerError(msg)


def build(
    folder: Path,
    *,
    name: str = "",
    machine: str = "",
    levels: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
) -> Path:
    """Compile the library; it is written beside its place, then renamed.

    A process that has mapped the old file keeps it: to write into it would end that process.

    Args:
        folder: where to.
        name: of the file; by default that of this system.
        machine: x86_64 or arm64; by default this one.
        levels: instruction sets of x86_64; all by default.
        options: further ones, for the compiler and the linker.

    Raises:
        NoCompilerError: there is no compiler, or it fails.
    """
    cc, name = compiler(), name or library_name()
    is_x86 = (machine or platform.machine()).lower() in {"x86_64", "amd64"}
    chosen = {each: X86_64[each] for each in levels or X86_64} if is_x86 else {"plain": ()}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder) as work:
        objects = []
        for level, instructions in chosen.items():
            objects.append(f"{work}/{level}.o")
            _run(
                [*cc, *OPTIONS, *options, *instructions, f"-DHM_LEVEL={level}"],
                ["-c", str(SOURCES / "level.c"), "-o", objects[-1]],
            )
        stamp = f'-DHM_SOURCES="{sources_digest()}"'
        objects.append(f"{work}/library.o")
        _run(
            [*cc, *OPTIONS, *options, stamp, "-c", str(SOURCES / "library.c")], ["-o", objects[-1]]
        )
        made = Path(work) / name
        _run([*cc, "-shared", *options, "-o", str(made)], objects, _stripped(name), _MATH)
        made.chmod(0o755)
        made.replace(folder / name)
    return folder / name


def is_current(path: Path) -> bool:
    """Whether a library lies there that was built of these sources."""
    return path.exists() and f"sources:{sources_digest()}".encode() in path.read_bytes()


def _stripped(name: str) -> list[str]:
    return [] if name.endswith(".dylib") else ["-s"]


def _run(*parts: list[str]) -> None:
    command = [each for part in parts for each in part]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    except OSError as error:
        msg = f"{command[0]} cannot be run: {error.strerror}"
        raise NoCompilerError(msg) from error
    if done.returncode:
        msg = f"{shlex.join(command)} failed:\n{done.stderr}"
        raise NoCompilerError(msg)


def main() -> int:
    """Build, unless that is done; 1 if it is not up to date, or cannot be built."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--into", type=Path, default=PLACE)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    if is_current(chosen.into / library_name()):
        return 0
    if chosen.check:
        return 1
    try:
        made = build(chosen.into)
    except NoCompilerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"built {made}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
