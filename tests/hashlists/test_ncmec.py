import pytest

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About, Quarantined, Withdrawn
from hashmatch.model import Entry
from tests.support.list_files import listed, rows
from tests.support.text_list_seeds import MD5, MD5_B, NCMEC_START, PDQ, PHOTODNA, SEEDS, SHA1


def image(inside: str, own: str = "<id>i</id>", member: str = '<member id="1">A</member>') -> str:
    return f"<image>{member}{own}<fingerprints>{inside}</fingerprints></image>"


def document(inside: str) -> str:
    return f"{NCMEC_START}<images>{inside}</images></queryResult>"


def test_entries_withdrawals_and_what_the_answer_says() -> None:
    known = listed(SEEDS["ncmec/entries"])
    first, video = known.entries
    assert (known.format, known.owner, known.version) == ("ncmec", "NCMEC", "2024-03-01T11:00:00Z")
    assert known.details["next"] == "/v2/entries?from=1&start=1001"
    assert (first.id, first.category, first.scheme) == ("42/image1", "A1", "NCMEC")
    assert (first.digests.md5, first.digests.sha1) == (MD5, SHA1)
    assert {known.hash.hex for known in first.hashes} == {PHOTODNA, PDQ}
    assert first.details["member"] == "Example & Member"
    assert first.details["links"] == {
        "videntifier": {"rel": "file", "href": "/v2/entries/42/image1/VIDENTIFIER"}
    }
    assert first.details["feedback"] == [
        {
            "lastUpdateTimestamp": "2024-03-01T09:30:00Z",
            "negativeFeedback": {
                "type": "MD5",
                "members": {"member": {"id": "43", "text": "Another"}},
                "reasons": {"reason": {"guid": "g-1", "name": "not a match", "type": "MD5"}},
            },
        }
    ]
    assert (video.id, video.details["type"]) == ("101/video1", "video")
    assert [row.id for row in known.withdrawn] == ["42/image2"]


def test_later_records_replace_earlier_ones_and_members_do_not_mix() -> None:
    other = '<member id="2">B</member>'
    inside = image(f"<md5>{MD5}</md5>") + image(f"<md5>{MD5}</md5>", member=other)
    known = listed(document(inside + image(f"<md5>{MD5_B}</md5>")))
    assert {(entry.id, entry.digests.md5) for entry in known.entries} == {
        ("1/i", MD5_B),
        ("2/i", MD5),
    }


@pytest.mark.parametrize(
    ("record", "entries"),
    [
        (image(f"<md5> {MD5.upper()}\n</md5>"), 1),
        (image(f"<md5>{MD5}</md5><pdna>!</pdna>"), 1),
        (image(f"<md5>{MD5}</md5><pdq>{MD5}</pdq>"), 1),
        (image(f"<md5>{MD5}</md5><md5>{MD5_B}</md5>"), 1),
        (image(f"<md5>{MD5}</md5><blake>{MD5_B}</blake>"), 1),
        (image("<md5></md5>"), 0),
        (image(""), 0),
        (image("<tmk-pdqf href='/x'/>"), 0),
        (image(f"<md5>{MD5}</md5>", own=""), 0),
        (image(f"<md5>{MD5}</md5>", member=""), 0),
        (image(f"<md5>{MD5}</md5>", member="<member>A</member>"), 0),
        ("<deletedImage><id>i</id></deletedImage>", 0),
    ],
)
def test_dirt_is_quarantined_and_the_rest_of_the_record_stands(record: str, entries: int) -> None:
    good = image(f"<md5>{MD5}</md5>", own="<id>j</id>")
    found = rows("ncmec", document(good + record + good))
    assert sum(isinstance(row, Entry) for row in found) == 2 + entries
    wrong = [row.number for row in found if isinstance(row, Quarantined)]
    assert wrong == ([] if record == image(f"<md5> {MD5.upper()}\n</md5>") else [2] * len(wrong))
    assert wrong or entries


def test_a_broken_document_keeps_what_came_before() -> None:
    good = image(f"<md5>{MD5}</md5>")
    for rest in ("<image><member", "</wrong>", "<image>&nbsp;", "\x01", "<a>" * 40):
        found = rows("ncmec", f"{NCMEC_START}<images>{good}{rest}")
        assert isinstance(found[0], Entry), rest
        assert [row.number for row in found if isinstance(row, Quarantined)] == [2]
        assert isinstance(found[-1], About)


def test_every_truncation_keeps_the_records_before_it() -> None:
    data = SEEDS["ncmec/entries"]
    ends = [data.index(end) + len(end) for end in (b"</image>", b"</deletedImage>", b"</video>")]
    for stop in range(data.index(b"<images"), len(data) - 1, 7):
        found = rows("ncmec", data[:stop])
        told = sum(isinstance(row, Entry | Withdrawn) for row in found)
        assert told >= sum(stop >= end for end in ends)
        assert sum(isinstance(row, Quarantined) for row in found) == (stop < len(data.rstrip()))


def test_documents_that_could_define_entities_are_refused() -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    text = document(image(f"<md5>{MD5}</md5>")).replace("<queryResult", f"{lol}<queryResult", 1)
    with pytest.raises(ListFormatError, match="could define entities: refused"):
        listed(text)


@pytest.mark.parametrize(
    "inside",
    [
        "<x>" + "y" * 100 * 1024 * 60 + "</x>",
        "<x/>" * 30_000,
        "<x a='" + "y" * 100 * 1024 * 60 + "'/>",
    ],
)
def test_records_without_end_are_given_up(inside: str) -> None:
    good = image(f"<md5>{MD5}</md5>")
    found = rows("ncmec", document(f"{good}<image>{inside}</image>{good}"))
    assert sum(isinstance(row, Entry) for row in found) == 1
    assert [row.number for row in found if isinstance(row, Quarantined)] == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = document(image(f"<md5>{MD5}</md5>")).replace('encoding="UTF-8" ', "")
    assert len(listed(text.encode(encoding)).entries) == 1
