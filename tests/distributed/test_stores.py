"""Jobs from a store into it, with credentials, throttling and connections that break."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.batches import digest_of, index_of, pictures, rows_in
from tests.support.stores import KEY, SECRET, Moods, store

pytest.importorskip("pyarrow")
pytest.importorskip("moto.server")
s3fs = pytest.importorskip("s3fs")
pytestmark = pytest.mark.filterwarnings("ignore")
COUNT = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = pictures(tmp_path_factory.mktemp("store") / "photos", COUNT)
    (made / "sub").mkdir()
    (made / "sub/empty").touch()
    (made / "sub/refused.jpg").write_bytes((made / "0000.jpg").read_bytes())
    index_of(made.parent / "index", made / "0000.jpg")
    return made


@pytest.fixture(scope="module")
def bucket(folder: Path) -> Iterator[tuple[str, Moods]]:
    with store() as (address, moods):
        files = _files(address)
        files.mkdir("uploads")
        files.put(str(folder), "uploads/2026", recursive=True)
        yield address, moods


def _files(address: str) -> Any:
    return s3fs.S3FileSystem(
        key=KEY,
        secret=SECRET,
        endpoint_url=address,
        skip_instance_cache=True,
        use_listings_cache=False,
    )


def batch(
    folder: Path, address: str, *words: str, credentials: bool = True
) -> "subprocess.CompletedProcess[str]":
    kept = ("PATH", "HOME", "LANG", "OPENBLAS_NUM_THREADS", "COVERAGE_PROCESS_START")
    variables = {name: os.environ[name] for name in kept if name in os.environ}
    variables |= {"AWS_ENDPOINT_URL": address, "AWS_EC2_METADATA_DISABLED": "true"}
    variables |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": str(folder / "none")}
    if credentials:
        variables |= {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    command = [sys.executable, "-m", "hashmatch", "batch", *words]
    command += ["--against", str(folder.parent / "index"), "--workers", "1"]
    return subprocess.run(  # noqa: S603 (our own program)
        command, env=variables, capture_output=True, text=True, check=False
    )


def test_a_store_that_throttles_and_breaks_off_gives_the_table_of_a_folder(
    folder: Path, bucket: tuple[str, Moods], tmp_path: Path
) -> None:
    address, moods = bucket
    moods.slow, moods.breaks = 5, 7
    words = ["s3://uploads/2026", "--out", "s3://uploads/results", "--rows-per-part", "10"]
    done = batch(folder, address, *words)
    assert (done.returncode, moods.seen["denied"]) == (0, 0), done.stderr
    assert moods.seen["slow"] > 3
    assert moods.seen["broken"] > 3
    moods.slow = moods.breaks = 0
    _files(address).get("uploads/results/", str(tmp_path / "results"), recursive=True)
    rows = rows_in(tmp_path / "results")
    assert len(rows) == COUNT + 2
    assert {each["uri"].startswith("s3://uploads/2026/") for each in rows} == {True}
    local = batch(folder, address, str(folder), "--out", str(tmp_path / "local"))
    assert local.returncode == 0
    short = [{**each, "uri": each["uri"].removeprefix("s3://uploads/2026")} for each in rows]
    same = [
        {**each, "uri": each["uri"].removeprefix(str(folder))}
        for each in rows_in(tmp_path / "local")
    ]
    assert digest_of(short) == digest_of(same)
    # The same command finds all parts; one that is lost is done again.
    _files(address).rm("uploads/results/part-00000001.parquet")
    again = batch(folder, address, *words)
    assert "2 parts stand" in again.stderr
    _files(address).get("uploads/results/", str(tmp_path / "again"), recursive=True)
    assert rows_in(tmp_path / "again") == rows
    rematched = batch(folder, address, "s3://uploads/results", "--out", str(tmp_path / "hashes"))
    assert digest_of(rows_in(tmp_path / "hashes")) == digest_of(rows)
    assert "read by `hashes`" in rematched.stderr


def test_one_that_is_refused_is_named(
    folder: Path, bucket: tuple[str, Moods], tmp_path: Path
) -> None:
    address, moods = bucket
    moods.denied = "refused.jpg"
    done = batch(folder, address, "s3://uploads/2026", "--out", str(tmp_path / "out"))
    moods.denied = ""
    assert done.returncode == 4
    assert "sub/refused.jpg: io-error: s3://uploads/2026/sub/refused.jpg: access is denied" in (
        done.stderr
    )
    assert sum(each["status"] == "hashed" for each in rows_in(tmp_path / "out")) == COUNT


def test_credentials_that_are_missing_or_not_enough_end_the_job(
    folder: Path, bucket: tuple[str, Moods], tmp_path: Path
) -> None:
    address, moods = bucket
    (tmp_path / "list.csv").write_text(
        "uri\n" + "".join(f"s3://uploads/2026/{number:04d}.jpg\n" for number in range(COUNT))
    )
    for source in ("s3://uploads/2026", str(tmp_path / "list.csv")):
        done = batch(folder, address, source, "--out", str(tmp_path / "x"), credentials=False)
        assert done.returncode == 2
        assert "Credentials are missing, have expired or do not allow it" in done.stderr
        assert not list(tmp_path.glob("x/part-*"))
    moods.denied = "results"
    done = batch(folder, address, str(folder), "--out", "s3://uploads/results-2")
    moods.denied = ""
    assert done.returncode in (1, 2)
    assert "access is denied" in done.stderr
    done = batch(folder, address, "s3://nothing/here", "--out", str(tmp_path / "y"))
    assert done.returncode == 2
    assert "there is no such" in done.stderr
