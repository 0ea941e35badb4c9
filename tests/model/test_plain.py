"""Values as JSON: every field of every public value, and nothing that JSON cannot hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, make_dataclass
from typing import Any

import pytest

import hashmatch as hm
from hashmatch import model
from hashmatch.errors import Reason
from hashmatch.model import Alignment, Entry, Hash, KnownHash, Match, MediaHashes, Reading
from hashmatch.model.locator import File, Locator, Member
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import PlainValue, blank, plain
from hashmatch.reports import plain as records
from hashmatch.sightings.records import ItemRecord, SightingRecord
from tests.support.case_records import VIEWING, case, clip, digests, example, run, sighting, source
from tests.support.sighting_values import UNREAD, VOLUME

HASH = Hash.parse("dhash-64:00000000000000ff")
SEGMENT = Alignment(
    start=1.00049,
    end=4.9995,
    known_start=3.25,
    known_end=7.2,
    grade=model.Grade.STRONG,
    frames=5,
    pictures=4,
    distance=12.376,
    speed=0.99996,
    coverage=0.33333,
    known_coverage=0.66666,
    orientation=Orientation.ROTATED_90,
    part="content",
)
MATCH = Match(
    "list",
    "entry",
    category="1",
    kind=model.MatchKind.VIDEO,
    algorithm="dhash-64",
    distance=3,
    threshold=8,
    alpha=model.Alpha.DROPPED,
    mode=model.Mode.EXACT,
    orientation=Orientation.MIRRORED,
    segments=(SEGMENT,),
    fraction=0.123456,
    entry_digests=digests("known"),
    details={"tags": ["a", {"b": None}]},
)
PICTURE = MediaHashes(
    (Reading(HASH, 90), Reading(HASH, 80, orientation=Orientation.MIRRORED)),
    model.Mode.FAST,
    width=640,
    height=480,
    format="jpeg",
    decoder=model.Decoder.TURBO,
    flags=("oriented",),
    fraction=0.56789,
    reason=Reason.TRUNCATED,
)
FILM = MediaHashes(
    (Reading(HASH, 90, time=0.0), Reading(HASH, 80, frame=9, time=1.23456)),
    model.Mode.FAST,
    width=640,
    height=480,
    format="mp4",
    decoder=model.Decoder.LIBAV,
    flags=("times-estimated",),
    video=hm.VideoFacts(model.Sampling.QUERY, 2.0, codec="h264", damaged=1),
)
ITEM = hm.Item("DCIM/1.jpg", 1234, digests=digests("file"), media=PICTURE)
ENTRY = Entry(
    "7",
    1,
    digests=digests("known"),
    hashes=(KnownHash(HASH, 90, "centre", 1.5),),
    category="1",
    scheme="VIC",
)
PLACE = model.Place(
    locator=Locator((File("a!.zip"), Member("zip", 3, "b.jpg"))),
    state=model.AllocationState.DELETED,
    runs=((512, 1024), (4096, 512)),
    weight=1536,
)
VALUES = (
    *(HASH, SEGMENT, MATCH, PICTURE, FILM, ITEM, ENTRY, *ENTRY.hashes, *FILM.readings),
    hm.Item("film.mp4", 1234, digests=digests("film"), media=FILM),
    hm.Item("gone", unreadable=hm.Unreadable(Reason.IO_ERROR, "gone")),
    *(hm.Digests(md5="0" * 32), hm.Unreadable(Reason.DAMAGED), hm.VideoFacts()),
    *(hm.ScanResult(ITEM, (MATCH,)), hm.ScanSummary(items=3, hashed=2, reasons={"damaged": 1})),
    *(hm.Limits(), hm.HashOptions(), hm.get_profile("wide")),
    hm.Policy(known_good=True, categories={"VIC/1": hm.Policy(thresholds={"pdq": 20})}),
    hm.HashList.of("lab", [ENTRY]),
    *(PLACE, PLACE.locator, VOLUME, UNREAD, hm.Item("in a zip", place=PLACE)),
    model.Region(
        model.Tier.REGIONS,
        ((0.0, 0.5), (8.0, 0.5), (8.0, 9.0), (0.0, 9.0)),
        70,
        "turns",
        bytes(256),
    ),
    model.Similarity(5, 0.5, -20.0, 0.75),
)
PUBLIC = {
    value
    for value in (*(getattr(hm, name) for name in hm.__all__), *vars(model).values())
    if isinstance(value, type) and is_dataclass(value)
}


def keys(found: object) -> Iterable[str]:
    """Every key anywhere in a JSON value."""
    if isinstance(found, Mapping):
        yield from found
        found = list(found.values())
    if isinstance(found, list):
        for each in found:
            yield from keys(each)


def test_every_public_value_has_a_form_in_json() -> None:
    made: set[type] = {type(value) for value in VALUES}
    assert made == PUBLIC
    assert len(PUBLIC) >= 18


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_what_json_gives_back(value: PlainValue) -> None:
    found = value.to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert hm.to_json(value) == found


_NEVER_SHOWN: dict[Any, set[str]] = {hm.Item: {"metadata"}}
"""Fields that are in no output: what files say of themselves may tell where somebody lives."""


@pytest.mark.parametrize("kind", sorted(PUBLIC, key=str), ids=lambda kind: kind.__name__)
def test_every_field_of_a_public_value_is_in_its_json(kind: Any) -> None:
    for value in VALUES:
        if isinstance(value, kind) and kind is not Hash:
            shape = value.json_shape
            assert {*shape.omitted} <= _NEVER_SHOWN.get(kind, set())
            told = {shape.names.get(each.name, each.name) for each in fields(kind)}
            told -= {*shape.omitted}
            assert told - set(shape.spread) <= value.to_dict().keys()


def test_a_field_that_is_added_to_a_match_appears_by_itself() -> None:
    longer = make_dataclass(
        "Longer", [("added", float, 1.5)], bases=(Match,), frozen=True, slots=True
    )
    told = {each.name: getattr(MATCH, each.name) for each in fields(MATCH)}
    assert longer(**told).to_dict() == {**MATCH.to_dict(), "added": 1.5}


def test_a_match_is_written_as_it_always_was() -> None:
    known = digests("known")
    assert MATCH.to_dict() == {
        "list_name": "list",
        "entry_id": "entry",
        "number": 0,
        "list_sha256": "",
        "scheme": "",
        "category": "1",
        "kind": "video",
        "band": "match",
        "reportable": True,
        "known_good": False,
        "suppressed": False,
        "algorithm": "dhash-64",
        "distance": 3,
        "threshold": 8,
        "orientation": "mirrored",
        "inverted": False,
        "alpha": "dropped",
        "frame": 0,
        "mode": "exact",
        "part": "",
        "quality": None,
        "entry_quality": None,
        "fraction": 0.1235,
        "tier": "whole",
        "outline": [],
        "hypothesis": None,
        "tried": 0,
        **dict.fromkeys(("inliers", "scale", "turn", "overlap")),
        "entry_hash": None,
        "entry_digests": {"md5": known.md5, "sha1": known.sha1, "sha256": known.sha256},
        "details": {"tags": ["a", {"b": None}]},
        "segments": [
            {
                "start": 1.0,
                "end": 5.0,
                "known_start": 3.25,
                "known_end": 7.2,
                "offset": 2.25,
                "speed": 1.0,
                "grade": "strong",
                "frames": 5,
                "pictures": 4,
                "distance": 12.38,
                "coverage": 0.3333,
                "known_coverage": 0.6667,
                "orientation": "rotated 90",
                "part": "content",
                "times_estimated": False,
            }
        ],
    }


def test_a_picture_and_a_film_are_written_as_they_always_were() -> None:
    upright, mirrored = (
        {
            "algorithm": "dhash-64",
            "hash": "00000000000000ff",
            "quality": quality,
            "orientation": turned,
            "alpha": "composited",
            "frame": 0,
            "time": None,
            "part": "",
        }
        for quality, turned in ((90, "upright"), (80, "mirrored"))
    )
    picture = {
        "format": "jpeg",
        "width": 640,
        "height": 480,
        "mode": "fast",
        "decoder": "turbo",
        "frames": 1,
        "flags": ["oriented"],
        "fraction": 0.5679,
        "reason": "truncated",
        "sampling": None,
        "duration": None,
        "codec": None,
        "damaged": None,
        "times_estimated": None,
        "hash": str(HASH),
        "quality": 90,
        "hashes": [upright, mirrored],
        "regions": [],
    }
    assert PICTURE.to_dict() == picture
    assert PICTURE.to_dict(every=False) == {**picture, "hashes": [upright]}
    assert FILM.to_dict(every=False) == {
        "format": "mp4",
        "width": 640,
        "height": 480,
        "mode": "fast",
        "decoder": "libav",
        "frames": 1,
        "flags": ["times-estimated"],
        "fraction": 1.0,
        "reason": None,
        "sampling": "query",
        "duration": 2.0,
        "codec": "h264",
        "damaged": 1,
        "times_estimated": True,
        "hash": None,
        "quality": None,
        "hashes": [],
        "regions": [],
    }
    assert [each["time"] for each in FILM.to_dict()["hashes"]] == [0.0, 1.235]


def test_a_file_has_the_same_keys_whatever_is_in_it() -> None:
    found = [
        *(list(hm.Item("x", media=image).to_dict()) for image in (None, PICTURE, FILM)),
        *(list(hm.ScanResult(ITEM, each).to_dict()) for each in ((), (MATCH,))),
        list(blank(hm.Item)),
        list(records.of_value("x", hm.Digests(), [HASH], [MATCH])),
    ]
    assert all(each == found[0] for each in found)
    assert found[0][-1] == "matches"
    assert hm.ScanResult(ITEM).to_dict(every=True) == ITEM.to_dict()


def test_records_are_written_by_their_fields() -> None:
    whole = case(source(), runs=(run(),))
    found = whole.to_dict()
    assert json.loads(json.dumps(found)) == found
    assert {"files_expected", "files_on_record"} < found["runs"][0].keys()
    assert not {"source", "scan"} & found["runs"][0].keys()
    assert {"internal_errors", "matched_in_other_scans"} < found["sources"][0].keys()
    later = sighting(1, clip(), MATCH, viewings=(VIEWING,), rematch=3)
    for seen in (*example().seen, later):
        told = records.of_sighting(seen, {})
        assert told["match"] == seen.match.to_dict()
        assert {"reportable", "path", "exhibit", "other_name", "viewed_by_human"} <= {*keys(told)}
        assert ("viewings" in told) == seen.viewed_by_human
        of_item = {
            ItemRecord.json_shape.names.get(each.name, each.name) for each in fields(ItemRecord)
        }
        # Of a plain file nothing says that it lies in nothing else, or was called otherwise.
        hidden = {"source", "digests", "place", "original_name"}
        hidden |= {"parent", "parent_md5", "parent_offset"}
        assert of_item - hidden == told["item"].keys() & of_item
        assert told.get("retroactive_rematch") == seen.rematch
        hidden = {"id", "viewings", "rematch"}
        assert {each.name for each in fields(SightingRecord)} - hidden <= told.keys()


@dataclass(frozen=True)
class Other:
    held: object


@pytest.mark.parametrize("value", [b"bytes", bytearray(1), object(), Other(b"x"), [Other], 1j])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="form in JSON"):
        plain(value)


def test_kinds_of_values() -> None:
    value: dict[Any, Any] = {Reason.DAMAGED: (HASH, Orientation.FLIPPED), "set": {2, 1}}
    assert plain(value) == {"damaged": [str(HASH), "flipped"], "set": [1, 2]}
    assert plain(Other(model.Mode.FAST)) == {"held": "fast"}
    assert HASH.to_dict() == {"algorithm": "dhash-64", "hash": "00000000000000ff"}


def test_where_an_item_lies_is_in_its_json() -> None:
    found = hm.Item("a!.zip!zip:3:b.jpg", place=PLACE).to_dict()["place"]
    assert found == {
        "locator": "a%21.zip!zip:3:b.jpg",
        "state": "deleted",
        "confidence": "certain",
        "runs": [[512, 1024], [4096, 512]],
        "weight": 1536,
        "from_source": False,
        "parent": "a!.zip",
        "steps": [
            {"step": "file", "path": "a!.zip"},
            {"step": "member", "container": "zip", "number": 3, "name": "b.jpg"},
        ],
    }
    assert PLACE.locator.to_dict() == {"locator": found["locator"], "steps": found["steps"]}


def test_a_source_without_members_and_volumes_says_nothing_of_them() -> None:
    keys_of_medium = {"members", "volumes", "unread_ranges"}
    assert not keys_of_medium & source().to_dict().keys()
    found = source(members=2, volumes=(VOLUME,), unread_ranges=(UNREAD,)).to_dict()
    assert keys_of_medium < found.keys()
    assert found["volumes"] == [
        {
            "locator": "disk.E01!gpt:2@1048576",
            "kind": "bitlocker",
            "offset": 1 << 20,
            "length": 1 << 30,
            "status": "not-read",
            "reason": "it is locked, and no key was given",
        }
    ]
    assert found["unread_ranges"][0]["locator"] == "disk.E01"
