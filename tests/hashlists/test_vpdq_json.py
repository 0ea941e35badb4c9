import io
import json
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists import vpdq_json
from hashmatch.hashlists.base import About, Quarantined, Row
from hashmatch.hashlists.reading import read_list
from hashmatch.hashlists.vpdq_json import VpdqJsonFormat
from hashmatch.model import Digests, Entry, Hash, KnownHash
from tests.support.json_list_seeds import SEEDS, InMemory, frames

FORMAT = VpdqJsonFormat()


def read(data: str | bytes) -> list[Row]:
    raw = data if isinstance(data, bytes) else data.encode()
    assert FORMAT.detect(raw[: 1 << 16])
    return list(FORMAT.read(InMemory(raw)))


def times(row: Row) -> list[float | None]:
    assert isinstance(row, Entry)
    return [known.time for known in row.hashes]


def test_an_array_of_texts_is_one_video() -> None:
    (video,) = read(json.dumps(frames("0.0", "1.04", "2")))
    assert isinstance(video, Entry)
    assert (video.id, video.number, video.details) == ("1", 1, {})
    assert times(video) == [0.0, 1.04, 2.0]
    assert [known.quality for known in video.hashes] == [50, 51, 52]
    assert video.hashes[2].hash.hex == f"{2:064x}"


def test_an_object_of_frames_is_one_video() -> None:
    (video,) = read(SEEDS["vpdq-json/by-frame"])
    assert times(video) == [0.0, 0.5, 1.0]


def test_an_array_of_objects_is_one_video() -> None:
    frame = {"hash": "0" * 64, "quality": "7", "frame_number": 30, "timestamp": 1.0}
    (video,) = read(json.dumps([frame, frame]))
    assert times(video) == [1.0, 1.0]


@pytest.mark.parametrize("form", ["[%s, %s]", "%s\n%s", "%s%s"])
def test_several_videos_stay_apart(form: str) -> None:
    videos = json.dumps(frames("0.0", "1.0")), json.dumps(frames("5.0"))
    first, second = read(form % videos)
    assert isinstance(second, Entry)
    assert (times(first), times(second), second.id) == ([0.0, 1.0], [5.0], "2")


def test_frames_without_a_time_or_with_a_number_first() -> None:
    hash_ = "0" * 64
    (video,) = read(json.dumps([f"{hash_},50,", f"{hash_},50"]))
    assert times(video) == [None, None]


def rounded(pace: float, count: int) -> list[str]:
    return [f"{number * pace:.3}" for number in range(count)]


@pytest.mark.parametrize("pace", [1.0, 0.5, 1.001, 2.0, 0.04])
def test_times_rounded_to_three_digits_are_restored_where_the_pace_is_even(pace: float) -> None:
    written = rounded(pace, int(3000 / pace))
    assert "1.23e+03" in written
    (video,) = read(json.dumps(frames(*written)))
    wrong = max(abs(t - n * pace) for n, t in enumerate(times(video)) if t is not None)
    assert wrong < 0.5
    assert isinstance(video, Entry)
    assert video.details == {"times": "restored from the order of frames"}


def test_times_at_an_uneven_pace_stay_as_they_were_written() -> None:
    written = rounded(1.0, 1500)
    del written[700:800]
    (video,) = read(json.dumps(frames(*written)))
    assert isinstance(video, Entry)
    assert times(video) == [float(time) for time in written]
    assert not video.details


@pytest.mark.parametrize(
    "frame",
    [
        f"{'0' * 32},50,1.0",
        f"{'0' * 64},101,1.0",
        f"{'0' * 64},-1,1.0",
        f"{'0' * 64},5.5,1.0",
        f"{'0' * 64},,1.0",
        f"{'0' * 64},50,nan",
        f"{'0' * 64},50,-1",
        f"{'0' * 64},50,1.0,9",
        f"{'g' * 64},50,1.0",
        "",
    ],
)
def test_a_broken_frame_is_set_aside_alone(frame: str) -> None:
    first, last = frames("0.0", "1.0")
    rows = read(json.dumps([first, frame, last]))
    assert [type(row) for row in rows] == [Quarantined, Entry]
    assert isinstance(rows[0], Quarantined)
    assert rows[0].number == 2
    assert times(rows[1]) == [0.0, 1.0]


def test_videos_without_frames_and_rows_that_are_none() -> None:
    rows = read(json.dumps([frames("0.0"), [], 7, {"a": 1}]))
    assert isinstance(rows[0], Entry)
    assert {row.number for row in rows[1:] if isinstance(row, Quarantined)} == {2, 3, 4}


def test_a_truncated_video_keeps_the_frames_before() -> None:
    rows = read(json.dumps(frames("0.0", "1.0", "2.0"))[:-40])
    assert [type(row) for row in rows] == [Quarantined, Entry]
    assert times(rows[1]) == [0.0, 1.0]


def test_a_video_of_endless_frames_is_cut_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpdq_json, "MOST_FRAMES", 2)
    rows = read(json.dumps(frames("0.0", "1.0", "2.0")))
    assert [type(row) for row in rows] == [Quarantined, Entry]


@given(
    st.lists(
        st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.integers(0, 100)), min_size=1),
        max_size=4,
    )
)
def test_what_is_written_is_read_back(videos: list[list[tuple[bytes, int]]]) -> None:
    entries = [
        Entry(
            str(number),
            number,
            hashes=tuple(
                KnownHash(Hash("pdq", code), quality, time=place * 0.123)
                for place, (code, quality) in enumerate(frames)
            ),
        )
        for number, frames in enumerate(videos, 1)
    ]
    out = io.StringIO()
    assert not FORMAT.write(entries, About(), out)
    back = list(FORMAT.read(InMemory(out.getvalue().encode())))
    assert [each.hashes for each in back if isinstance(each, Entry)] == [
        tuple(replace(each, time=round(each.time or 0, 3)) for each in entry.hashes)
        for entry in entries
    ]


def test_what_cannot_be_written_is_counted() -> None:
    frame = KnownHash(Hash("pdq", bytes(32)), 50, time=1.0)
    lost = FORMAT.write(
        [Entry("a", 1, hashes=(frame, replace(frame, time=None), replace(frame, quality=None)))],
        About(name="list"),
        io.StringIO(),
    )
    assert lost == {
        "name, version or owner of the list": 1,
        "an entry's own id": 1,
        "a frame without quality": 1,
        "a frame without time": 1,
    }


def test_an_entry_without_frames_is_left_out_and_counted(tmp_path: Path) -> None:
    frame = KnownHash(Hash.fromhex("pdq", "0f" * 32), 50, time=1.0)
    entries = [
        Entry("1", 1, digests=Digests(md5="ab" * 16)),
        Entry("2", 2, hashes=(replace(frame, time=None),)),
        Entry("3", 3, hashes=(frame,)),
    ]
    path = tmp_path / "list.json"
    with path.open("w", encoding="utf-8") as out:
        lost = FORMAT.write(entries, About(), out)
    assert lost["an entry without any frame"] == 2
    (read,) = read_list(path).entries
    assert read.hashes == (frame,)


def test_another_program_reads_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    # It imports the hasher beside its parser.
    monkeypatch.setitem(sys.modules, "vpdq", SimpleNamespace(VpdqFeature=object))
    util = import_module("threatexchange.extensions.vpdq.vpdq_util")
    frame = KnownHash(Hash.fromhex("pdq", "0f" * 32), 50, time=123.456)
    out = io.StringIO()
    FORMAT.write([Entry("1", 1, hashes=(frame,))], About(), out)
    (signal,) = json.loads(out.getvalue())
    (read,) = util.json_to_vpdq(json.dumps(signal))
    assert (read.pdq_hex, read.quality, read.timestamp) == ("0f" * 32, 50, 123.456)
