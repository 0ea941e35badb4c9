"""What the documentation says of names and numbers, checked against the code."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

import hashmatch as hm
from hashmatch import cli, registry
from hashmatch.cli.app import app
from hashmatch.decoding.jpeg import ENOUGH
from hashmatch.limits import Limits
from hashmatch.profiles import DEFAULT
from hashmatch.wording import to_install

ROOT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_verb_and_exit_code_is_documented() -> None:
    page = text("docs/reference/cli.md")
    verbs = [str(command.name) for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        verbs += [f"{group.name} {each.name}" for each in group.typer_instance.registered_commands]
    for verb in verbs:
        assert f"| `{verb}" in page
    for name in registry.names("lists"):
        assert f"(`{name}`" in text("docs/reference/formats.md") or f"`{name}`)" in text(
            "docs/reference/formats.md"
        )
    for name, code in vars(cli).items():
        if name.startswith("EXIT_"):
            assert f"| {code} |" in page


def commands(group: Any = None, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command of the program with its name, as `lists import`."""
    group = group or get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def options_of(command: Any) -> set[str]:
    """The long options of a command, those that say no too."""
    params = [each for each in command.params if each.param_type_name == "option"]
    names = {name for each in params for name in (*each.opts, *each.secondary_opts)}
    return {name for name in names if name.startswith("--")}


def documented_options() -> dict[str, set[str]]:
    """Commands to the options that docs/reference/cli.md gives them, in its table of options."""
    _, _, behind = text("docs/reference/cli.md").partition("## Options")
    found: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`.+?) \| (.+) \|$", behind.partition("\n## ")[0], re.MULTILINE):
        for name in re.findall(r"`([a-z ]+)`", row[0]):
            found[name] = set(re.findall(r"--[a-z-]+", row[1]))
            if "those of `match`" in row[1]:
                found[name] |= found["match"]
    return found


def test_options_are_those_of_the_program() -> None:
    assert documented_options() == {name: options_of(each) for name, each in commands()}


def test_every_option_has_help_and_the_table_of_verbs_names_every_command() -> None:
    verbs = set(
        re.findall(
            r"^\| `((?:[a-z]+ ?)+)", text("docs/reference/cli.md").partition("##")[0], re.MULTILINE
        )
    )
    assert {each.strip() for each in verbs} == {name for name, _ in commands()}
    for name, command in commands():
        assert command.help, name
        for each in command.params:
            assert each.param_type_name == "argument" or each.help, (name, each.opts)


def test_options_in_prose_and_examples_are_those_of_a_command() -> None:
    known = {name for _, command in commands() for name in options_of(command)}
    known |= {"--help", "--version", "--install-completion", "--show-completion"}
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for line in re.findall(r"^ *hashmatch .*$", page.read_text(encoding="utf-8"), re.MULTILINE):
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line.partition(" #")[0]):
                assert option in known, f"{page.name}: {line}"


def test_exit_codes_are_those_of_the_program() -> None:
    table = text("docs/reference/cli.md").partition("## Exit codes")[2].partition("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    constants = {code for name, code in vars(cli).items() if name.startswith("EXIT_")}
    assert documented == constants | {0}


def test_what_installs_an_extra_is_printed_as_it_works() -> None:
    """The name is in no package index: whoever registers it there would be installed."""
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    lines = {f"`{to_install(extra).partition(' in ')[0]}`" for extra in extras}
    assert {each for each in lines if each not in text("docs/install.md")} == set()
    for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "--no-index" not in line and path.name != "CHANGELOG.md":
                assert not re.search(r"pip install '?hashmatch\b", line), f"{path.name}: {line}"


def test_the_layers_are_those_of_the_contract() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    here = [re.sub(r" \| \([a-z]+\)", "", layer) for layer in contracts[0]["layers"]]
    page = text("docs/architecture.md")
    assert "\n".join(here) in page
    rooms = {room for layer in here for room in layer.split(" | ")}
    assert {room for room in rooms if f"`{room}`" not in page.partition("## Layers")[0]} == set()


def test_every_algorithm_is_named() -> None:
    for name in registry.names("hashers"):
        if name != "pdq":
            assert f"`{name}`" in text("docs/explanation/agreement.md")


def test_numbers_are_those_of_the_code() -> None:
    page = " ".join(text("docs/reference/pictures.md").split())
    assert f"short side at {ENOUGH} pixels or more" in page
    assert f"less than {DEFAULT.minimum_fraction:.0%} could be decoded" in page.replace(" %", "%")
    assert Limits().max_pixels == 512_000_000
    assert "512 million pixels" in page
    for reason in re.findall(r"`([a-z-]+)`[,.]", page.partition("reasons:")[2].partition("##")[0]):
        assert hm.Reason(reason)


def test_links_lead_somewhere() -> None:
    pages = [each for each in ROOT.glob("*.md") if each.name != "CHANGELOG.md"]
    for page in [*pages, *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text(encoding="utf-8")):
            there = page.parent / target.partition("#")[0]
            assert there.exists(), f"{page.name}: {target}"


def test_headings_skip_no_level() -> None:
    for page in ROOT.glob("docs/**/*.md"):
        code = re.compile(r"^(`{3,}).*?^\1", re.MULTILINE | re.DOTALL)
        above = 0
        for marks, title in re.findall(
            r"^(#+) (.+)$", code.sub("", page.read_text(encoding="utf-8")), re.MULTILINE
        ):
            assert len(marks) <= above + 1, f"{page.name}: {title}"
            above = len(marks)


def test_pages_that_code_and_help_texts_name_exist() -> None:
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("*.md"), *ROOT.glob("tools/*"), ROOT / ".ci/run"]
    for path in files:
        if path.is_file() and path.name != "CHANGELOG.md":
            for page in re.findall(r"\bdocs/[a-z/_-]+\.md", path.read_text(encoding="utf-8")):
                assert (ROOT / page).exists(), f"{path.name}: {page}"
