"""The STIX bundle, as OASIS's library for Python reads it."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.exported import ENTRIES, exported, lost, recorded

stix2 = pytest.importorskip("stix2")


def test_another_library_loads_it(tmp_path: Path) -> None:
    path = recorded(tmp_path / "db", mark="TLP:AMBER+STRICT")
    bundle = stix2.parse(exported(path, "stix").read_text())
    objects = {each.id: each for each in bundle.objects}
    assert len(objects) == len(bundle.objects)
    kinds = Counter(each.type for each in bundle.objects)
    seen = 2 * ENTRIES
    assert (kinds["sighting"], kinds["observed-data"], kinds["file"]) == (seen, seen, seen)
    assert kinds["indicator"] == ENTRIES
    assert kinds["identity"] == 2 + 1
    for each in bundle.objects:
        if each.type == "sighting":
            assert objects[each.sighting_of_ref].type == "indicator"
            assert objects[each.where_sighted_refs[0]].identity_class == "system"
            (observed,) = each.observed_data_refs
            assert objects[objects[observed].object_refs[0]].type == "file"
        for ref in each.get("object_marking_refs", ()):
            assert objects[ref].type == "marking-definition"
    names = {each.get("name") for each in bundle.objects if each.type == "marking-definition"}
    assert "TLP:AMBER+STRICT" in names
    marked = next(each for each in bundle.objects if each.type == "sighting")
    assert len(marked.object_marking_refs) == 2
    indicator = next(each for each in bundle.objects if each.type == "indicator")
    assert indicator.pattern.startswith("[file:hashes.'MD5' = '")
    told = lost(path, tmp_path / "again", "stix")
    assert [count for what, count in told.items() if what.startswith("events")] == [3]
