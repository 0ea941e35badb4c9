"""What a locked-down process needs is loaded before: it can load nothing later."""

import subprocess
import sys
from pathlib import Path

from tests.support.places import FIXTURES
from tests.support.valid_files import valid_files

CODE = """
import sys
from pathlib import Path
from hashmatch.hashing.items import HashOptions, hash_item, warm_up
warm_up()
before = set(sys.modules)
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        hash_item(path, HashOptions(variants=True))
print(*sorted(set(sys.modules) - before))
"""


def test_no_picture_needs_a_module_that_is_not_loaded(tmp_path: Path) -> None:
    for name, data in valid_files().items():
        (tmp_path / name).write_bytes(data)
    for path in (FIXTURES / "cases").rglob("*.*"):
        (tmp_path / f"case-{path.name}").write_bytes(path.read_bytes())
    command = [sys.executable, "-c", CODE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert done.stdout.split() == []
