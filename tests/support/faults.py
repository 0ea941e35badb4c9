"""Faults that are put into hashmatch, for tests."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from hashmatch import cli

SECRET = "text of the evidence"  # noqa: S105 (what must not be shown)

SCAN = ("scan", "evidence", "--against", "known.csv")

RECORD = ("--db", "lab.db", "--case", "7")


def raising(error: type[Exception], *_: object, **__: object) -> Any:
    raise error(SECRET)


def broken(error: type[Exception] = TypeError) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> Any:
        return raising(error)

    return call


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command in this process."""
    monkeypatch.setattr(sys, "argv", ["hashmatch", *words])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    assert "Traceback" not in err
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err
