"""What the operator leaves out is listed and counted, and not read."""

from pathlib import Path

import pytest

from hashmatch.errors import Reason
from hashmatch.sources.excluding import Excluding
from hashmatch.sources.folder import Folder

FILES = ("a.iso", "DCIM/b.jpg", "DCIM/x/c.ISO", "Windows/d.dll", "My Windows/e.jpg", "[f].jpg")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "evidence"


@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("*.iso", {"a.iso"}),
        ("*.[iI][sS][oO]", {"a.iso", "DCIM/x/c.ISO"}),
        ("Windows", {"Windows/d.dll"}),
        ("*Windows", {"Windows/d.dll", "My Windows/e.jpg"}),
        ("DCIM/*", {"DCIM/b.jpg", "DCIM/x/c.ISO"}),
        ("DCIM/?.jpg", {"DCIM/b.jpg"}),
        ("/DCIM/x/c.ISO", {"DCIM/x/c.ISO"}),
        ("x", {"DCIM/x/c.ISO"}),
        ("[[]f].jpg", {"[f].jpg"}),
        ("evidence", set()),
        ("b", set()),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_pattern_leaves_out_what_it_names(
    evidence: Path, pattern: str, left_out: set[str], slash: str
) -> None:
    root = f"{evidence}{slash}"
    found = list(Excluding(Folder(root), [pattern]))
    assert [each.path for each in found] == [each.path for each in Folder(root)]
    gone = {
        Path(each.path).relative_to(evidence).as_posix(): each.problem
        for each in found
        if each.problem is not None
    }
    assert gone.keys() == left_out
    assert all(why and why.reason is Reason.EXCLUDED for why in gone.values())
    assert all(pattern.strip("/") in why.detail for why in gone.values() if why)


@pytest.mark.parametrize("pattern", ["", "/"])
def test_an_empty_pattern_is_refused(evidence: Path, pattern: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        Excluding(Folder(evidence), [pattern])
