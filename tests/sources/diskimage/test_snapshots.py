"""Shadow copies of NTFS volumes: each is what the volume was when it was made."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Item, VolumeFacts, VolumeStatus
from hashmatch.scanning.engine import iter_scan
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.reading import Held
from hashmatch.sources.diskimage.volumes import Volume, find_volumes
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.image_selection import ImageSelection
from hashmatch.sources.inside.options import Inside
from tests.support.hostile_values import run
from tests.support.shadowed import shadowed
from tests.support.vss_writer import BLOCK, IDENTITY

pytest.importorskip("pytsk3")
pytest.importorskip("pyvshadow")


def shadows(medium: Held) -> list[Volume]:
    return [each for each in find_volumes(medium).volumes if each.outer is not None]


def test_each_has_the_bytes_that_the_volume_had() -> None:
    made = shadowed()
    medium = Held(made.volume, "disk.raw")
    found = shadows(medium)
    assert [str(each.steps[-1]) for each in found] == ["vss:1@0", "vss:2@0"]
    assert [each.made for each in found] == ["2026-01-01T03:04:05Z", "2026-01-02T03:04:05Z"]
    for each, before, later in zip(found, made.states, made.states[1:], strict=False):
        data = each.open(medium).pread(0, each.size)
        # The first block holds the header that leads to them, the last ones their stores.
        assert data[BLOCK : made.area] == before[BLOCK : made.area]
        assert data[BLOCK : made.area] != later[BLOCK : made.area]


def test_they_stand_for_no_bytes_of_the_medium() -> None:
    medium = Held(bytes(1 << 20) + shadowed().volume)
    volumes = find_volumes(medium).volumes
    assert sum(each.weight for each in volumes) == medium.size
    assert find_volumes(medium, snapshots=False).volumes[0].weight > 0


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "disk.raw").write_bytes(shadowed().volume)
    return tmp_path / "evidence"


def scanned(evidence: Path, inside: Inside | None = None) -> list[Item]:
    against = evidence.parent / "known.csv"
    found = iter_scan(evidence, against=against, workers=0, inside=inside or Inside())
    return [each.item for each in found]


def where(items: list[Item]) -> dict[int, Counter[str]]:
    """In which volumes each picture lies, as a file that belongs to it."""
    known = {hashlib.sha256(each).hexdigest(): at for at, each in enumerate(shadowed().pictures)}
    found: dict[int, Counter[str]] = {}
    for each in items:
        number = known.get(each.digests.sha256 or "")
        if number is not None and each.place and each.place.state == "allocated":
            steps = each.place.locator.steps
            volume = str(steps[2]) if str(steps[2]).startswith("vss") else "now"
            found.setdefault(number, Counter())[volume.partition("@")[0]] += 1
    return found


def test_what_was_replaced_and_deleted_is_found_in_them(evidence: Path) -> None:
    items = scanned(evidence)
    both, everywhere = {"vss:1": 1, "vss:2": 1}, {"now": 1, "vss:1": 1, "vss:2": 1}
    assert where(items) == {
        0: {"vss:1": 1},
        1: {"vss:1": 1},
        2: both,
        **dict.fromkeys(range(3, 12), everywhere),
        12: {"now": 1, "vss:2": 1},
        13: {"now": 1},
    }
    stores = [each for each in items if "3808876b" in each.locator]
    assert [each.unreadable and each.unreadable.reason for each in stores] == [Reason.OPENED] * 3
    assert "read as volumes" in str(stores[0].unreadable)


def test_without_them_their_stores_are_searched_as_files(evidence: Path) -> None:
    items = scanned(evidence, Inside(InsideLimits(images=ImageSelection(snapshots=False))))
    assert not any("vss:" in each.locator for each in items)
    (store,) = [each for each in items if each.locator.endswith("7ae-04046e6cc752}")]
    assert store.digests.sha256
    found = {each.digests.sha256 for each in items if "3808876b" in each.locator}
    # What was deleted lies in the blocks that a store keeps.
    assert hashlib.sha256(shadowed().pictures[1]).hexdigest() in found


def headers(volume: bytes) -> list[int]:
    """Where the stores begin."""
    mark = IDENTITY.bytes_le + (1).to_bytes(4, "little") + (4).to_bytes(4, "little")
    return [at for at in range(0, len(volume), BLOCK) if volume.startswith(mark, at)]


def test_a_damaged_one_costs_itself_and_those_before_it(evidence: Path) -> None:
    made = shadowed()
    volume = bytearray(made.volume)
    first, _ = headers(made.volume)
    volume[first : first + 16] = bytes(16)
    medium = Held(bytes(volume), "disk.raw")
    one, two = shadows(medium)
    assert "it is damaged" in one.unreadable
    assert (one.made, two.made) == ("2026-01-01T03:04:05Z", "2026-01-02T03:04:05Z")
    data = two.open(medium).pread(0, two.size)
    assert data[BLOCK : made.area] == made.states[1][BLOCK : made.area]
    (evidence / "disk.raw").write_bytes(volume)
    items = scanned(evidence)
    # The second one has it, before it was deleted; the first one is searched as a file.
    assert where(items)[2]["vss:2"] == 1
    assert hashlib.sha256(made.pictures[1]).hexdigest() in {
        each.digests.sha256 for each in items if "3808876b" in each.locator
    }
    image = next(each for each in items if each.locator.endswith("disk.raw"))
    assert image.unreadable is not None
    assert "vss:1@0" in image.unreadable.detail


def test_none_is_read_that_builds_on_a_damaged_one() -> None:
    made = shadowed()
    volume = bytearray(made.volume)
    _, last = headers(made.volume)
    volume[last : last + 16] = bytes(16)
    medium = Held(bytes(volume), "disk.raw")
    (whole,) = find_volumes(medium).volumes
    assert any("its shadow copies cannot be read" in each for each in whole.problems)


def test_without_its_library_the_volume_is_read_and_says_so(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hashmatch.sources.diskimage.snapshots.MODULE", "no_such_module")
    items = scanned(evidence)
    assert where(items)[12] == {"now": 1}
    image = next(each for each in items if each.locator.endswith("disk.raw"))
    assert image.unreadable is not None
    assert "its reader is not installed (no_such_module)" in image.unreadable.detail


def test_stores_that_cannot_be_opened_are_named_and_searched_as_files(evidence: Path) -> None:
    made = shadowed()
    volume = bytearray(made.volume)
    for number in (1, 2):
        first = headers(made.volume)[number - 1]
        volume[first : first + 16] = bytes(16)
    (evidence / "disk.raw").write_bytes(volume)
    items = scanned(evidence)
    assert where(items)[12] == {"now": 1}
    image = next(each for each in items if each.locator.endswith("disk.raw"))
    assert image.unreadable is not None
    assert "its shadow copies cannot be read" in image.unreadable.detail
    found = {each.digests.sha256 for each in items if "3808876b" in each.locator}
    assert hashlib.sha256(made.pictures[1]).hexdigest() in found


def test_a_damaged_block_flags_what_lies_in_it_and_nothing_else() -> None:
    made = shadowed()

    class Damaged(Held):
        def pread(self, offset: int, size: int, /) -> bytes:
            if offset < bad + BLOCK and bad < offset + size:
                raise UnreadRangeError(Reason.CORRUPT_DATA, "a damaged chunk", bad, BLOCK)
            return super().pread(offset, size)

    bad = made.volume.index(made.pictures[1][-300:]) // BLOCK * BLOCK
    assert bad > made.area
    medium = Damaged(made.volume)
    one, two = shadows(medium)
    place = made.states[0].index(made.pictures[1][-300:])
    with pytest.raises(UnreadRangeError, match="a damaged chunk") as said:
        one.open(medium).pread(place, 100)
    assert (said.value.offset, said.value.length) == (place, 100)
    assert two.open(medium).pread(place, 100) == made.states[1][place : place + 100]


def test_a_volume_that_is_cut_off_is_read_as_far_as_it_goes(evidence: Path) -> None:
    (evidence / "disk.raw").write_bytes(shadowed().volume[: shadowed().area])
    items = scanned(evidence)
    assert where(items)[12] == {"now": 1}
    image = next(each for each in items if each.locator.endswith("disk.raw"))
    assert image.unreadable is not None
    assert "shadow copies cannot be read" in image.unreadable.detail


def test_the_record_says_when_they_were_made_and_the_option_binds_a_resume(
    evidence: Path,
) -> None:
    known, database = evidence.parent / "known.csv", evidence.parent / "lab.db"
    words = ["scan", str(evidence), "--against", str(known), "--workers", "1", "--case", "1"]
    code, said = run([*words, "--db", str(database)])
    assert code == 0, said
    with hm.Database.open(database, read_only=True) as opened:
        (source,) = opened.case("1").sources
    volumes = [each for each in source.volumes if isinstance(each, VolumeFacts)]
    made = {str(each.locator.steps[-1]): each.reason for each in volumes}
    assert made["vss:1@0"] == "shadow copy of 2026-01-01T03:04:05Z"
    assert {each.status for each in volumes} == {VolumeStatus.READ}
    assert {each.length for each in volumes} == {len(shadowed().volume)}
    code, said = run([*words, "--db", str(database), "--no-snapshots", "--resume"])
    assert code == 2
    assert "snapshots" in said or "resume" in said
