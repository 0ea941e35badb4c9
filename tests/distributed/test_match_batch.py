"""Batches of every kind give what single files give; a file that attacks costs its own row."""

import multiprocessing
import pickle
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.distributed.uris import uri_of
from hashmatch.errors import KnownChangedError, MissingExtraError
from hashmatch.tables.columns import COLUMNS, ColumnError
from hashmatch.tables.rows import row_of
from tests.support import unix
from tests.support.batches import (
    DEEDS,
    SHORT,
    HostileBatch,
    attacks,
    index_of,
    known_value,
    pictures,
)

pa = pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = pictures(tmp_path_factory.mktemp("batch") / "photos", 8)
    (made / "text").write_bytes(b"no picture")
    return made


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    return index_of(folder.parent / "index", folder / "0000.jpg")


@pytest.fixture(scope="module")
def match(index: Path) -> Iterator[hm.MatchBatch]:
    with hm.MatchBatch(index) as made:
        yield made


def expected(index: Path, folder: Path) -> list[dict[str, Any]]:
    """What the library says of each file by itself."""
    matcher = hm.Matcher(index)
    rows = []
    for path in sorted(folder.iterdir()):
        item = hm.hash_item(path, matcher.hash_options)
        rows.append(row_of(item, matcher.match_many([item])[0]))
    return rows


def without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: each[name] for name in each if name not in names} for each in rows]


def test_every_kind_of_batch_gives_what_single_files_give(
    match: hm.MatchBatch, index: Path, folder: Path
) -> None:
    paths = sorted(folder.iterdir())
    wanted = without(expected(index, folder), "uri", "generation", "known")
    assert [bool(each["matches"]) for each in wanted].count(True) == 2
    columns: list[dict[str, list[Any]]] = [
        {"path": paths},
        {"uri": [*map(str, paths)]},
        {"uri": [each.as_uri() for each in paths]},
        {"uri": [*map(str, paths)], "bytes": [each.read_bytes() for each in paths]},
    ]
    for given in columns:
        found = match({**given, "post": [*range(len(paths))]})
        assert list(found)[-len(COLUMNS) :] == list(COLUMNS)
        rows = [dict(zip(found, each, strict=True)) for each in zip(*found.values(), strict=True)]
        assert [each.pop("post") for each in rows] == [*range(len(paths))]
        assert "bytes" not in found
        assert {each["generation"] for each in rows} == {1}
        assert without(rows, "uri", "path", "generation", "known") == wanted
    table = match(pa.table({"uri": [*map(str, paths)], "post": [*range(len(paths))]}))
    assert without(table.to_pylist(), "uri", "post", "generation", "known") == wanted


def test_hashes_of_an_earlier_run_match_as_the_files_do(
    match: hm.MatchBatch, index: Path, folder: Path
) -> None:
    uris = [*map(str, sorted(folder.iterdir()))]
    with hm.MatchBatch() as hashing:
        hashed = hashing(pa.table({"uri": uris, "post": [*range(len(uris))]}))
    assert set(hashed.column("matches").to_pylist()) == {None}
    again = match(hashed)
    assert again.schema.names == hashed.schema.names
    assert (
        again.to_pylist() == match(pa.table({"post": [*range(len(uris))], "uri": uris})).to_pylist()
    )
    with pytest.raises(TypeError, match="a batch is"):
        match([1])
    row = hashed.slice(0, 1).to_pylist()[0]
    bad = match({"hashes": [row["hashes"]], "mode": ["nonsense"], "uri": ["/x"]})
    assert (bad["status"][0], bad["reason"][0]) == ("unreadable", "damaged")
    for lie in ({"status": "lies"}, {"status": None}, {"size": -1}):
        bad = match({name: [each] for name, each in (row | lie).items()})
        assert (bad["status"][0], bad["reason"][0]) == ("unreadable", "damaged")


def test_frames_of_pandas(match: hm.MatchBatch, folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"uri": [str(folder / "0000.jpg"), None], "post": [1, 2]})
    found = match(frame)
    assert list(found["post"]) == [1, 2]
    assert list(found["status"]) == ["hashed", "unreadable"]
    assert len(found["matches"][0]) == 1


def test_files_that_attack_their_reader_cost_their_own_rows(index: Path, tmp_path: Path) -> None:
    folder = attacks(pictures(tmp_path / "photos", 8), 4 << 20)
    with HostileBatch(index, worker_limits=SHORT, max_bytes=1 << 20) as made:
        paths = sorted(folder.iterdir())
        found = made({"path": paths})
        told = {path.name: row for path, row in zip(paths, found["reason"], strict=True)}
        assert {deed: told[deed] for deed in DEEDS} == DEEDS
        assert told["huge"] == "too-many-bytes"
        assert list(found["status"]).count("hashed") == 8
        assert all(found["sha256"])
        # Readers live on.
        assert list(made({"path": paths[:8]})["status"]) == ["hashed"] * 8


def _matches(made: hm.MatchBatch, uris: list[str]) -> tuple[bool, list[int]]:
    """Run in another process."""
    again: hm.MatchBatch = pickle.loads(pickle.dumps(made))  # noqa: S301 (our own)
    found = made({"uri": uris})
    return id(again) == id(made), [len(each) for each in found["matches"]]


def test_it_is_made_once_in_each_process_and_its_generation_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    known = index_of(tmp_path / "index", folder / "0000.jpg")
    with hm.MatchBatch(hm.Index(known)) as made:
        for count in range(1, 6):
            files = [folder / f"{number:04d}.jpg" for number in range(1, 1 + count)]
            index_of(known, *files)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            # The newest generation knows another picture.
            found = pool.apply(_matches, (made, [str(folder / "0000.jpg")]))
        assert found == (True, [1])
    pickled = pickle.dumps(made)
    # Those of the process that the pool ended count for a day.
    for left in known.glob("lease-*"):
        left.unlink()
    index_of(known, folder / "0003.jpg")
    with pytest.raises(KnownChangedError, match="tidied away"):
        pickle.loads(pickled)  # noqa: S301 (our own)


def test_what_cannot_be_leased_is_said(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    matcher = hm.Matcher(index)
    monkeypatch.setattr("hashmatch.index.leases.os.open", refused)
    with pytest.warns(RuntimeWarning, match="may be tidied away"):
        made = hm.MatchBatch(matcher)
    monkeypatch.undo()
    assert len(made.notices) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made.close()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": ["x"], "n": [1]}, r"no column to read.*there is: url, n"),
        ({}, "there is: none"),
        ({"uri": ["x"], "kind": ["y"]}, "`kind` is one of the results"),
        ({"uri": ["x"], "n": [1, 2]}, "not of one length"),
    ],
)
def test_columns_that_cannot_be_used(
    match: hm.MatchBatch, given: dict[str, list[Any]], words: str
) -> None:
    with pytest.raises(ColumnError, match=words):
        match(given)


def test_values_of_other_systems() -> None:
    near, far = "f8" * 32, "00" * 32
    match = hm.MatchBatch(known_value(f"pdq:{near}"))
    given = {
        "hash": [f"pdq:{near}", f"pdq:{far}", "pdq:xx", "phash-64:" + "0" * 16, "", f"pdq:{near}"],
        "quality": [None, 90, None, None, None, 3],
        "post": [*range(6)],
    }
    found = match(given)
    assert [len(each) for each in found["matches"]] == [1, 0, 0, 0, 0, 0]
    assert list(found["status"]) == [*["hashed"] * 2, *["unreadable"] * 3, "hashed"]
    assert "no phash-64 hashes are known" in found["detail"][3]
    assert "xx" not in found["detail"][2]
    with hm.MatchBatch() as nothing:
        earlier = nothing(given)
    assert not any(earlier["hashes"])
    again = match(earlier)
    for name in COLUMNS:
        assert list(again[name]) == list(found[name])
    digests = hm.MatchBatch(known_value("md5:" + "a" * 32))
    told = digests({"hash": ["md5:" + "A" * 32, "a" * 32], "md5": [None, "b" * 32]})
    assert [len(each) for each in told["matches"]] == [1, 1]


def test_names_that_are_no_text_are_read(match: hm.MatchBatch, tmp_path: Path) -> None:
    try:
        path = pictures(tmp_path / "a b\udcff%", 1) / "0000.jpg"
    except OSError:
        pytest.skip("the file system takes no such name")
    uri = uri_of(str(path))
    assert uri.startswith("file:///")
    found = match(pa.table({"uri": [uri]}))
    assert found.column("status").to_pylist() == ["hashed"]


def test_addresses_that_name_no_file_of_a_store_cost_their_own_rows(
    match: hm.MatchBatch, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    unix.os.mkfifo(tmp_path / "pipe.jpg")
    picture = folder / "0000.jpg"
    found = match(
        {
            "uri": [
                f"local://{picture}",
                f"FILE://localhost{picture}",
                f"local://{tmp_path}/pipe.jpg",
                "local:///dev/zero",
                f"generic://file://{picture}",
                f"simplecache::file://{picture}",
                f"filecache://{picture}",
                "asyncwrapper://x",
                "foo://x",
                "gs://bucket/x.jpg",
            ]
        }
    )
    assert list(found["status"]) == ["hashed"] * 2 + ["skipped"] * 2 + ["unreadable"] * 6
    assert "is read by gcsfs, which is not installed" in found["detail"][-1]
    with pytest.raises(MissingExtraError, match="gcsfs"):
        match({"uri": ["gs://bucket/x.jpg"]})


@pytest.mark.parametrize(
    "given",
    [
        {"path": [5, b"x", "a\0b"]},
        {"uri": [5, b"x", "a\0b", "file://%00"]},
        {"uri": ["x"], "listed_reason": ["nonsense"]},
        {"hashes": ["abc", 5]},
        {"hash": ["pdq:" + "f" * 64] * 3, "quality": [float("inf"), "x", 1 << 70]},
        {"hash": ["pdq:" + "f" * 64] * 3, "size": ["n/a", -1, 1 << 70]},
    ],
)
def test_values_of_no_sense_cost_their_own_rows(
    match: hm.MatchBatch, given: dict[str, list[Any]]
) -> None:
    found = match(given)
    assert set(found["status"]) == {"unreadable"}
    assert all(found["detail"])


def test_addresses_may_be_bytes(match: hm.MatchBatch, folder: Path) -> None:
    table = pa.table({"uri": [str(folder / "0000.jpg").encode()]})
    assert match(table).column("status").to_pylist() == ["hashed"]


def test_one_that_was_closed_is_made_anew(index: Path, folder: Path) -> None:
    with hm.MatchBatch(index) as made:
        pickled = pickle.dumps(made)
    for _ in range(2):
        with pickle.loads(pickled) as again:  # noqa: S301 (made above)
            assert list(again({"path": [folder / "0000.jpg"]})["status"]) == ["hashed"]
