"""What commands say to options that are missing, contradict each other or mean nothing."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import typer
from typer.testing import CliRunner

import hashmatch as hm
from hashmatch import registry
from hashmatch.cli import main
from hashmatch.cli.app import app
from hashmatch.cli.export import _WRITTEN
from hashmatch.hashlists.base import ListWriter
from hashmatch.index.index import Index
from tests.support.photos import encoded, photo

Run: TypeAlias = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lab = tmp_path_factory.mktemp("lab")
    (lab / "card").mkdir()
    (lab / "empty").mkdir()
    (lab / "card/a.png").write_bytes(encoded(photo("coffee"), "PNG"))
    (lab / "known.csv").write_text(f"id,pdq\nx,{hm.hash_image(lab / 'card/a.png').hash.hex}\n")
    with Index.edit(lab / "lab.index") as writer:
        writer.put(hm.read_list(lab / "known.csv", name="L"))
    return lab


@pytest.fixture
def run(
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in ("HASHMATCH_INDEX", "HASHMATCH_DB", "HASHMATCH_HEAD_LOG", "HASHMATCH_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)

    def called(*words: str) -> tuple[int, str]:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["hashmatch", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capfd.readouterr().err

    before = signal.getsignal(signal.SIGINT)
    yield called
    signal.signal(signal.SIGINT, before)


SCAN = ("scan", "card", "--against", "lab.index", "--workers", "0")
ENROL = ("lists", "enrol", "card", "--index", "lab.index", "--name")
IMPORT = ("lists", "import", "known.csv", "--index", "lab.index")
RECORD = "which needs a database (--db FILE, or HASHMATCH_DB) and a case (--case N)"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*SCAN, "--case", "1"), f"--db is missing: --case is for a scan on record, {RECORD}"),
        ((*SCAN, "--db", "d"), f"--case is missing: --db is for a scan on record, {RECORD}"),
        ((*SCAN, "--db", "d", "--case", ""), "--case: a value is empty: is a variable not set?"),
        ((*SCAN, "--case", ""), "--case: a value is empty"),
        ((*SCAN, "--sign", ""), "--sign: a value is empty"),
        ((*SCAN, "--sign=", "--db", "d", "--case", "1"), "--sign: a value is empty"),
        ((*SCAN, "--head-log", "", "--db", "d", "--case", "1"), "--head-log: a path is empty"),
        ((*SCAN, "--exhibit", "", "--db", "d", "--case", "1"), "--exhibit: a value is empty"),
        ((*SCAN, "--passwords", ""), "--passwords: a path is empty"),
        (("audit", "verify", "--db", "d", "--head", ""), "--head: a value is empty"),
        (("report", "--db", "d", "--case", "1", "--note", ""), "--note: a value is empty"),
        (("show", "card/a.png", "--source", ""), "--source: a path is empty"),
        (("show", ""), "LOCATOR: a value is empty"),
        (("lookup", "", "--against", "lab.index"), "[VALUE...]: a value is empty"),
        ((*SCAN, "--db", "d", "--case", " "), "--case is missing: --db is for"),
        (("scan", "", *SCAN[2:]), "DIR...: a path is empty: is a variable not set?"),
        ((*SCAN, "--db", "", "--case", "1"), "--db: a path is empty"),
        (("match", "card/a.png", "--against", ""), "--against: a path is empty"),
        (("match", "card/a.png", "", "--against", "lab.index"), "FILE...: a path is empty"),
        (("hash", ""), "FILE...: a path is empty"),
        (("lists", "enrol", "", *ENROL[3:], "E"), "DIR: a path is empty"),
        (("lists", "show", "--index="), "--index: a path is empty"),
        ((*SCAN, "--exhibit", "7"), "--db and --case are missing: --exhibit is for"),
        ((*SCAN, "--resume"), "--db and --case are missing: --resume is for"),
        ((*SCAN, "--rescan"), "--db and --case are missing: --rescan is for"),
        ((*SCAN, "--replace-earlier"), "--db and --case are missing: --replace-earlier is for"),
        ((*SCAN, "--head-log", "h"), "--db and --case are missing: --head-log is for"),
        ((*SCAN, "--sign", "k", "--db", "d"), "--case is missing: --sign is for"),
        (
            (*SCAN, "--db", "d", "--case", "1", "--resume", "--rescan"),
            "--resume continues a scan, and --rescan starts a new one: give only one of them",
        ),
        (("scan", "card", *SCAN[1:]), "card is given twice"),
        (("scan", "card", "..", *SCAN[2:]), "card lies in .."),
        ((*ENROL, "E", "--category", "5"), "written SCHEME/CODE, as OWN/1, not '5'"),
        ((*ENROL, "E", "--category", "/5"), "written SCHEME/CODE, as OWN/1, not '/5'"),
        ((*ENROL, "E", "--category", "OWN/ "), "written SCHEME/CODE, as OWN/1, not 'OWN/ '"),
        ((*ENROL, " "), "--name: the list needs a name"),
        ((*IMPORT, "--name", "L", "--replace", "--update"), "exclude each other"),
        ((*IMPORT, "known.csv", "--name", "M"), "--name is for a single file, and 2 are given"),
        ((*IMPORT, "--format", "plain", "--map", "md5=x"), "the format is 'plain'"),
        (
            ("lists", "policy", "L", "--index", "lab.index", "--known-good", "--notable"),
            "--known-good and --notable exclude each other",
        ),
        (("hash", "card", "--for-sharing", "--json"), "--for-sharing prints a list as CSV"),
        (("hash", "card", "--for-sharing", "--orientations"), "--for-sharing prints a list as CSV"),
        (("hash", "card", "--algorithm", "nope"), "no algorithm is called 'nope'; there is:"),
        (("hash", "card", "--sampling", "x"), "adaptive, reference or triage, not 'x'"),
        (("hash", "card", "--threads", "0"), "--threads: "),
        (
            ("lists", "export", "nope", "--index", "lab.index"),
            "no list of the index lab.index, and no file, is called 'nope'; there is:\n  L\n",
        ),
        (("audit", "verify", "--db", "db", "--head", "12"), "--head: a head is all 64 hex digits"),
    ],
)
def test_wrong_use_says_which_option_is_at_fault(
    run: Run, words: tuple[str, ...], says: str
) -> None:
    code, said = run(*words)
    assert says in said
    assert said.startswith("error: ")
    assert "Input should" not in said
    assert code == 2
    assert not Path("db").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("lists", "enrol", "empty", *ENROL[3:], "E"), 4, "empty holds no file"),
        (("match", "empty", "--against", "lab.index", "--workers", "0"), 4, "empty holds no file"),
        (("hash", "empty"), 4, "empty holds no file"),
        (("scan", "empty", *SCAN[2:]), 4, "empty holds no file"),
        (("index", "verify", "--index", "empty"), 5, "empty holds no index"),
        (
            (*SCAN, "--threshold", "phash-64=3"),
            0,
            "WARNING: --threshold phash-64=3 has no effect: no phash-64 hash is known",
        ),
    ],
)
def test_what_means_nothing_is_said(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    found, said = run(*words)
    assert (found, says in said, "checks failed" in said) == (code, True, False)


@pytest.mark.parametrize("form", ["nope", "nsrl", "vpdq"])
def test_an_export_names_the_formats_that_are_written(run: Run, form: str) -> None:
    written = {
        name
        for name in registry.names("lists")
        if isinstance(registry.load("lists", name), ListWriter)
    }
    assert {each for each in _WRITTEN.split(", ") if " " not in each} == written
    code, said = run("lists", "export", "L", "--index", "lab.index", "--format", form)
    if form in written:
        assert code == 0
        return
    assert code == 2
    message, *there = said.splitlines()
    assert message == f"error: hash lists are not written in the format {form!r}; there is:"
    assert {each.strip() for each in there} == written


def test_a_head_log_that_is_not_there_is_wrong_use(run: Run) -> None:
    database = ("--db", "db", "--case", "1")
    assert run(*SCAN, *database)[0] == 0
    for words in (("audit", "verify", *database[:2]), ("report", *database, "--output", "r")):
        code, said = run(*words, "--head-log", "nowhere")
        assert "error: the head log nowhere cannot be read" in said
        assert code == 2


def test_an_index_that_another_process_writes_could_not_be_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hashmatch.index.writer._SECONDS", 0.1)
    with Index.edit("lab.index"):
        code, said = run("lists", "remove", "L", "--index", "lab.index")
    assert "another process" in said
    assert code == 1


def test_no_help_is_cut_short() -> None:
    def verbs(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, each in getattr(command, "commands", {}).items():
            yield from verbs(each, (*path, name))

    for path in verbs(typer.main.get_command(app), ()):
        shown = CliRunner().invoke(app, [*path, "--help"], prog_name="hashmatch").stdout
        first, *lines = shown.splitlines()
        assert "{" not in first
        assert "[[" not in first
        assert not first.endswith("......")
        assert not [
            line for line in lines if line.endswith(("...", "…")) and "hashmatch " not in line
        ]
        assert "<int range>" not in shown


def verbs(command: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in getattr(command, "commands", {"": command}).items():
        if hasattr(each, "commands"):
            yield from verbs(each, (*before, name))
        else:
            yield (*before, name), each


def test_no_option_of_any_verb_may_be_empty() -> None:
    """Nor is one read before it is refused: nothing of it is there."""
    seen = 0
    for words, verb in verbs(typer.main.get_command(app)):
        for each in verb.params:
            option = each.opts[0]
            if getattr(each, "is_flag", False) or not option.startswith("--"):
                continue
            with pytest.raises(typer.BadParameter, match="empty: is a variable not set") as said:
                app([*words, option, ""], standalone_mode=False)
            assert said.value.param_hint == option
            seen += 1
    assert seen > 90
