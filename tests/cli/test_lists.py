"""The verbs about what is known, as a user meets them."""

import json
import re
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support.list_commands import index, known, originals, run  # noqa: F401 (fixtures)


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
