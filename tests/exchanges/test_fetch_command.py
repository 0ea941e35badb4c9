"""The verb as a user meets it: run as a program, its output read."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.support.exchange_records import contents, fill, pdq
from tests.support.exchange_server import PASSWORD, SECRETS, USER, Handler, Server, refuse, well


def start(*words: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "hashmatch", "lists", "fetch", *map(str, words)]
    return subprocess.Popen(  # noqa: S603 (our own program)
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(*words: str | Path) -> tuple[int, str, str]:
    program = start(*words)
    out, err = program.communicate(timeout=600)
    for secret in SECRETS:
        assert secret not in out + err
    return program.returncode, out, err


def test_a_fetch_and_its_summary(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    server.records["ncmec"][5]["prints"]["pdq"] = "ab" * 16
    code, out, err = run("ncmec", "--index", tmp_path / "known", "--name", "mine")
    assert code == 4  # a hash in it was not understood
    assert out == ("mine: 4 pages: 10 entries new or changed, 1 withdrawn, 1 value quarantined\n")
    assert f"fetching from NCMEC hash sharing, {server.url('ncmec')}" in err
    assert "quarantined: a pdq hash is written with 64 hex digits, not 32: 1" in err
    assert len(contents(tmp_path / "known", "mine")) == 9


def test_as_json_with_a_credentials_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, "tat")
    for name in ("USER", "PASSWORD", "URL"):
        monkeypatch.delenv(f"HASHMATCH_TAT_{name}")
    file = tmp_path / "account.toml"
    file.write_text(f'[tat]\nuser = "{USER}"\npassword = "{PASSWORD}"\n')
    words = ("tat", "--index", tmp_path / "known", "--url", server.url("tat"), "--json")
    code, _, err = run(*words, "--credentials", file)
    assert (code, f"chmod 600 {file}" in err) == (2, True)
    file.chmod(0o600)
    code, out, _ = run(*words, "--credentials", file)
    assert code == 0
    assert json.loads(out)["whole"] is True
    assert json.loads(out)["entries"] == 10


def test_ctrl_c_finishes_the_page_commits_and_says_how_to_go_on(
    server: Server, tmp_path: Path
) -> None:
    fill(server, "stopncii")
    started: Future[subprocess.Popen[str]] = Future()

    def press(handler: Handler) -> bool:
        started.result().send_signal(signal.SIGINT)
        return well(handler)

    server.faults = [well, press]
    child = start("stopncii", "--index", tmp_path / "known")
    started.set_result(child)
    _, err = child.communicate(timeout=600)
    assert child.returncode == 130
    assert "interrupted: what was received is matched; continue with the same command" in err
    assert len(contents(tmp_path / "known", "stopncii")) == 6
    assert run("stopncii", "--index", tmp_path / "known")[0] == 0
    assert f"pdq:{pdq(9)}" in contents(tmp_path / "known", "stopncii")


def test_a_fetch_that_fails_says_so_and_goes_on(server: Server, tmp_path: Path) -> None:
    fill(server, "threatexchange")
    server.faults = [well, refuse(403)]
    code, out, err = run("threatexchange", "--index", tmp_path / "known")
    assert (code, out) == (1, "")
    assert "error: ThreatExchange: this account may not read it" in err
    assert "run the same command again to continue" in err
    assert run("threatexchange", "--index", tmp_path / "known")[0] == 0
    code, out, err = run("threatexchange", "--index", tmp_path / "known", "--restart")
    assert (code, "all is fetched again: asked for" in err) == (0, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nobody"], "there is:\n  ncmec\n  stopncii\n"),
        (["ncmec", "--since", "yesterday"], "2026-01-31"),
        (["ncmec", "--url", "https://user:pass@host/"], "holds no user"),
        (["threatexchange", "--group", "a/b"], "is a number"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(
    server: Server, tmp_path: Path, words: list[str], why: str
) -> None:
    code, _, err = run(*words, "--index", tmp_path / "known")
    assert code == 2
    assert why in err
    assert not (tmp_path / "known").exists()


def test_ncmec_names_its_databases(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HASHMATCH_NCMEC_URL")
    code, _, err = run("ncmec", "--index", tmp_path / "known")
    assert code == 2
    assert "https://hashsharing.ncmec.org/npo" in err


def test_help_has_examples_and_no_option_for_secrets(server: Server) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "hashmatch lists fetch ncmec --index known" in out
    assert "password" not in out.replace("HASHMATCH_NCMEC_PASSWORD", "").lower()


def test_the_network_is_loaded_only_to_fetch() -> None:
    loaded = "import sys, hashmatch.cli.fetch, hashmatch.exchanges.fetching"
    code = f"{loaded}; print('requests' in sys.modules)"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "False"
