"""What a locked-down process needs is loaded before."""

import subprocess
import sys
from pathlib import Path

import hashmatch.decoding


def test_every_module_of_decoding_is_loaded_at_once() -> None:
    folder = Path(hashmatch.decoding.__file__).parent
    names = {f"hashmatch.decoding.{path.stem}" for path in folder.glob("[!_]*.py")}
    code = (
        "import sys; from hashmatch.decoding.loading import load_decoders; load_decoders();"
        "import hashmatch.hashing; print(*sys.modules, sep='\\n')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert names - set(done.stdout.split()) == set()
