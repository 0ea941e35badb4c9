"""Evidence is opened for reading alone, and after a scan it is what it was before."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.archives import tool
from tests.support.disk_volumes import disk, loop_device, volume
from tests.support.photos import encoded, photo
from tests.support.tracing import traced

pytest.importorskip("pytsk3")
_CALLS = (
    *(
        "open",
        "openat",
        "openat2",
        "creat",
        "unlink",
        "unlinkat",
        "rename",
        "renameat",
        "renameat2",
    ),
    *("truncate", "utimensat", "utime", "utimes", "chmod", "fchmodat", "chown", "fchownat", "link"),
    *("linkat", "symlink", "symlinkat", "setxattr", "lsetxattr", "removexattr", "mount", "swapon"),
)
_OPENS = re.compile(r"\d+ +open(?:at2?)?\(")
_WRITES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")


@pytest.mark.skipif(sys.platform != "linux", reason="strace")
def test_images_and_devices_are_opened_for_reading_alone(tmp_path: Path) -> None:
    raw = tmp_path / "disk.raw"
    raw.write_bytes(disk([volume("ext4", {"1.jpg": encoded(photo("coffee"), "JPEG")})], [0x83]))
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    stem = str(evidence / "exhibit")
    for command in (
        [tool("ewfacquire"), "-u", "-q", "-t", stem, "-S", "1MiB", "-c", "none", str(raw)],
        [tool("qemu-img"), "convert", "-O", "qcow2", str(raw), f"{stem}.qcow2"],
    ):
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    files = [*sorted(evidence.iterdir()), raw]
    assert len(files) > 10
    with loop_device(raw) as device:
        before = [_state(each) for each in files]
        command = [sys.executable, "-B", "-m", "hashmatch", "scan", str(evidence), str(device)]
        command += ["--against", str(tmp_path / "known.csv"), "--workers", "1", "--verify-images"]
        log = tmp_path.parent / f"{tmp_path.name}.log"
        done, calls = traced(command, _CALLS, log)
        assert [_state(each) for each in files] == before
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    assert b"has the digests" in done.stderr or b"have the digests" in done.stderr
    for each in (*files[:-1], device):
        touching = [line for line in calls if f'"{each}"' in line or f'"{each.name}"' in line]
        opened = [line for line in touching if _OPENS.match(line)]
        assert opened, f"{each} was not watched"
        assert [line for line in touching if line not in opened] == []
        assert [line for line in opened if "O_RDONLY" not in line or _WRITES.search(line)] == []


def _state(path: Path) -> tuple[object, ...]:
    """What would be another if it were written to, or read in a way that leaves a mark."""
    status = path.stat()
    # The kernel itself reads the file behind a loop device.
    read = 0 if path.suffix == ".raw" else status.st_atime_ns
    times = read, status.st_mtime_ns, status.st_ctime_ns
    with open(path, "rb", opener=_leaving_no_mark) as file:
        return (*times, status.st_size, hashlib.file_digest(file, "sha256").digest())


def _leaving_no_mark(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOATIME", 0))
