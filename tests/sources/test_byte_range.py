import errno
import io
import random
from pathlib import Path

import pytest

from hashmatch.sources.access import open_evidence, stamp_of
from hashmatch.sources.byte_range import ByteRange

WHOLE = bytes(range(256)) * 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "whole"
    made.write_bytes(WHOLE)
    return made


def test_it_reads_as_the_bytes_themselves_do(path: Path) -> None:
    chance = random.Random(0)
    for start, size in ((0, len(WHOLE)), (1000, 70_000), (255_999, 1), (5, 0)):
        with ByteRange.of(open_evidence(path), start, size) as part:
            plain = io.BytesIO(WHOLE[start : start + size])
            for _ in range(200):
                whence = chance.randrange(3)
                most = size + 10
                offset = chance.randrange(most) if whence == 0 else chance.randrange(-most, most)
                if plain.tell() * (whence == 1) + size * (whence == 2) + offset < 0:
                    continue  # BytesIO forgives it
                assert part.seek(offset, whence) == plain.seek(offset, whence)
                count = chance.choice((-1, 0, 1, 100, 100_000))
                assert part.read(count) == plain.read(count)
                assert part.tell() == plain.tell()


def test_nothing_before_it_is_read(path: Path) -> None:
    with ByteRange.of(open_evidence(path), 100, 10) as part:
        with pytest.raises((ValueError, OSError)):
            part.seek(-1)
        assert not part.writable()
    for start, size in ((-1, 5), (0, -1)):
        with open_evidence(path) as file, pytest.raises(ValueError, match="are not a valid range"):
            ByteRange(file, start, size)


def test_a_file_that_ends_before_is_an_error(path: Path) -> None:
    with ByteRange.of(open_evidence(path), len(WHOLE) - 5, 10) as part:
        with pytest.raises(OSError, match="ends before it") as raised:
            part.read()
        assert raised.value.errno == errno.EIO


def test_its_stamp_is_that_of_the_file_and_its_own_size(path: Path) -> None:
    with open_evidence(path) as file, ByteRange.of(open_evidence(path), 3, 7) as part:
        whole, own = stamp_of(file), stamp_of(part)
        assert whole is not None
        assert own == whole._replace(size=7)
        path.write_bytes(WHOLE + b"more")
        assert stamp_of(part) != own
    assert file.closed


def test_streams_that_unpack_have_no_stamp(tmp_path: Path) -> None:
    import gzip

    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(WHOLE))
    with gzip.open(packed) as stream:
        assert stamp_of(stream) is None  # type: ignore[arg-type]
    assert stamp_of(io.BytesIO(b"x")) is None
