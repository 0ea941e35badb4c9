"""`lists check`, `index`, and what commands say of lists that are missing or match nothing."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch import registry
from tests.support.list_commands import index, known, originals, run  # noqa: F401 (fixtures)
from tests.support.photos import encoded, photo


def test_index_build_verify_and_info(index: Path) -> None:
    assert run("lists", "withdraw", "known", "coffee", index=index).returncode == 0
    assert run("index", "build", index=index).returncode == 0
    done = run("index", "verify", index=index)
    assert done.returncode == 0
    assert "of 94 pdq" in done.stdout
    info = run("index", "info", index=index)
    assert "known: 2 entries; 2 pdq" in info.stdout
    assert "false matches per million items" in info.stdout
    as_json = json.loads(run("index", "info", "--json", "--profile", "wide", index=index).stdout)
    assert set(as_json["expected_false_matches_per_million_items"]) == {"match", "probable"}
    tiers = {each["tier"]: each for each in as_json["expected_of_tiers"]}
    assert set(tiers) == {"regions", "framing"}
    assert all(0 < each["matches"] <= each["leads"] <= 1 for each in tiers.values())


def test_damage_has_its_own_exit_code(index: Path) -> None:
    (path,) = index.glob("entries-*")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    done = run("index", "verify", index=index)
    assert done.returncode == 5
    assert "WRONG" in done.stdout
    assert "do not use" in done.stderr
    path.unlink()
    assert run("lookup", "0" * 40, index=index).returncode == 5


def test_calibrate(index: Path, originals: Path) -> None:
    done = run("calibrate", originals, "--against", index)
    assert done.returncode == 2
    assert "matched, so left out" in done.stderr
    assert "every picture that could be" in done.stderr
    assert "give other pictures" in done.stderr
    assert not hm.Index(index).calibration
    (originals / "grass.png").write_bytes(encoded(photo("grass"), "PNG"))
    done = run("calibrate", originals, "--against", index)
    assert done.returncode == 0
    assert "1 picture against 3 hashes that are known" in done.stdout
    assert "coffee.png" in done.stderr
    assert hm.Index(index).calibration["pictures"] == 1
    assert "measure against an index with more hashes" in done.stdout
    (originals / "grass.png").unlink()
    assert run("calibrate", originals, "--against", index).returncode == 2
    assert hm.Index(index).calibration["pictures"] == 1


def test_a_list_for_sharing_names_no_file(originals: Path, tmp_path: Path) -> None:
    (originals / "text.jpg").write_bytes(b"text")
    done = run("hash", "--for-sharing", *sorted(originals.iterdir()))
    assert done.returncode == 4
    assert "coffee" not in done.stdout
    assert "text.jpg" in done.stderr
    header, *rows = done.stdout.splitlines()
    assert header == "pdq,quality,md5,sha256"
    assert [len(row.split(",")) for row in rows] == [4, 4, 4]
    (tmp_path / "shared.csv").write_text(done.stdout)
    found = run("match", originals / "coffee.png", "--against", tmp_path / "shared.csv")
    assert found.stdout.startswith("MATCH  equal bytes")


def test_no_index_is_said_plainly(tmp_path: Path) -> None:
    done = run("lists", "show", "--index", tmp_path / "nowhere")
    assert done.returncode == 5
    assert "cannot be opened" in done.stderr
    assert run("lists", "withdraw", "x", "1", "--index", tmp_path / "no").returncode == 5
    assert not (tmp_path / "no").exists()


def test_harmless_entries_are_said_in_numbers_everywhere(tmp_path: Path) -> None:
    evidence, index = tmp_path / "evidence", tmp_path / "lab.index"
    evidence.mkdir()
    (evidence / "a.bin").write_bytes(b"0")
    digest = hashlib.md5(b"0").hexdigest()  # noqa: S324
    known = tmp_path / "known.csv"
    known.write_text(f"md5,known_good\n{digest},true\n{'0' * 32},\n")
    said = "1 of 2 entries count as known good (harmless)"

    done = run("lists", "import", known, "--index", index)
    assert said in done.stderr
    assert said in run("lists", "show", index=index).stdout
    shown = json.loads(run("lists", "show", "--json", index=index).stdout)
    assert shown["known_good_entries"] == 1
    for against in (known, index):
        for verb, what in (("scan", evidence), ("match", evidence / "a.bin"), ("lookup", digest)):
            done = run(verb, what, "--against", against)
            assert said in done.stderr, verb
            assert "raise no match" in done.stderr
    db = tmp_path / "lab.sightings"
    assert run("scan", evidence, "--against", index, "--db", db, "--case", "1").returncode == 0
    report = run("report", "--db", db, "--case", "1", "--format", "json").stdout
    (listed,) = json.loads(report)["case"]["lists"]
    assert (listed["entries"], listed["known_good_entries"]) == (2, 1)
    assert "known_good_entries" not in listed["policy"]

    done = run("lists", "policy", "known", "--notable", index=index)
    assert "0 of 2 entries count as known good" in done.stdout
    done = run("scan", evidence, "--against", index, "--fail-on-match")
    assert (done.returncode, said in done.stderr) == (10, False)


def test_a_list_is_checked_without_an_index(known: Path, tmp_path: Path) -> None:
    for words, given in (((str(known),), None), (("-",), known.read_text())):
        done = run("lists", "check", *words, given=given)
        assert done.returncode == 4
        assert "3 entries (csv, SHA-256 " in done.stdout
        assert "    row 5: a pdq hash is written with 64 hex digits, not 2" in done.stdout
        shown = run("lists", "check", *words, "--json", given=given)
        facts, row = map(json.loads, shown.stdout.splitlines())
        assert (facts["record"], facts["counts"], row["row"]) == ("list", {"pdq": 3}, 5)
    assert [each.name for each in tmp_path.iterdir()] == ["originals", "known.csv"]


def test_a_list_comes_in_by_standard_input(known: Path, tmp_path: Path) -> None:
    words = ("lists", "import", "-", "--name", "piped", "--index", tmp_path / "i")
    done = run(*words, given=known.read_text())
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("piped: 3 entries")
    assert hashlib.sha256(known.read_bytes()).hexdigest() in done.stdout


@pytest.mark.parametrize("verb", ["import", "check"])
def test_help_names_every_format(verb: str) -> None:
    shown = run("lists", verb, "--help").stdout
    words = re.sub(r"[\s│]+", "", shown)
    assert [name for name in registry.built_in("lists") if name not in words] == []


def test_a_packed_list_is_shown_with_the_name_inside(known: Path, tmp_path: Path) -> None:
    packed, index = tmp_path / "known.csv.gz", tmp_path / "packed.index"
    packed.write_bytes(gzip.compress(known.read_bytes()))
    assert run("lists", "import", packed, "--index", index).returncode == 4
    shown = run("lists", "show", index=index).stdout
    assert hashlib.sha256(packed.read_bytes()).hexdigest() in shown
    assert "known.csv in a gzip file" in shown


def test_a_list_that_can_match_nothing_is_said_everywhere(tmp_path: Path, originals: Path) -> None:
    idle = tmp_path / "idle.csv"
    idle.write_text(f"id,photodna\n1,{'ab' * 144}\n")
    index = tmp_path / "idle.index"
    says = "1 photodna hash is NOT searched"
    imported = run("lists", "import", idle, "--index", index)
    assert imported.returncode == 4
    assert says in imported.stderr
    assert "NOTHING of it can match" in imported.stderr
    assert says in run("lists", "show", "--index", index).stdout
    (shown,) = run("lists", "show", "--json", "--index", index).stdout.splitlines()
    assert json.loads(shown)["coverage"]["contributes"] is False
    looked_up = run("lookup", "0" * 32, "--against", index)
    assert (looked_up.returncode, says in looked_up.stderr) == (4, True)
    refused = run("scan", originals, "--against", index)
    assert refused.returncode == 2
    assert "--allow-unmatched" in refused.stderr
    db = tmp_path / "lab.sightings"
    record = "--db", db, "--case", "1"
    refused = run("scan", originals, "--against", index, *record)
    assert (refused.returncode, db.exists()) == (2, False)
    scanned = run("scan", originals, "--against", index, "--allow-unmatched", *record)
    assert (scanned.returncode, says in scanned.stderr) == (4, True)
    for form in ("html", "json", "csv", "vics"):
        output = tmp_path / f"report.{form}"
        run("report", *record, "--format", form, "--output", output)
        assert "photodna hash is NOT searched" in output.read_text()


def test_places_that_hold_no_index_are_said_before_anything_is_read(
    originals: Path, known: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    missing = run("match", originals / "coffee.png", "--against", tmp_path / "empty")
    assert missing.returncode == 5
    assert "holds no index" in missing.stderr
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"x")
    full = ("lists", "enrol", originals, "--index", tmp_path / "photos", "--name", "own")
    refused = run(*full)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "neither an empty folder nor an index" in refused.stderr


def test_one_missing_file_of_several_costs_itself(originals: Path, known: Path) -> None:
    done = run("match", originals / "none.png", originals / "coffee.png", "--against", known)
    assert done.returncode == 4
    assert done.stdout.count("MATCH") == 1
    assert "none.png" in done.stderr


def test_a_list_given_twice_is_searched_once(originals: Path, known: Path) -> None:
    picture = originals / "coffee.png"
    done = run("match", picture, "--against", known, "--against", known)
    assert done.stdout.count("MATCH") == 1
