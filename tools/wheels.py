"""Wheels of hashmatch for all systems, cross-compiled from one machine by zig.

    pip install ziglang && python tools/wheels.py [--into DIR] [TAG...]

One wheel serves every Python of a system. Only those for x86-64 Linux can be run where they are
made on x86-64 Linux: the others are compiled, and tested nowhere (docs/install.md). The
configuration of cibuildwheel in pyproject.toml builds and tests on each system. The last wheel, for
any system, has no compiled kernels.
"""

import argparse
import os
import shlex
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

TARGETS: Final = {
    "manylinux_2_17_x86_64": "x86_64-linux-gnu.2.17",
    "manylinux_2_17_aarch64": "aarch64-linux-gnu.2.17",
    "macosx_11_0_arm64": "aarch64-macos.11.0",
    "macosx_11_0_x86_64": "x86_64-macos.11.0",
    "win_amd64": "x86_64-windows-gnu",
}
"""Platform tags of wheels, and how zig calls them."""


def zig() -> str:
    """The program itself: pip builds where this Python's packages are not seen."""
    found = find_spec("ziglang")
    if found is None or found.origin is None:
        sys.exit("zig is missing: pip install ziglang")
    return str(Path(found.origin).parent / ("zig.exe" if os.name == "nt" else "zig"))


def build(tag: str, folder: Path) -> Path:
    """One wheel; with an empty tag the one without compiled kernels."""
    settings = {"HASHMATCH_NATIVE": "must" if tag else "no", "HASHMATCH_TARGET": tag}
    if tag:
        settings["HASHMATCH_CC"] = shlex.join([zig(), "cc", "-target", TARGETS[tag]])
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run(  # noqa: S603 (our own)
        [*command, str(folder), str(ROOT)], check=True, env={**os.environ, **settings}
    )
    (made,) = folder.glob(f"hashmatch-*-py3-none-{tag or 'any'}.whl")
    return made


def main() -> None:
    """Build all wheels, or those that are named, and say what is in them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    parser.add_argument("tags", nargs="*", metavar="TAG", help=", ".join([*TARGETS, "any"]))
    chosen = parser.parse_args()
    for tag in chosen.tags or [*TARGETS, "any"]:
        made = build("" if tag == "any" else tag, chosen.into)
        with zipfile.ZipFile(made) as wheel:
            kernels = [each for each in wheel.infolist() if "/_kernels." in each.filename]
        held = ", ".join(f"{Path(each.filename).name} {each.file_size:,} bytes" for each in kernels)
        print(f"{made.name}: {held or 'no compiled kernels'}", flush=True)


if __name__ == "__main__":
    main()
