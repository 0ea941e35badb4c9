"""What commands load: those that store, trace and report never load what reads a picture."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.valid_files import valid_files

DECODERS = {"PIL", "av", "pi_heif", "pylibjxl", "simplejpeg"}
DECODERS |= {"hashmatch.decoding", "hashmatch.hashers"}
ENGINES = {"faiss", "hashmatch.index"}
HASH = f"pdq:{'0f' * 32}"
RECORD = ("--db", "lab.sightings")
REPORT = ("report", *RECORD, "--case", "1")

_BEFORE = "import sys; before = set(sys.modules)"
_PROGRAM = """
import json
from hashmatch.cli import main
sys.argv = ["hashmatch", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


def run(folder: Path, *arguments: str, first: str = "", code: int | None = 0) -> set[str]:
    """The modules that a command loads until it ends; what is to be done before it is code.

    What is there before, such as that which measures coverage, is not the command's.
    """
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", f"{_BEFORE}\n{first}\n{_PROGRAM}", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert code in (done.returncode, None), done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a list, an index and the record of a scan."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "evidence").mkdir()
    (folder / "evidence/note.txt").write_text("nothing to see")
    (folder / "list.csv").write_text(f"hash,quality\n{HASH},100\n")
    run(folder, "lists", "import", "list.csv", "--index", "lab.index")
    run(folder, "scan", "evidence", "--against", "lab.index", *RECORD, "--case", "1")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        (*REPORT, "--output", "a.html"),
        (*REPORT, "--format", "json", "--output", "a.json"),
        (*REPORT, "--format", "csv", "--output", "a.csv"),
        (*REPORT, "--format", "vics", "--output", "b.json"),
        ("audit", "verify", *RECORD),
        ("cases", *RECORD),
    ],
)
def test_what_reads_the_record_loads_no_decoder_and_no_engine(
    arguments: tuple[str, ...], lab: Path
) -> None:
    assert run(lab, *arguments) & (DECODERS | ENGINES) == set()


@pytest.mark.parametrize(
    "arguments",
    [("lists", "show", "--index", "lab.index"), ("lookup", HASH, "--against", "lab.index")],
)
def test_what_reads_lists_loads_no_decoder(arguments: tuple[str, ...], lab: Path) -> None:
    assert run(lab, *arguments) & DECODERS == set()


def test_a_look_up_loads_nothing_that_writes_an_index_or_keeps_a_record(lab: Path) -> None:
    loaded = run(lab, "lookup", HASH, "--against", "lab.index")
    assert (
        loaded & {"hashmatch.index.writer", "filelock", "hashmatch.sightings", "sqlite3"} == set()
    )


def test_a_match_without_a_record_loads_no_record(lab: Path) -> None:
    loaded = run(lab, "match", "list.csv", "--against", "lab.index", code=None)
    assert "hashmatch.scanning.engine" in loaded
    assert "hashmatch.sightings.recording" not in loaded


def test_a_scan_leaves_decoders_and_parsers_to_its_workers(lab: Path) -> None:
    (lab / "zipped").mkdir()
    with zipfile.ZipFile(lab / "zipped/a.zip", "w") as archive:
        archive.writestr("a.jpg", valid_files()["jpeg-12-bit"])
    loaded = run(lab, "scan", "zipped", "--against", "lab.index", "--workers", "1")
    assert loaded & (DECODERS - {"hashmatch.hashers"}) == set()
    assert "hashmatch.sources.inside.zip" not in loaded


def test_what_a_registry_loads_by_its_name_is_seen(lab: Path) -> None:
    by_name = "import hashmatch.registry as r; r.load('hashers', 'pdq')"
    assert "hashmatch.hashers" in run(lab, "cases", *RECORD, first=by_name)


@pytest.mark.parametrize(
    ("arguments", "others"),
    [
        (("lookup", HASH, "--against", "lab.index"), {"scanning", "tracing", "reports.html"}),
        (("index", "info", "--index", "lab.index"), {"scanning", "tracing", "decoding", "hashing"}),
        (("algorithms",), {"index", "scanning", "tracing", "decoding", "matching"}),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_a_verb_loads_no_other(lab: Path, arguments: tuple[str, ...], others: set[str]) -> None:
    found = run(lab, *arguments, code=None)
    assert {f"hashmatch.{each}" for each in others} & found == set()
    verbs = {each for each in found if each.startswith("hashmatch.cli.")}
    assert "hashmatch.cli.scan" not in verbs
    assert "hashmatch.cli.trace_report" not in verbs
