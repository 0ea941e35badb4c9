import io
import json
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch import registry
from hashmatch.model import ItemStatus
from hashmatch.model.locator import File, FileObject, Locator, Member, Page
from hashmatch.reports.base import Writing
from hashmatch.reports.redaction import Redacted, without_paths
from hashmatch.sightings.records import Viewing
from hashmatch.sightings.verdict import Problem, Verdict
from tests.support.case_records import (
    InMemory,
    case,
    holding,
    item,
    match,
    run,
    sighting,
    source,
)
from tests.support.member_records import inside
from tests.support.sighting_values import UNREAD, VOLUME

if TYPE_CHECKING:
    from hashmatch.model import Json

SECRET = st.text("XYZ", min_size=6, max_size=12).map("qq{}qq".format)
WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z", redacted=True)


def written(database: InMemory, form: str) -> str:
    held = io.BytesIO()
    out = io.TextIOWrapper(held, "utf-8", "surrogatepass", newline="", write_through=True)
    registry.load("reports", form).write(Redacted(database), "2026-0417", out, writing=WRITING)
    out.flush()
    return (
        parquet_text(held)
        if form == "parquet"
        else held.getvalue().decode("utf-8", "surrogatepass")
    )


def parquet_text(held: io.BytesIO) -> str:
    """All that is in a Parquet file, as text."""
    parquet = pytest.importorskip("pyarrow.parquet")
    file = parquet.ParquetFile(held)
    about = json.loads(file.metadata.metadata[b"hashmatch"])
    return json.dumps([about, file.read().to_pylist()], ensure_ascii=False)


@pytest.mark.parametrize("form", registry.names("reports"))
@settings(max_examples=25, deadline=None)
@given(st.lists(SECRET, min_size=1, max_size=4), SECRET, st.sampled_from("/\\"))
def test_no_name_of_folder_or_file_is_left(
    form: str, folders: list[str], name: str, separator: str
) -> None:
    path = separator.join([*folders, f"{name}.jpg"])
    file = item(1, path, detail=f"cannot open {path}")
    broken = replace(file, id=2, status=ItemStatus.UNREADABLE, reason="io-error")
    part = replace(file, id=3, reason="truncated")
    root = separator + separator.join(folders)
    record = case(
        source(label=folders[-1], path=root, items=3, hashed=2, unreadable=1, incomplete=1),
        runs=[run(command=f"hashmatch scan {root}")],
    )
    record = replace(record, sources=(replace(record.sources[0], identity={"mount": root}),))
    details: dict[str, Json] = {
        "FilePath": folders[0],
        "Comments": f"seen as {path}",
        "MediaFiles": [{"FileName": name, "Size": 5}, f"{name}.jpg"],
        "Series": "kept series",
    }
    how = match(details=details)
    viewing = Viewing("2026-11-28T10:00:00.000+00:00", "A. Meier", f"asked for {path}")
    seen = sighting(1, file, how, viewings=(viewing,))
    database = InMemory(record, [seen], [file, broken, part])
    text = written(database, form)
    if form != "vics":
        assert "kept series" in text
    for secret in (*folders, name):
        assert secret not in text
    assert "A. Meier" in text


ODD = st.text("!%\x00\u202e\udcff ", max_size=4)


@pytest.mark.parametrize("form", registry.names("reports"))
@settings(max_examples=25, deadline=None)
@given(st.lists(SECRET, min_size=8, max_size=8), ODD, st.sampled_from("/\\"))
def test_no_name_of_any_step_is_left(
    form: str, secrets: list[str], odd: str, separator: str
) -> None:
    """Nor where it is escaped."""
    names = [f"{odd}{each}{odd}" for each in secrets]
    paths = [f"{separator.join(pair)}.zip" for pair in zip(names[:6:2], names[1:6:2], strict=True)]
    steps = (
        FileObject("ntfs", 5, 128, 1, paths[1]),
        Member("zip", 3, paths[2]),
        Member("zip", 4, names[6]),
    )
    found = [
        replace(inside(number, *steps[:number]), status=status, reason="io-error", detail=names[7])
        for number, status in zip((1, 2, 3), ItemStatus, strict=True)
    ]
    places = [
        replace(each.place, locator=Locator((File(paths[0]), *each.place.locator.steps[1:])))
        for each in found
        if each.place
    ]
    found = [
        replace(each, place=place, locator=str(place.locator))
        for each, place in zip(found, places, strict=True)
    ]
    found.append(replace(found[0], id=4, locator=str(Locator((File(paths[0]),))), place=None))
    unread = replace(UNREAD, locator=Locator((File(paths[0]),)), reason=f"{names[7]}.E01")
    volume = replace(VOLUME, locator=places[0].locator, reason=f"see {paths[0]}")
    seen = [sighting(each.id, each, match()) for each in found]
    database = holding(seen, found)
    (made,) = database.record.sources
    made = replace(made, volumes=(volume,), unread_ranges=(unread,))
    database.record = replace(database.record, sources=(made,))
    text = written(database, form)
    for secret in secrets:
        assert secret not in text
    assert "zip:3:" in unescape(text)


def test_steps_keep_all_but_names() -> None:
    """What lies in one container can be seen to do so."""
    first = inside()
    second = inside(8, Member("zip", 4, "holiday/2.png"), Page(3, 0))
    third = inside(9, Member("zip", 5, "x.gz"), Member("gz", 0))
    redacted = Redacted(
        holding(sighting(each.id, each, match()) for each in (first, second, third))
    )
    found = [each.item for each in redacted.sightings("2026-0417")]
    assert [each.locator for each in found] == [
        "folder-1/file-1.zip!zip:3:folder-2/item-7.jpg",
        "folder-1/file-1.zip!zip:4:folder-2/file-2.png!page:3:0",
        "folder-1/file-1.zip!zip:5:folder-3/file-3.gz!gz:0:",
    ]
    for was, now in zip((first, second, third), found, strict=True):
        assert now.place is not None
        assert was.place is not None
        assert str(now.place.locator) == now.locator
        assert replace(now.place, locator=was.place.locator) == was.place


def test_a_folder_has_one_number_and_a_file_keeps_its_extension() -> None:
    paths = ["a/b/1.jpg", "a/b/2.PNG", "a/c/1.jpg", "a/b/x.jpg/3", "4.verylongextension", "a/b/5"]
    files = [item(i, path) for i, path in enumerate(paths, 1)]
    files.append(item(7, "a/b/1.jpg", source=2))
    redacted = Redacted(holding(sighting(each.id, each, match()) for each in files))
    for _ in range(2):
        assert [each.item.locator for each in redacted.sightings("2026-0417")] == [
            "folder-1/item-1.jpg",
            "folder-1/item-2.PNG",
            "folder-2/item-3.jpg",
            "folder-3/item-4",
            "folder-4/item-5",
            "folder-1/item-6",
            "folder-5/item-7.jpg",
        ]
    assert [each.locator for each in redacted.items("2026-0417", status=ItemStatus.HASHED)][:1] == [
        "folder-1/item-1.jpg"
    ]


@pytest.mark.parametrize(
    ("label", "path", "shown"),
    [
        ("A-7", "/mnt/k/evidence", "A-7"),
        ("evidence", "/mnt/k/evidence", "source-1"),
        ("/mnt/k/evidence", "/mnt/k/evidence", "source-1"),
        ("k/evidence", "/mnt/k/evidence", "source-1"),
        ("Anna", "C:\\Users\\Anna", "source-1"),
    ],
)
def test_a_label_made_of_the_path_is_withheld(label: str, path: str, shown: str) -> None:
    database = InMemory(case(source(label=label, path=path)))
    (found,) = Redacted(database).case("2026-0417").sources
    assert found.label == shown
    assert found.path == "(withheld)"


def test_every_report_says_that_it_is_redacted() -> None:
    database = holding([sighting(1, item(), match())])
    for form in ("html", "json", "jsonl", "csv", "vics"):
        assert "are withheld" in written(database, form)
    assert json.loads(written(database, "json"))["report"]["redacted"] is True


def test_what_a_system_says_of_the_database_names_no_path() -> None:
    problems = (
        Problem("/mnt/k/lab.sightings is damaged, or no database of sightings: malformed"),
        Problem("was altered", "sightings", 7, 3),
        Problem("the trigger audit_no_update is missing"),
    )
    found = without_paths(Verdict(12, "ab" * 32, problems))
    assert [each.what for each in found.problems] == [
        "the file is damaged",
        "was altered",
        "the trigger audit_no_update is missing",
    ]
