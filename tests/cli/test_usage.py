"""How wrong use, standard input, full disks and places that cannot be written are said."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import hashmatch as hm
from hashmatch.cli.app import app
from hashmatch.errors import OutputError, ReadOnlyDatabaseError
from hashmatch.sightings.database import Database
from tests.support.photos import encoded, photo


@pytest.fixture(autouse=True)
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HASHMATCH_INDEX", raising=False)
    Path("card").mkdir()
    Path("card/a.png").write_bytes(encoded(photo("coffee"), "PNG"))
    Path("card/notes.txt").write_text("no picture")
    Path("known.csv").write_text(f"id,pdq\nx,{hm.hash_image('card/a.png').hash.hex}\n")
    return tmp_path


def run(*words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def program(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "hashmatch", *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("lists", "export"), "error: missing argument 'LIST'\n"),
        (("scan", "card", "--against", "known.csv", "--workers", "-1"), "error: --workers: "),
        (("hash", "--modes", "x", "card"), "error: no such option: --modes"),
        (("lists", "export", "VIC"), "error: there is no file VIC"),
    ],
)
def test_wrong_use_is_said_as_every_other_error(words: tuple[str, ...], says: str) -> None:
    done = program(*words)
    assert done.returncode == 2
    assert done.stderr.startswith(says)
    assert "Usage:" not in done.stderr
    assert done.stderr.splitlines()[-1].endswith("--help")


def test_a_look_up_of_nothing_is_no_success(lab: Path) -> None:
    words = (*(sys.executable, "-m", "hashmatch"), "lookup", "--against", "known.csv")

    def looked_up(given: Path, *more: str) -> tuple[int, str, str]:
        with given.open("rb") as file:
            done = subprocess.run(  # noqa: S603 (our own program)
                [*words, *more], stdin=file, capture_output=True, text=True, check=False
            )
        return done.returncode, done.stdout, done.stderr

    code, _, said = looked_up(Path(os.devnull))
    assert code == 2
    assert said.startswith("error: no value is given, as an argument or on standard input")
    assert "hashmatch lookup pdq:" in said
    for text in ("", " \n\n"):
        (lab / "values").write_text(text)
        code, printed, said = looked_up(lab / "values", "--json")
        assert code == 4
        assert "warning: standard input holds no value: nothing was looked up" in said
        assert '"values": 0' in printed
    (lab / "values").write_text("pdq:" + "0" * 64)
    assert looked_up(lab / "values")[0] == 0


def test_an_empty_standard_input_is_no_file_that_was_matched() -> None:
    done = run("match", "-", "--against", "known.csv")
    assert "warning: standard input is empty: nothing was matched" in done.stderr
    assert done.exit_code == 4


@pytest.mark.parametrize(
    "words",
    [
        ("lookup", "--against", "known.csv"),
        ("match", "-", "--against", "known.csv"),
        ("match", "card/a.png", "--against", "-"),
        ("lists", "check", "-"),
    ],
)
def test_a_closed_standard_input_is_wrong_use(words: tuple[str, ...]) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        ["/bin/sh", "-c", 'exec "$0" -m hashmatch "$@" <&-', sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: standard input is closed")


def test_a_list_comes_in_by_standard_input_wherever_one_is_named() -> None:
    known = Path("known.csv").read_bytes()
    for words in (("scan", "card"), ("match", "card/a.png")):
        done = run(*words, "--against", "-", "--workers", "0", given=known)
        assert done.exit_code == 0, done.stderr
        assert "MATCH  pdq 0 of 31" in done.stdout
    value = f"pdq:{hm.hash_image('card/a.png').hash.hex}"
    assert "MATCH" in run("lookup", value, "--against", "-", given=known).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("match", "-", "--against", "-"),
        ("match", "-", "-", "--against", "known.csv"),
        ("lookup", "--against", "-"),
        ("scan", "card", "--against", "-", "--against", "-"),
        ("hash", "-", "-"),
        ("lists", "check", "-", "-"),
        ("lists", "import", "-", "-", "--index", "lab"),
    ],
)
def test_standard_input_is_read_once(words: tuple[str, ...]) -> None:
    done = run(*words, given=b"x")
    assert done.exit_code == 2
    assert "standard input is read once" in " ".join(done.stderr.replace("│", " ").split())


def test_a_folder_is_no_standard_input() -> None:
    done = run("scan", "-", "--against", "known.csv")
    assert done.exit_code == 2
    assert "hashmatch match -" in " ".join(done.stderr.replace("│", " ").split())


def test_a_list_on_standard_input_that_is_none_is_named_so() -> None:
    done = run("lists", "check", "-", given=b"\0\1\2")
    assert "standard input" in str(done.exception)
    assert "hashmatch-" not in str(done.exception)


def test_a_picture_on_standard_input_is_counted() -> None:
    given = Path("card/a.png").read_bytes()
    done = run("match", "-", "--against", "known.csv", given=given)
    assert done.exit_code == 0
    assert "0 files" not in done.stderr
    assert f"1 file, {len(given) / 1000:.1f} kB" in done.stderr


def test_all_files_of_a_folder_are_hashed() -> None:
    done = run("hash", "card")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"pdq:{hm.hash_image('card/a.png').hash.hex}")
    assert "1 no picture" in done.stderr
    assert run("hash", "card/notes.txt").exit_code == 4
    assert len(run("hash", "card", "--for-sharing").stdout.splitlines()) == 2
    with pytest.raises(hm.UnreadableImageError, match="a folder, not a file"):
        hm.hash_image("card")


def test_every_quarantined_row_can_be_shown_with_the_command_that_is_printed() -> None:
    rows = "".join(f"{number},zz\n" for number in range(30))
    Path("some list.csv").write_text(Path("known.csv").read_text() + rows)
    done = run("match", "card/a.png", "--against", "some list.csv", "--workers", "0")
    assert "all of them: hashmatch lists check 'some list.csv'" in done.stderr


def test_a_full_disk_is_said_with_the_name_of_what_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run("lists", "import", "known.csv", "--index", "lab")
    before = sorted(Path("lab").iterdir())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    Path("new.csv").write_text("md5\n" + "0" * 32 + "\n")
    done = run("lists", "import", "new.csv", "--index", "lab")
    assert isinstance(done.exception, OutputError)
    assert "the index lab cannot be written: No space left on device; make space" in str(
        done.exception
    )
    assert sorted(Path("lab").iterdir()) == before
    done = run("lists", "export", "known.csv", "--output", "out.jsonl")
    assert "out.jsonl cannot be written: No space left" in str(done.exception)
    assert not Path("out.jsonl").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that even root cannot write to")
def test_places_that_cannot_be_written_are_said_with_the_reason() -> None:
    with pytest.raises(ReadOnlyDatabaseError, match=r"/proc/lab\.db cannot be made: No such file"):
        Database.open("/proc/lab.db")
    words = ("scan", "card", "--against", "known.csv", "--case", "1", "--db", "/proc/lab.db")
    assert program(*words).returncode == 1
    done = run("lists", "import", "known.csv", "--index", "/proc/lab")
    assert isinstance(done.exception, OutputError)
    assert "the index /proc/lab cannot be written: No such file" in str(done.exception)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("words", [("--help",), ("lists", "--help"), ("--version",), ("formats",)])
def test_what_cannot_be_printed_names_standard_output(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-m", "hashmatch", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: standard output cannot be written: No space left on ")


def test_a_file_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text(f"id,md5\nx,{'ab' * 16}\n")
    done = run("match", str(tmp_path / "nofile"), "--against", str(known))
    assert done.exit_code == 4
    assert "No such file or directory; is the path right?" in done.output


def test_lines_of_sha256sum_are_looked_up(tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text(f"id,md5\nx,{'ab' * 16}\n")
    done = run("lookup", "--against", str(known), given=f"{'AB' * 16}  DCIM/a b.jpg\n".encode())
    assert done.exit_code == 0, done.output
    assert "1 found" in done.output
    wrong = run("lookup", "--against", str(known), given=f"{'z' * 200}\n".encode())
    assert "zz…: " in wrong.output
    assert "one value a line" in wrong.output


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("lists", ""), {"check", "enrol", "export", "fetch", "import", "policy", "show"}),
        (("scan", "x", "--prof"), {"--profile"}),
        (("scan", "x", "--profile", ""), {"strict", "default", "wide"}),
        (("scan", "x", "--threshold", "phash"), {"phash-64=", "phash-256="}),
        (("scan", "", "--profile", "w"), {"wide"}),
        (("hash", "--algorithm", "dhash"), {"dhash-64", "dhash-256"}),
        (("hash", "--mode", ""), {"fast", "exact", "centred"}),
        (("hash", "--sampling", "a"), {"adaptive"}),
        (("report", "--format", ""), {"html", "json", "jsonl", "csv", "parquet", "vics"}),
        (("lists", "import", "--format", "v"), {"vics", "vpdq", "vpdq-json"}),
        (("lists", "export", "L", "--format", "v"), {"vics", "vpdq", "vpdq-json"}),
        (("lists", "fetch", "n"), {"ncmec"}),
    ],
)
def test_a_shell_is_offered_what_can_be_written(typed: tuple[str, ...], offered: set[str]) -> None:
    words = " ".join(["hashmatch", *(each or "''" for each in typed[:-1]), typed[-1]])
    asked = {
        "_HASHMATCH_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed)),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'hashmatch'; import hashmatch.__main__"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert offered <= set(done.stdout.split())
    if typed[0] != "lists" or len(typed) > 2:
        assert offered == set(done.stdout.split())
