import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.base import About
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.list_files import listed, numbers, rows, written
from tests.support.text_list_seeds import PDQ, PDQ_B, SEEDS


def test_frames_make_videos() -> None:
    known = listed(SEEDS["vpdq/frames"], "chair.txt")
    first, second = known.entries
    assert (known.name, known.format, len(first.hashes), len(second.hashes)) == (
        "chair",
        "vpdq",
        20,
        1,
    )
    assert [(each.quality, each.time) for each in first.hashes[:2]] == [(90, 0.0), (89, 1.0)]
    assert (second.id, second.hashes[0].hash.hex) == ("21", PDQ_B)


@pytest.mark.parametrize(("text", "time"), [("123.456", 123.456), ("1.23e+02", 123.0), ("0", 0)])
def test_both_ways_to_write_a_time(text: str, time: float) -> None:
    (entry,) = listed(f"0,100,{PDQ},{text}\n").entries
    assert entry.hashes[0].time == pytest.approx(time)
    (entry,) = listed(f"{PDQ},100,{text}\n").entries
    assert entry.hashes[0].time == pytest.approx(time)


def test_times_that_were_rounded_to_the_same_are_one_video() -> None:
    text = "".join(f"{PDQ},100,{time}\n" for time in ("9.9", "10.0", "10.0", "0.0"))
    assert [len(entry.hashes) for entry in listed(text).entries] == [3, 1]


@pytest.mark.parametrize(
    "line",
    [
        f"1,101,{PDQ},1.0",
        f"1,100,{PDQ[1:]},1.0",
        f"1,100,{PDQ}0,1.0",
        f"1,100,{PDQ},1..0",
        f"1,100,{PDQ},-1",
        f"1,100,{PDQ},1e99",
        f"1,,{PDQ},1.0",
        f"x,100,{PDQ},1.0",
        f"1,100,{PDQ},1.0,more",
        PDQ,
    ],
)
def test_a_broken_frame_is_quarantined_and_the_video_goes_on(line: str) -> None:
    found = rows("vpdq", f"# x\n\n0,100,{PDQ},0.0\n{line}\n2,100,{PDQ},2.0\n")
    assert numbers(found) == ([3], [4])
    assert isinstance(found[-1], Entry)
    assert len(found[-1].hashes) == 2


def test_what_the_format_cannot_carry_is_counted() -> None:
    frame = KnownHash(Hash.fromhex("pdq", PDQ), 50, time=1.0)
    entry = Entry(
        "own",
        1,
        digests=Digests(md5="0" * 32),
        hashes=(
            frame,
            KnownHash(frame.hash),
            KnownHash(Hash("photodna", b"x")),
            KnownHash(frame.hash, 1, "p"),
        ),
        category="A",
        details={"a": 1},
    )
    text, lost = written(
        "vpdq", [entry, Entry("2", 2, digests=Digests(md5="0" * 32))], About(owner="x")
    )
    assert text == f"0,50,{PDQ},1.000\n"
    assert lost == {
        "name, version or owner of the list": 1,
        "an entry without any frame": 1,
        "an entry's own id": 1,
        "a digest": 2,
        "a hash of another algorithm than pdq": 1,
        "a frame without quality": 1,
        "a hash of a part of the picture": 1,
        "category, scheme or known-good": 1,
        "details": 1,
    }


_frames = st.lists(
    st.builds(
        KnownHash,
        st.binary(min_size=32, max_size=32).map(lambda value: Hash("pdq", value)),
        st.integers(0, 100),
        time=st.integers(0, 10**6).map(lambda number: number / 8),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda known: known.time,
).map(lambda frames: sorted(frames, key=lambda known: known.time or 0.0))


@given(st.lists(_frames, min_size=1, max_size=3))
def test_what_is_written_reads_as_it_was(videos: list[list[KnownHash]]) -> None:
    entries = [Entry("0", 0, hashes=tuple(frames)) for frames in videos]
    text, lost = written("vpdq", entries)
    assert lost == {}
    assert [row.hashes for row in rows("vpdq", text) if isinstance(row, Entry)] == [
        entry.hashes for entry in entries
    ]
