"""EnCase images: what they say, and what becomes of damaged and incomplete ones."""

import hashlib
import shutil
import struct
import zlib
from pathlib import Path

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, UnreadRangeError
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.containers.e01 import segment_name
from hashmatch.sources.diskimage.opening import open_image
from hashmatch.sources.diskimage.reading import read_around
from tests.support.disk_images import acquire, holes_are_zeros, medium, sha256, write

_DATA = medium(12 << 20)
_CHUNK = 32768


@pytest.fixture(scope="session")
def segments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an E01 in several segments."""
    folder = tmp_path_factory.mktemp("e01")
    raw = write(folder / "raw", _DATA)
    options = ("-c", "fast", "-S", "1048576", "-d", "sha1", "-C", "7/26", "-E", "4", "-e", "M. O")
    acquire(*options)(raw, folder)
    raw.unlink()
    return folder


@pytest.fixture
def copied(segments: Path, tmp_path: Path) -> Path:
    """A copy of the first segment, with the others beside it."""
    shutil.copytree(segments, tmp_path / "copy")
    return tmp_path / "copy" / "disk.E01"


def _flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)


def _reads(source: Bytes, at: int) -> bool:
    """Whether a chunk can be read; it is right then."""
    try:
        data = source.pread(at, _CHUNK)
    except UnreadRangeError:
        return False
    assert data == _DATA[at : at + _CHUNK]
    return True


def test_what_was_written_down_is_read(segments: Path) -> None:
    with open_image(segments / "disk.E01") as image:
        facts = image.medium.facts
        names = image.spec.names
    assert facts.media == "fixed disk"
    assert facts.digests["md5"] == hashlib.md5(_DATA).hexdigest()  # noqa: S324 (as kept)
    assert facts.digests["sha1"] == hashlib.sha1(_DATA).hexdigest()  # noqa: S324 (as kept)
    assert facts.described["case"] == "7/26"
    assert facts.described["evidence"] == "4"
    assert facts.described["examiner"] == "M. O"
    assert len(names) >= 2


def test_each_flipped_byte_of_the_data_is_noticed_and_its_range_named(copied: Path) -> None:
    second = copied.with_suffix(".E02")
    size = second.stat().st_size
    for place in range(size // 5, size - 2000, size // 5):
        _flip(second, place)
        with open_image(copied) as image:
            bad = [at for at in range(0, len(_DATA), _CHUNK) if not _reads(image.medium, at)]
            assert len(bad) == 1
            # A read across it names the same range, and what is around can be had.
            with pytest.raises(UnreadRangeError) as caught:
                image.medium.pread(0, len(_DATA))
            assert (caught.value.offset, caught.value.length) == (bad[0], _CHUNK)
            assert "disk.E02" in caught.value.detail
            data, ranges = read_around(image.medium, 0, len(_DATA))
            assert [each.offset for each in ranges] == bad
            assert data[: bad[0]] == _DATA[: bad[0]]
            assert data[bad[0] + _CHUNK :] == _DATA[bad[0] + _CHUNK :]
        _flip(second, place)


def test_a_damaged_table_is_read_from_its_copy(copied: Path) -> None:
    data = bytearray(copied.read_bytes())
    place = data.index(b"table\0") + 76 + 24 + 5
    data[place] ^= 1
    copied.write_bytes(data)
    with open_image(copied) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()


def test_a_table_that_is_damaged_with_its_copy_is_missed(copied: Path) -> None:
    data = bytearray(copied.read_bytes())
    for kind in (b"table\0", b"table2\0"):
        data[data.index(kind) + 76 + 24 + 5] ^= 1
    copied.write_bytes(data)
    with open_image(copied) as image:
        read, ranges = read_around(image.medium, 0, len(_DATA))
        assert ranges
        assert "table" in ranges[0].reason
        # What the other segments hold is where it was.
        end = ranges[-1].offset + ranges[-1].length
        assert 0 < end < len(_DATA)
        assert read[end:] == _DATA[end:]


def test_a_missing_segment_is_named(copied: Path) -> None:
    copied.with_suffix(".E02").unlink()
    with pytest.raises(UnreadableError, match=r"disk\.E02, segment 2 .* missing: put it in the"):
        open_image(copied)


def test_swapped_segments_are_named(copied: Path, tmp_path: Path) -> None:
    second, third = copied.with_suffix(".E02"), copied.with_suffix(".E03")
    second.rename(tmp_path / "kept")
    third.rename(second)
    (tmp_path / "kept").rename(third)
    with pytest.raises(UnreadableError, match=r"disk\.E02 should be segment 2 .* is segment 3"):
        open_image(copied)


def test_a_segment_of_another_image_is_named(copied: Path, tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", medium((12 << 20) + 512))
    folder = tmp_path / "other"
    folder.mkdir()
    acquire("-c", "fast", "-S", "1048576")(raw, folder)
    shutil.copy(folder / "disk.E02", copied.with_suffix(".E02"))
    with pytest.raises(UnreadableError, match=r"disk\.E02 is a segment of another image"):
        open_image(copied)


@pytest.mark.parametrize("ending", [".E01", ".E02", ".E03"])
def test_a_cut_segment_is_named_and_the_others_are_read(copied: Path, ending: str) -> None:
    path = copied.with_suffix(ending)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with open_image(copied) as image:
        assert any(f"disk{ending} is cut" in each for each in image.medium.problems)
        read, ranges = read_around(image.medium, 0, len(_DATA))
        assert ranges
        unread = {(each.offset, each.length) for each in image.medium.unread}
        assert len(unread) == 1
        start, length = unread.pop()
        assert all(start <= each.offset < start + length for each in ranges)
        assert read[:start] == _DATA[:start]
        assert read[start + length :] == _DATA[start + length :]
        assert length < len(_DATA)


def test_a_later_segment_alone_says_what_to_do(copied: Path) -> None:
    with pytest.raises(UnreadableError, match=r"E02 is segment 2 .*: put all segments in one"):
        open_image(copied.with_suffix(".E02"))


def test_names_of_segments_may_be_in_small_letters(copied: Path) -> None:
    for path in sorted(copied.parent.iterdir()):
        path.rename(path.with_suffix(path.suffix.lower()))
    with open_image(copied.with_suffix(".e01")) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()


def test_an_image_of_more_segments_than_two_digits_count(tmp_path: Path) -> None:
    """The smallest segments of ewfacquire are of a mebibyte: the segments are made from one."""
    names = [segment_name("a.E01", number) for number in range(1, 14_000)]
    assert names[1:3] == ["a.E02", "a.E03"]
    assert names[98:101] == ["a.E99", "a.EAA", "a.EAB"]
    assert names[98 + 676] == "a.EZZ"
    assert names[98 + 677] == "a.FAA"
    assert len(set(names)) == len(names)
    with pytest.raises(UnreadableError):
        segment_name("a.E01", 15_000)


def test_more_than_a_hundred_segments_are_read(tmp_path: Path) -> None:
    data = medium(110 << 20, seed=9)
    raw = tmp_path / "raw"
    raw.write_bytes(data)
    first = acquire("-c", "none", "-S", "1048576")(raw, tmp_path)
    with open_image(first) as image:
        assert "disk.EAA" in image.spec.names
        assert image.handles is not None
        assert image.handles.count <= 16
        assert image.medium.pread((110 << 20) - 9, 9) == data[-9:]
        assert sha256(image.medium) == hashlib.sha256(data).hexdigest()


def test_without_the_fast_library_the_same_is_read(
    segments: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "_deflate", None)
    with open_image(segments / "disk.E01") as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()


def test_a_file_that_changes_while_it_is_read_is_noticed(copied: Path) -> None:
    with open_image(copied) as image:
        image.close()
        _flip(copied, 5000)
        with pytest.raises(UnreadableError) as caught:
            image.medium.pread(0, 10)
    assert caught.value.reason is Reason.CHANGED


def _with_section(path: Path, kind: bytes, content: bytes) -> None:
    """Put a section before the first one of those behind the tables."""
    data = path.read_bytes()
    place, found = 13, list[tuple[bytes, bytes]]()
    while True:
        head = data[place : place + 76]
        (following,) = struct.unpack_from("<Q", head, 16)
        name = head[:16].rstrip(b"\0")
        end = following if following > place else len(data)
        if name in (b"digest", b"hash", b"done") and kind not in [each for each, _ in found]:
            found.append((kind, content))
        found.append((name, data[place + 76 : end]))
        if following == place:
            break
        place = following
    out = data[:13]
    for name, inner in found:
        begin, size = len(out), 76 + len(inner)
        following = begin if name == b"done" else begin + size
        head = struct.pack("<16sQQ40x", name, following, 0 if name == b"done" else size)
        out += head + struct.pack("<L", zlib.adler32(head)) + inner
    path.write_bytes(out)


def test_sectors_that_could_not_be_read_when_it_was_made_are_told(copied: Path) -> None:
    head = struct.pack("<L512x", 2)
    entries = struct.pack("<LLLL", 100, 8, 4096, 16)
    content = head + struct.pack("<L", zlib.adler32(head))
    content += entries + struct.pack("<L", zlib.adler32(entries))
    last = max(copied.parent.iterdir())
    _with_section(last, b"error2", content)
    with open_image(copied) as image:
        assert image.medium.problems == []
        assert [(each.offset, each.length) for each in image.medium.unread] == [
            (100 * 512, 8 * 512),
            (4096 * 512, 16 * 512),
        ]
        assert "when its image was made" in image.medium.unread[0].reason
        # What the program wrote in their place is read: its digests are of that.
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()


@pytest.mark.parametrize("kind", [b"digest\0", b"hash\0", b"header2\0"])
def test_damage_of_what_describes_the_medium_leaves_the_medium(copied: Path, kind: bytes) -> None:
    path = copied if kind == b"header2\0" else max(copied.parent.iterdir())
    data = bytearray(path.read_bytes())
    data[data.index(kind) + 76 + 5] ^= 1
    path.write_bytes(data)
    with open_image(copied) as image:
        assert sha256(image.medium) == hashlib.sha256(_DATA).hexdigest()
        if kind != b"header2\0":
            assert image.medium.problems == [
                f"{path.name}: the digests that it keeps of its medium are damaged"
            ]


def test_rows_of_other_bytes_that_are_stored_in_as_few_are_no_holes(tmp_path: Path) -> None:
    zeros, ones = bytes(_CHUNK), b"\xff" * _CHUNK
    data = 40 * ones + 40 * zeros + 20 * (zeros + ones) + 33 * (ones + zeros + zeros) + 64 * zeros
    first = acquire("-c", "fast")(write(tmp_path / "raw", data), tmp_path)
    with open_image(first) as image:
        assert sha256(image.medium) == hashlib.sha256(data).hexdigest()
        assert holes_are_zeros(image.medium) >= 100 * _CHUNK
    stored = bytearray(first.read_bytes())
    # A byte that is flipped in the midst of them makes no hole, and is noticed when it is read.
    stored[stored.index(b"table\0\0") - 400] ^= 1
    first.write_bytes(stored)
    with open_image(first) as image:
        _, bad = read_around(image.medium, 0, len(data))
        assert len(bad) == 1
        assert not any(
            start < bad[0].offset + bad[0].length and bad[0].offset < start + length
            for start, length in image.medium.holes()
        )
