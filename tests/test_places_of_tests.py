"""Where tests lie: what tests a module is found by the module's name, and no name says another."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src/hashmatch"
FILES = [each for each in sorted(TESTS.rglob("test_*.py")) if "fixtures" not in each.parts]
MODULES = {each.stem for each in SOURCE.rglob("*.py")} | {
    each.parent.name for each in SOURCE.rglob("__init__.py")
}


def faults(room: Path, name: str, text: str) -> Iterator[str]:
    """What is wrong with a file of tests."""
    place = SOURCE / room
    if not place.is_dir():
        yield f"no room of hashmatch is called {room}"
    words = name.removeprefix("test_").split("_")
    if words == [room.name] or any(
        (place / f"{module}.py").exists() or (place / module / "__init__.py").exists()
        for module in ("_".join(words[:count]) for count in range(1, len(words) + 1))
    ):
        return
    if "_".join(words) in MODULES:
        yield "it has the name of a module that lies in another room"
    if not ast.get_docstring(ast.parse(text)):
        yield "it is named after no module, and no docstring says what holds"


def test_files_are_named_after_modules_of_their_rooms_or_say_what_holds() -> None:
    found = {
        str(path.relative_to(TESTS)): list(
            faults(path.parent.relative_to(TESTS), path.stem, path.read_text(encoding="utf-8"))
        )
        for path in FILES
    }
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("room", "name", "text", "count"),
    [
        ("decoding", "test_tiff", "", 0),
        ("decoding", "test_tiff_pages", "", 0),
        ("model", "test_model", "", 0),
        ("search", "test_kernels", "", 0),
        ("decoding", "test_viewers", '"""As viewers show it."""', 0),
        ("decoding", "test_viewers", "", 1),
        ("scanning", "test_tiff", '"""Pages."""', 1),
        ("sources", "test_lvm", "", 2),
        ("nowhere", "test_tiff", '"""Pages."""', 2),
    ],
)
def test_other_names_are_refused(room: str, name: str, text: str, count: int) -> None:
    assert len(list(faults(Path(room), name, text))) == count
