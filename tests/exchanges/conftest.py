from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import exchange_server
from tests.support.exchange_server import ENVIRONMENT, PATHS, Server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server, and an environment that holds an account at every exchange."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with exchange_server.serving() as server:
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        for name in PATHS:
            monkeypatch.setenv(f"HASHMATCH_{name.upper()}_URL", server.url(name))
        yield server
