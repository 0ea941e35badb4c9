"""No file and no function is longer than a reader takes in at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
"""Lines from `def` to its end, without those of the docstring."""


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            said = docstring.count("\n") + 1 if docstring else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - said


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks"])
def test_files_are_short(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    sizes = {each: len(each.read_text(encoding="utf-8").splitlines()) for each in files}
    assert {str(each): size for each, size in sizes.items() if size > LONGEST_FILE} == {}
    assert len(sizes) > 10


def test_functions_are_short() -> None:
    found = [
        (path.name, name, lines)
        for path in (ROOT / "src").rglob("*.py")
        for name, lines in functions(path)
    ]
    assert [each for each in found if each[2] > LONGEST_FUNCTION] == []
    assert len(found) > 1000
