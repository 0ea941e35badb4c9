"""Files made to share an MD5 with a known one, from the command line to the report."""

import csv
import hashlib
import html
import io
import json
import subprocess
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support.colliding_files import bitmaps, documents, jpegs
from tests.support.photos import photo
from tests.support.program import run

MADE = ("astronaut.bmp", "cat.jpg", "rocket.pdf")


def digests(data: bytes, *names: str) -> list[str]:
    return [hashlib.new(name, data).hexdigest() for name in names]


def write_list(path: Path, columns: str, *rows: list[str]) -> None:
    path.write_text("\n".join([columns, *map(",".join, rows)]) + "\n")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of each pair, the first file is on lists, and the second is evidence."""
    folder = tmp_path_factory.mktemp("lab")
    cat, rocket = (photo(name).resize((300, 200)) for name in ("chelsea", "rocket"))
    pairs = (bitmaps(photo("coffee"), photo("astronaut")), jpegs(cat), documents(rocket))
    (folder / "evidence").mkdir()
    (folder / "originals").mkdir()
    for name, (first, second) in zip(MADE, pairs, strict=True):
        (folder / "originals" / name).write_bytes(first)
        (folder / "evidence" / name).write_bytes(second)
    names = ("md5", "sha1", "sha256")
    # What the first bitmap shows is on the list too, and the second shows something else.
    shown = [hm.hash_image(photo("coffee")).hash.hex, "", ""]
    write_list(
        folder / "known.csv",
        "id,md5,sha1,sha256,pdq",
        *(
            [name, *digests(first, *names), pdq]
            for name, (first, _), pdq in zip(MADE, pairs, shown, strict=True)
        ),
    )
    write_list(
        folder / "harmless.csv",
        "id,md5,sha1,sha256,known_good",
        *([name, *digests(pair[0], *names), "yes"] for name, pair in zip(MADE, pairs, strict=True)),
    )
    write_list(
        folder / "harmless-md5.csv",
        "id,md5,known_good",
        *([name, *digests(pair[0], "md5"), "yes"] for name, pair in zip(MADE, pairs, strict=True)),
    )
    write_list(
        folder / "wanted.csv",
        "id,pdq",
        *([name, hm.hash_image(pairs[at][1]).hash.hex] for at, name in enumerate(MADE[:2])),
    )
    return folder


def scan(
    lab: Path, evidence: str, *against: str, more: tuple[str, ...] = ("--workers", "0")
) -> subprocess.CompletedProcess[str]:
    known = [word for each in against for word in ("--against", each)]
    return run("scan", evidence, *known, "--fail-on-match", *more, folder=lab)


def found(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    """What was printed: file, and what was found of it without the names of lists."""
    lines = [(line, line.partition(" / ")[0].split()[:-1]) for line in done.stdout.splitlines()]
    return sorted((Path(line.split()[-1]).name, " ".join(words)) for line, words in lines)


def test_the_pairs_share_an_md5_alone(lab: Path) -> None:
    for name in MADE:
        pair = [(lab / folder / name).read_bytes() for folder in ("originals", "evidence")]
        assert len({hashlib.md5(each).digest() for each in pair}) == 1  # noqa: S324
        assert len({hashlib.sha1(each).digest() for each in pair}) == 2  # noqa: S324
        assert len({hashlib.sha256(each).digest() for each in pair}) == 2


def test_another_file_with_the_md5_of_a_known_one_is_no_match(lab: Path) -> None:
    on_record = ("--workers", "1", "--db", "lab.db", "--case", "7")
    done = scan(lab, "evidence", "known.csv", more=on_record)
    # The document is a container that holds nothing; nothing matched.
    assert done.returncode == 0, done.stderr
    assert found(done) == [(name, "collision equal MD5") for name in MADE]
    for form in ("jsonl", "html", "csv"):
        words = ("--format", form, "--output", f"r.{form}")
        assert run("report", "--db", "lab.db", "--case", "7", *words, folder=lab).returncode == 0
    records = [json.loads(line) for line in (lab / "r.jsonl").read_text().splitlines()]
    seen = [each for each in records if each["record"] == "sighting"]
    assert {Path(each["item"]["path"]).name for each in seen} == set(MADE)
    for each in seen:
        item, match = each["item"], each["match"]
        assert (each["standing"], match["reportable"]) == ("collision", False)
        assert (match["algorithm"], match["entry_id"]) == ("md5", Path(item["path"]).name)
        assert item["md5"] == match["entry_digests"]["md5"]
        assert item["sha256"] != match["entry_digests"]["sha256"]
    assert next(each for each in records if each["record"] == "totals")["matches"] == 0
    page = html.unescape((lab / "r.html").read_text())
    assert page.count("Equal MD5, other digests differ: other bytes") == 3
    table = (lab / "r.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert sum(each["standing"] == "collision" for each in rows) == 3


def test_the_known_files_themselves_match(lab: Path) -> None:
    done = scan(lab, "originals", "known.csv")
    assert done.returncode == 10
    assert found(done) == [(name, "MATCH equal bytes") for name in MADE]


@pytest.mark.parametrize(
    ("harmless", "says"),
    [("harmless.csv", "collision equal MD5"), ("harmless-md5.csv", "known good equal MD5")],
)
def test_a_harmless_file_of_the_same_md5_suppresses_nothing(
    lab: Path, harmless: str, says: str
) -> None:
    done = scan(lab, "evidence", "wanted.csv", harmless)
    assert done.returncode == 10
    for name in MADE[:2]:
        of_file = [what for file, what in found(done) if file == name]
        assert sorted(of_file) == sorted(["MATCH pdq 0 of 31", says])


def test_the_harmless_file_itself_suppresses_what_looks_like_it(lab: Path) -> None:
    done = scan(lab, "originals", "wanted.csv", "harmless.csv")
    assert done.returncode == 0
    assert ("cat.jpg", "suppressed pdq 0 of 31") in found(done)
    assert ("cat.jpg", "known good equal bytes") in found(done)
