"""Every example of the documentation is run, page by page, in a laboratory of drawn pictures."""

import contextlib
import io
import os
import re
import shlex
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import generated
import pytest
from filelock import FileLock

import hashmatch as hm
from tests.support import documented, exchange_server, program
from tests.support.documented import Example

if TYPE_CHECKING:
    import subprocess

REASONS = {
    "installs packages": "run where the bundle and the locked packages are installed",
    "needs a repository with history": "contributors only",
    "needs an exchange": "tests/exchanges has servers that speak each protocol",
    "needs a token": "tests/sightings/test_tokens.py has one",
    "needs a browser": "",
    "needs an engine": "tests/distributed/test_engines.py runs the same, where it is installed",
    "needs data sets": "benchmarks",
}
"""Why an example may be left out, and where it is tested instead."""


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The laboratory as every page finds it; made once, by whichever process comes first."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "laboratory"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            made = folder.with_name("laboratory.partial")
            made.mkdir()
            documented.build(made)
            made.rename(folder)
    return folder


@pytest.fixture
def laboratory(drawn: Path, tmp_path: Path) -> Path:
    return shutil.copytree(drawn, tmp_path / "laboratory")


def _in_shell(example: Example, laboratory: Path) -> "subprocess.CompletedProcess[str]":
    """Run it; with a server on this machine in place of the exchange that it names."""
    if not example.mark.startswith("exchange: "):
        return documented.run_shell(example, laboratory)
    name = example.mark.removeprefix("exchange: ")
    with exchange_server.serving() as server:
        code = re.sub(r"https://\S+", server.url(name), example.code)
        return documented.run_shell(
            replace(example, code=code), laboratory, exchange_server.ENVIRONMENT
        )


def _run(example: Example, laboratory: Path, names: dict[str, object]) -> None:
    where = f"{example.page}, line {example.line}"
    if example.language == "sh":
        done = _in_shell(example, laboratory)
        expected = int(example.mark.removeprefix("exit code ")) if "exit" in example.mark else 0
        assert done.returncode == expected, (
            f"{where}: code {done.returncode}\n{done.stderr[-2000:]}"
        )
    elif example.language == "python":
        with contextlib.chdir(laboratory), contextlib.redirect_stdout(io.StringIO()):
            code = documented.in_laboratory(example.code, laboratory)
            exec(compile(code, where, "exec"), names)  # noqa: S102 (the documentation's own)
    elif example.language == "toml":
        tomllib.loads(example.code)


@pytest.mark.parametrize("page", documented.PAGES)
def test_examples_of_a_page_run_in_order(
    page: str, laboratory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("HASHMATCH_")]:
        monkeypatch.delenv(name)
    names: dict[str, object] = {"__name__": "__main__"}
    for example in documented.examples(page):
        if not example.mark.startswith("not run: "):
            _run(example, laboratory, names)
    if page == "docs/quickstart.md":
        _the_quickstart_interrupted_a_scan_and_resumed_it(laboratory)


def _the_quickstart_interrupted_a_scan_and_resumed_it(laboratory: Path) -> None:
    with hm.Database.open(laboratory / "walk.sightings", read_only=True) as database:
        first, second = database.case("2026-0001").runs
        summary = database.summary("2026-0001")
    assert (first.status, second.status, second.resumed) == ("interrupted", "done", first.id)
    assert 0 <= first.position < second.position == second.expected == summary.items
    assert summary.matched > 0


def test_examples_that_are_not_run_say_why() -> None:
    for page in documented.PAGES:
        for example in documented.examples(page):
            assert example.language in {"sh", "python", "toml", "text", "{toctree}"}, example
            if example.mark.startswith("not run: "):
                assert example.mark.removeprefix("not run: ") in REASONS, example


def _of_help_texts() -> list[str]:
    """Commands of the help texts, each an example by itself."""
    blocks = re.findall(r"```sh\n(.*?)```", generated.commands(), re.DOTALL)
    return [
        line
        for block in blocks
        for line in block.replace("\\\n", " ").splitlines()
        if line and not any(each in line for each in _TESTED_ELSEWHERE)
    ]


_TESTED_ELSEWHERE = (
    *("lists fetch", "pkcs11:", "--resume", "index warm", "hashmatch demo", "doctor"),
    *("record import", "trace exclude", "trace origin", "trace timeline", "trace verdict"),
    *("trace who", "hashmatch batch"),
)
"""What needs a server, a token or an interruption, and what tests of its own run alike."""


_IN_A_SHELL = ("hashmatch scan", "hashmatch match", "hashmatch audit key")
"""What starts processes of its own, as it is written; and what replaces no key."""
_OF_A_SHELL = frozenset("|<>*")


@pytest.mark.parametrize("command", _of_help_texts())
def test_examples_of_the_help_texts_run(command: str, laboratory: Path) -> None:
    for name in ("vic.json", "vic.csv"):
        if f"--against {name}" in command:
            shutil.copy(laboratory / "vic-us.json", laboratory / name)
    if command.startswith(_IN_A_SHELL) or _OF_A_SHELL.intersection(command):
        _run(Example("help", 0, "sh", command, ""), laboratory, {})
        return
    _, *words = shlex.split(documented.in_laboratory(command, laboratory))
    done = program.run(*words, folder=laboratory, variables=documented.environment(laboratory))
    assert done.returncode == 0, done.stderr[-2000:]
