"""A locked-down worker can load no module: `warm_up` must have loaded all that is needed."""

import pickle
import subprocess
import sys
from pathlib import Path

from tests.support.clips import video_files
from tests.support.mutations import mutant
from tests.support.valid_files import valid_files

_HASH_ALL = """
import pickle, sys
from importlib.abc import MetaPathFinder
from hashmatch import registry
from hashmatch.hashing.items import HashOptions, hash_item, warm_up
from hashmatch.scanning import wire, worker

options = HashOptions(algorithms=registry.names("hashers"), orientations=True, variants=True)
files = pickle.load(open(sys.argv[1], "rb"))
warm_up(options)
late = set()

class Watch(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        late.add(name)

sys.meta_path.insert(0, Watch())
for data in files:
    wire.encode(hash_item(data, options))
print(*sorted(late))
"""


def test_nothing_is_imported_after_the_warm_up(tmp_path: Path) -> None:
    pictures = valid_files()
    files = [*pictures.values(), *video_files().values()]
    files += [data[: len(data) // 2] for data in files]
    files += [mutant(name, 0).data for name in pictures]
    (tmp_path / "files").write_bytes(pickle.dumps(files))
    command = [sys.executable, "-c", _HASH_ALL, str(tmp_path / "files")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_no_decoder_is_loaded_where_digests_are_computed() -> None:
    code = (
        "import sys, hashmatch.scanning.worker\n"
        "from hashmatch.scanning.digested import DigestFiles\n"
        "DigestFiles().warm_up()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert "hashlib" in done.stdout.split()
    assert not {"PIL", "av", "pi_heif", "simplejpeg", "numpy"} & {*done.stdout.split()}
