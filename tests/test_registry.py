import sys
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from hashmatch import registry
from hashmatch.errors import ExtensionError, UnknownNameError
from hashmatch.exports.base import Export
from hashmatch.hashers.base import Hasher
from hashmatch.hashlists.base import ListFormat
from hashmatch.profiles import DEFAULT, get_profile
from hashmatch.reports.base import Report
from hashmatch.sources.base import Source, SourceKind
from hashmatch.testing import check_hasher


@pytest.mark.parametrize("name", registry.names("hashers"))
def test_every_hasher_of_ours_keeps_the_contract(name: str) -> None:
    hasher = registry.load("hashers", name)
    assert hasher.algorithm == name
    check_hasher(hasher)


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match="pdq"):
        registry.load("hashers", "nothing")


def test_an_unknown_kind_is_refused() -> None:
    for call in (registry.names, lambda kind: registry.register(kind, "x", dict)):
        with pytest.raises(UnknownNameError, match="hashers"):
            call("hasher")
    with pytest.raises(UnknownNameError, match="hashers"):
        registry.load("hasher", "pdq")


def test_a_source_is_made_for_a_path(tmp_path: Path) -> None:
    assert list(registry.find("sources", "folder")(tmp_path)) == []


def test_registering_comes_before_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    monkeypatch.setattr(registry, "_loaded", {})
    registry.register("hashers", "mine-8", partial(Mine, "mine-8"))
    assert registry.load("hashers", "mine-8").algorithm == "mine-8"
    assert "mine-8" in registry.names("hashers")
    registry.register("hashers", "pdq", partial(Mine, "pdq"))
    assert isinstance(registry.load("hashers", "pdq"), Mine)


class Mine:
    bits, distance, threshold, minimum_quality = 8, "hamming", 1, 0
    needs_rgb, source = False, "here"

    def __init__(self, algorithm: str = "their-8") -> None:
        self.algorithm = algorithm

    def hash(self) -> None:
        pass


class Unmade(Mine):
    def __init__(self) -> None:
        msg = "no table"
        raise OSError(msg)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Installs a package with one entry point."""
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(kind: str, line: str) -> None:
        info = tmp_path / "their_pack-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-pack\nVersion: 1.5\n")
        (info / "entry_points.txt").write_text(f"[hashmatch.{kind}]\n{line}\n")
        home = "from test_registry_home import *\n"
        (tmp_path / "their_pack.py").write_text(home)
        module = ModuleType("test_registry_home")
        module.__dict__.update({each.__name__: each for each in (Mine, Unmade)}, number=5)
        monkeypatch.setitem(sys.modules, "test_registry_home", module)
        monkeypatch.delitem(sys.modules, "their_pack", raising=False)

    return install


def test_an_installed_package_can_add_a_hasher(installed: Callable[[str, str], None]) -> None:
    installed("hashers", "their-8 = their_pack:Mine")
    assert isinstance(registry.load("hashers", "their-8"), Mine)
    assert registry.names("hashers")[-1] == "their-8"


@pytest.mark.parametrize(
    ("kind", "line", "why"),
    [
        ("hashers", "their-8 = their_pack:Missing", "AttributeError"),
        ("hashers", "their-8 = no_such_module:Mine", "ModuleNotFoundError"),
        ("hashers", "their-8 = their_pack:number", "a int, which cannot be called"),
        ("hashers", "their-8 = builtins:dict", "a dict has no algorithm, bits"),
        ("hashers", "their-8 = their_pack:Unmade", "OSError: no table"),
        ("hashers", "their-9 = their_pack:Mine", "labelled 'their-8'"),
        ("lists", "theirs = their_pack:Mine", "a Mine has no detect, keyed, read, title"),
        ("reports", "theirs = their_pack:Mine", "a Mine has no is_stream, suffix, write"),
        ("sources", "theirs = their_pack:Mine", "Mine has no __iter__, detect, open"),
        ("transforms", "theirs = their_pack:Mine", "a Mine has no items"),
    ],
)
def test_what_a_package_registers_is_checked(
    kind: str, line: str, why: str, installed: Callable[[str, str], None]
) -> None:
    installed(kind, line)
    get = registry.find if kind == "sources" else registry.load
    with pytest.raises(ExtensionError) as raised:
        get(kind, line.partition(" ")[0])
    told = str(raised.value)
    assert why in told
    assert "package their-pack 1.5" in told
    assert line.partition(" = ")[2] in told


def test_what_is_registered_here_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {("hashers", "x"): dict})
    with pytest.raises(ExtensionError, match="registered in this process"):
        registry.load("hashers", "x")


@pytest.mark.parametrize("kind", registry._MEMBERS)
def test_every_member_of_the_protocols_is_checked(kind: str) -> None:
    if kind == "transforms":
        assert {"items"} == set(registry._MEMBERS[kind]) <= set(dir(dict))
        return
    protocols: dict[str, tuple[type, ...]] = {
        "hashers": (Hasher,),
        "lists": (ListFormat,),
        "reports": (Report,),
        "exports": (Export,),
        "sources": (SourceKind, Source),
        "exchanges": (),
    }
    declared = {
        name
        for each in protocols[kind]
        for name in (*vars(each), *each.__annotations__)
        if not name.startswith("_") or name == "__iter__"
    }
    # Those two are asked of an opened source, and a source may do without.
    assert declared - {"kind", "roots"} == set(registry._MEMBERS[kind])


def test_profiles_have_a_source() -> None:
    assert get_profile("default") is DEFAULT
    assert DEFAULT.thresholds["pdq"] == 31
    assert DEFAULT.source
    with pytest.raises(UnknownNameError, match="default"):
        get_profile("nothing")


def test_packages_are_looked_through_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def entry_points(*, group: str) -> list[object]:
        asked.append(group)
        return []

    monkeypatch.syspath_prepend(str(tmp_path))  # nothing is known of this path as yet
    monkeypatch.setattr(metadata, "entry_points", entry_points)
    assert registry.names("hashers") == registry.names("hashers")
    assert asked == ["hashmatch.hashers"]
