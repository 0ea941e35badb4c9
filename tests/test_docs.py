"""What the documentation says of names and numbers, checked against the code."""

import re
from pathlib import Path

import hashmatch as hm
from hashmatch import cli, registry
from hashmatch.cli.app import app
from hashmatch.decoding.jpeg import ENOUGH
from hashmatch.limits import Limits
from hashmatch.profiles import DEFAULT

ROOT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_verb_and_exit_code_is_documented() -> None:
    page = text("docs/cli.md")
    verbs = [str(command.name) for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        verbs += [f"{group.name} {each.name}" for each in group.typer_instance.registered_commands]
    for verb in verbs:
        assert f"| `{verb}" in page
    for name in registry.names("lists"):
        assert f"(`{name}`" in text("docs/formats.md") or f"`{name}`)" in text("docs/formats.md")
    for name, code in vars(cli).items():
        if name.startswith("EXIT_"):
            assert f"| {code} |" in page


def test_every_algorithm_is_named() -> None:
    for name in registry.names("hashers"):
        if name != "pdq":
            assert f"`{name}`" in text("docs/agreement.md")


def test_numbers_are_those_of_the_code() -> None:
    page = text("docs/pictures.md")
    assert f"short side at {ENOUGH} pixels or more" in page
    assert f"less than {DEFAULT.minimum_fraction:.0%} could be decoded" in page.replace(" %", "%")
    assert Limits().max_pixels == 512_000_000
    assert "512 million pixels" in page
    for reason in re.findall(r"`([a-z-]+)`[,.]", page.partition("reasons:")[2].partition("##")[0]):
        assert hm.Reason(reason)


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
