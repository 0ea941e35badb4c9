"""Volumes as the libyal libraries read them: no exception of ours passes through C."""

import io
from collections.abc import Iterator

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.library_files import LibraryFile
from hashmatch.sources.diskimage.reading import Held
from hashmatch.sources.diskimage.spans import Span


class Broken:
    """A volume of which no byte can be read."""

    name, size = "volume", 4096

    def __init__(self, error: Exception) -> None:
        self.error = error

    def pread(self, offset: int, size: int) -> bytes:
        raise self.error

    def holes(self) -> Iterator[Span]:
        return iter(())


def test_it_is_read_as_a_file() -> None:
    file, same = LibraryFile(Held(b"0123456789")), io.BytesIO(b"0123456789")
    for offset, whence in ((2, io.SEEK_SET), (3, io.SEEK_CUR), (-4, io.SEEK_END)):
        assert file.seek(offset, whence) == same.seek(offset, whence)
        assert (file.read(2), file.tell()) == (same.read(2), same.tell())
    assert (file.get_size(), file.fault) == (10, None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UnreadableError(Reason.CONTAINER, "no library expands it"), Reason.CONTAINER),
        (OSError(5, "Input/output error"), Reason.IO_ERROR),
    ],
)
def test_what_cannot_be_read_is_an_error_of_the_system_with_its_reason(
    error: Exception, reason: Reason
) -> None:
    file = LibraryFile(Broken(error))
    with pytest.raises(OSError):  # noqa: PT011 (its words are of no account)
        file.read(512)
    assert file.fault is not None
    assert file.fault.reason is reason
