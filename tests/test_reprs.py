"""What a session shows of values and classes is one short line, without full hash values."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from tests.support.known_lists import entry, hash_list
from tests.support.photos import encoded, photo

NAMES = ["a.jpg", "x" * 5000, "a\nb\x1b[31m\u202e\udcff", "\U0001f600" * 400, ""]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with hm.Index.edit(tmp_path / "index") as index:
        index.put(hash_list([entry(number) for number in range(1, 60)]))
    return tmp_path / "index"


def values(folder: Path, name: str) -> list[Any]:
    image = hm.hash_image(encoded(photo("coffee"), "PNG"), hm.HashOptions(orientations=True))
    read = hm.Item(name, 5, digests=hm.Digests(sha256="0" * 64), image=image)
    index = hm.Index(folder)
    known = replace(hash_list(entry(number) for number in range(1, 60)), name=name)
    lost = hm.Item(name, unreadable=hm.Unreadable(Reason.DAMAGED, "x" * 900))
    match = hm.Matcher(index).match(entry(1).hashes[0].hash)
    results = [hm.ScanResult(each, match * 9) for each in (read, lost)]
    matcher = hm.Matcher(known, profile=hm.Profile(name or "own", {"pdq": 3}))
    return [image, image.hash, read, lost, *results, index, known, matcher]


@pytest.mark.parametrize("name", NAMES)
def test_values_are_shown_in_one_short_line(folder: Path, name: str) -> None:
    for each in values(folder, name):
        shown = repr(each)
        assert len(shown) < 300, type(each)
        assert shown.isprintable(), type(each)
        assert not re.search("[0-9a-f]{17}", shown), type(each)


def test_what_is_shown_says_which_one_it_is(folder: Path) -> None:
    image, _, read, lost, result, _, index, known, matcher = values(folder, "DCIM/a.jpg")
    assert (
        repr(image) == f"<MediaHashes of a picture: png {image.width}×{image.height}, 8 readings>"
    )
    assert repr(read) == "<Item 'DCIM/a.jpg': 8 readings>"
    assert repr(lost) == "<Item 'DCIM/a.jpg': damaged>"
    assert repr(result) == "<ScanResult <Item 'DCIM/a.jpg': 8 readings>, 9 matches>"
    assert repr(index).endswith("index': generation 1, 1 lists>")
    assert repr(known).startswith("<HashList 'DCIM/a.jpg': 59 entries (csv, SHA-256 ")
    assert repr(matcher) == "<Matcher of 1 lists, profile 'DCIM/a.jpg'>"
