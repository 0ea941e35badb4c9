"""`hashmatch verify`: the record compared with the evidence."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.scanning import comparing
from tests.support import evidence_tree as tree
from tests.support.archives import zipped
from tests.support.hostile_values import run

CASE = ("--db", "lab.db", "--case", tree.CASE, "--workers", "0")
WORDS = ("--passwords", "words.txt")
WITHOUT = {"made of pixels": 1, "symbolic-link": 1}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tree.lab(tmp_path_factory.mktemp("lab"))


@pytest.fixture(autouse=True)
def evidence(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the evidence, as another machine has it."""
    monkeypatch.chdir(recorded)
    monkeypatch.delenv("HASHMATCH_DB", raising=False)
    return Path(shutil.copytree(recorded / "evidence", tmp_path / "copy", symlinks=True))


def verified(*words: str | Path) -> tuple[int, dict[str, Any], list[dict[str, Any]], str]:
    """The exit code, the summary, what is told of items, and the rest."""
    code, said = run(("verify", *CASE, *map(str, words), "--json"))
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    rest = "\n".join(line for line in said.splitlines() if not line.startswith("{"))
    return code, rows[-1] if rows else {}, rows[:-1], rest


@pytest.mark.parametrize("many", [1, 1000])
def test_the_whole_record_is_equal_to_the_evidence_however_it_is_read(
    many: int, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_MANY", many)
    # By a worker, as everywhere else where nothing is said.
    code, summary, told, rest = verified(*WORDS, "--workers", "1", "--source", evidence)
    assert (code, told) == (0, []), rest
    with hm.Database.open("lab.db", read_only=True) as database:
        items = [*database.items(tree.CASE)]
    assert summary["items"] == summary["equal"] == len(items) - 2
    assert summary["without_digests"] == WITHOUT


def test_the_evidence_is_looked_for_where_it_lay(evidence: Path) -> None:
    code, said = run(("verify", *CASE, *WORDS, "--exhibit", tree.EXHIBIT, "--sightings"))
    assert code == 0, said
    assert "equal to the record in size, MD5, SHA-1 and SHA-256" in said
    assert not (evidence.parent / "evidence").exists()


@pytest.mark.parametrize("chosen", [(), ("--sightings",), ("--sample", "1000")])
def test_one_changed_byte_in_a_container_is_noticed(
    chosen: tuple[str, ...], evidence: Path
) -> None:
    path = evidence / "many.zip"
    data = tree.pictures()["astronaut.jpg"]
    whole = bytearray(path.read_bytes())
    at = whole.index(data) + len(data) // 2
    whole[at] ^= 1
    path.write_bytes(whole)
    code, summary, told, _ = verified(*WORDS, *chosen, "--source", evidence)
    assert (code, summary["differing"]) == (5, 1)
    (row,) = [each for each in told if each["outcome"] != "not-compared"]
    assert row["path"].startswith("many.zip")
    assert row["outcome"] == "differs"
    assert {"sha256", "sha1", "md5"} <= set(row["differing"])
    assert row["sha256"]["on_record"] != row["sha256"]["now"]


def test_what_differs_is_said_without_digests(evidence: Path) -> None:
    (evidence / "empty").write_bytes(b"x")
    code, said = run(("verify", *CASE, *WORDS, "--source", str(evidence)))
    assert code == 5
    assert "empty: not as on record: size, SHA-256, SHA-1, MD5 differ (bytes on record 0" in said
    assert "stopped here" in said
    assert hashlib.sha256(b"x").hexdigest() not in said


@pytest.mark.parametrize("name", ["a.tar.gz", "b.7z", "blob.bin", "d.pdf"])
def test_a_changed_byte_in_any_kind_of_container_is_noticed(name: str, evidence: Path) -> None:
    whole = bytearray((evidence / name).read_bytes())
    whole[len(whole) // 2] ^= 1
    (evidence / name).write_bytes(whole)
    code, _, told, _ = verified(*WORDS, "--source", evidence)
    assert code == 5
    assert told[-1]["path"].partition("!")[0] == name


def test_what_is_gone_ends_it(evidence: Path) -> None:
    (evidence / "b.7z").unlink()
    code, _, told, _ = verified(*WORDS, "--source", evidence)
    assert code == 5
    assert told[-1]["outcome"] == "cannot-be-opened"
    assert told[-1]["detail"] == "there is no such file"


def test_a_link_in_the_place_of_a_file_is_not_followed(evidence: Path) -> None:
    (evidence / "empty").unlink()
    (evidence / "empty").symlink_to("/dev/null")
    code, _, told, _ = verified(*WORDS, "--source", evidence)
    assert (code, told[-1]["path"], told[-1]["reason"]) == (5, "empty", "symbolic-link")


def test_what_needs_a_password_cannot_be_compared_without_it(evidence: Path) -> None:
    code, summary, told, _ = verified("--source", evidence)
    assert code == 4
    assert summary["not_compared"] == {"encrypted": len(tree.pictures())}
    assert {each["path"].partition("!")[0] for each in told} == {"locked.7z"}
    assert summary["equal"] == summary["items"] - len(told)


def test_a_sample_is_as_large_as_it_was_asked_for(evidence: Path) -> None:
    code, summary, _, rest = verified(*WORDS, "--sample", "3", "--source", evidence)
    assert (code, summary["items"], summary["equal"]) == (0, 3, 3), rest


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--exhibit", "B"), "no exhibit 'B' is on record"),
        (("--sightings", "--sample", "3"), "give one of them"),
        (("--source", "nowhere"), "--source says where the evidence of an exhibit lies now"),
        (("--case", "none"), "no case 'none'"),
    ],
)
def test_wrong_use_is_said(words: tuple[str, ...], says: str) -> None:
    code, _, _, rest = verified(*words)
    assert code == 2
    assert says in rest


def test_a_case_in_which_nothing_can_be_compared_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("card").mkdir()
    Path("card/link").symlink_to("nowhere")
    Path("known.csv").write_text(f"id,pdq\nx,{'0f' * 32}\n")
    hm.scan("card", against="known.csv", db="lab.db", case=tree.CASE, workers=0)
    code, summary, _, rest = verified()
    assert (code, summary["items"]) == (4, 0)
    assert "nothing on record could be compared" in rest


def test_a_single_file_and_several_exhibits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("known.csv").write_text(f"id,pdq\nx,{'0f' * 32}\n")
    for name in ("one.zip", "two.jpg"):
        data = tree.pictures()["rocket.jpg"]
        Path(name).write_bytes(zipped([("a", data)]) if name == "one.zip" else data)
        hm.scan(name, against="known.csv", db="lab.db", case=tree.CASE, exhibit=name, workers=0)
    code, summary, _, rest = verified()
    assert (code, summary["equal"]) == (0, 3), rest
    code, _, _, rest = verified("--source", "one.zip")
    assert code == 2
    assert "it is for one exhibit" in rest
    assert verified("--source", "one.zip", "--exhibit", "one.zip")[1]["equal"] == 2
