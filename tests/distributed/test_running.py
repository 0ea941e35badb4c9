"""A job's folder holds the same table, however often it was stopped, killed or begun again."""

import csv
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.distributed import stores
from hashmatch.distributed.parts import name_of
from hashmatch.distributed.running import Job, begin, local
from hashmatch.errors import KnownChangedError, OutputError, SourceError
from hashmatch.model import KnownHash
from hashmatch.tables.columns import ColumnError
from tests.support import unix
from tests.support.batches import digest_of, index_of, pictures, rows_in

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
COUNT = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = pictures(tmp_path_factory.mktemp("job") / "photos", COUNT)
    (made / "link").symlink_to(made / "0000.jpg")
    return made


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    return index_of(folder.parent / "index", folder / "0000.jpg")


def run(source: object, out: Path, match: hm.MatchBatch, **more: Any) -> Job:
    job = begin(str(source), str(out), match, rows=10)
    list(job.run(local, **more))
    return job


@pytest.fixture(scope="module")
def whole(folder: Path, index: Path) -> str:
    with hm.MatchBatch(index) as match:
        job = run(folder, folder.parent / "whole", match)
    summary = job.summary
    assert (summary.items, summary.hashed, summary.skipped) == (COUNT + 1, COUNT, 1)
    assert summary.reasons == {"symbolic-link": 1}
    assert summary.matched == summary.matches == COUNT // 4
    return digest_of(rows_in(folder.parent / "whole"))


def test_the_summary_is_that_of_a_scan(folder: Path, index: Path, whole: str) -> None:
    scanned = hm.scan(folder, against=index, workers=0)
    held = json.loads((folder.parent / "whole/summary.json").read_text())
    assert whole
    assert held["summary"] == scanned.to_dict()
    manifest = json.loads((folder.parent / "whole/manifest.json").read_text())
    assert manifest["known"]["generations"][0]["number"] == 1
    assert manifest["known"]["lists"][0]["sources"][0]["sha256"]
    assert (manifest["rows"], manifest["tool"]) == (COUNT + 1, hm.__version__)


def test_parts_that_stand_are_not_done_again_and_others_are(
    folder: Path, index: Path, whole: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with hm.MatchBatch(index) as match:
        asked: list[int] = []
        job = run(folder, out, match, stop=lambda: len(asked) > 0, on_rows=asked.append)
        assert job.interrupted
        assert not (out / "summary.json").exists()
        assert [each.name for each in out.glob("part-*")] == [name_of(0)]
        # A new file of the source is not in the listing of this job.
        before = (out / name_of(0)).stat().st_mtime_ns
        (out / name_of(2)).write_bytes(b"damaged")
        shutil.copy(out / name_of(0), out / name_of(1))
        job = run(folder, out, match)
        assert (len(job.standing), len(job.to_do), job.interrupted) == (1, 2, False)
        assert (out / name_of(0)).stat().st_mtime_ns == before
        # One bit of a page, which the footer does not tell.
        held = bytearray((out / name_of(1)).read_bytes())
        held[len(held) // 3] ^= 1
        (out / name_of(1)).write_bytes(held)
        job = run(folder, out, match)
        assert [each.number for each in job.to_do] == [1]
    assert (out / name_of(0)).stat().st_mtime_ns == before
    assert digest_of(rows_in(out)) == whole
    assert not list(out.glob(".*"))


def test_another_job_is_refused(folder: Path, index: Path, whole: str, tmp_path: Path) -> None:
    out = folder.parent / "whole"
    assert whole
    other = index_of(tmp_path / "other", folder / "0001.jpg")
    for match, source, words in (
        (hm.MatchBatch(other), folder, r"lists: lab \(\w{8}\) → lab \(\w{8}\)"),
        (hm.MatchBatch(index, profile="strict"), folder, "profile: default → strict"),
        (hm.MatchBatch(index), out / "listing", "source: "),
        (hm.MatchBatch(), folder, "one matches, the other only hashes"),
    ):
        with pytest.raises(OutputError, match=words):
            begin(str(source), str(out), match)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").touch()
    with pytest.raises(OutputError, match=r"holds 'letter\.txt' and no job"):
        begin(str(folder), str(tmp_path / "full"), hm.MatchBatch(index))
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    held = json.loads((out / "manifest.json").read_text())
    for each in (
        *(
            {name: held[name] for name in held if name != left}
            for left in ("format", "version", "job", "source", "known", "hashing")
        ),
        {**held, "source": {**held["source"], "slices": [[0, 5, 0, 0, 9]]}},
        {**held, "known": []},
        [],
    ):
        (damaged / "manifest.json").write_text(json.dumps(each))
        with pytest.raises(OutputError, match="damaged, or not of hashmatch"):
            begin(str(folder), str(damaged), hm.MatchBatch(index))


def test_tables_are_read_and_earlier_runs_matched_again(
    folder: Path, index: Path, whole: str, tmp_path: Path
) -> None:
    paths = sorted(map(str, folder.glob("*.jpg")))
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("uri", "post"), *((each, at) for at, each in enumerate(paths))]
        )
    from pyarrow import parquet

    table = pa.table({"uri": paths, "post": [*range(COUNT)]})
    parquet.write_table(table, tmp_path / "t.parquet", row_group_size=7)
    wanted = [each for each in rows_in(folder.parent / "whole") if each["status"] == "hashed"]
    assert whole
    with hm.MatchBatch(index) as match, hm.MatchBatch() as hashing:
        for kind in ("csv", "parquet"):
            run(tmp_path / f"t.{kind}", tmp_path / kind, match)
            rows = sorted(rows_in(tmp_path / kind), key=lambda row: str(row["uri"]))
            assert [int(each.pop("post")) for each in rows] == [*range(COUNT)]
            assert rows == wanted
        run(folder, tmp_path / "hashes", hashing)
        for folder_of in (tmp_path / "hashes", tmp_path / "hashes/part-*.parquet"):
            out = tmp_path / f"again-{folder_of.name[:4]}"
            run(folder_of, out, match)
            assert digest_of(rows_in(out)) == whole
        # The table is another one: what was done is of the former.
        parquet.write_table(table.slice(0, 5), tmp_path / "t.parquet")
        with pytest.raises(SourceError, match="was changed since this job began"):
            begin(str(tmp_path / "t.parquet"), str(tmp_path / "parquet"), match)


def test_hashes_that_a_list_needs_and_an_earlier_run_lacks_are_said(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "photos", 3)
    with hm.MatchBatch() as hashing:
        run(folder, tmp_path / "hashes", hashing)
    known = hm.hash_image(folder / "0000.jpg", hm.HashOptions("phash-64"))
    entry = hm.Entry("a", hashes=(KnownHash(known.hash, 80),))
    with hm.MatchBatch(hm.HashList.of("lab", [entry])) as match:
        job = run(tmp_path / "hashes", tmp_path / "out", match)
    assert job.lacking == {"phash-64": 3}


def test_a_source_that_is_not_there_or_holds_nothing(index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").touch()
    for name, words in (
        ("empty", "holds no file"),
        ("missing", "is not there: a source is"),
        ("file.txt", "a file, but no Parquet or CSV"),
        ("missing.parquet", "cannot be opened: No such file"),
        ("none-*.parquet", "names no Parquet file"),
    ):
        with pytest.raises(SourceError, match=words):
            begin(str(tmp_path / name), str(tmp_path / "out"), hm.MatchBatch(index))
    with pytest.raises(SourceError, match=r"nothing is known that reads nonsense://"):
        begin("nonsense://x/y", str(tmp_path / "out"), hm.MatchBatch(index))


def test_a_job_keeps_its_generation_and_says_when_it_is_gone(folder: Path, tmp_path: Path) -> None:
    index = index_of(tmp_path / "index", folder / "0000.jpg")
    with hm.MatchBatch(index) as match:
        job = begin(str(folder), str(tmp_path / "out"), match, rows=10)
        for number in range(1, 6):
            index_of(index, folder / f"{number:04d}.jpg")
        (pin,) = job.manifest.pins.values()
        with hm.MatchBatch(pin) as pinned:
            assert begin(str(folder), str(tmp_path / "out"), pinned).to_do == job.to_do
    index_of(index, folder / "0007.jpg")
    with pytest.raises(KnownChangedError, match="tidied away"):
        hm.MatchBatch(pin)


def test_requests_are_tried_again_and_what_is_refused_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("hashmatch.distributed.stores.time.sleep", waits.append)
    failures: list[Exception] = [OSError(16, "Please reduce your request rate."), ConnectionError()]

    def act() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert stores.attempted("s3://b/a", act) == "done"
    assert len(waits) == 2

    def always(error: Exception) -> Callable[[], str]:
        def fail() -> str:
            raise error

        return fail

    for error, kind in (
        (FileNotFoundError(), stores.MissingError),
        (PermissionError("https://s/?Signature=secret"), stores.DeniedError),
    ):
        waits.clear()
        with pytest.raises(kind) as told:
            stores.attempted("s3://b/a", always(error))
        assert not waits
        assert "secret" not in str(told.value)
    with pytest.raises(SourceError, match=r"ValueError: at …$"):
        stores.attempted("s3://b/a", always(ValueError("at https://s/?Signature=secret")))
    assert len(waits) == 6


class _AnswerError(Exception):
    """An error of aiohttp, which fsspec tells as a file that is not there."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


_AnswerError.__module__ = "aiohttp.client_exceptions"


@pytest.mark.parametrize("status", [None, 503, 404])
def test_a_network_that_fails_is_no_missing_file(
    status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hashmatch.distributed.stores.time.sleep", lambda _: None)

    def act() -> None:
        raise FileNotFoundError from _AnswerError(status)

    with pytest.raises(SourceError) as told:
        stores.attempted("https://s/a", act)
    assert isinstance(told.value, stores.MissingError) is (status == 404)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_job_that_is_killed_loses_and_doubles_nothing(
    folder: Path, index: Path, whole: str, tmp_path: Path
) -> None:
    assert killed(folder, index, tmp_path / "out", 3, 2.5) == whole


def killed(folder: Path, index: Path, out: Path, times: int, longest: float) -> str:
    """The digest of the table of a job that was killed so often."""
    words = ["batch", str(folder), "--against", str(index), "--out", str(out), "--workers", "1"]
    command = [sys.executable, "-m", "hashmatch", *words, "--rows-per-part", "2"]
    chance = random.Random(times)
    for _ in range(times):
        with subprocess.Popen(  # noqa: S603 (our own program)
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            time.sleep(chance.uniform(0.5, longest))
            unix.os.killpg(process.pid, unix.signal.SIGKILL)
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return digest_of(rows_in(out))


def test_tables_that_cannot_be_a_source(index: Path, tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    held = pa.array([{"bytes": b"\xff\xd8", "path": "x"}])
    pixels = pa.array([[[[1, 2, 3]]]], pa.list_(pa.list_(pa.list_(pa.uint8(), 3))))
    with hm.MatchBatch(index) as match:
        for table, words in (
            (pa.table({"uri": ["x"], "image": held}), "the column `image` holds bytes"),
            (pa.table({"uri": ["x"], "of": pa.array([[b"x"]])}), "the column `of` holds bytes"),
            (pa.table({"uri": ["x"], "pixels": pixels}), "the column `pixels` holds bytes"),
            (pa.table([["x"], ["y"]], names=["uri", "uri"]), "several columns `uri`"),
            (pa.table({"uri": pa.array([], pa.string())}), "holds no row"),
        ):
            pq.write_table(table, source)
            with pytest.raises((ColumnError, SourceError), match=words):
                begin(str(source), str(tmp_path / "out"), match)
        (tmp_path / "t.csv").write_text("bytes\n/9j/\n")
        with pytest.raises(ColumnError, match="can hold no files"):
            begin(str(tmp_path / "t.csv"), str(tmp_path / "out"), match)
    assert not (tmp_path / "out").exists()


def test_marks_of_lists_are_in_every_file_of_results(
    folder: Path, index: Path, tmp_path: Path
) -> None:
    shutil.copytree(index, tmp_path / "index")
    with hm.Index.edit(tmp_path / "index") as edited:
        edited.set_handling("lab", "TLP:RED")
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({"hash": ["pdq:" + "0" * 64]}), source)
    with hm.MatchBatch(tmp_path / "index") as match:
        run(source, tmp_path / "out", match)
    said = json.loads((tmp_path / "out/manifest.json").read_text())["known"]["handling"]
    assert said == ["TLP:RED"]
    assert json.loads((tmp_path / "out/summary.json").read_text())["handling"] == said
    metadata = pq.read_metadata(tmp_path / "out" / name_of(0)).metadata
    assert json.loads(metadata[b"hashmatch"])["handling"] == said


def test_a_listing_that_was_altered_is_refused(folder: Path, index: Path, tmp_path: Path) -> None:
    with hm.MatchBatch(index) as match:
        begin(str(folder), str(tmp_path / "out"), match)
        (listing,) = (tmp_path / "out/listing").iterdir()
        held = pq.read_table(listing)
        other = held.set_column(0, held.schema.field(0), pa.array(["x"] * held.num_rows))
        for altered in (held.slice(1), other):
            pq.write_table(altered, listing)
            with pytest.raises(SourceError, match="was altered since this job began"):
                begin(str(folder), str(tmp_path / "out"), match)
