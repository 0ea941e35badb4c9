"""`hashmatch trace export`."""

from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from tests.support.exported import HIDDEN, POINTER, recorded
from tests.support.hostile_values import run


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("recorded") / "db", mark="TLP:RED")


@pytest.mark.parametrize("format", ["graphml", "stix"])
def test_red_is_released_by_somebody_alone(red: Path, format: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["trace", "export", "--db", str(red), "--format", format, "--out", str(out)]
    code, said = run(words)
    assert code == 2
    assert "--release-red" in said
    assert not out.exists()
    code, said = run([*words, "--release-red"])
    assert code == 0
    assert "HANDLING: TLP:RED" in said
    assert out.exists()
    assert run([*words, "--release-red"])[0] == 2  # it is there already
    assert run([*words, "--release-red", "--force"])[0] == 0


def test_what_is_not_shown_needs_no_release(red: Path, tmp_path: Path) -> None:
    """Of another case, which shares nothing of what is marked, sightings go out as they are."""
    words = ["trace", "export", "--db", str(red), "--format", "stix", "--case", "2"]
    code, said = run([*words, "--out", str(tmp_path / "out")])
    assert (code, "TLP" in said) == (0, False)


def test_what_cannot_be_carried_is_said(red: Path, tmp_path: Path) -> None:
    words = ["trace", "export", "--db", str(red), "--format", "timesketch", "--release-red"]
    code, said = run([*words, "--out", str(tmp_path / "out")])
    assert code == 0
    assert "cannot carry: events without a time (1)" in said
    assert "cases of which others learn no more than whom to ask (1)" in said
    code, said = run(
        ["trace", "export", "--db", str(red), "--format", "vics", "--out", str(tmp_path / "x")]
    )
    assert code == 2
    with Database.open(red, read_only=True) as database:
        assert POINTER in database.cases()


@pytest.mark.parametrize(
    "words",
    [
        ("trace", "export", "--format", "graphml", "--out"),
        ("trace", "report", "--output"),
        ("report", "--case", "2", "--output"),
    ],
)
def test_a_database_is_never_written_over(red: Path, words: tuple[str, ...]) -> None:
    before = red.read_bytes()
    released = ["--release-red", "--no-update"] if words[0] == "trace" else []
    code, said = run([*words, str(red), "--db", str(red), "--force", *released])
    assert code == 2
    assert "database" in said
    assert red.read_bytes() == before


def test_graphs_carry_pointers_and_no_export_goes_to_standard_output(
    red: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["trace", "export", "--db", str(red), "--format", "graphml", "--release-red", "--out"]
    assert run([*words, "-"])[0] == 2
    assert [*tmp_path.iterdir()] == []
    assert "cannot carry" not in run([*words, "out"])[1]


@pytest.mark.parametrize("words", [("stats",), ("matrix",), ("report", "--json")])
def test_a_wrong_number_names_no_hidden_case(red: Path, words: tuple[str, ...]) -> None:
    code, said = run(["trace", *words, "--db", str(red), "--case", "nobody's"])
    assert code == 2
    assert POINTER in said
    assert HIDDEN not in said


def test_a_kind_of_time_that_nothing_has_is_named(red: Path) -> None:
    words = ["trace", "stats", "--db", str(red), "--time"]
    assert "no time of the kind 'uploadedd'" in run([*words, "uploadedd"])[1]
    assert "no time of the kind" not in run([*words, "uploaded"])[1]
