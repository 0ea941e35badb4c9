"""The verbs about what is known, as a user meets them."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch import registry
from tests.support.photos import encoded, photo


def run(
    *words: str | Path, given: str | None = None, index: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {"HASHMATCH_INDEX": str(index)} if index else {}
    return subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "hashmatch", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        input=given,
        env={"PATH": "", **environment},
    )


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    for name in ("coffee", "chelsea", "rocket"):
        (folder / f"{name}.png").write_bytes(encoded(photo(name), "PNG"))
    return folder


@pytest.fixture
def known(originals: Path, tmp_path: Path) -> Path:
    path = tmp_path / "known.csv"
    rows = [
        f"{each.stem},{hm.hash_image(each).hash.hex},VIC_US,{number}"
        for number, each in enumerate(sorted(originals.iterdir()), 1)
    ]
    path.write_text("\n".join(["id,pdq,scheme,category", *rows, "bad,ff,VIC_US,1"]) + "\n")
    return path


@pytest.fixture
def index(known: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "lab.index"
    assert run("lists", "import", known, "--index", folder).returncode == 4
    return folder


def test_import_counts_and_names_what_it_set_aside(known: Path, tmp_path: Path) -> None:
    done = run("lists", "import", known, "--index", tmp_path / "i", "--name", "VIC")
    assert done.returncode == 4
    assert "VIC: 3 entries (csv, SHA-256 " in done.stdout
    assert "quarantined: row 5: " in done.stderr
    assert "1 row could not be understood" in done.stderr
    shown = run("lists", "show", "VIC", "--index", tmp_path / "i", "--quarantined", "--json")
    facts, row = map(json.loads, shown.stdout.splitlines())
    assert facts["entries"] == 3
    assert facts["sources"][0]["quarantined"] == 1
    assert row["row"] == 5


def test_a_list_is_not_replaced_by_accident(known: Path, index: Path, originals: Path) -> None:
    known.write_text(known.read_text().splitlines()[0] + "\n" + known.read_text().splitlines()[1])
    again = run("lists", "import", known, index=index)
    assert again.returncode == 2
    assert "--replace" in again.stderr
    assert run("lists", "import", known, "--replace", index=index).returncode == 0
    found = run("match", *originals.iterdir(), "--json", index=index)
    *items, _ = found.stdout.splitlines()
    assert [len(json.loads(each)["matches"]) for each in items].count(1) == 1
    history = run("lists", "show", "--history", index=index)
    assert history.stdout.count("import") >= 2


def test_updates_and_withdrawals(index: Path, tmp_path: Path, originals: Path) -> None:
    news = tmp_path / "known.jsonl"
    news.write_text(
        '{"hashmatch-list": 1, "name": "known"}\n{"withdrawn": "coffee"}\n'
        '{"id": "new", "md5": "' + "a" * 32 + '"}\n'
    )
    done = run("lists", "import", news, "--update", index=index)
    assert done.returncode == 0, done.stderr
    assert "1 entry came or changed, 1 replaced or withdrawn" in done.stdout
    again = run("lists", "import", news, "--update", index=index)
    assert "nothing was changed" in again.stdout
    gone = run("lists", "withdraw", "known", "rocket", "rokcet", index=index)
    assert gone.returncode == 4
    assert "1 entry withdrawn" in gone.stdout
    assert "has or had the id rokcet" in gone.stderr
    twice = run("lists", "withdraw", "known", "rocket", index=index)
    assert (twice.returncode, "0 entries withdrawn" in twice.stdout) == (0, True)
    assert re.search(r"already withdrawn since \d{4}-\d\d-\d\dT.*: rocket\n", twice.stderr)
    history = run("lists", "show", "--history", index=index).stdout.splitlines()
    assert [line.split()[1] for line in history if line[:2] == "20"][-2:] == ["update", "withdraw"]
    assert history[-1].endswith("ids: rocket")
    found = run("match", *sorted(originals.iterdir()), "--json", index=index)
    *items, _ = found.stdout.splitlines()
    assert [len(json.loads(each)["matches"]) for each in items] == [1, 0, 0]
    assert "new" in run("lookup", "a" * 32, index=index).stdout
    assert run("lists", "remove", "known", index=index).returncode == 0
    assert "0 found" in run("lookup", "a" * 32, index=index).stderr


def test_the_same_file_twice_changes_nothing_and_says_so(index: Path, tmp_path: Path) -> None:
    again = run("lists", "import", tmp_path / "known.csv", index=index)
    assert again.returncode == 4, again.stderr
    assert "the index has this very file already: nothing was changed" in again.stdout


def test_history_says_what_a_policy_changed(index: Path) -> None:
    run("lists", "policy", "known", "--threshold", "pdq=24", index=index)
    run("lists", "policy", "known", "--threshold", "pdq=24", index=index)
    run("lists", "policy", "known", "--known-good", index=index)
    shown = run("lists", "show", "--history", index=index).stdout.splitlines()
    told = [line for line in shown if "  policy  " in line]
    assert len(told) == 2
    assert told[0].endswith("as the profile says → pdq up to 24")
    assert told[1].endswith("pdq up to 24 → known good, pdq up to 24")


def test_policies(index: Path, originals: Path) -> None:
    picture = originals / "coffee.png"
    assert run("match", picture, index=index).stdout.startswith("MATCH")
    told = run("lists", "policy", "known", "--category", "VIC_US/2", "--known-good", index=index)
    assert "VIC_US/2 (known good)" in told.stdout
    assert run("match", picture, index=index).stdout.startswith("known good")
    assert run("match", originals / "rocket.png", index=index).stdout.startswith("MATCH")
    run("lists", "policy", "known", "--clear", "--threshold", "pdq=0", index=index)
    assert " of 0 " in run("match", picture, index=index).stdout
    for wrong, says in (
        (("--threshold", "pdq"), "ALGORITHM=BITS"),
        (("--threshold", "phsh-64=3"), "no algorithm 'phsh-64'"),
        (("--threshold", "phash-64=65"), "0 to 64 bits"),
        (("--threshold", "dhash-64=3"), "has no dhash-64 hashes"),
        (("--category", "VIC_US/2", "--threshold", "dhash-64=3"), "has no dhash-64 hashes"),
        (("--category", "VIC_US/9"), "there is: VIC_US/1 VIC_US/2 VIC_US/3"),
    ):
        refused = run("lists", "policy", "known", *wrong, index=index)
        assert refused.returncode == 2
        assert says in " ".join(refused.stderr.split())


def test_a_policy_is_forgotten_only_where_that_is_said(index: Path, tmp_path: Path) -> None:
    def policy(*options: str) -> str:
        done = run("lists", "policy", "known", *options, index=index)
        assert done.returncode == 0, done.stderr
        return done.stdout.partition(": ")[0]

    category = "--category", "VIC_US/2"
    assert policy() == "known (as the profile says)"
    assert policy("--known-good") == "known (known good)"
    assert policy("--threshold", "pdq=20") == "known (known good, pdq up to 20)"
    both = "known (known good, pdq up to 20, VIC_US/2 (notable"
    assert policy(*category, "--notable") == f"{both}))"
    assert policy(*category, "--threshold", "pdq=9") == f"{both}, pdq up to 9))"
    assert policy() == policy(*category) == f"{both}, pdq up to 9))"
    assert policy("--clear", *category) == "known (known good, pdq up to 20)"
    assert policy("--clear", "--threshold", "pdq=8") == "known (pdq up to 8)"
    run("lists", "import", tmp_path / "known.csv", "--known-good", index=index)
    assert policy() == "known (known good, pdq up to 8)"
    assert policy("--clear") == "known (as the profile says)"


def test_lookup_reads_arguments_and_standard_input(index: Path, originals: Path) -> None:
    value = str(hm.hash_image(originals / "coffee.png").hash)
    done = run("lookup", value, index=index)
    assert done.returncode == 0
    assert "MATCH  pdq 0 of 31     known / coffee  VIC_US/2" in done.stdout
    bare = value.removeprefix("pdq:")
    piped = run("lookup", "--json", given=f"{bare}\n\nnonsense\n{'0' * 40}\n", index=index)
    assert piped.returncode == 4
    first, wrong, idle, summary = map(json.loads, piped.stdout.splitlines())
    counts = {"values": 3, "found": 1, "not_understood": 1, "not_searchable": 1}
    assert summary == {"record": "summary", **counts}
    assert [match["entry_id"] for match in first["matches"]] == ["coffee"]
    assert wrong["unreadable"]["reason"] == "not-understood"
    assert idle["unreadable"] == {
        "reason": "not-searchable",
        "detail": "no sha1 digests are known",
    }
    assert idle["matches"] == []
    plain = run("lookup", given=f"{bare}\nnonsense\n", index=index)
    assert "2 values, 1 found, 1 not understood, 0 not searchable" in plain.stderr
    plain = run("lookup", "photodna:aaaa", "phash-64:" + "a1" * 8, index=index)
    assert plain.returncode == 4
    assert "1 value could not be searched: no phash-64 hashes are known" in plain.stderr
    assert "1 value could not be searched: photodna hashes are opaque" in plain.stderr
    innocent = run("lookup", "pdq:" + "a5" * 32, "--json", index=index)
    assert innocent.returncode == 0
    assert json.loads(innocent.stdout.splitlines()[0])["unreadable"] is None


@pytest.mark.parametrize("form", ["jsonl", "csv", "vics", "threatexchange"])
def test_export_and_import_come_round(form: str, index: Path, tmp_path: Path) -> None:
    path = tmp_path / "out"
    done = run("lists", "export", "known", "--format", form, "--output", path, index=index)
    assert done.returncode == 0, done.stderr
    again = tmp_path / "again"
    assert run("lists", "import", path, "--name", "x", "--index", again).returncode == 0
    before, after = (
        sorted(str(h.hash) for e in opened[name].entries() for h in e.hashes)
        for opened, name in ((hm.Index(index), "known"), (hm.Index(again), "x"))
    )
    assert before == after
    assert len(after) == 3


def test_export_says_which_formats_there_are(index: Path) -> None:
    done = run("lists", "export", "known", "--format", "nsrl", index=index)
    assert done.returncode == 2
    assert "vics" in done.stderr
    assert run("lists", "export", "nothing", index=index).returncode == 2


def test_enrol(originals: Path, tmp_path: Path) -> None:
    (originals / "empty.jpg").touch()
    index = tmp_path / "i"
    words = ("lists", "enrol", originals, "--name", "LAB", "--category", "OWN/1")
    done = run(*words, index=index)
    assert done.returncode == 4
    assert "coffee.png  whole, centre" in done.stdout
    assert "LAB: 3 files enrolled" in done.stderr
    assert "empty: " in done.stderr
    again = run(*words, "--json", index=index)
    assert json.loads(again.stdout.splitlines()[0])["entry"].startswith("sha256:")
    entries = [*hm.Index(index)["LAB"].entries()]
    assert {(e.scheme, e.category) for e in entries} == {("OWN", "1")}
    assert len(entries) == 3


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
