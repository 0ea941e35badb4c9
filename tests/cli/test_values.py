"""Values of the command line that are read without what Typer loads: as Typer itself reads them."""

import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from hashmatch.cli.usage import WrongUse
from hashmatch.cli.verb import Verb

_RECEIVED: list[dict[str, Any]] = []


class Layout(Enum):
    """A choice."""

    WIDE = "wide"
    TALL = "tall"


def _checked(context: typer.Context, value: list[str] | None) -> list[str]:
    if not value and context.params.get("dry"):
        msg = "none"
        raise typer.BadParameter(msg)
    return [*(value or []), "checked"]


def _verb(
    files: Annotated[list[Path], typer.Argument()],
    *,
    dry: Annotated[bool, typer.Option("--dry")] = False,
    quality: Annotated[int | None, typer.Option(min=0, max=100)] = None,
    most: Annotated[int, typer.Option(min=1)] = 4,
    name: Annotated[str, typer.Option()] = "",
    many: Annotated[list[str] | None, typer.Option()] = None,
    checked: Annotated[list[str] | None, typer.Option(callback=_checked)] = None,
    lists: Annotated[list[Path] | None, typer.Option(envvar="TEST_LISTS")] = None,
    at: Annotated[Path, typer.Option(envvar="TEST_AT")] = Path("here"),
    there: Annotated[Path | None, typer.Option(exists=True)] = None,
    layout: Annotated[Layout | None, typer.Option()] = None,
    ratio: Annotated[float | None, typer.Option(min=1)] = None,
    size: Annotated[int | None, typer.Option(parser=len)] = None,
) -> None:
    _RECEIVED.append(dict(locals()))


def _outcome(kind: type[Any] | None, words: list[str]) -> object:
    """What the function of a verb is called with, or what is wrong."""
    _RECEIVED.clear()
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.callback()(lambda: None)
    app.command("verb", cls=kind)(_verb)
    try:
        app(["verb", *words], standalone_mode=False)
    except WrongUse as error:
        return error.format_message()  # type: ignore[attr-defined]
    return [(name, type(value), value) for name, value in _RECEIVED[0].items()]


@pytest.mark.parametrize(
    "words",
    [
        "a.jpg",
        "a.jpg b.jpg - ~/x",
        "",
        "--dry a",
        "a --dry --checked x",
        "--checked x --checked y a",
        "a --quality 7",
        "a --quality 0 --quality 100",
        "a --quality -1",
        "a --quality 101",
        "a --quality +7",
        "a --quality 7.0",
        "a --quality ٣",
        "a --quality seven",
        "a --most 0",
        "a --most 007",
        "a --name x --name y --many p --many q",
        "a --lists x --lists y --at z",
        "a --there /",
        "a --there /nowhere",
        "a --layout tall",
        "a --layout round",
        "a --ratio 2.5",
        "a --ratio 0",
        "a --size abc",
        "a --unknown",
        "a --name",
    ],
)
def test_a_verb_gets_what_typer_gives(words: str) -> None:
    assert _outcome(Verb, words.split()) == _outcome(None, words.split())


def test_a_verb_gets_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_LISTS", "a:b")
    monkeypatch.setenv("TEST_AT", "c d")
    assert _outcome(Verb, ["x"]) == _outcome(None, ["x"])
    assert ("at", type(Path()), Path("c d")) in _outcome(Verb, ["x"])  # type: ignore[operator]


def test_plain_values_load_no_pydantic() -> None:
    words = "sys.argv = ['hashmatch', 'hash', '--json', '/dev/null']"
    run = "try: main()\nfinally: print(*sys.modules)"
    code = f"import sys; from hashmatch.cli import main; {words}\n{run}"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "hashmatch.cli.hash" in loaded
    assert "pydantic" not in loaded
