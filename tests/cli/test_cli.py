"""The command line as a user meets it: run as a program, its output read."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hashmatch as hm
from tests.support.photos import encoded, photo
from tests.support.program import run

PROGRAM = [sys.executable, "-m", "hashmatch"]


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(photo("coffee"), "JPEG"))
    return path


def test_hash_prints_one_line_per_hash(jpeg: Path) -> None:
    done = run("hash", jpeg)
    expected = hm.hash_image(jpeg)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.split() == [str(expected.hash), "100", "600×400", "jpeg", str(jpeg)]


def test_hash_as_json(jpeg: Path) -> None:
    done = run("hash", "--json", "--orientations", "-a", "pdq", "-a", "dhash-64", jpeg)
    shown, summary = map(json.loads, done.stdout.splitlines())
    assert (summary["record"], summary["items"], summary["hashed"]) == ("summary", 1, 1)
    assert (shown["path"], shown["width"], shown["height"]) == (str(jpeg), 600, 400)
    assert len(shown["hashes"]) == 16
    assert shown["hashes"][0]["hash"] == hm.hash_image(jpeg).hash.hex
    assert shown["hashes"][0]["orientation"] == "upright"


def test_hash_goes_on_behind_an_unreadable_file(jpeg: Path, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_bytes(b"text")
    done = run("hash", tmp_path / "text.jpg", tmp_path / "nowhere", jpeg)
    assert done.returncode == 4
    assert len(done.stdout.splitlines()) == 1
    assert "text.jpg: not-a-picture" in done.stderr
    assert "nowhere: io-error: No such file or directory" in done.stderr
    assert "2 of 3 files unreadable, or read in part only" in done.stderr
    as_json = run("hash", "--json", tmp_path / "text.jpg")
    assert as_json.returncode == 4
    shown, _ = map(json.loads, as_json.stdout.splitlines())
    assert shown["unreadable"]["reason"] == "not-a-picture"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hash",), "FILE"),
        (("hash", "--algorithm", "nothing", "x"), "there is:\n  pdq\n"),
        (("hash", "--mode", "quick", "x"), "fast, exact or centred"),
        (("scan", "x"), "--against"),
        (("scan", "nowhere", "--against", "known.csv"), "nowhere"),
        (("nothing",), "nothing"),
    ],
)
def test_wrong_use_says_what_is_wrong(words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_every_verb_has_help_with_an_example() -> None:
    shown = run("--help").stdout
    assert run().returncode in (0, 2)
    for verb in ("demo", "hash", "scan"):
        assert f" {verb} " in shown
        help_text = run(verb, "--help").stdout
        assert f"hashmatch {verb}" in help_text
        assert "Replaced" not in help_text


def test_version() -> None:
    assert run("--version").stdout.startswith("hashmatch 0.")


def test_demo_finds_its_copies_and_explains(tmp_path: Path) -> None:
    assert run("demo", folder=tmp_path).returncode == 0
    done = run("demo", folder=tmp_path)  # the earlier one is no obstacle
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("MATCH  ") == 9
    assert "What this shows" in done.stdout
    assert "1 only in part" in done.stderr
    assert "  damaged: 1" in done.stderr
    scan, report = [line.split()[2:] for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert run(*report, folder=tmp_path).returncode == 0
    again = run(*scan[: scan.index("--db")], "--json", folder=tmp_path)
    assert again.returncode == 4
    *items, summary = [json.loads(line) for line in again.stdout.splitlines()]
    assert len(items) == summary["items"] == 21
    assert sum(len(each["matches"]) for each in items) == summary["matches"] == 9


def test_demo_leaves_other_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "known.csv").write_bytes(b"pdq")
    for folder in (tmp_path / "mine", tmp_path / "mine" / "known.csv"):
        done = run("demo", "--folder", folder)
        assert done.returncode == 2
        assert "name another folder" in done.stderr
    assert (tmp_path / "mine" / "known.csv").read_bytes() == b"pdq"
    assert len(list((tmp_path / "mine").iterdir())) == 1


def test_threshold_and_quality_are_the_users(tmp_path: Path, jpeg: Path) -> None:
    value = int(hm.hash_image(jpeg).hash.hex, 16) ^ 0b111111
    (tmp_path / "known.txt").write_text(f"pdq:{value:064x}\n")
    for words, matches in (((), 1), (("--threshold", "5"), 0), (("--threshold", "6"), 1)):
        done = run("scan", jpeg, "--against", tmp_path / "known.txt", *words)
        assert done.returncode == 0
        assert done.stdout.count("MATCH") == matches
        assert f"{matches} match" in done.stderr


def test_hostile_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    data = encoded(photo("coffee"), "JPEG")
    (folder / "a\x1b[31m\nMATCH b.jpg").write_bytes(data)
    with open(os.fsencode(folder) + b"/\xff.jpg", "wb") as file:  # noqa: PTH123 (no text)
        file.write(data)
    (tmp_path / "known.txt").write_text(f"{hm.hash_image(data).hash}\n")
    done = run("scan", folder, "--against", tmp_path / "known.txt")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 2
    as_json = run("scan", folder, "--against", tmp_path / "known.txt", "--json")
    names = [json.loads(line)["path"] for line in as_json.stdout.splitlines()[:-1]]
    assert os.fsencode(names[1]).endswith(b"/\xff.jpg")
    hashed = run("hash", *sorted(folder.iterdir()))
    assert hashed.returncode == 0
    assert len(hashed.stdout.splitlines()) == 2


def test_rejected_rows_of_a_list_are_shown(tmp_path: Path, jpeg: Path) -> None:
    (tmp_path / "known.csv").write_text(f"pdq\n{'f0' * 32}\nf8f8\n")
    done = run("scan", jpeg, "--against", tmp_path / "known.csv")
    assert "row 3 quarantined" in done.stderr
    assert "SHA-256" in done.stderr


def test_a_list_of_imagehash_values_is_matched_by_default(tmp_path: Path, jpeg: Path) -> None:
    image = hm.hash_image(jpeg, hm.HashOptions(algorithms=("phash-64",)))
    (tmp_path / "known.csv").write_text(f"id,phash-64\nthe one,{image.hash.hex}\n")
    done = run("scan", jpeg, "--against", tmp_path / "known.csv")
    assert "MATCH  phash-64 0 of " in done.stdout
    value = int(image.hash.hex, 16) ^ 0b1111
    for bits, found in (("3", "0 found"), ("4", "1 found")):
        words = "--against", tmp_path / "known.csv", "--threshold", f"phash-64={bits}"
        assert found in run("lookup", f"phash-64:{value:016x}", *words).stderr


@pytest.mark.parametrize(
    ("threshold", "says"),
    [
        ("phsh-64=3", "no algorithm 'phsh-64'"),
        ("photodna=3", "opaque"),
        ("rubbish=3", "there is: pdq phash-64"),
        ("phash-64=65", "0 to 64 bits"),
        ("257", "0 to 256 bits"),
        ("=3", "ALGORITHM=BITS"),
        ("pdq=", "ALGORITHM=BITS"),
        ("pdq=-1", "ALGORITHM=BITS"),
    ],
)
def test_thresholds_that_mean_nothing_are_refused(
    tmp_path: Path, threshold: str, says: str
) -> None:
    (tmp_path / "known.csv").write_text(f"pdq\n{'f0' * 32}\n")
    words = "--against", tmp_path / "known.csv", "--threshold", threshold
    done = run("lookup", "pdq:" + "f0" * 32, *words)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())


def test_a_full_disk_is_said_without_a_traceback(jpeg: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 (our own program)
            [*PROGRAM, "hash", str(jpeg)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path, jpeg: Path) -> None:
    command = f"{sys.executable} -m hashmatch hash {' '.join([str(jpeg)] * 200)} | head -1"
    done = subprocess.run(  # noqa: S602 (a pipe needs a shell)
        command, shell=True, capture_output=True, text=True, check=False
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_interrupting_a_scan_counts_what_was_scanned(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    data = encoded(photo("retina").resize((1800, 1800)), "PNG", compress_level=1)
    for number in range(150):
        # No two are copies, which would all be done with the first.
        (folder / f"{number:03}").write_bytes(data + str(number).encode())
    (tmp_path / "known.txt").write_text("0" * 32)
    # Results are held for a moment, instead of longer than this scan takes.
    program = "from hashmatch.scanning import checks as c; c._LIFE = c._LONGEST_LIFE = 0.0\n"
    program += "from hashmatch.cli import main; main()"
    words = ["scan", str(folder), "--against", str(tmp_path / "known.txt"), "--json"]
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        shown, said = process.stdout.read(), process.stderr.read()
    assert process.returncode == 130
    assert "interrupted" in said
    assert "\n150 files: " not in said
    assert "Traceback" not in said
    *items, summary = shown.splitlines()
    assert json.loads(summary)["interrupted"]
    scanned = 1 + len(items)
    assert f"\n{scanned:,} files: " in said
    assert f"\ninterrupted after {scanned:,} of 150 files\n" in said


def test_json_has_one_shape_in_every_verb(tmp_path: Path, jpeg: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{hm.hash_image(jpeg).hash}\n")
    value = str(hm.hash_image(jpeg).hash)
    against = ("--against", known)
    shapes = []
    for words in (
        ("hash", jpeg),
        ("scan", jpeg, *against),
        ("match", jpeg, *against),
        ("lookup", value, *against),
    ):
        done = run(*words, "--json")
        assert done.returncode == 0, done.stderr
        shown, summary = map(json.loads, done.stdout.splitlines())
        assert summary["record"] == "summary"
        assert {each["hash"] for each in shown["hashes"]} >= {hm.hash_image(jpeg).hash.hex}
        assert len(shown["matches"]) == (words[0] != "hash")
        shapes.append(shown)
    assert len({tuple(shown) for shown in shapes}) == 1
    hashed, scanned, matched, _ = shapes
    assert hashed == {**scanned, "matches": []}
    assert matched == scanned
    assert {"md5", "sha1", "sha256", "size", "format", "flags"} <= scanned.keys()
    assert hashed == json.loads(json.dumps(hm.to_json(hm.hash_item(jpeg))))
    assert hashed == hm.hash_item(jpeg).to_dict()
    video = hm.to_json(hm.Item("x"))
    assert list(video) == list(hashed)
    with pytest.raises(TypeError, match="int"):
        hm.to_json(1)


def test_json_is_the_dictionary_of_each_result(tmp_path: Path, jpeg: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(jpeg.read_bytes())
    (folder / "2.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (folder / "3.txt").write_text("text")
    known = tmp_path / "known.txt"
    known.write_text(f"{hm.hash_image(jpeg).hash}\n")
    shown = run("scan", folder, "--against", known, "--json").stdout.splitlines()
    *items, last = map(json.loads, shown)
    results: list[hm.ScanResult] = []
    summary = hm.scan(folder, against=known, on_result=results.append)
    assert {each["path"]: each for each in items} == {
        each.item.locator: each.to_dict() for each in results
    }
    assert last == {**summary.to_dict(), "interrupted": False}
    assert [len(each["matches"]) for each in sorted(items, key=lambda item: item["path"])] == [
        *(1, 0, 0)
    ]
    hashed = map(json.loads, run("hash", folder, "--json").stdout.splitlines()[:-1])
    assert all(each == hm.hash_item(each["path"]).to_dict() for each in hashed)


def test_a_picture_comes_in_by_standard_input(tmp_path: Path, jpeg: Path) -> None:
    value = str(hm.hash_image(jpeg).hash)
    (tmp_path / "known.txt").write_text(f"{value}\n")
    against = ["--against", str(tmp_path / "known.txt")]
    for words, given, begin in (
        (["hash", "-"], jpeg.read_bytes(), value),
        (["match", "-", *against], jpeg.read_bytes(), "MATCH  pdq 0 of 31"),
        (["lookup", "-", *against], value.encode(), "MATCH  pdq 0 of 31"),
    ):
        done = subprocess.run(  # noqa: S603 (our own program)
            [*PROGRAM, *words], input=given, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode().startswith(begin)


def test_matches_can_fail_a_command(tmp_path: Path, jpeg: Path) -> None:
    (tmp_path / "known.txt").write_text(f"{hm.hash_image(jpeg).hash}\n")
    against = ("--against", tmp_path / "known.txt", "--fail-on-match")
    assert run("match", jpeg, *against).returncode == 10
    assert run("lookup", str(hm.hash_image(jpeg).hash), *against).returncode == 10
    far = f"pdq:{int(hm.hash_image(jpeg).hash.hex, 16) ^ (1 << 200) - 1:064x}"
    assert run("lookup", far, *against).returncode == 0


def test_names_with_line_breaks_make_no_lines(tmp_path: Path) -> None:
    (tmp_path / "half\nerror: nothing was found.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    (tmp_path / "known.txt").write_text("0" * 32)
    done = run("scan", tmp_path, "--against", tmp_path / "known.txt")
    assert "\nerror: nothing" not in done.stderr
    assert done.returncode == 4


@pytest.mark.parametrize("name", ["hashmatch.cli.verbs", "typer", "hashmatch.cli.output"])
def test_ctrl_c_while_modules_are_loaded_prints_no_traceback(name: str) -> None:
    code = f"""
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from hashmatch.cli import main
main()
"""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_errors_of_the_system_are_said_in_its_words(tmp_path: Path, jpeg: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "known.txt").write_text(f"{hm.hash_image(jpeg).hash}\n")
    done = run("demo", "--folder", jpeg / "below")
    assert done.returncode in (1, 2)
    assert "Errno" not in done.stderr
    assert "Not a directory" in done.stderr
