"""What hatchling runs when a wheel or an editable installation is built: it compiles the kernels.

`HASHMATCH_NATIVE=must` fails where they cannot be compiled, `no` leaves them out. By default a
machine without a compiler gets a wheel without them, which works more slowly, and a warning.
`HASHMATCH_TARGET` names the platform tag of a wheel that is compiled for another machine, with
`HASHMATCH_CC` (tools/wheels.py).
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from tools import build_native


class KernelsHook(BuildHookInterface):  # type: ignore[misc] # hatchling is there for builds alone
    """Compiles the library and puts it into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files of the wheel are collected.

        Args:
            version: "editable", or that of a wheel.
            build_data: what the wheel will say of itself.
        """
        wanted = os.environ.get("HASHMATCH_NATIVE", "")
        if self.target_name != "wheel" or wanted == "no":
            return
        tag = os.environ.get("HASHMATCH_TARGET", "")
        try:
            made = _compile(tag, editable=version == "editable")
        except build_native.NoCompilerError as error:
            if wanted == "must":
                raise
            self.app.display_warning(
                f"{error}\nhashmatch is installed without its compiled kernels: searches of large "
                "indexes and hashing will be slow. Install a C compiler and install it again."
            )
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag or _platform()}"
        if version != "editable":
            build_data["force_include"][str(made)] = f"hashmatch/native/{made.name}"


def _compile(tag: str, *, editable: bool) -> Path:
    """The library: an editable installation finds it beside the sources, a wheel takes it along."""
    if not tag:
        place = build_native.PLACE / build_native.library_name()
        if editable or not os.access(build_native.PLACE, os.W_OK):
            return place if build_native.is_current(place) else build_native.build(place.parent)
    system = "win32" if tag.startswith("win") else "darwin" if tag.startswith("macos") else "linux"
    name = build_native.library_name(system if tag else sys.platform)
    machine = "" if not tag else "x86_64" if tag.endswith(("x86_64", "amd64")) else "arm64"
    return build_native.build(
        build_native.ROOT / "build" / (tag or "native"), name=name, machine=machine
    )


def _platform() -> str:
    from packaging.tags import platform_tags  # of hatchling

    # What is compiled here needs what this system has: no tag of older ones.
    return next(each for each in platform_tags() if "musl" in each or "many" not in each)
