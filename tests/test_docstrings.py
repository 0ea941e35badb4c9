"""Docstrings, also of constants, begin with a noun or a verb, not in the middle of a sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
FRAGMENT = re.compile(
    r"(?:After|As|At|Because|Before|Behind|Below|Beside|Between|By|For|From|If|In|Into|Of|On|Over"
    r"|Since|Than|Through|To|Under|Unless|Until|With|Within|Without)\b"
)


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Lines and texts of all strings that stand alone."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, value.value


@pytest.mark.parametrize("room", sorted(each.name for each in (SOURCE / "hashmatch").iterdir()))
def test_docstrings_begin_as_sentences_do(room: str) -> None:
    place = SOURCE / "hashmatch" / room
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {text.splitlines()[0]}"
        for path in ([place] if place.suffix == ".py" else place.rglob("*.py"))
        for line, text in docstrings(ast.parse(path.read_text(encoding="utf-8")))
        if FRAGMENT.match(text.strip())
    ]
    assert found == []


def test_fragments_are_told() -> None:
    made = ast.parse('def f():\n    """By whom."""\n\nX = 1\n"""Forms of it."""\n"""For it."""\n')
    assert {line for line, text in docstrings(made) if FRAGMENT.match(text)} == {2, 6}
