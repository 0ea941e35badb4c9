"""What a parent believes of a worker that has parsed hostile data."""

import dataclasses
import json
import math
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.model import Item, MediaHashes, Region, Tier
from hashmatch.model.framing import SLIGHT_CUTS, SLIGHT_TURNS, hypotheses
from hashmatch.model.patch import MOST
from hashmatch.model.region import MOST_CODES, TURNS
from hashmatch.scanning import messages, wire
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found
from tests.support.sighting_values import VIDEOS, digests, video
from tests.support.valid_files import valid_files


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"null",
        b"[1,[null,null,null],null,null,[]]",
        b'[-1,[null,null,null],null,["damaged",""],[]]',
        b'[1.5,[null,null,null],null,["damaged",""],[]]',
        b'[true,[null,null,null],null,["damaged",""],[]]',
        b'[1,[null,null],null,["damaged",""],1]',
        b'[1,["x",null,null],null,["damaged",""],[]]',
        b'[1,[null,null,null],null,["no-such-reason",""],[]]',
        b'[1,[null,null,null],null,["damaged",7],[]]',
        b'[1,[null,null,null],null,["damaged",""]]',
        b'[1,[null,null,null],null,["damaged",""],[["make"]]]',
        b'[1,[null,null,null],null,["damaged",""],[["make","a"],["make","a"]]]',
        b'[1,[null,null,null],null,["damaged",""],[["make","\\n"]]]',
        b'[1,[null,null,null],null,["damaged",""],[["make","' + b"x" * 1025 + b'"]]]',
        b'[1,[null,null,null],null,["damaged",""],[["ma ke","a"]]]',
        json.dumps(
            [1, [None] * 3, None, ["damaged", ""], [[f"n{n}", "a"] for n in range(65)]]
        ).encode(),
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_answers_that_are_no_items_are_refused(answer: bytes) -> None:
    with pytest.raises(messages.ProtocolError, match="item"):
        HashFiles().result(Task(Digested(Found("x", "x"))), answer)


@pytest.mark.parametrize("kind", ["picture", "video"])
def test_every_field_of_an_answer_is_checked(kind: str) -> None:
    item = hash_item(valid_files()["jpeg"], locator="x")
    job = HashFiles(HashOptions())
    found = Task(Digested(Found("x", "x"), item.size, item.digests))
    if kind == "video":
        item = dataclasses.replace(item, media=video(1, frames=3))
    whole = wire.encode(item)
    assert job.result(found, whole) == item
    whole = zlib.decompress(whole) if kind == "video" else whole
    fields = json.loads(whole)
    for path in _paths(fields):
        for wrong in _WRONG:
            changed = json.loads(whole)
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = wrong
            with pytest.raises(messages.ProtocolError, match="item"):
                job.result(found, json.dumps(changed).encode())


_WRONG: tuple[object, ...] = (-1, "\x1b[2J", [[[]]], {"a": 1}, 1 << 70, float("nan"))


def _paths(value: object) -> Iterator[tuple[int, ...]]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            if not each and isinstance(each, list):
                continue
            yield (number,)
            yield from ((number, *rest) for rest in _paths(each))


def _with_patches(
    codes: int, places: bytes, plan: str = "patches", tier: Tier = Tier.PATCHES
) -> bytes:
    item = hash_item(valid_files()["jpeg"], locator="x")
    assert item.media is not None
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    region = Region(tier, corners, 100, plan, bytes(32 * codes), 0, places)
    return wire.encode(
        dataclasses.replace(item, media=dataclasses.replace(item.media, regions=(region,)))
    )


PLACE = bytes((0, 1) * 6)


def test_patches_arrive() -> None:
    (found,) = wire.decode(_with_patches(2, 2 * PLACE), locator="x").media.regions  # type: ignore[union-attr]
    assert (found.count, found.places) == (2, 2 * PLACE)


@pytest.mark.parametrize(
    "answer",
    [
        _with_patches(0, b""),
        _with_patches(2, PLACE),
        _with_patches(1, PLACE[:-1]),
        _with_patches(401, 401 * PLACE),
        _with_patches(1, bytes(12)),
        _with_patches(1, bytes((0, 1) * 5) + bytes(2)),
        _with_patches(8, 8 * PLACE, "turns"),
    ],
)
def test_made_up_patches_are_refused(answer: bytes) -> None:
    with pytest.raises(messages.ProtocolError, match="item"):
        wire.decode(answer, locator="x")


@given(VIDEOS)
def test_whatever_video_is_sent_arrives(sent: MediaHashes) -> None:
    item = Item("x", 1, digests=digests(1), media=sent)
    assert wire.decode(wire.encode(item), locator="x") == item


def test_a_video_of_many_frames_fits_into_a_part_of_an_answer() -> None:
    whole = wire.encode(Item("x", 1, digests=digests(1), media=video(1, frames=20_000)))
    assert len(whole) < messages.MAX_ANSWER // 16


@pytest.mark.parametrize("value", [b"[]", b"{}", b'"ab"', b"1.5"])
def test_an_answer_of_countless_values_takes_no_memory(value: bytes) -> None:
    """Packed, it is small; as values, it would be some twenty times as long as its text."""
    text = b"[" + (value + b",") * 3_300_000 + b"0]"
    packed = zlib.compress(text)
    tracemalloc.start()
    try:
        with pytest.raises(messages.ProtocolError, match="item"):
            wire.decode(packed, locator="x")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3 * len(text)


BLOCKS: dict[str, list[object]] = {
    "no reading": ["pdq", 0, 32, ""],
    "half a reading": ["pdq", 0, 32, "00" * 34],
    "a reading and a half": ["pdq", 0, 32, ("00" * 32 + "640100") + "00" * 17],
    "hashes of another width": ["pdq", 0, 8, ("00" * 8 + "640100") * 2],
    "hashes without a bit": ["opaque", 0, 0, "640100"],
    "more bits than there are": ["colorhash-42", 0, 6, "ff" * 6 + "640100"],
    "a quality above all": ["pdq", 0, 32, "00" * 32 + "650100"],
    "no orientation": ["pdq", 0, 32, "00" * 32 + "640000"],
    "a ninth orientation": ["pdq", 0, 32, "00" * 32 + "640900"],
    "a third way to read alpha": ["pdq", 0, 32, "00" * 32 + "640102"],
    "blanks between digits": ["pdq", 0, 32, " " + "00" * 32 + "640100"],
    "no algorithm": ["PDQ", 0, 32, "00" * 32 + "640100"],
    "too many readings": ["opaque", 0, 1, "00640100" * 100_001],
}


@pytest.mark.parametrize("how", BLOCKS)
def test_bytes_that_are_no_readings_are_refused(how: str) -> None:
    whole = json.loads(wire.encode(hash_item(valid_files()["jpeg"], locator="x")))
    good = ["opaque", 0, 1, "00640100" * 100_000]
    whole[2][0] = [good]
    found = wire.decode(json.dumps(whole).encode(), locator="x").media
    assert found is not None
    assert len(found.readings) == 100_000
    whole[2][0] = [BLOCKS[how]]
    with pytest.raises(messages.ProtocolError, match="item"):
        wire.decode(json.dumps(whole).encode(), locator="x")


Columns: TypeAlias = list[list[object]]

NO_VIDEOS: dict[str, Callable[[Columns], Columns]] = {
    "no readings": lambda columns: [[] for _ in columns],
    "times run back": lambda columns: [columns[0][::-1], *columns[1:]],
    "a time that is none": lambda columns: [[*columns[0][:-1], None], *columns[1:]],
    "a time that is nothing": lambda columns: [["", *columns[0][1:]], *columns[1:]],
    "a time that is true": lambda columns: [[0, 0, 0, True], *columns[1:]],
    "a time without end": lambda columns: [[*columns[0][:-1], math.inf], *columns[1:]],
    "a time of another age": lambda columns: [[*columns[0][:-1], 1e12], *columns[1:]],
    "one hash for all": lambda columns: [columns[0], columns[1][:1], *columns[2:]],
    "a hash too many": lambda columns: [columns[0], columns[1] * 2, *columns[2:]],
    "a part too many": lambda columns: [*columns[:-1], [""] * 5],
    "a column too many": lambda columns: [*columns, [""]],
    "a column too few": lambda columns: columns[:-1],
    "more than an answer holds": lambda columns: [
        *([each[-1]] * 400_001 for each in columns[:2]),
        *(each[:1] for each in columns[2:]),
    ],
}


@pytest.mark.parametrize("how", NO_VIDEOS)
def test_columns_that_are_no_video_are_refused(how: str) -> None:
    item = Item("x", 1, digests=digests(1), media=video(1, frames=4))
    fields = json.loads(zlib.decompress(wire.encode(item)))
    assert wire.decode(json.dumps(fields).encode(), locator="x") == item
    fields[2][0] = NO_VIDEOS[how](fields[2][0])
    with pytest.raises(messages.ProtocolError, match="item"):
        wire.decode(json.dumps(fields).encode(), locator="x")


@given(st.data())
def test_bytes_that_were_altered_give_an_item_or_an_error(data: st.DataObject) -> None:
    whole = wire.encode(Item("x", 1, digests=digests(1), media=video(1, frames=3)))
    deflated = data.draw(st.booleans())
    altered = bytearray(whole if deflated else zlib.decompress(whole))
    for _ in range(data.draw(st.integers(1, 8))):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        item = wire.decode(bytes(altered), locator="x")
    except ValueError as error:
        assert str(error).startswith("not an item")  # noqa: PT017 (an item is right too)
    else:
        assert item.media is not None
        assert item.media.is_video
        times = [reading.time for reading in item.media.readings]
        assert all(time is not None and math.isfinite(time) for time in times)


@pytest.mark.parametrize(
    "answer",
    [
        zlib.compress(b" " * (65 << 20) + b"[]", 9),
        zlib.compress(b'[1,[null,null,null],null,["damaged",""],[]]')[:-1],
        zlib.compress(b'[1,[null,null,null],null,["damaged",""],[]]') + b"x",
        b"x",
        b"x\x9c\xff",
    ],
    ids=["a bomb", "cut", "more", "a letter", "nonsense"],
)
def test_what_does_not_inflate_to_an_item_is_refused(answer: bytes) -> None:
    with pytest.raises(messages.ProtocolError, match="item"):
        wire.decode(answer, locator="x")


def test_details_from_a_worker_hold_no_control_characters() -> None:
    answer = b'[1,[null,null,null],null,["damaged","a\\u001b[2J\\nb"],[]]'
    item = HashFiles().result(Task(Digested(Found("x", "x"))), answer)
    assert item.unreadable is not None
    assert item.unreadable.detail == "a\ufffd[2J\ufffdb"
    long = dataclasses.replace(
        item, unreadable=dataclasses.replace(item.unreadable, detail="x" * 9999)
    )
    assert len(wire.encode(long)) < 1000


def test_frames_come_whole_in_order_and_once() -> None:
    sent = b"".join(messages.answer(messages.Kind.DONE, n, b"x" * n) for n in range(30))
    received, place = bytearray(), 0
    taken: list[int] = []
    for number in range(0, len(sent), 7):
        received += sent[number : number + 7]
        while (answer := messages.answer_at(received, place)) is not None:
            assert answer.content == b"x" * answer.task
            taken.append(answer.task)
            place += messages.size_of(answer)
    assert place == len(sent)
    assert taken == list(range(30))


def test_frames_that_claim_too_much_are_refused() -> None:
    for kind, size in ((99, 0), (2, messages.MAX_ANSWER + 1)):
        with pytest.raises(messages.ProtocolError):
            messages.answer_at(bytearray(messages._ANSWER.pack(kind, 0, size)), 0)


def test_an_answer_has_room_for_the_most_codes_and_no_more() -> None:
    """Those of patches take the most bytes; more would keep the parent busy for minutes."""
    item = hash_item(valid_files()["jpeg"], locator="x")
    assert item.media is not None
    corners = ((0.0, 0.0), (65535.5, 0.0), (65535.5, 65535.5), (0.0, 65535.5))
    page = Region(Tier.PATCHES, corners, 100, "patches", bytes(32 * MOST), 511, MOST * PLACE)
    for more in (0, 1):
        regions = (page,) * (MOST_CODES // MOST + more)
        media = dataclasses.replace(item.media, regions=regions)
        answer = wire.encode(dataclasses.replace(item, media=media))
        assert len(answer) < messages.MAX_ANSWER
        if not more:
            assert wire.decode(answer, locator="x").media == media
            continue
        with pytest.raises(messages.ProtocolError):
            wire.decode(answer, locator="x")


@pytest.mark.parametrize("plan", sorted(hypotheses()))
def test_a_region_has_a_plan_of_its_tier(plan: str) -> None:
    """Another one counts by another radius, and the record refuses it."""
    own = Tier.REGIONS if plan in {TURNS, SLIGHT_CUTS, SLIGHT_TURNS} else Tier.FRAMING
    other = Tier.FRAMING if own is Tier.REGIONS else Tier.REGIONS
    media = wire.decode(_with_patches(hypotheses()[plan], b"", plan, own), locator="x").media
    assert media is not None
    assert [(each.tier, each.plan) for each in media.regions] == [(own, plan)]
    with pytest.raises(messages.ProtocolError, match="item"):
        wire.decode(_with_patches(hypotheses()[plan], b"", plan, other), locator="x")
