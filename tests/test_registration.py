"""Type checkers tell who registers something else: `mypy --strict` reads these lines.

An `ignore` that is not needed is an error of mypy, so that each says what must be refused.
"""

import pytest

import hashmatch as hm
from hashmatch import registry
from hashmatch.exchanges.ncmec import Ncmec
from hashmatch.hashers.pdq import Pdq
from hashmatch.hashlists.plain import PlainFormat
from hashmatch.reports.json import JsonReport
from hashmatch.sources.folder import Folder
from tests.support.stored_files import Stored


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    monkeypatch.setattr(registry, "_loaded", {})


def test_each_kind_takes_its_own() -> None:
    hm.register("hashers", "pdq", factory=Pdq)
    hm.register("lists", "own", factory=PlainFormat)
    hm.register("reports", "own", factory=JsonReport)
    hm.register("sources", "own", factory=Stored)
    hm.register("sources", "folder", factory=Folder)
    hm.register("exchanges", "own", factory=Ncmec)
    assert isinstance(registry.load("hashers", "pdq"), Pdq)
    assert isinstance(registry.load("reports", "own"), JsonReport)
    assert registry.find("sources", "own") is Stored


def test_and_no_other() -> None:
    hm.register("hashers", "x", factory=PlainFormat)  # type: ignore[call-overload]
    hm.register("lists", "x", factory=Pdq)  # type: ignore[call-overload]
    hm.register("reports", "x", factory=dict)  # type: ignore[call-overload]
    hm.register("sources", "x", factory=Pdq)  # type: ignore[call-overload]
    hm.register("exchanges", "x", factory=Folder)  # type: ignore[call-overload]
    hm.register("hashers", "x", factory=Pdq())  # type: ignore[call-overload]
    for kind in ("hashers", "lists", "reports"):
        with pytest.raises(hm.HashmatchError, match="cannot be used"):
            registry.load(kind, "x")
    with pytest.raises(hm.HashmatchError, match="there is"):
        hm.register("hasher", "x", factory=Pdq)  # type: ignore[call-overload]
