"""An index that is searched for single values: proven once, and again when it was changed."""

import mmap
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hashmatch.errors import DamagedIndexError
from hashmatch.files.changes import notes_every_change
from hashmatch.index import held, reading
from hashmatch.index import proofs as kept
from hashmatch.index.index import Index
from hashmatch.index.proofs import Proofs
from hashmatch.index.segment import Segment
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests
from tests.support import crafted_indexes as crafted

PRIVATE = pytest.mark.skipif(sys.platform != "linux", reason="proofs are kept on Linux alone")

# Right checksums over tables that do not lead to an entry: without a proof it is not found.
HIDING = {
    "another order of a table": crafted.with_array("md5.order", lambda array: array[::-1].copy()),
    "a bucket that is passed by": crafted.with_array("md5.starts", np.zeros_like),
    "keys of others": crafted.with_array("md5.keys", lambda array: array ^ np.uint64(1 << 40)),
    "digests of others": crafted.with_array("md5.values", lambda array: array ^ np.uint8(1)),
}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index that counts as large, last changed long ago."""
    monkeypatch.setattr(reading, "SMALL_FILE", 0)
    monkeypatch.setattr(kept, "_SETTLED", 0)
    # Wherever temporary files lie.
    monkeypatch.setattr(held, "notes_every_change", lambda _: True)
    folder = tmp_path / "index"
    crafted.make(folder)
    return folder


@pytest.fixture
def proofs(tmp_path: Path) -> Proofs:
    return Proofs(tmp_path / "proofs")


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> list[Segment]:
    """The segments that are proven from now on."""
    seen: list[Segment] = []
    prove = Segment.prove

    def counted(segment: Segment) -> None:
        if not segment.is_proven:
            seen.append(segment)
        prove(segment)

    monkeypatch.setattr(Segment, "prove", counted)
    return seen


def _wanted() -> Digests:
    return Digests(md5=crafted.entries()[7].digests.md5)


def _found(folder: Path, proofs: Proofs | None) -> list[str]:
    return [match.entry_id for match in Matcher(Index(folder), proofs=proofs).match(_wanted())]


@pytest.mark.parametrize("craft", HIDING.values(), ids=HIDING)
def test_a_crafted_index_under_the_same_name_is_an_error(
    craft: Callable[[Path], None], index: Path, proofs: Proofs
) -> None:
    assert _found(index, proofs) == ["entry-8"]
    names = [known.name for known in Index(index).lists]
    craft(index)
    assert [known.name for known in Index(index).lists] == names
    assert _found(index, None) == []
    for given in (Proofs(), proofs):
        with pytest.raises(DamagedIndexError):
            _found(index, given)


@pytest.mark.parametrize("craft", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("known_before", [True, False])
def test_the_commands_end_with_5(
    craft: Callable[[Path], None],
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    known_before: bool,
) -> None:
    from hashmatch.cli.app import app

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    words = ["lookup", f"md5:{_wanted().md5}", "--against", str(index)]
    if known_before:
        done = CliRunner().invoke(app, words)
        assert "entry-8" in done.output
    craft(index)
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, DamagedIndexError)  # which `main` turns into 5
    assert "entry-8" not in done.output
    picture = tmp_path / "file.txt"
    picture.write_text("no picture")
    done = CliRunner().invoke(app, ["match", str(picture), "--against", str(index)])
    assert isinstance(done.exception, DamagedIndexError)


@PRIVATE
def test_what_was_proven_is_not_proven_again(
    index: Path, proofs: Proofs, proven: list[Segment]
) -> None:
    for _ in range(3):
        assert _found(index, proofs) == ["entry-8"]
    assert len(proven) == 1
    # Another place is another index, and without a folder nothing is kept.
    other = index.with_name("other")
    shutil.copytree(index, other)
    assert _found(other, proofs) == ["entry-8"]
    assert _found(index, Proofs()) == ["entry-8"]
    assert len(proven) == 3


@PRIVATE
@pytest.mark.parametrize("same_time", [True, False])
def test_a_change_in_place_is_proven_anew(
    index: Path, proofs: Proofs, proven: list[Segment], *, same_time: bool
) -> None:
    path = crafted.part_of(index)
    before = path.stat()
    assert _found(index, proofs) == ["entry-8"]
    time.sleep(0.02)  # the clock of a file system may be as coarse
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    if same_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(DamagedIndexError):
        _found(index, proofs)
    assert len(proven) == 2


@PRIVATE
def test_a_change_below_a_reader_that_went_by_an_older_proof_is_found(
    index: Path, proofs: Proofs, proven: list[Segment]
) -> None:
    assert _found(index, proofs) == ["entry-8"]
    matcher = Matcher(Index(index), proofs=proofs)
    matcher.match(_wanted())
    assert len(proven) == 1
    path = crafted.part_of(index)
    before = path.stat()
    time.sleep(0.02)
    data = bytearray(path.read_bytes())
    # Among ids, which this search has not read.
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DamagedIndexError):
        matcher.match(_wanted())


@PRIVATE
def test_a_new_generation_is_proven_before_it_is_searched(
    index: Path, proofs: Proofs, proven: list[Segment]
) -> None:
    matcher = Matcher(Index(index), proofs=proofs)
    assert matcher.match(_wanted())
    with Index.edit(index) as writer:
        writer.compact("lab")
    crafted.with_array("md5.starts", np.zeros_like)(index)
    assert matcher.refresh()
    with pytest.raises(DamagedIndexError):
        matcher.match(_wanted())


@PRIVATE
def test_a_folder_that_others_can_write_is_not_believed(
    index: Path, proofs: Proofs, proven: list[Segment], tmp_path: Path
) -> None:
    assert proofs.folder is not None
    _found(index, proofs)
    for mode in (0o770, 0o707):
        proofs.folder.chmod(mode)
        _found(index, proofs)
    proofs.folder.chmod(0o700)
    linked = tmp_path / "linked"
    linked.symlink_to(proofs.folder)
    _found(index, Proofs(linked))
    assert len(proven) == 4
    _found(index, proofs)
    assert len(proven) == 4


@PRIVATE
def test_a_file_that_is_written_through_memory_is_proven_anew(
    index: Path, proofs: Proofs, tmp_path: Path
) -> None:
    """The system notes the first write to a page of memory, and no other until it is on disk."""
    other = tmp_path / "crafted"
    shutil.copytree(index, other)
    HIDING["keys of others"](other)
    (file,) = [
        each
        for each in index.glob("*.hma")
        if (other / each.name).read_bytes() != each.read_bytes()
    ]
    with file.open("rb") as opened:
        if not notes_every_change(opened.fileno()):
            pytest.skip("temporary files lie where no proof is kept")
    crafted_file = (other / file.name).read_bytes()
    with file.open("r+b") as written, mmap.mmap(written.fileno(), 0) as mapped:
        mapped[:] = mapped[:]
        assert _found(index, proofs) == ["entry-8"]
        assert proofs.folder is not None
        assert any(proofs.folder.iterdir())
        mapped[:] = crafted_file
        with pytest.raises(DamagedIndexError):
            _found(index, proofs)


@PRIVATE
def test_no_proof_is_kept_where_changes_are_not_noted(
    index: Path, proofs: Proofs, proven: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "notes_every_change", lambda _: False)
    for _ in range(2):
        assert _found(index, proofs) == ["entry-8"]
    assert len(proven) == 2
    assert proofs.folder is not None
    assert not proofs.folder.exists()


@PRIVATE
def test_a_file_that_was_changed_just_now_is_not_kept(
    index: Path, proofs: Proofs, proven: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_SETTLED", 10**18)
    _found(index, proofs)
    _found(index, proofs)
    assert len(proven) == 2


@PRIVATE
def test_proofs_are_forgotten_the_oldest_first(
    index: Path, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proofs.folder is not None
    monkeypatch.setattr(kept, "_MOST", 3)
    proofs.folder.mkdir(mode=0o700)
    for number in range(5):
        (proofs.folder / str(number)).touch()
        os.utime(proofs.folder / str(number), (number, number))
    _found(index, proofs)
    left = {each.name for each in proofs.folder.iterdir()}
    assert len(left) == 3
    assert {"3", "4"} < left


@PRIVATE
def test_where_nothing_can_be_kept_it_is_proven_each_time(
    index: Path, tmp_path: Path, proven: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for _ in range(2):
        assert _found(index, Proofs(tmp_path / "file" / "below")) == ["entry-8"]
    assert len(proven) == 2
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert Proofs.of_user().folder == Path("/home/somebody/.cache/hashmatch/proofs")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert Proofs.of_user().folder == Path("/caches/hashmatch/proofs")
