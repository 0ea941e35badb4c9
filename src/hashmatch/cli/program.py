"""How this program is called again: in the commands that it prints, to be pasted."""

import shutil
import sys
from pathlib import Path


def called() -> list[str]:
    """The words that start this program again from the same terminal.

    `hashmatch` alone where the shell finds this installation by that name; elsewhere as it was
    called, which works without an activated environment too.
    """
    given = Path(sys.argv[0])
    as_module = given.name == "__main__.py"
    found = shutil.which("hashmatch")
    own = Path(sys.executable).parent if as_module else given.parent
    if found and (as_module or given.stem == "hashmatch") and Path(found).parent.samefile(own):
        return ["hashmatch"]
    return [sys.executable, "-m", "hashmatch"] if as_module else [sys.argv[0]]
