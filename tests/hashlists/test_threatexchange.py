import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.base import About
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.list_files import listed, numbers, rows, written
from tests.support.text_list_seeds import MD5, PDQ, PDQ_B, SEEDS, SHA256

HEADER = "signal_type,signal_str,collab,category,tags\n"


def test_opinions() -> None:
    known = listed(SEEDS["threatexchange/csv"])
    seed, good, disputed, video = known.entries
    assert (known.format, seed.category, seed.scheme) == (
        "threatexchange",
        "INVESTIGATION_SEED",
        "ThreatExchange",
    )
    assert seed.details["tags"] == ["media_priority_samples", "abc"]
    assert (seed.known_good, good.known_good, disputed.known_good) == (False, True, False)
    assert (disputed.category, disputed.details["disputed"]) == ("DISPUTED", True)
    assert [(each.quality, each.time) for each in video.hashes] == [(100, 0.0), (90, 123.0)]
    assert [row.number for row in known.quarantined] == [6]


def test_columns_may_come_in_any_order() -> None:
    (entry,) = listed(f"collab,signal_type,signal_str,category,tags,x\nA,pdq,{PDQ},,,1\n").entries
    assert (entry.details["collab"], entry.details["x"], entry.category) == ("A", "1", "")


def test_plain_exports() -> None:
    known = listed(SEEDS["threatexchange/plain"])
    first, second, third = known.entries
    assert (first.category, first.details["collab"]) == ("INVESTIGATION_SEED", "Sample Signals")
    assert first.details["tags"] == ["media_priority_samples", "abc"]
    assert (second.known_good, second.details["collab"]) == (True, "Bob's")
    assert (third.details["disputed"], third.details["collab"]) == (True, "Old order")


@pytest.mark.parametrize(
    ("name", "digests", "hashes"),
    [
        ("simple.HASH_PDQ.te", Digests(), 1),
        ("simple.HASH_SHA256.te", Digests(sha256=PDQ), 0),
        ("other.csv", Digests(sha256=PDQ), 1),
    ],
)
def test_the_name_of_the_older_csv_says_its_type(name: str, digests: Digests, hashes: int) -> None:
    text = f"{PDQ},12,2020-07-01T18:31:15+0000,a true_positive\n"
    text += f"{PDQ},13,mine,false_positive disputed\n"
    first, second = listed(text, name).entries
    assert (first.digests, len(first.hashes)) == (digests, hashes)
    assert (first.known_good, second.known_good, second.details["disputed"]) == (False, True, True)
    assert first.details["tags"] == ["a", "true_positive"]


@pytest.mark.parametrize(
    "row",
    [
        f"pdq,{MD5},c,POSITIVE_CLASS,",
        f"video_md5,{PDQ},c,POSITIVE_CLASS,",
        f"url_md5,{MD5},c,POSITIVE_CLASS,",
        "raw_text,hello,c,POSITIVE_CLASS,",
        "trend_query,{},c,POSITIVE_CLASS,",
        "vpdq,[],c,POSITIVE_CLASS,",
        'vpdq,"[""x,1,1""]",c,POSITIVE_CLASS,',
        f'vpdq,"[""{PDQ},1""]",c,POSITIVE_CLASS,',
        "vpdq,{,c,POSITIVE_CLASS,",
        "pdq,,c,POSITIVE_CLASS,",
        f"pdq,{PDQ},c,POSITIVE_CLASS,,,x",
        f'pdq,"{PDQ},c,POSITIVE_CLASS,',
    ],
)
def test_what_is_no_hash_is_quarantined(row: str) -> None:
    good = f"pdq,{PDQ},c,POSITIVE_CLASS,a"
    assert numbers(rows("threatexchange", f"{HEADER}{good}\n{row}\n{good}\n")) == ([2, 4], [3])


@pytest.mark.parametrize(
    "line",
    [
        f"pdq {MD5} 'c' POSITIVE_CLASS",
        f"pdq {PDQ} 'c' SURE",
        f"pdq {PDQ} 'c",
        "raw_text some words 'c' POSITIVE_CLASS",
        PDQ,
    ],
)
def test_lines_that_are_no_signals_are_quarantined(line: str) -> None:
    good = f"pdq {PDQ} 'c' POSITIVE_CLASS"
    assert numbers(rows("threatexchange", f"{good}\n{line}\n{good}\n")) == ([1, 3], [2])


def test_an_export_of_one_type_does_not_say_it() -> None:
    (entry,) = listed(f"{SHA256} 'c' POSITIVE_CLASS a\n").entries
    assert (entry.digests.sha256, len(entry.hashes)) == (SHA256, 1)


def test_a_video_of_many_frames_is_one_row() -> None:
    frames = json.dumps([f"{PDQ},100,{n / 2}" for n in range(5000)]).replace('"', '""')
    (entry,) = listed(f'{HEADER}vpdq,"{frames}",c,POSITIVE_CLASS,\n').entries
    assert len(entry.hashes) == 5000


def test_what_the_format_cannot_carry_is_counted() -> None:
    entry = Entry(
        "own",
        1,
        digests=Digests(md5=MD5),
        hashes=(KnownHash(Hash.fromhex("pdq", PDQ), 50, "p"), KnownHash(Hash("ours", b"x"))),
        category="1",
        scheme="VIC_US",
        known_good=True,
        details={"tags": ["a b", "c"], "x": 1},
    )
    text, lost = written("threatexchange", [entry], About(version="1"))
    good = ",,NEGATIVE_CLASS,c\n"
    assert text == f"{HEADER}md5,{MD5}{good}pdq,{PDQ}{good}"
    assert lost == {
        "name, version or owner of the list": 1,
        "an entry's own id": 1,
        "which values belong to one entry": 1,
        "a category of another scheme": 1,
        "quality of a picture": 1,
        "what part of the file a hash is of": 1,
        "a hash of an algorithm that is known by name only": 1,
        "a tag with a space in it": 1,
        "other details": 1,
    }


_words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=5
)
_values = st.one_of(
    st.just(("video_md5", Digests(md5=MD5), ())),
    st.just(("sha256", Digests(sha256=SHA256), ())),
    st.just(("pdq", Digests(), (KnownHash(Hash.fromhex("pdq", PDQ)),))),
    st.lists(st.integers(0, 9999).map(lambda n: n / 8), min_size=1, max_size=4).map(
        lambda times: (
            "vpdq",
            Digests(),
            tuple(KnownHash(Hash.fromhex("pdq", PDQ_B), 7, time=time) for time in times),
        )
    ),
)


@given(
    st.lists(
        st.tuples(
            _values,
            st.sampled_from(["", "POSITIVE_CLASS", "NEGATIVE_CLASS", "DISPUTED"]),
            st.lists(_words, max_size=3),
            _words,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_reads_as_it_was(
    made: list[tuple[tuple[str, Digests, tuple[KnownHash, ...]], str, list[str], str]],
) -> None:
    entries = [
        Entry(
            str(number),
            number,
            digests=digests,
            hashes=hashes,
            category=opinion,
            scheme="ThreatExchange" if opinion else "",
            known_good=opinion == "NEGATIVE_CLASS",
            details={"signal_type": kind, "collab": collab}
            | ({"tags": tags} if tags else {})
            | ({"disputed": True} if opinion == "DISPUTED" else {}),
        )
        for number, ((kind, digests, hashes), opinion, tags, collab) in enumerate(made, 2)
    ]
    text, lost = written("threatexchange", entries)
    assert lost == {}
    assert rows("threatexchange", text) == entries
