"""Makes the pages that are not written by hand: commands, public names, files of the top folder.

All of them exist as files with their introduction, so that links lead somewhere in the repository
too. What is added here comes from the program itself, and cannot be out of date.
"""

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_EXAMPLES: Final = re.compile("[\b\\s]*\nExamples?:\n")
_CODE: Final = re.compile(r"(`[^`\n]*`|(?<![\w-])--[a-z][a-z-]*|HASHMATCH_[A-Z_]+)")
_ROOT: Final = Path(__file__).parents[2]
_TOP: Final = {"security": "SECURITY", "contributing": "CONTRIBUTING", "changelog": "CHANGELOG"}
"""Pages to the file of the top folder that they show."""


def setup(app: "Sphinx") -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _append)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _append(_app: "Sphinx", page: str, source: list[str]) -> None:
    if page in _TOP:
        text = (_ROOT / f"{_TOP[page]}.md").read_text(encoding="utf-8")
        source[0] = text.replace("](docs/", "](")
    source[0] = _inside(source[0])
    if page == "reference/commands":
        source[0] += commands()
    elif page == "reference/api":
        source[0] += names("hashmatch")
    elif page == "reference/testing":
        source[0] += names("hashmatch.testing")


def _inside(text: str) -> str:
    """Links to files of the top folder, as links to the pages that show them."""
    for page, name in _TOP.items():
        text = re.sub(rf"\]\((?:\.\./)*{name}\.md", f"](/{page}.md", text)
    return text


def names(module: str) -> str:
    """The public names of a module, and the values that they give, by their docstrings."""
    home = import_module(module)
    classes = [each for each in home.__all__ if isinstance(getattr(home, each), type)]
    functions = [each for each in home.__all__ if each not in classes]
    return "".join(
        f"\n## {title}\n\n```{{eval-rst}}\n"
        + "".join(_directive(where, name, kind) for where, name in found)
        + "```\n"
        for title, kind, found in (
            ("Functions", "function", [(module, name) for name in functions]),
            ("Classes", "class", [(module, name) for name in classes]),
            ("Values in results", "class", _values(home)),
        )
        if found
    )


def _values(home: ModuleType) -> list[tuple[str, str]]:
    """Classes of hashmatch that public names return or hold, and that have no public name.

    Annotations are read as text: what they name may be imported for type checkers only.
    """
    found = {}
    for name in home.__all__:
        value = getattr(home, name)
        notes = value.__annotations__ if isinstance(value, type) else {"": _returned(value)}
        for word in re.findall(r"\w+", " ".join(map(str, notes.values()))):
            named = getattr(sys.modules[value.__module__], word, None)
            if isinstance(named, type) and named.__module__.startswith("hashmatch."):
                found[named.__name__] = named.__module__
    return sorted((found[name], name) for name in found if name not in home.__all__)


def _returned(function: Callable[..., object]) -> object:
    note = function.__annotations__.get("return", "")
    return note.__name__ if isinstance(note, type) else note


def _directive(module: str, name: str, kind: str) -> str:
    options = "   :members:\n   :inherited-members: Exception, Enum, Protocol, int, str\n"
    return f".. auto{kind}:: {module}.{name}\n{options if kind == 'class' else ''}\n"


def commands() -> str:
    """Every command of the program with its help, its arguments and its options, as MyST."""
    from typer.main import get_command

    from hashmatch.cli.app import app

    return "".join(_section(words, each) for words, each in _walk(get_command(app), ()))


def _walk(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    for name, command in group.commands.items():
        yield (*words, name), command
        if hasattr(command, "commands"):
            yield from _walk(command, (*words, name))


def _section(words: tuple[str, ...], command: Any) -> str:  # noqa: ANN401
    """One command as its own help shows it: usage, text, examples, arguments, options."""
    from typer import Context

    name = " ".join(("hashmatch", *words))
    head = f"\n## `{name}`\n\n"
    if hasattr(command, "commands"):
        return head + _prose(command.help) + "\n"
    context = Context(command, info_name=name, **command.context_settings)
    usage = command.get_usage(context).removeprefix("Usage: ")
    text, *examples = _EXAMPLES.split(command.help, maxsplit=1)
    records: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record:
            records[param.param_type_name].append(record)
    return "".join(
        [
            head,
            f"```text\n{' '.join(usage.split())}\n```\n\n",
            _prose(text),
            *(f"\n\n```sh\n{dedent(each).strip()}\n```\n" for each in examples),
            _definitions("Arguments", records["argument"]),
            _definitions("Options", records["option"]),
        ]
    )


def _definitions(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    return f"\n**{title}**\n\n" + "\n".join(
        f"`{' '.join(term.split())}`\n: {_prose(help_)}\n" for term, help_ in rows
    )


def _prose(text: str) -> str:
    """Help text with options and variables as code, and what Markdown takes for markup escaped."""
    pieces = _CODE.split(text.strip())
    plain = [re.sub(r"([*_<>\[\]|\\])", r"\\\1", each) for each in pieces[::2]]
    code = [f"`{each.strip('`')}`" for each in pieces[1::2]] + [""]
    return "".join(each for pair in zip(plain, code, strict=True) for each in pair)
