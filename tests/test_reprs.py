"""What a session and a notebook show of values: short, escaped, without full hash values."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch import model
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
    read = hm.Item(name, 5, digests=hm.Digests(sha256="0" * 64), media=image)
    index = hm.Index(folder)
    known = replace(hash_list(entry(number) for number in range(1, 60)), name=name)
    lost = hm.Item(name, unreadable=hm.Unreadable(Reason.DAMAGED, "x" * 900))
    match = hm.Matcher(index).match(entry(1).hashes[0].hash)
    results = [hm.ScanResult(each, match * 9) for each in (read, lost)]
    matcher = hm.Matcher(known, profile=hm.Profile(name or "own", {"pdq": 3}))
    return [image, image.hash, read, lost, *results, index, known, matcher]


def others(name: str) -> list[Any]:
    """Values of every other public class, with all that they can hold."""
    digests = hm.Digests(md5="a" * 32, sha1="b" * 40, sha256="c" * 64)
    known = hm.Entry(
        name,
        7,
        digests=digests,
        hashes=entry(1).hashes,
        category=name,
        scheme=name,
        details={name: [name] * 400},
    )
    when = model.Alignment(0.0, 1.0, 2.0, 3.0, model.Grade.STRONG, part=name)
    match = hm.Match(
        name,
        name,
        category=name,
        kind=model.MatchKind.PERCEPTUAL,
        algorithm="phash-64",
        distance=3,
        threshold=8,
        list_sha256="d" * 64,
        segments=(when,) * 300,
        entry_hash="phash-64:0123456789abcdef",
        entry_digests=digests,
        details={name: name},
    )
    summary = hm.ScanSummary(items=3, reasons={name: 1, "damaged": 2}, faults={name: 5})
    policy = hm.Policy(known_good=True, categories={name: hm.Policy()})
    return [
        *(digests, known, known.hashes[0], match, when, summary, policy),
        *(hm.Limits(max_pixels=5), hm.HashOptions(("pdq", "phash-64")), hm.VideoFacts()),
        *(hm.Profile(name, {"pdq": 3}), hm.Unreadable(Reason.DAMAGED, name)),
        hm.ScanResult(hm.Item(name), (match,) * 90),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_values_are_shown_in_one_short_line(folder: Path, name: str) -> None:
    for each in (*values(folder, name), *others(name)):
        shown = repr(each)
        assert len(shown) < 300, type(each)
        assert shown.isprintable(), type(each)
        assert not re.search("[0-9a-f]{17}|:[0-9a-f]{16}", shown), type(each)


class Cells(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


@pytest.mark.parametrize("name", [*NAMES, "<script>alert(1)</script>", '"><img src=x onerror=y>'])
def test_a_notebook_shows_escaped_text_and_no_full_hash(folder: Path, name: str) -> None:
    made = (*values(folder, name), *others(name))
    shown = [each for each in made if hasattr(each, "_repr_html_")]
    assert {type(each) for each in shown} == {
        *(hm.Index, hm.HashList, hm.Match, hm.ScanResult, hm.ScanSummary)
    }
    for each in shown:
        page = each._repr_html_()
        cells = Cells()
        cells.feed(page)
        assert cells.tags <= {"table", "caption", "tr", "th", "td", "ul", "li", "b"}, type(each)
        assert cells.attributes <= {"class", "colspan"}, type(each)
        assert not re.search("[0-9a-f]{17}|:[0-9a-f]{16}", cells.text), type(each)
        assert len(page) < 40_000, type(each)


def test_what_a_notebook_shows() -> None:
    summary, result = others("DCIM/a.jpg")[5], others("DCIM/a.jpg")[-1]
    cells = Cells()
    cells.feed(summary._repr_html_())
    told = "ScanSummary items 3 reasons DCIM/a.jpg: 1 damaged: 2 faults DCIM/a.jpg: 5"
    assert cells.text.split() == told.split()
    cells = Cells()
    cells.feed(result._repr_html_())
    assert cells.text.count("3 of at most 8") == 50
    assert "… and 40 more" in cells.text


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


def test_a_database_is_shown_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 60 + "\n.db")
    with hm.Database.open(path) as made:
        assert re.fullmatch(r"<Database '.*\\n.db', read and written>", repr(made))
    with hm.Database.open(path, read_only=True) as read:
        assert repr(read).endswith(", read only>")
        assert len(repr(read)) < 150
