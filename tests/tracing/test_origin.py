"""The copy nearest to the source, and what was made from which, of pictures really written anew."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.model import Item, ScanResult, Tier, VideoFacts
from hashmatch.model.orientation import Orientation
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.lineage import Descent, Origin
from hashmatch.tracing.origin import origin
from hashmatch.tracing.updating import update
from tests.support.casework import REGION
from tests.support.films import noisy, video
from tests.support.photos import photo, variants
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match

CAMERA = {0x010F: "Maker", 0x0110: "M1", 0x0132: "2026:04:17 10:20:30"}
OWN = [[each // 4 + 1 for each in range(64)], [each // 3 + 2 for each in range(64)]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def written(image: Image.Image, exif: Mapping[int, str] = {}, **options: Any) -> bytes:
    """A JPEG, with EXIF if there is any."""
    out, block = io.BytesIO(), Image.Exif()
    for tag, value in exif.items():
        block[tag] = value
    image.save(out, "JPEG", exif=block.tobytes() if exif else b"", **options)
    return out.getvalue()


def again(data: bytes, share: float = 1.0, exif: Mapping[int, str] = {}, **options: Any) -> bytes:
    """A copy made of the pixels of another one."""
    with Image.open(io.BytesIO(data)) as image:
        size = (round(image.width * share), round(image.height * share))
        return written(image.resize(size, Image.Resampling.LANCZOS), exif, **options)


def taken() -> bytes:
    """As a camera writes it: tables and EXIF of its own."""
    image = next(iter(variants(1))).convert("RGB")
    return written(image, CAMERA, qtables=OWN, subsampling="4:2:2")


def record(database: Database, exhibit: str, *copies: bytes, case: str = "1", **more: Any) -> None:
    """Put copies on record."""
    source = replace(SOURCE, label=exhibit, path=f"/evidence/{exhibit}")
    with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
        run.record([ScanResult(_item(exhibit, at, each), **more) for at, each in enumerate(copies)])
        run.finish()


def _item(exhibit: str, at: int, data: bytes) -> Item:
    item = hm.hash_item(data, options=hm.HashOptions(orientations=True))
    return replace(item, locator=f"/evidence/{exhibit}/{at}.jpg")


def asked(database: Database, **options: Any) -> Origin:
    """What is said of the only cluster."""
    update(database)
    return origin(database, "cluster:1", **options)


def made(found: Origin) -> dict[int, int | None]:
    """The parents that are told, by child."""
    return {each.child: each.parent for each in found.descents if each.told}


def test_a_chain_is_told_from_its_camera_to_its_last_copy(database: Database) -> None:
    first = taken()
    sent = again(first, 0.6, quality=75, progressive=True)
    small = again(sent, 0.6, quality=80)
    record(database, "phone", small, sent, first)
    found = asked(database)
    assert found.told
    assert found.candidates[0].copy == 3
    told = made(found)
    assert (told[2], told[3]) == (3, None)
    assert told[1] in {2, 3}
    assert [each.encoder.split()[0] for each in found.copies] == ["libjpeg,", "libjpeg,", "own"]
    assert sum(each.confidence for each in found.candidates) == pytest.approx(1)


def test_neither_pixels_nor_a_higher_quality_make_a_copy_earlier(database: Database) -> None:
    """That none of them can be told is an answer; that one of the later ones is first is none."""
    first = again(taken(), 0.7, quality=88)
    record(database, "phone", again(first, 2.0, quality=97), again(first, quality=99), first)
    found = asked(database)
    assert not (found.told and found.candidates[0].copy != 3)
    reasons = {
        each.copy: {reason.name for reason in each.reasons if reason.weight < 0}
        for each in found.candidates
    }
    assert "enlarged" in reasons[1]
    assert reasons[2] & {"resaved", "less-detail"}
    assert not reasons[3] & {"enlarged", "resaved", "less-detail"}


def test_forged_words_of_a_camera_are_one_reason_among_several(database: Database) -> None:
    first = taken()
    forged = again(again(first, 0.4, quality=60), 1.0, CAMERA, quality=70)
    stripped = again(first, quality=96, subsampling="4:4:4")
    record(database, "phone", forged, stripped)
    best, other = asked(database).candidates
    assert (best.copy, other.copy) == (2, 1)
    assert {each.name: each.weight > 0 for each in other.reasons}["no-camera"]


def test_forged_times_and_words_together_make_nobody_sure(
    database: Database,
) -> None:
    first = written(photo("coffee").convert("RGB"), quality=70)
    forged = again(first, 1.0, CAMERA, quality=85)
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    items = [_item("phone", at, each) for at, each in enumerate((first, forged))]
    times = [{"modified": f"20{year}-01-01T00:00:00Z"} for year in (24, 19)]
    with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
        run.record(
            [ScanResult(each) for each in items],
            times={each.locator: time for each, time in zip(items, times, strict=True)},
        )
        run.finish()
    found = asked(database)
    best = found.candidates[0]
    assert best.copy == 2
    assert best.confidence <= 0.7
    assert best.reasons[0].name == "disputed"
    assert {"later", "no-camera"} <= {each.name for each in best.reasons}


def test_equal_bytes_are_one_copy_in_several_places(database: Database) -> None:
    first = taken()
    record(database, "phone", first)
    record(database, "card", first, again(first, 0.5, quality=70), case="2")
    found = asked(database)
    assert [[each.place for each in copy.occurrences] for copy in found.copies] == [
        [("1", "phone"), ("2", "card")],
        [("2", "card")],
    ]


def test_siblings_of_a_lost_copy_are_no_parent_and_child(database: Database) -> None:
    """The smaller one names a camera, so that neither was made from the other."""
    first = taken()
    record(
        database,
        "phone",
        again(first, 0.5, CAMERA, quality=90),
        again(first, 0.95, quality=92, subsampling="4:4:4"),
    )
    found = asked(database)
    assert made(found).get(1) != 2
    assert set(made(found).values()) <= {None}


def test_turned_copies_are_told_so(database: Database) -> None:
    first = taken()
    with Image.open(io.BytesIO(first)) as image:
        other = written(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), quality=85)
    record(database, "phone", first, other)
    found = asked(database)
    assert [each.turned for each in found.copies] == ["upright", "mirrored"]
    (child,) = (each for each in found.descents if each.child == 2)
    assert (child.parent, child.turned) == (1, "mirrored")


def test_videos_are_told_by_what_they_spend_on_a_second_and_how_they_are_turned(
    database: Database,
) -> None:
    codes = np.random.default_rng(1).integers(0, 256, (40, 32), np.uint8)
    with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
        for at, (size, wide, way) in enumerate(
            [(300_000, 320, Orientation.MIRRORED), (9_000_000, 1280, Orientation.UPRIGHT)]
        ):
            media = video(noisy(codes, 6, at), orientation=way)
            media = replace(media, width=wide, height=wide // 2, video=VideoFacts(duration=40))
            where = f"/evidence/7/{at}.mp4"
            run.record([ScanResult(Item(where, size, digests=digests(at), media=media))])
        run.finish()
    found = asked(database)
    assert found.candidates[0].copy == 2
    assert [each.turned for each in found.copies] == ["upright", "mirrored"]
    assert {each.child: each.parent for each in found.descents} == {1: 2, 2: None}


def test_what_no_case_shows_changes_nothing(database: Database) -> None:
    """A hidden case that has the original is as if it had nothing; a pointer tells whom to ask."""
    first = taken()
    sent = again(first, 0.6, quality=75)
    saved = again(sent, quality=90)
    record(database, "phone", sent, saved, case="1")
    before = asked(database)
    record(database, "disk", first, case="2")
    for access in ("hidden", "pointer"):
        said = [Said("access", access), Said("contact", "A. Meier")]
        database.record_statements(Topic.CASE, said, by="A", case="2")
        found = asked(database, viewer="1")
        pointed = [(each.case, each.exhibit, each.contact) for each in found.elsewhere]
        assert pointed == ([] if access == "hidden" else [("2", "", "A. Meier")])
        told = {**found.to_dict(), "elsewhere": [], "coverage": []}
        assert told == {**before.to_dict(), "coverage": []}
    with pytest.raises(ValueError, match="cluster"):
        origin(database, "cluster:77", viewer="1")
    assert len(asked(database, viewer="2").copies) == 3


def test_bytes_of_a_hidden_case_lead_to_nothing(database: Database) -> None:
    first = taken()
    record(database, "phone", again(first, 0.6, quality=75), case="1")
    record(database, "disk", first, case="2")
    update(database)
    sha256 = hm.hash_item(first).digests.sha256
    assert len(origin(database, f"sha256:{sha256}").copies) == 2
    database.record_statements(Topic.CASE, [Said("access", "hidden")], by="A", case="2")
    assert origin(database, f"sha256:{sha256}", viewer="1").copies == ()


def test_an_entry_stands_for_all_that_it_met(database: Database) -> None:
    first = taken()
    record(database, "phone", first, again(first, 0.5, quality=70), matches=(match(5),))
    found = origin(database, "entry:vic/entry-5")
    assert (len(found.copies), found.candidates[0].copy) == (2, 1)


def test_a_part_ranks_behind_the_whole_however_large_it_is(database: Database) -> None:
    first = taken()
    with Image.open(io.BytesIO(first)) as image:
        wide, tall = image.size
        crop = image.crop((0, 0, wide * 3 // 4, tall)).resize((wide * 2, tall * 2))
    part = replace(match(5), tier=Tier.FRAMING, outline=REGION.outline, hypothesis="crop", tried=9)
    record(database, "phone", written(crop, CAMERA, quality=97), matches=(part,))
    record(database, "card", again(first, 0.4, quality=60), matches=(match(5),))
    found = origin(database, "entry:vic/entry-5")
    assert [each.part for each in found.copies] == ["crop", ""]
    assert found.candidates[0].copy == 2
    assert 1 not in {each.parent for each in found.descents}


def test_records_that_tell_nothing_of_how_files_were_written_give_no_guess(
    database: Database,
) -> None:
    first = taken()
    with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
        items = [_item("phone", at, each) for at, each in enumerate((first, again(first)))]
        run.record([ScanResult(replace(each, metadata=())) for each in items])
        run.finish()
    found = asked(database)
    assert not found.told
    assert [each.written for each in found.copies] == [{}, {}]
    assert [each.encoder for each in found.copies] == ["", ""]


def test_values_on_record_that_nobody_could_have_read_are_as_if_they_were_not(
    database: Database,
) -> None:
    first = taken()
    hostile = (
        ("quality", "9" * 400),
        ("coded-bytes", "-1"),
        ("exif-size", "xxx"),
        ("segments", ""),
    )
    with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
        items = [_item("phone", at, each) for at, each in enumerate((first, again(first)))]
        run.record([ScanResult(items[0]), ScanResult(replace(items[1], metadata=hostile))])
        run.finish()
    found = asked(database)
    assert len(found.candidates) == 2
    assert all(0 <= each.confidence <= 1 for each in found.candidates)


def test_no_copy_is_made_from_itself_or_in_a_circle(database: Database) -> None:
    first = taken()
    same = [again(first, quality=each) for each in range(80, 96, 3)]
    record(database, "phone", *same)
    parents: dict[int, Descent] = {each.child: each for each in asked(database).descents}
    for child in parents:
        seen, at = set(), child
        while (parent := parents[at].parent) is not None:
            seen.add(at)
            at = parent
            assert at not in seen
