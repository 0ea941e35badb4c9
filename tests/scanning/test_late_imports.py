"""A locked-down worker can load no module: `warm_up` must have loaded all that is needed."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.archives import MADE
from tests.support.clips import video_files
from tests.support.mutations import mutant
from tests.support.valid_files import valid_files

_HASH_ALL = """
import pickle, sys
from importlib.abc import MetaPathFinder
from hashmatch import registry
from hashmatch.hashing.items import HashOptions, hash_item, warm_up
from hashmatch.scanning import wire, worker

everything = HashOptions(algorithms=registry.names("hashers"), orientations=True, variants=True)
files = pickle.load(open(sys.argv[1], "rb"))
warm_up(everything)
late = set()

class Watch(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        late.add(name)

sys.meta_path.insert(0, Watch())
for number, data in enumerate(files):
    # What hashers are given has no format any more: some files are enough for them.
    options = HashOptions() if number % 8 else everything
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


_READ_ALL = """
import pickle, sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from hashmatch.scanning import worker
from hashmatch.scanning.digested import DigestFiles
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.sources.access import open_evidence, stamp_of
from hashmatch.sources.inside.address import Address

paths = [str(each) for each in sorted(Path(sys.argv[2]).iterdir())]
job = DigestFiles(searches=True) if sys.argv[1] == "digest" else ExpandFiles()
job.warm_up()
stamps = []
for path in paths:
    with open_evidence(path) as file:
        stamps.append(stamp_of(file))
late = set()

class Watch(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        late.add(name)

sys.meta_path.insert(0, Watch())
answers = 0
for path, stamp in zip(paths, stamps):
    if sys.argv[1] == "digest":
        answers += len(job.perform(path, lambda _: None)) > 0
    else:
        answers += len([*job.stream((Address(path), stamp), lambda _: None, safe=False)])
print(answers, *sorted(late))
"""


@pytest.mark.parametrize("job", ["digest", "expand"])
def test_nothing_is_imported_late_where_files_are_read(job: str, tmp_path: Path) -> None:
    files = {**valid_files(), "zip": MADE["zip deflated"](), "tar-gz": MADE["tar.gz"]()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", _READ_ALL, job, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    assert done.returncode == 0, done.stderr
    answers, *late = done.stdout.split()
    assert int(answers) >= len(files)
    assert late == []


def test_no_decoder_is_loaded_where_digests_are_computed() -> None:
    code = (
        "import sys, hashmatch.scanning.worker\n"
        "from hashmatch.scanning.digested import DigestFiles\n"
        "DigestFiles(searches=True).warm_up()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert "hashlib" in done.stdout.split()
    # NumPy is there: it searches for containers behind pictures.
    assert not {"PIL", "av", "pi_heif", "simplejpeg", "cv2"} & {*done.stdout.split()}
