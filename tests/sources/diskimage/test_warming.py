"""A process that is locked down imports nothing more: what images need is imported before."""

import subprocess
import sys
from pathlib import Path

from tests.support.differencing import differ_vhd, differ_vhdx
from tests.support.disk_images import medium, run, write
from tests.support.mutated_images import ALL_FORMS, make_seeds

_READ = """
import sys
from hashmatch.errors import UnreadableError
from hashmatch.sources.diskimage.warming import warm_up
warm_up()
before = set(sys.modules)
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.reading import as_file
from hashmatch.sources.diskimage.volumes import find_volumes
for path in sys.argv[1:]:
    with open_image(path) as image, image.spec.open() as again:
        find_volumes(again.medium)
        assert as_file(again.medium).read()
late = sorted(set(sys.modules) - before)
assert not late, late
"""


def test_nothing_is_imported_late(tmp_path: Path) -> None:
    firsts = list(make_seeds(tmp_path, ALL_FORMS).values())
    for form, differ in (("vhd", differ_vhd), ("vhdx", differ_vhdx)):
        base = ALL_FORMS[form](write(tmp_path / "raw", medium(1 << 20)), tmp_path)
        firsts.append(differ(tmp_path / f"top.{form}", base, {3: bytes(512)}))
    for label in ("mac", "gpt", "msdos", "bsd"):
        disk = tmp_path / label
        run("truncate", "-s", "8M", disk)
        run("parted", "-s", disk, "mklabel", label, "mkpart", *_PART[label], "1MiB", "4MiB")
        firsts.append(disk)
    done = subprocess.run(  # noqa: S603 (this interpreter)
        [sys.executable, "-c", _READ, *map(str, firsts)],
        check=False,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()[-1500:]


_PART = {
    "mac": ("é", "hfs+"),
    "gpt": ("é", "hfs+"),
    "msdos": ("primary", "ext2"),
    "bsd": ("ext2",),
}
