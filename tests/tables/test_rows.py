"""Rows hold all that matches depend on, and their columns are those of the values."""

import dataclasses
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.model import Alignment, Digests, Item, Match, MatchKind, Reading, Region, Unreadable
from hashmatch.model.plain import blank
from hashmatch.tables import arrow, columns
from hashmatch.tables.columns import ColumnError
from hashmatch.tables.rows import item_of, match_of, row_of
from tests.support.clips import animation, clip
from tests.support.photos import encoded, photo

MATCH = Match(
    *("lab", "e\udcff"),
    category="1",
    kind=MatchKind.PERCEPTUAL,
    algorithm="pdq",
    distance=3,
    threshold=31,
    details={"a": ["b", 1]},
    outline=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
)


def items() -> list[Item]:
    """A picture with parts, an animation, a film, a broken file, and none."""
    parts = hm.HashOptions(orientations=True, variants=True, tiers=("whole", "regions"))
    picture = encoded(photo("coffee").resize((400, 300)), "JPEG")
    clear = photo("chelsea").resize((200, 150))
    clear.putalpha(90)
    data = [picture, animation("GIF"), clip(), picture[: len(picture) // 2], b"text", b""]
    data.append(encoded(clear, "PNG"))
    return [hm.hash_item(each, parts, locator=f"/{at}") for at, each in enumerate(data)]


def test_columns_are_those_of_the_values() -> None:
    assert set(columns.MATCHES) == set(MATCH.to_dict())
    assert set(columns.SEGMENTS) == set(blank(Alignment))
    readings = {each.name for each in dataclasses.fields(Reading)} - {"hash"}
    assert set(columns.HASHES) == readings | {"algorithm", "hex"}
    assert set(columns.REGIONS) == {each.name for each in dataclasses.fields(Region)}
    assert set(row_of(Item("x"), ())) == set(columns.COLUMNS)


def test_an_item_comes_back_from_parquet_as_it_was(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    given = items()
    assert any(each.media and each.media.regions for each in given)
    assert any(each.media and each.media.video for each in given)
    readings = [one for each in given if each.media for one in each.media.readings]
    assert {one.alpha.value for one in readings} == {"composited", "dropped"}
    assert len({one.part for one in readings}) > 1
    with (tmp_path / "t").open("wb") as file:
        arrow.write_rows(file, (row_of(each, [MATCH]) for each in given), lambda: {"a": 1})
    table = parquet.read_table(tmp_path / "t")
    metadata = parquet.read_metadata(tmp_path / "t").metadata
    assert arrow.about_in(metadata) == {"a": 1, "columns": columns.VERSION}
    rows = table.to_pylist()
    for row, item in zip(rows, given, strict=True):
        expected = dataclasses.replace(item, metadata=(), place=None)
        assert item_of(row) == expected
        # Bytes that are no text are escaped.
        (match,) = row["matches"]
        assert match == {**match_of(MATCH), "entry_id": "e\\udcff"}
    assert table.schema.remove_metadata() == arrow.schema()


def test_what_was_altered_is_refused() -> None:
    row = row_of(items()[0], ())
    for name, value in (("mode", "x"), ("fraction", "x"), ("hashes", [{"algorithm": "pdq"}])):
        with pytest.raises(ColumnError):
            item_of({**row, name: value})
    with pytest.raises(ColumnError):
        item_of({**row, "md5": "x"})
    short = {**row["regions"][0], "outline": [0.0]}
    with pytest.raises(ColumnError):
        item_of({**row, "regions": [short]})


def test_a_fault_is_told_and_its_item_comes_back() -> None:
    fault = Unreadable(hm.Reason.INTERNAL_ERROR, "TypeError in decoding/x.py:1 (f)")
    item = Item("/a", 3, digests=Digests(md5="0" * 32), unreadable=fault)
    assert item_of(row_of(item, None)) == item
