"""What the site of the documentation is made of: pages made of the program, and no other host."""

from pathlib import Path

import generated
import pytest
import selfcontained
from typer.main import get_command

import hashmatch
from hashmatch import testing
from hashmatch.cli.app import app


def test_every_command_and_option_is_on_the_page_of_commands() -> None:
    page = generated.commands()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"\n## `hashmatch {name}`\n" in page
        for sub, each in getattr(command, "commands", {"": command}).items():
            section = page.partition(f"\n## `hashmatch {name} {sub}".rstrip() + "`\n")[2]
            section = section.partition("\n## ")[0]
            for param in each.params:
                assert max(param.opts, key=len) in section or param.metavar in section


def test_markup_in_help_texts_is_escaped() -> None:
    page = generated.commands()
    assert "\b" not in page
    assert "`--exclude`" in page
    assert "\\[default: " in page


def test_every_public_name_is_on_the_page_of_names() -> None:
    page = generated.names("hashmatch")
    assert all(f":: hashmatch.{name}\n" in page for name in hashmatch.__all__)
    page = generated.names("hashmatch.testing")
    assert all(f":: hashmatch.testing.{name}\n" in page for name in testing.__all__)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<script src="https://cdn.example/x.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//fonts.example/css">'),
        ("a.html", '<img src="HTTP://pictures.example/x.png">'),
        ("a.css", "@import 'https://fonts.example/css';"),
        ("a.css", "body { background: url(//pictures.example/x.png) }"),
        ("a.js", 'fetch("https://counter.example/")'),
    ],
)
def test_a_request_to_another_host_is_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [path.name for path, _ in selfcontained.requests(tmp_path)] == [name]


def test_links_and_files_of_the_site_are_no_requests(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="https://example.org">a</a><script src="_static/x.js"></script>'
        '<link href="_static/x.css" rel="stylesheet"><img src="data:image/gif;base64,AA">',
        encoding="utf-8",
    )
    (tmp_path / "a.css").write_text("a { background: url(x.png) }", encoding="utf-8")
    (tmp_path / "a.js").write_text('// see https://example.org\nfetch("x.json")', encoding="utf-8")
    assert not list(selfcontained.requests(tmp_path))


def test_values_that_public_names_return_are_on_the_page_of_names() -> None:
    page = generated.names("hashmatch").partition("## Values in results")[2]
    assert ":: hashmatch.model.match.MatchKind\n" in page  # of an attribute
    assert ":: hashmatch.exchanges.fetching.Fetched\n" in page  # returned
    assert ":: hashmatch.enrolment.Enrolled\n" in page  # in an iterator that is returned
    assert ":: hashmatch.Match\n" not in page
