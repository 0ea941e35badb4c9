import io
import json
from base64 import b64encode
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.base import About, Quarantined, Row
from hashmatch.hashlists.vics import VicsFormat
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.json_list_seeds import (
    MD5,
    PDQ,
    PHOTODNA,
    SEEDS,
    SHA1,
    SHA256,
    InMemory,
    case,
    cases,
    context,
    hash_set,
    media,
    version_1,
)

VICS = VicsFormat()
OTHER = media(MediaID=99, MD5="D" * 32, AlternativeHashes=[])


def read(data: bytes) -> list[Row]:
    assert VICS.detect(data[: 1 << 16])
    return list(VICS.read(InMemory(data)))


def entries(data: bytes) -> list[Entry]:
    return [row for row in read(data) if isinstance(row, Entry)]


def one(**changed: Any) -> Entry:
    (entry,) = entries(hash_set(media(**changed)))
    return entry


def written(*given: Entry, about: About | None = None) -> tuple[str, Counter[str]]:
    out = io.StringIO()
    lost = VICS.write(iter(given), about or About(), out)
    return out.getvalue(), lost


def test_a_hash_set_gives_all_that_it_says() -> None:
    entry, about = read(hash_set(media()))
    assert entry == Entry(
        id="7",
        number=1,
        digests=Digests(md5=MD5.lower(), sha1=SHA1, sha256=SHA256),
        hashes=(
            KnownHash(Hash("photodna", PHOTODNA)),
            KnownHash(Hash.fromhex("pdq", PDQ), 88),
            KnownHash(Hash("tmk-pdqf", b"\x00\xff\x10")),
        ),
        category="2",
        scheme="VIC_US",
        details={
            "MediaSize": 2835,
            "MimeType": "image/jpeg",
            "DateUpdated": "2023-06-07T02:31:49.8300Z",
            "RelativeFilePath": "dir\\name.jpg",
            "VictimIdentified": False,
            "OffenderIdentified": False,
            "IsDistributed": True,
            "IsSuspected": False,
            "Tags": "a;b",
            "IsPrecategorized": False,
            "Exifs": [{"MD5": MD5, "PropertyName": "Make", "PropertyValue": "Ä"}],
            "MediaFiles": [{"MD5": MD5, "FileName": "name.jpg", "Unallocated": False}],
            "AlternativeHashes": [{"MD5": MD5, "HashName": "ssdeep", "HashValue": "96:s4Ud:L"}],
        },
    )
    assert about == About(details={"@odata.context": context()})


def test_cases_give_their_media_and_what_they_say_of_themselves() -> None:
    first, second, about = read(cases(case(media()), case(media(MediaID=8))))
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert isinstance(about, About)
    assert (first.id, first.scheme, second.id, second.number) == ("7", "VIC_UK", "8", 2)
    said: Any = about.details["cases"]
    assert [each["CaseNumber"] for each in said] == ["12/34", "12/34"]
    assert (said[0]["SeizureDate"], said[0]["TotalMediaFiles"]) == ("2020-01-02", "1")


def test_a_lone_case_names_the_owner() -> None:
    about = read(cases(case(media())))[-1]
    assert isinstance(about, About)
    assert about.owner == "A lab"


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_version_1_with_its_links_and_dates(version: str) -> None:
    (entry,) = entries(version_1(version))
    assert (entry.id, entry.category, entry.scheme) == ("12", "0", "VIC")
    assert entry.hashes == (KnownHash(Hash("photodna", PHOTODNA)),)
    assert entry.details == {
        "VictimIdentified": True,
        "DateUpdated": "2023-06-07T02:31:49.830000+00:00",
    }
    assert not entry.known_good


@pytest.mark.parametrize(
    ("region", "scheme"),
    [("US", "VIC_US"), ("UK", "VIC_UK"), ("Default", "VIC"), ("CUSTOM", "VIC_CUSTOM")],
)
def test_the_region_is_the_scheme(region: str, scheme: str) -> None:
    assert [entry.scheme for entry in entries(hash_set(media(), region=region))] == [scheme]


def test_a_region_that_comes_too_late_is_reported() -> None:
    text = json.dumps({"value": [media()], "@odata.context": context("UK")}).encode()
    large = text.replace(b"a;b", b"x" * 70_000)
    assert [type(row) for row in read(large)] == [Entry, Quarantined, About]


TOLERATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "digest in lower case": ({"MD5": MD5.lower()}, {}),
    "digest between blanks": ({"MD5": f" {MD5}\n"}, {}),
    "number as text": ({"MediaID": "7"}, {"id": "7"}),
    "no id": ({"MediaID": None}, {"id": "1"}),
    "an id that is a name": ({"MediaID": "a-7"}, {"id": "a-7"}),
    "null category": ({"Category": None}, {"category": ""}),
    "category zero": ({"Category": 0}, {"category": "0", "known_good": False}),
    "category as text": ({"Category": "2"}, {"category": "2"}),
    "a category of words": ({"Category": "CAT 1"}, {"category": "CAT 1"}),
    "no MD5 but a SHA1": (
        {"MD5": "", "AlternativeHashes": []},
        {"digests": Digests(sha1=SHA1)},
    ),
    "only a hash": (
        {"MD5": None, "SHA1": None, "AlternativeHashes": None},
        {"digests": Digests(), "hashes": (KnownHash(Hash("photodna", PHOTODNA)),)},
    ),
    "PhotoDNA in hex": ({"PhotoDNA": PHOTODNA.hex().upper()}, {}),
    "SHA256 as a field": (
        {"SHA256": SHA256},
        {"digests": Digests(md5=MD5.lower(), sha1=SHA1, sha256=SHA256)},
    ),
    "one alternative hash without its array": (
        {"AlternativeHashes": {"HashName": "Pdq", "HashValue": PDQ.upper()}},
        {"digests": Digests(md5=MD5.lower(), sha1=SHA1)},
    ),
    "alternative hash without a value": ({"AlternativeHashes": [{"HashName": "PDQ"}]}, {}),
}


@pytest.mark.parametrize("dirt", TOLERATED)
def test_dirt_that_is_read_as_it_was_meant(dirt: str) -> None:
    changed, expected = TOLERATED[dirt]
    entry = one(**changed)
    for name, value in expected.items():
        assert getattr(entry, name) == value
    if "MD5" not in changed:
        assert entry.digests.md5 == MD5.lower()
    assert KnownHash(Hash("photodna", PHOTODNA)) in entry.hashes


FLAGS = [("true", True), ("False", False), (1, True), (0, False), ("no", False), ("maybe", "maybe")]


@pytest.mark.parametrize(("value", "meant"), FLAGS)
def test_flags_are_truth_values_unless_nobody_can_tell(value: object, meant: object) -> None:
    assert one(IsDistributed=value).details["IsDistributed"] == meant


def test_keys_in_any_case_and_unknown_ones() -> None:
    swapped = {key.swapcase(): value for key, value in media(Extra={"a": [1]}).items()}
    (entry,) = entries(hash_set(swapped))
    assert entry.details["eXTRA"] == {"a": [1]}
    assert (entry.id, entry.digests.md5) == ("7", MD5.lower())
    assert entry.details["MimeType"] == "image/jpeg"


QUARANTINED: dict[str, dict[str, Any]] = {
    "MD5 too short": {"MD5": MD5[:-1], "AlternativeHashes": []},
    "MD5 too long": {"MD5": MD5 + "A", "AlternativeHashes": []},
    "MD5 not hex": {"MD5": "G" * 32, "AlternativeHashes": []},
    "MD5 with other digits": {"MD5": "٣" * 32, "AlternativeHashes": []},
    "MD5 a number": {"MD5": 12, "AlternativeHashes": []},
    "MD5 a list": {"MD5": [MD5], "AlternativeHashes": []},
    "SHA1 with the length of MD5": {"SHA1": MD5},
    "SHA256 with the length of SHA1": {"SHA256": SHA1},
    "PhotoDNA neither hex nor base64": {"PhotoDNA": "!" * 192},
    "PhotoDNA with a missing character": {"PhotoDNA": b64encode(PHOTODNA).decode()[:-1]},
    "PhotoDNA an object": {"PhotoDNA": {"a": 1}},
    "neither digest nor hash": {"MD5": None, "SHA1": "", "PhotoDNA": None, "AlternativeHashes": []},
    "alternative hash of another file": {
        "AlternativeHashes": [{"MD5": "E" * 32, "HashName": "PDQ", "HashValue": PDQ}]
    },
    "MD5 only beside an alternative hash": {"MD5": ""},
    "two SHA1": {"AlternativeHashes": [{"HashName": "SHA-1", "HashValue": "0" * 40}]},
    "PDQ of 32 digits": {"AlternativeHashes": [{"HashName": "PDQ", "HashValue": "f8" * 16}]},
    "PDQ a number": {"AlternativeHashes": [{"HashName": "PDQ", "HashValue": True}]},
    "quality over 100": {
        "AlternativeHashes": [{"HashName": "PDQ", "HashValue": PDQ, "HashQuality": 101}]
    },
    "alternative hashes that are text": {"AlternativeHashes": "PDQ"},
    "alternative hashes in two arrays": {"AlternativeHashes": [[]]},
    "category an object": {"Category": {"id": 1}},
    "category a truth value": {"Category": True},
    "id a list": {"MediaID": [7]},
    "md5 in two cases that differ": {"md5": "E" * 32},
}


@pytest.mark.parametrize("dirt", QUARANTINED)
def test_dirt_that_sets_a_row_aside_and_no_other(dirt: str) -> None:
    rows = read(hash_set(OTHER, media(**QUARANTINED[dirt]), OTHER))
    assert [type(row) for row in rows] == [Entry, Quarantined, Entry, About]
    spoilt = rows[1]
    assert isinstance(spoilt, Quarantined)
    assert spoilt.number == 2
    assert MD5.lower() not in spoilt.reason.lower()


@pytest.mark.parametrize("row", ["null", "3", '"text"', "[1]", "{}", '{"MD5": "', "nothing"])
def test_rows_that_are_no_media(row: str) -> None:
    text = f'{{"@odata.context": "{context()}", "value": [{json.dumps(OTHER)}, {row},'
    rows = read((text + json.dumps(OTHER) + "]}").encode())
    assert [type(each) for each in rows] == [Entry, Quarantined, Entry, About]


def test_media_with_one_id_all_stand() -> None:
    assert [entry.id for entry in entries(hash_set(media(), media(MD5="E" * 32, **NONE)))] == [
        "7",
        "7",
    ]


NONE: dict[str, Any] = {"AlternativeHashes": []}


def test_media_in_a_file_that_says_cases_and_an_array_without_a_header() -> None:
    text = json.dumps({"@odata.context": context("US", "Cases"), "value": [OTHER, OTHER]})
    assert [(entry.id, entry.number) for entry in entries(text.encode())] == [("99", 1), ("99", 2)]
    assert [entry.scheme for entry in entries(json.dumps([OTHER]).encode())] == ["VIC"]


def test_a_truncated_file_keeps_what_came_before() -> None:
    rows = read(hash_set(media(), media())[:-200])
    assert [type(row) for row in rows] == [Entry, Quarantined, About]


@pytest.mark.parametrize("data", [b"", b"md5\n", b'{"value": []}', b"\x89PNG", b'["MediaID"]'])
def test_what_is_no_vics_is_left_to_others(data: bytes) -> None:
    assert not VICS.detect(data)


def test_what_vics_cannot_carry_is_counted_and_never_misstated() -> None:
    md5 = Digests(md5="0" * 32)
    pdq = Hash.fromhex("pdq", PDQ)
    text, lost = written(
        Entry("1", 1, digests=md5, category="1", scheme="VIC_UK"),
        Entry("2", 2, digests=md5, known_good=True),
        Entry(
            "3", 3, digests=md5, hashes=(KnownHash(pdq, part="centre"), KnownHash(pdq, time=1.0))
        ),
        Entry("4", 4, hashes=(KnownHash(pdq, time=2.0),)),
        Entry("5", 5, digests=md5, category="1", scheme="VIC_US"),
        Entry("6", 6, digests=md5, category="A", scheme="VIC_UK", details={"Unknown": 1}),
        Entry("7", 7, digests=md5, hashes=(KnownHash(Hash("md5", b"1")),)),
        about=About("name"),
    )
    assert [(entry.id, entry.category, entry.hashes) for entry in entries(text.encode())] == [
        ("1", "1", ()),
        ("3", "", ()),
        ("5", "", ()),
        ("6", "", ()),
        ("7", "", ()),
    ]
    assert sorted(lost.values()) == [1, 1, 1, 1, 1, 1, 1, 3]


def test_other_readers_find_the_keys_where_they_look() -> None:
    (entry,) = entries(hash_set(media()))
    text, lost = written(entry)
    document = json.loads(text)
    assert list(document) == ["@odata.context", "value"]
    assert document["@odata.context"] == context("US")
    (row,) = document["value"]
    assert list(row)[:4] == ["MediaID", "Category", "MD5", "SHA1"]
    assert row["MD5"] == MD5
    assert row["PhotoDNA"] == b64encode(PHOTODNA).decode()
    assert [list(each)[:3] for each in row["AlternativeHashes"]] == [
        ["MD5", "HashName", "HashValue"]
    ] * 4
    assert not lost


def test_an_empty_list_is_written() -> None:
    assert json.loads(written()[0])["value"] == []


HASHES = st.one_of(
    st.builds(Hash, st.just("pdq"), st.binary(min_size=32, max_size=32)),
    st.builds(Hash, st.sampled_from(("tmk-pdqf", "netclean", "odd")), st.binary(min_size=1)),
    st.builds(Hash, st.just("photodna"), st.binary(min_size=1)),
    st.builds(Hash, st.just("colorhash-42"), st.just(b"\x03" + bytes(5))),
)
KNOWN = st.builds(KnownHash, HASHES, st.none() | st.integers(0, 100))
DETAILS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "Series": st.text(min_size=1),
        "MediaSize": st.integers(),
        "IsDistributed": st.booleans(),
        "Exifs": st.lists(st.dictionaries(st.text(), st.text()), min_size=1),
    },
)


@st.composite
def vics_entries(draw: st.DrawFn) -> list[Entry]:
    """Lists of what VICS can carry."""
    scheme = draw(st.sampled_from(("VIC", "VIC_US", "VIC_UK")))
    found = []
    for number in range(1, 1 + draw(st.integers(0, 4))):
        md5 = st.none() | st.binary(min_size=16, max_size=16).map(bytes.hex)
        sha1 = st.binary(min_size=20, max_size=20).map(bytes.hex)
        sha256 = st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex)
        hashes = draw(st.lists(KNOWN, max_size=3, unique=True))
        hashes.sort(key=lambda known: (known.hash.algorithm, known.quality) != ("photodna", None))
        name = draw(st.integers(0).map(str) | st.text("abc-0", min_size=1))
        digests = Digests(md5=draw(md5), sha1=draw(sha1), sha256=draw(sha256))
        category = draw(st.integers(0, 9).map(str) | st.just(""))
        found.append(
            Entry(
                name,
                number,
                digests=digests,
                hashes=tuple(hashes),
                category=category,
                scheme=scheme,
                details=draw(DETAILS),
            )
        )
    return found


@given(vics_entries())
def test_what_vics_can_carry_comes_back(known: list[Entry]) -> None:
    text, lost = written(*known)
    assert entries(text.encode()) == known
    assert not lost


@given(st.sampled_from([name for name in SEEDS if "vics" in name]), st.data())
def test_damaged_files_give_rows_and_nothing_else(name: str, data: st.DataObject) -> None:
    text = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=9) | st.sampled_from((b'"', b"{", b"}", b"[", b"]", b",", b"\\"))
        )
    for row in VICS.read(InMemory(bytes(text))):
        assert isinstance(row, Entry | Quarantined | About)
