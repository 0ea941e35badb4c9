import sys
from pathlib import Path

import pytest

from hashmatch.errors import ExchangeError
from hashmatch.exchanges.settings import read_settings
from tests.support import unix
from tests.support.exchange_server import PASSWORD


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "credentials.toml"
    path.write_text(f'[ncmec]\nuser = "file"\npassword = "{PASSWORD}"\n[tat]\nuser = 7\n')
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_others_may_use_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(ExchangeError, match=f"chmod 600 {file}") as raised:
        read_settings("ncmec", path=file)
    assert PASSWORD not in str(raised.value)


def test_the_default_file_is_read_only_if_it_is_there_and_refused_as_well(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    assert read_settings("ncmec", environment={}).get("user") == ""
    default = file.parent / ".config" / "hashmatch" / "credentials.toml"
    default.parent.mkdir(parents=True)
    file.rename(default)
    assert read_settings("ncmec", environment={}).get("user") == "file"
    default.chmod(0o644)
    with pytest.raises(ExchangeError, match="chmod 600"):
        read_settings("ncmec", environment={})


def test_what_is_nearer_counts(file: Path) -> None:
    environment = {
        "HASHMATCH_NCMEC_USER": "env",
        "HASHMATCH_NCMEC_URL": "e",
        "HASHMATCH_TAT_USER": "x",
    }
    named = read_settings("ncmec", path=file, environment=environment, given={"url": "given"})
    assert [named.get(name) for name in ("user", "url", "password")] == ["file", "given", PASSWORD]
    assert read_settings("ncmec", environment=environment, given={"url": ""}).get("url") == "e"
    assert read_settings("tat", path=file, environment={}).get("user") == "7"


def test_settings_print_without_values(file: Path) -> None:
    settings = read_settings("ncmec", path=file, environment={})
    assert repr(settings) == str(settings) == "<Settings ncmec: password, user>"


def test_a_missing_setting_is_named(file: Path) -> None:
    with pytest.raises(ExchangeError, match=r"set HASHMATCH_TAT_PASSWORD, or .* \[tat\] in"):
        read_settings("tat", path=file, environment={}).needed("password")


@pytest.mark.parametrize(
    "text",
    [
        f'[ncmec]\npassword = "{PASSWORD}\n',
        f'[ncmec]\npassword = ["{PASSWORD}"]',
        f'ncmec = "{PASSWORD}"',
        f'[ncmec]\npassword = "{PASSWORD}"\npassword = "{PASSWORD}"',
        f'[ncmec]\npassword = "{PASSWORD}\\n{PASSWORD}"',
        "\udcff",
    ],
)
def test_a_broken_file_is_named_and_not_quoted(file: Path, text: str) -> None:
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ExchangeError) as raised:
        read_settings("ncmec", path=file)
    assert PASSWORD not in repr(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ExchangeError, match="it is a pipe"):
        read_settings("ncmec", path=tmp_path / "pipe")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="No such file"):
        read_settings("ncmec", path=tmp_path / "nothing")
