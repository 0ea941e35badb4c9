from importlib import metadata
from pathlib import Path

import pytest

from hashmatch import registry
from hashmatch.errors import UnknownNameError
from hashmatch.profiles import DEFAULT, get_profile
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
    registry.register("hashers", "mine-8", dict)
    assert registry.load("hashers", "mine-8") == {}
    assert "mine-8" in registry.names("hashers")
    registry.register("hashers", "pdq", list)
    assert registry.load("hashers", "pdq") == []


def test_an_installed_package_can_add_a_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    point = metadata.EntryPoint("their-8", "builtins:dict", "hashmatch.hashers")

    def entry_points(group: str, name: str | None = None) -> list[metadata.EntryPoint]:
        return [point] if group == point.group and name in (None, point.name) else []

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    monkeypatch.setattr(registry, "_loaded", {})
    assert registry.load("hashers", "their-8") == {}
    assert registry.names("hashers")[-1] == "their-8"


def test_profiles_have_a_source() -> None:
    assert get_profile("default") is DEFAULT
    assert DEFAULT.thresholds["pdq"] == 31
    assert DEFAULT.source
    with pytest.raises(UnknownNameError, match="default"):
        get_profile("nothing")
