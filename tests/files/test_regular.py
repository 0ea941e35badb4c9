"""What is no file, or only looks like one: nobody waits for it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hashmatch.errors import UnreadableError
from hashmatch.files import made_up
from hashmatch.files.regular import buffered, check_regular
from hashmatch.sources.access import open_evidence
from hashmatch.sources.folder import Folder
from tests.support import unix

if TYPE_CHECKING:
    from collections.abc import Callable

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="as Linux has it")


@needs_linux
@pytest.mark.parametrize("path", ["/proc/kmsg", "/proc/version", "/proc/self/maps"])
def test_files_that_the_kernel_makes_up_are_refused(path: str) -> None:
    with pytest.raises(OSError, match=r"made up by the kernel \(proc\)"):
        check_regular(Path(path))
    with pytest.raises(UnreadableError, match="special-file"):
        open_evidence(path)
    (found,) = Folder(path)
    assert found.problem is not None
    assert found.problem.reason == "special-file"


def test_empty_files_are_files(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    check_regular(tmp_path / "empty")
    with open_evidence(tmp_path / "empty") as file:
        assert not file.read()
    assert not made_up.made_up_by((tmp_path / "empty").stat())


@pytest.mark.skipif(not hasattr(os, "set_blocking"), reason="needs reads that do not wait")
@pytest.mark.parametrize("how", ["read", "some", "all into"])
def test_a_read_that_would_wait_is_an_error(how: str) -> None:
    end, other = os.pipe()
    unix.os.set_blocking(end, False)
    with buffered(end) as file:
        reads: dict[str, Callable[[], object]] = {
            "read": file.read,
            "some": lambda: file.read(4096),
            "all into": lambda: file.readinto(bytearray(1 << 20)),
        }
        with pytest.raises(OSError, match="a stream, not a file"):
            reads[how]()
    os.close(other)
